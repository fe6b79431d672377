import * as v from 'valibot'
import type { RequestChannel } from '#contract/channels.ts'
import { requests, type RequestArgs, type RequestValue } from '#contract/contract.ts'
import { appErrorSchema, type AppErrorData, type WordedError } from '#contract/errors.ts'
import { t } from '../text/t.ts'
import { worded } from '../text/worded-error.ts'
import { checked, ContractError } from './checked.ts'

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

const answerSchema = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.optional(v.unknown()) }),
  v.object({ ok: v.literal(false), error: appErrorSchema }),
])

let report: (fault: ContractError) => void = () => undefined

/** From now on `listener` receives every answer that breaks the contract, before the caller does. */
export function onBrokenAnswer(listener: typeof report): void {
  report = listener
}

/**
 * Asks the main process. Rejects with `RequestError`, or with `ContractError` if the answer breaks the contract.
 * Arguments are copied, so reactive objects may be passed.
 */
export async function ask<C extends RequestChannel>(channel: C, args: RequestArgs<C>): Promise<RequestValue<C>> {
  const plain = JSON.parse(JSON.stringify(args)) as RequestArgs<C>
  const received = await window.syncdeck.request[channel](plain)
  const answer = answered(channel, answerSchema, received)
  if (answer.ok) return answered(channel, requests[channel].answer, answer.value) as RequestValue<C>
  throw new RequestError(answer.error)
}

/** An answer, or JSON within one, cut to its schema. Throws `ContractError`. */
export function answered<S extends v.GenericSchema>(
  channel: RequestChannel,
  schema: S,
  value: unknown,
): v.InferOutput<S> {
  try {
    return checked(channel, schema, value)
  } catch (fault) {
    if (fault instanceof ContractError) report(fault)
    throw fault
  }
}

/** The failure in words, even if it is not a `RequestError`. */
export function errorData(thrown: unknown): WordedError {
  if (thrown instanceof RequestError) return thrown.data
  if (thrown instanceof ContractError)
    return { code: 'internal', message: t('app.unreadable.message'), advice: t('app.unreadable.advice') }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) }
}
