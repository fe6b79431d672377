import type { AppErrorData } from '#contract/errors.ts'
import { message, sentences, type Message } from '#contract/messages/message.ts'
import { toErrorData } from '../errors/app-error.ts'

/** How many consecutive checks may find a task unreadable: an answer mixed up once may be right the next time. */
export const MAX_UNREADABLE = 5

/**
 * Whether the server is up but failing, possibly for this object alone and permanently; one that is unavailable is
 * waited for.
 */
export function isFailing(thrown: unknown): boolean {
  return ['http.server-error', 'net.timeout'].includes(toErrorData(thrown).code)
}

/** How many of the allowed unreadable checks this failure uses up. */
export function looksUsedUp({ code }: AppErrorData): number {
  // An address that cannot be made is refused before anything is sent, and so every time.
  return code === 'input.invalid' ? MAX_UNREADABLE : 1
}

/** Why the task does not reveal the outcome of a write that the server accepted. */
export function whyUnreadable(error: AppErrorData): Message {
  // The message about an invalid address is meant for requests that change something: it says that nothing was sent.
  return error.code === 'input.invalid'
    ? message('tasks.told.unaddressable')
    : sentences(message('tasks.told.unreadable'), error.message)
}
