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

/** Whether a failure may concern the requested object alone: the request had left, and the server failed over it. */
export function mayBeAboutOneObject(failure: unknown): failure is AppError {
  if (!(failure instanceof AppError) || failure.isServerAway) return false
  return failure.isAnswerLost && ABOUT_ONE_OBJECT_OR_ALL.includes(failure.code)
}
