import { message } from '#contract/messages/message.ts'
import { AppError } from './app-error.ts'

/** What nobody waits for any longer: a request that was cancelled, or whose client was given up. */
export function calledOff(): AppError {
  return new AppError('net.aborted', message('errors.aborted'))
}
