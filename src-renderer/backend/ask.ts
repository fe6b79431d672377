import type { RequestChannel } from '#contract/channels.ts'
import type { RequestArgs, RequestValue } from '#contract/contract.ts'
import type { Answer, AppErrorData, WordedError } from '#contract/errors.ts'
import { worded } from '../text/worded-error.ts'

/** A request that the main process answered with a failure. */
export class RequestError extends Error {
  readonly data: WordedError

  constructor(failure: AppErrorData) {
    const data = worded(failure)
    super(data.message)
    this.name = 'RequestError'
    this.data = data
  }
}

/** Asks the main process. Rejects with `RequestError`. Arguments are copied, so reactive objects may be passed. */
export async function ask<C extends RequestChannel>(channel: C, args: RequestArgs<C>): Promise<RequestValue<C>> {
  const plain = JSON.parse(JSON.stringify(args)) as RequestArgs<C>
  const answer = (await window.syncdeck.request[channel](plain)) as Answer<RequestValue<C>>
  if (answer.ok) return answer.value
  throw new RequestError(answer.error)
}

/** The failure's words, also for what is not a `RequestError`. */
export function errorData(thrown: unknown): WordedError {
  if (thrown instanceof RequestError) return thrown.data
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) }
}
