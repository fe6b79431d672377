import type { AppErrorData } from '#contract/errors.ts'
import { say } from './t.ts'

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
