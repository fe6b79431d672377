import { worded as wordedBy, type AppErrorData, type WordedError } from '../../src-contract/errors.ts'
import type { Message } from '../../src-contract/messages/message.ts'
import { say } from '../../src-main/text/say.ts'

/** A failure with the words that main has for it. */
export const worded = (data: AppErrorData): WordedError => wordedBy(data, say)

/** The words of a message; empty for none. */
export function said(message: Message | null | undefined): string {
  return message == null ? '' : say(message)
}

/** The same with the words of every message in it. */
export type Spoken<T> = T extends Message
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : { [K in keyof T]: Spoken<T[K]> }

export function spoken<T>(value: T): Spoken<T> {
  const speak = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(speak)
    if (typeof inner !== 'object' || inner === null) return inner
    if (isMessage(inner)) return say(inner)
    return Object.fromEntries(Object.entries(inner).map(([name, part]) => [name, speak(part)]))
  }
  return speak(value) as Spoken<T>
}

/** What has a key and values and nothing else; a synchronization has more than its key. */
function isMessage(value: object): value is Message {
  const { key } = value as { readonly key?: unknown }
  return typeof key === 'string' && key.includes('.') && Object.keys(value).every((n) => n === 'key' || n === 'values')
}
