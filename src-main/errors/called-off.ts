import { message } from '#contract/messages/message.ts'
import { AppError } from './app-error.ts'

/** Something that is no longer awaited: a cancelled request, or one whose client was closed. */
export function calledOff(): AppError {
  return new AppError('net.aborted', message('errors.aborted'))
}
