import type { SyncAccount } from '#contract/jobs.ts'
import type { Message } from '#contract/messages/message.ts'
import type { JobSecrets } from './job-secrets.ts'
import type { SyncUserLogIn } from './sync-user-log-in.ts'

/** Whose password was refused, or may have been, and why. */
export interface RefusedPassword {
  readonly account: SyncAccount
  readonly why: Message
}

/**
 * Tries each untried password with one log-in, one after the other, while `isWanted`. Stops at the first refused
 * password, and forgets it; null if none is refused.
 */
export async function checkPasswords(
  accounts: readonly SyncAccount[],
  secrets: JobSecrets,
  logIn: Pick<SyncUserLogIn, 'check'>,
  isWanted: () => boolean,
): Promise<RefusedPassword | null> {
  for (const account of accounts) {
    const secret = secrets.of(account)
    if (!isWanted() || secret === undefined) return null
    if (secrets.isChecked(account)) continue
    const end = await logIn.check(account, secret)
    if (end.kind === 'refused') {
      secrets.forget(account)
      return { account, why: end.why }
    }
    secrets.check(account, end.kind === 'accepted')
  }
  return null
}
