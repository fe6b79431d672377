import type { AppErrorData } from '../../src-contract/errors.ts'
import type { Message } from '../../src-contract/messages/message.ts'
import { say } from '../../src-main/text/say.ts'

/** A failure with its words. */
export type WordedError = Omit<AppErrorData, 'message' | 'advice' | 'fields'> & {
  readonly message: string
  readonly advice?: string
  readonly fields?: Readonly<Record<string, string>>
}

export function worded({ message, advice, fields, ...data }: AppErrorData): WordedError {
  return {
    ...data,
    message: say(message),
    ...(advice !== undefined && { advice: say(advice) }),
    ...(fields !== undefined && {
      fields: Object.fromEntries(Object.entries(fields).map(([field, problem]) => [field, say(problem)])),
    }),
  }
}

/** The words of a message; empty for none. */
export function said(message: Message | null | undefined): string {
  return message == null ? '' : say(message)
}
