import * as v from 'valibot'
import { foreign, messageSchema, type Message } from '#contract/messages/message.ts'

/** A message as stored in a column: JSON, or empty for none. */
export function storedMessage(message: Message | null): string {
  return message === null ? '' : JSON.stringify(message)
}

/** The message of a column. Other text is a sentence of an earlier version, and shown unchanged. */
export function readMessage(text: string): Message | null {
  if (text === '') return null
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), messageSchema), text)
  return parsed.success ? parsed.output : foreign(text)
}
