import type { ErrorCode } from '#contract/errors.ts'
import { AppError } from '../errors/app-error.ts'

const ABOUT_ONE_OBJECT: readonly ErrorCode[] = [
  'api.not-found',
  'api.refused',
  'api.method-not-allowed',
  'auth.forbidden',
  'http.unexpected-body',
  'http.body-too-large',
  'input.invalid',
]

/** Whether a failure concerns only the requested object, not the server or the route to it. */
export function isAboutOneObject(failure: unknown): failure is AppError {
  return failure instanceof AppError && ABOUT_ONE_OBJECT.includes(failure.code)
}

const ABOUT_ONE_OBJECT_OR_ALL: readonly ErrorCode[] = ['http.server-error', 'net.timeout', 'net.unreachable']

/**
 * Whether a failure may concern the requested object alone: the request was sent, and the server failed to handle it.
 */
export function mayBeAboutOneObject(failure: unknown): failure is AppError {
  if (!(failure instanceof AppError) || failure.isServerAway) return false
  return failure.isAnswerLost && ABOUT_ONE_OBJECT_OR_ALL.includes(failure.code)
}

/** So many objects in a row for which a server fails mean that the server is at fault, not they. */
const MAX_FAILING_IN_A_ROW = 2

/** Tells failures for single objects from failures of the server, by how many come in a row. */
export class FailureRow {
  #length = 0

  /** The server answered for an object. */
  answered(): void {
    this.#length = 0
  }

  /** Whether a failure concerns the requested object alone. `isKnown`: the server has failed for it before. */
  isOfOne(failure: unknown, { isKnown = false }: { readonly isKnown?: boolean } = {}): failure is AppError {
    if (isAboutOneObject(failure)) {
      this.#length = 0
      return true
    }
    if (!mayBeAboutOneObject(failure)) return false
    if (!isKnown) this.#length += 1
    return this.#length <= MAX_FAILING_IN_A_ROW
  }
}
