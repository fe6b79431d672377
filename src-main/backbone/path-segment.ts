import { MAX_KEY_LENGTH } from '#contract/synchronizations.ts'
import { AppError } from '../errors/app-error.ts'

/**
 * A name that a server gave, as one segment of a path. Throws `input.invalid`, before anything is sent, for what would be
 * another path: a URL’s `.` and `..` lead elsewhere however they are coded (WHATWG URL, “double-dot URL path segment”).
 */
export function pathSegment(name: string): string {
  const problem = addressProblem(name)
  if (problem === null) return encodeURIComponent(name)
  throw new AppError('input.invalid', `It cannot be addressed, because ${problem}. Nothing was sent.`, {
    advice: 'See to it in Jira itself.',
  })
}

/** Why a name cannot be part of an address, fit to be said after “because”; null where it can. */
export function addressProblem(name: string): string | null {
  if (name.trim() === '') return 'its key is empty'
  if (name === '.' || name === '..') return `its key “${name}” means another address`
  if (name.length > MAX_KEY_LENGTH) return `its key is longer than ${MAX_KEY_LENGTH} characters`
  if (!name.isWellFormed() || /\p{Cc}/u.test(name)) return 'its key holds characters that no address can'
  return null
}
