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
