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

/** Whether a failure is about the one object that was asked for, and not about its server or the way to it. */
export function isAboutOneObject(failure: unknown): failure is AppError {
  return failure instanceof AppError && ABOUT_ONE_OBJECT.includes(failure.code)
}
