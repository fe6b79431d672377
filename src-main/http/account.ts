import type { StoredBlock } from '../storage/server-table.ts'
import type { Finding } from './gate-pass.ts'

/** A user of one Jira, whose failed log-ins Jira counts together, however many connections they come by. */
export interface Account {
  /**
   * Waits until no password goes by another connection. `leave` must be called when the answer is there. Rejects with `net.aborted` when
   * the signal says so.
   */
  enter(signal: AbortSignal): Promise<AccountTurn>
}

/** No other password of the account is under way. */
export interface AccountTurn {
  /** Why this password must not go: what it met by another connection. Null if nothing speaks against it. Never rejects. */
  blockFor(password: string): Promise<StoredBlock | null>
  /** What came of sending it. `block`: that of its own gate, afterwards. */
  settled(password: string, finding: Finding, block: StoredBlock | null): void
  leave(): void
}

/** An account that is used by one connection alone. */
export const ownAccount: Account = {
  enter: () =>
    Promise.resolve({ blockFor: () => Promise.resolve(null), settled: () => undefined, leave: () => undefined }),
}
