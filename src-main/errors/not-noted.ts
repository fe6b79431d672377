import { message, type Message } from '#contract/messages/message.ts'
import { AppError } from './app-error.ts'
import { storageProblem } from './storage-problem.ts'

/**
 * Why something was not sent that has to be recorded first, with the reason if the disk gives one. `plain` is the
 * sentence without a reason, `because` the one with it.
 */
export function notNoted(fault: unknown, plain: Message, because: (reason: Message) => Message): AppError {
  const reason = storageProblem(fault)
  return new AppError('storage.failed', reason === null ? plain : because(reason), {
    advice: message('errors.storage.auditAdvice'),
  })
}

/** A log-in that did not leave because a crash in its middle would not be counted. */
export function attemptNotNoted(fault: unknown): AppError {
  return notNoted(fault, message('errors.storage.logIn'), (reason) =>
    message('errors.storage.logInBecause', { reason }),
  )
}
