import * as v from 'valibot'
import { foreign, messageSchema, type Message } from '#contract/messages/message.ts'

/** A message as a column holds it: JSON, and empty for none. */
export function storedMessage(message: Message | null): string {
  return message === null ? '' : JSON.stringify(message)
}

/** The message of a column. A text that is none is a sentence of an earlier version, and shown as it is. */
export function readMessage(text: string): Message | null {
  if (text === '') return null
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), messageSchema), text)
  return parsed.success ? parsed.output : foreign(text)
}
