import * as v from 'valibot'
import type { RequestChannel } from '#contract/channels.ts'
import { requests, type RequestValue } from '#contract/contract.ts'
import type { Answer } from '#contract/errors.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'

/** The checked arguments of a channel. */
export type CheckedArgs<C extends RequestChannel> = v.InferOutput<(typeof requests)[C]['args']>

/** One handler per channel; the compiler refuses a table that lacks one or has one too many. */
export type Handlers = {
  readonly [C in RequestChannel]: (args: CheckedArgs<C>) => RequestValue<C> | Promise<RequestValue<C>>
}

/**
 * Checks the arguments, calls the handler, checks its answer, and turns whatever is thrown into an error the user can
 * read. The answer's schema also drops everything that the contract does not name.
 */
export async function answerRequest<C extends RequestChannel>(
  channel: C,
  args: unknown,
  handler: Handlers[C],
  logger: Logger,
): Promise<Answer<RequestValue<C>>> {
  const parsed = v.safeParse(requests[channel].args, args)
  if (!parsed.success) {
    const fields: Record<string, string> = {}
    for (const issue of parsed.issues) fields[v.getDotPath(issue) ?? ''] ??= issue.message
    logger.write('warn', 'arguments refused', { channel, fields: Object.keys(fields) })
    return { ok: false, error: { code: 'ipc.invalid-args', message: 'Some of the input cannot be accepted.', fields } }
  }
  try {
    const value = await (handler as (checked: unknown) => unknown)(parsed.output)
    return { ok: true, value: v.parse(requests[channel].answer, value) as RequestValue<C> }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) {
      logger.write('error', 'request failed', { channel, stack: thrown instanceof Error ? thrown.stack : String(thrown) })
    }
    return { ok: false, error: toErrorData(thrown) }
  }
}
