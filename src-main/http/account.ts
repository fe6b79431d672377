import type { StoredBlock } from '../storage/server-table.ts'
import type { Finding } from './gate-pass.ts'

/** A user of one Jira. Jira counts the user's failed log-ins together, however many connections they come from. */
export interface Account {
  /**
   * Waits until no other connection is sending a password. Call `leave` when the answer has arrived. Rejects with
   * `net.aborted` if aborted.
   */
  enter(signal: AbortSignal): Promise<AccountTurn>
}

/** How a password is tried. */
export interface Tried {
  /**
   * The user tries it at a closed gate, or typed it for a test: only what happened after the user asked for it prevents
   * it.
   */
  readonly isOnTrial: boolean
  /** When the user asked for it, by `elapsed`; null if nobody did. */
  readonly deliberateSince: number | null
}

/** No other password of the account is under way. */
export interface AccountTurn {
  /**
   * Why this password must not be sent, from what happened on another connection. Null if nothing speaks against it.
   * Never rejects.
   */
  blockFor(password: string, tried: Tried): Promise<StoredBlock | null>
  /** The result of sending it. `block`: the block of its own gate afterwards. */
  settled(password: string, finding: Finding, block: StoredBlock | null): void
  leave(): void
}

/** An account that only one connection uses. */
export const ownAccount: Account = {
  enter: () =>
    Promise.resolve({ blockFor: () => Promise.resolve(null), settled: () => undefined, leave: () => undefined }),
}
