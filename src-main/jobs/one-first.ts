import type { SyncAccount } from '#contract/jobs.ts'
import { plainName } from '../http/response-verdict.ts'
import type { StoredTarget } from '../storage/job-table.ts'

/** Names a sync user on the Jira of an address. */
export function accountKey({ user, baseUrl }: SyncAccount): string {
  return `${plainName(user)} ${plainAddress(baseUrl)}`
}

/** An address as it is compared with others: a slash at its end, and capitals in its host, are no difference. */
export function plainAddress(baseUrl: string): string {
  return (URL.canParse(baseUrl) ? new URL(baseUrl).href : baseUrl).replace(/\/+$/, '')
}

/** The sync users by which a synchronization logs in. */
export function accountsOf({ before: { first, second } }: Pick<StoredTarget, 'before'>): SyncAccount[] {
  return [first, second].filter((account) => account !== null && account.user !== '') as SyncAccount[]
}

/**
 * Lets one synchronization of each sync user log in before the others: a password that is wrong fails once, and not once for each
 * synchronization that uses it. Users of one name on different addresses wait for each other, for these may be the same Jira's.
 */
export class OneFirst {
  readonly #trying = new Set<string>()

  /** What is to be called when the target is through; null where it has to wait. `proven`: the accounts that were seen to be accepted. */
  enter(target: Pick<StoredTarget, 'before'>, proven: ReadonlySet<string>): (() => void) | null {
    const names = accountsOf(target)
      .filter((account) => !proven.has(accountKey(account)))
      .map(({ user }) => plainName(user))
    if (names.some((name) => this.#trying.has(name))) return null
    for (const name of names) this.#trying.add(name)
    return () => names.forEach((name) => this.#trying.delete(name))
  }
}
