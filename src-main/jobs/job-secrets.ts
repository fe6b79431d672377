import type { SyncAccount } from '#contract/jobs.ts'
import { accountKey } from './one-first.ts'

interface JobPassword {
  readonly secret: string
  isChecked: boolean
  isAccepted: boolean
}

/** The passwords the user entered for a job. In memory only, and gone when the job or Syncdeck ends. */
export class JobSecrets {
  readonly #secrets = new Map<string, JobPassword>()

  /** If the password is the same as before, what is known about it is kept. */
  give(account: SyncAccount, secret: string): void {
    const key = accountKey(account)
    if (this.#secrets.get(key)?.secret !== secret)
      this.#secrets.set(key, { secret, isChecked: false, isAccepted: false })
  }

  of(account: SyncAccount): string | undefined {
    return this.#secrets.get(accountKey(account))?.secret
  }

  hasAll(accounts: readonly SyncAccount[]): boolean {
    return accounts.every((account) => this.of(account) !== undefined)
  }

  /** Whether a log-in with it was tried, or found to be impossible. */
  isChecked(account: SyncAccount): boolean {
    return this.#secrets.get(accountKey(account))?.isChecked === true
  }

  /** Whether Jira accepted it when it was tried. */
  isAccepted(account: SyncAccount): boolean {
    return this.#secrets.get(accountKey(account))?.isAccepted === true
  }

  /** It was tried, or cannot be. */
  check(account: SyncAccount, isAccepted: boolean): void {
    const known = this.#secrets.get(accountKey(account))
    if (known !== undefined) Object.assign(known, { isChecked: true, isAccepted })
  }

  forget(account: SyncAccount): void {
    this.#secrets.delete(accountKey(account))
  }
}
