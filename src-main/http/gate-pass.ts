import type { AppErrorData } from '#contract/errors.ts'
import type { BlockReason } from '#contract/credentials.ts'
import type { StoredBlock } from '../storage/server-table.ts'

/**
 * How a credential may be sent. `alone`: one request at a time, as a password is, because each refusal counts against
 * the account. `shared`: many at once while it is proven, as a token is, which no number of refusals locks.
 */
export type Use = 'alone' | 'shared'

/** What an admitted request found out about the credential. */
export type Finding =
  /** `isEachTime`: it is sent with the next request as well, because it opened no session. */
  | { readonly kind: 'accepted'; readonly isEachTime?: boolean }
  | { readonly kind: 'blocked'; readonly reason: BlockReason; readonly loginUrl: string | null }
  /** It did not leave: another gate of the same account is closed, and its block also applies here. */
  | { readonly kind: 'blocked-elsewhere'; readonly block: StoredBlock }
  /**
   * It never left, or something in front of the server did not let it through. Those waiting share the error, if any.
   */
  | { readonly kind: 'unsent'; readonly error: AppErrorData | null }
  /**
   * It was answered, but the answer does not say whether the log-in was accepted. `mayBeRefusal`: whoever answered is
   * known to replace Jira's refusals with its own words, or may do so.
   */
  | { readonly kind: 'inconclusive'; readonly mayBeRefusal?: boolean }
  /** It left and may have arrived; no answer came. `mayGoAgain`: the user has entered the same credential again. */
  | { readonly kind: 'lost'; readonly error: AppErrorData | null; readonly mayGoAgain?: boolean }

/** Permission for one request to leave; `settle` must be called exactly once when it is over. */
export interface Pass {
  /** Nothing proves the credential at this moment. */
  readonly isUnproven: boolean
  /** No other request that carries the credential is under way, nor will there be one until this one is settled. */
  readonly isAlone: boolean
  /**
   * Call right before it leaves; false if it must not, because the credential was replaced or the gate closed since. An
   * attempt that goes alone is stored first, so that it counts even if Syncdeck is killed during it. Throws
   * `storage.failed` if it carries a password not accepted since the start, and cannot be stored.
   */
  leave(): boolean
  settle(finding: Finding): void
}

/** A pass that reports its first finding after settling. */
export function tellingOnce(pass: Pass, tell: (finding: Finding) => void): Pass {
  let isTold = false
  return {
    ...pass,
    settle: (finding) => {
      pass.settle(finding)
      if (!isTold) tell(finding)
      isTold = true
    },
  }
}
