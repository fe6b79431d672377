import type { Account } from './account.ts'
import type { AsyncTasks } from './async-tasks.ts'

/** A request to the REST API, let in as an account. */
export interface ApiRequest {
  readonly method: string
  /** Path segments below the API's base, decoded. */
  readonly segments: readonly string[]
  readonly query: URLSearchParams
  readonly body: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly account: Account
  /** The tasks of the node that answers. */
  readonly tasks: AsyncTasks
}
