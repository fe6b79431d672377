import type { SyncAccount } from '#contract/jobs.ts'
import { maskUserinfo } from '#contract/masking.ts'
import type { ConnectorSide } from '../backbone/integration.ts'
import { plainName } from '../http/response-verdict.ts'
import type { StoredTarget } from '../storage/job-table.ts'

/** Names a sync user on the Jira of an address. */
export function accountKey({ user, baseUrl }: SyncAccount): string {
  return `${plainName(user)} ${plainAddress(baseUrl)}`
}

/** An address normalised for comparison: a trailing slash and capitals in the host make no difference. */
export function plainAddress(baseUrl: string): string {
  return (URL.canParse(baseUrl) ? new URL(baseUrl).href : baseUrl).replace(/\/+$/, '')
}

/** The sync user that a side (or its copy) has once the job is done, with its address; null if there is none. */
export function accountOf(
  target: Pick<StoredTarget, 'before' | 'changes'>,
  side: 'first' | 'second',
): SyncAccount | null {
  const account = target.before[side]
  const to = (part: 'baseUrl' | 'user'): string | undefined =>
    target.changes.find(({ field }) => field === `${side}Connector.connection.application.${part}`)?.to
  return account === null ? null : { user: to('user') ?? account.user, baseUrl: to('baseUrl') ?? account.baseUrl }
}

/** The sync users as which a synchronization logs in. */
export function accountsOf(target: Pick<StoredTarget, 'before' | 'changes'>): SyncAccount[] {
  return [accountOf(target, 'first'), accountOf(target, 'second')].filter(
    (one) => one !== null && one.user !== '',
  ) as SyncAccount[]
}

/**
 * Whether a side has this account. A base URL is compared as it is shown and stored: without a user and password that a
 * server may have put into it.
 */
export function isSameAccount(before: SyncAccount | null, side: ConnectorSide | null): boolean {
  if (before === null || side === null) return before === null && side === null
  return accountKey(before) === accountKey({ user: side.user, baseUrl: maskUserinfo(side.baseUrl) })
}

/**
 * Lets one synchronization per sync user log in before the others: a wrong password then fails once, not once per
 * synchronization. Users with the same name on different addresses wait for each other, because these may belong to the
 * same Jira.
 */
export class OneFirst {
  readonly #trying = new Set<string>()

  /** Call when the target is done; null if it has to wait. `proven`: accounts known to be accepted. */
  enter(target: Pick<StoredTarget, 'before' | 'changes'>, proven: ReadonlySet<string>): (() => void) | null {
    const names = accountsOf(target)
      .filter((account) => !proven.has(accountKey(account)))
      .map(({ user }) => plainName(user))
    if (names.some((name) => this.#trying.has(name))) return null
    for (const name of names) this.#trying.add(name)
    return () => names.forEach((name) => this.#trying.delete(name))
  }
}
