import * as v from 'valibot'
import { message, type Message } from '#contract/messages/message.ts'
import { problemOf } from '#contract/messages/problem.ts'
import type { RequestChannel } from '#contract/channels.ts'
import { requests, type RequestValue } from '#contract/contract.ts'
import type { Answer } from '#contract/errors.ts'
import type { RequestTable } from '#contract/request-parts.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'

/** The checked arguments of a channel. */
export type CheckedArgs<C extends RequestChannel> = v.InferOutput<(typeof requests)[C]['args']>

/** One handler per channel; the compiler refuses a table that lacks one or has an extra one. */
export type Handlers = {
  readonly [C in RequestChannel]: (args: CheckedArgs<C>) => RequestValue<C> | Promise<RequestValue<C>>
}

/** The handlers of one area's channels, by its table in the contract: the compiler asks for each. */
export type HandlersOf<T extends RequestTable> = Pick<Handlers, keyof T & RequestChannel>

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
  // A text that is too long is not checked any further.
  const parsed = v.safeParse(requests[channel].args, args, { abortPipeEarly: true })
  const fields = parsed.success ? oddText(parsed.output) : problemsOf(parsed.issues)
  if (!parsed.success || Object.keys(fields).length > 0) {
    logger.write('warn', 'arguments refused', { channel, fields: Object.keys(fields) })
    return { ok: false, error: { code: 'ipc.invalid-args', message: message('errors.input'), fields } }
  }
  try {
    const value = await (handler as (checked: unknown) => unknown)(parsed.output)
    return { ok: true, value: v.parse(requests[channel].answer, value) as RequestValue<C> }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) {
      logFault(logger, 'request failed', thrown, { channel })
    }
    return { ok: false, error: toErrorData(thrown) }
  }
}

/** The names in a path may be the page's own, in any number and length. */
const MAX_FIELDS = 20
const MAX_PATH = 200

function problemsOf(issues: readonly v.BaseIssue<unknown>[]): Record<string, Message> {
  const fields: Record<string, Message> = {}
  for (const issue of issues) {
    if (Object.keys(fields).length === MAX_FIELDS) break
    fields[(v.getDotPath(issue) ?? '').slice(0, MAX_PATH)] ??= problemOf(issue)
  }
  return fields
}

/**
 * The first text with a lone surrogate or U+0000: neither can be part of an address, and a database or another program
 * would read it differently. Schemas limit the depth of the arguments.
 */
function oddText(args: unknown): Record<string, Message> {
  const path = pathToOddText(args)
  return path === null ? {} : { [path.join('.').slice(0, MAX_PATH)]: message('errors.oddText') }
}

function pathToOddText(value: unknown): string[] | null {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? null : []
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    const path = pathToOddText(inner)
    if (path !== null) return [name, ...path]
  }
  return null
}
