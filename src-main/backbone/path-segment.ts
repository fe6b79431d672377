import { message, type Message } from '#contract/messages/message.ts'
import { MAX_KEY_LENGTH } from '#contract/synchronizations.ts'
import { AppError } from '../errors/app-error.ts'

/**
 * A name that a server gave, as one segment of a path. Throws `input.invalid`, before anything is sent, for anything
 * that would change the path: a URL’s `.` and `..` lead elsewhere however they are coded (WHATWG URL, “double-dot URL
 * path segment”).
 */
export function pathSegment(name: string): string {
  const problem = addressProblem(name)
  if (problem === null) return encodeURIComponent(name)
  throw new AppError('input.invalid', message('errors.key.unaddressable', { problem }), {
    advice: message('errors.key.advice'),
  })
}

/** Why a name cannot be part of an address, to be put after “because”; null if it can. */
export function addressProblem(name: string): Message | null {
  if (name.trim() === '') return message('errors.key.empty')
  if (name === '.' || name === '..') return message('errors.key.elsewhere', { name })
  if (name.length > MAX_KEY_LENGTH) return message('errors.key.tooLong', { count: MAX_KEY_LENGTH })
  if (!name.isWellFormed() || /\p{Cc}/u.test(name)) return message('errors.key.characters')
  return null
}
