import * as v from 'valibot'
import { shownText } from '../shown-text.ts'
import { clockText } from './clock-text.ts'
import type { MessageKey } from './messages.ts'

/**
 * Something to be said, before it becomes words: a message key and the values for its placeholders. This is what
 * crosses the process border, is stored and compared; it is put into words where it is shown. Text is foreign and shown
 * as it is; a number is formatted for the user and, as `count`, selects the plural form; a moment is formatted as time;
 * a message is inserted in its place.
 */
export interface Message {
  readonly key: MessageKey
  readonly values?: MessageValues | undefined
}
export type MessageValues = Readonly<Record<string, string | number | Moment | Message>>

/** A moment in epoch ms. */
export interface Moment {
  readonly at: number
}

/** A longer text in a gap is cut: what a server sends may be of any length. */
const MAX_TEXT = 4_000
const MAX_KEY = 200
const MAX_GAPS = 20
/**
 * How deeply messages may be nested. Code that walks them is recursive, so deep nesting would exhaust the stack; lists
 * stay far below.
 */
const MAX_DEPTH = 30

const anyDepthSchema: v.GenericSchema<Message> = v.object({
  key: v.custom<MessageKey>((key) => typeof key === 'string' && key.length <= MAX_KEY),
  values: v.optional(
    v.pipe(
      v.record(
        v.pipe(v.string(), v.maxLength(MAX_KEY)),
        v.union([
          v.pipe(v.string(), v.maxLength(MAX_TEXT)),
          v.number(),
          v.strictObject({ at: v.number() }),
          v.lazy(() => anyDepthSchema),
        ]),
      ),
      v.check((values) => Object.keys(values).length <= MAX_GAPS),
    ),
  ) as v.GenericSchema<MessageValues | undefined>,
})

/** A stored key may come from another version, so any text is accepted as one; an unknown key is shown as is. */
export const messageSchema: v.GenericSchema<Message> = v.pipe(v.custom<Message>(isShallow), anyDepthSchema)

/** Level by level, so that no depth is too much for it. */
function isShallow(value: unknown): boolean {
  let level = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return false
    level = level.flatMap((inner) => {
      const { values } = (inner ?? {}) as { readonly values?: unknown }
      return typeof values === 'object' && values !== null ? (Object.values(values) as unknown[]) : []
    })
  }
  return true
}

export function message(key: MessageKey, values?: MessageValues): Message {
  return values === undefined ? { key } : { key, values: bounded(values) }
}

function bounded(values: MessageValues): MessageValues {
  const isLong = (value: MessageValues[string]): value is string => typeof value === 'string' && value.length > MAX_TEXT
  if (!Object.values(values).some(isLong)) return values
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, isLong(value) ? `${value.slice(0, MAX_TEXT - 1)}…` : value]),
  )
}

/** Text that already was words: the server's own, or a sentence stored by an earlier version. */
export function foreign(text: string): Message {
  return message('text.foreign', { text })
}

/** The same for a text that may be empty, which says nothing. */
export function foreignOrNone(text: string): Message | null {
  return text === '' ? null : foreign(text)
}

/** `a`, `a and b`, `a, b and c`. At least one. */
export function listed(items: readonly Message[]): Message {
  const last = items.at(-1)
  if (last === undefined) return foreign('')
  const first = enumerated(items.slice(0, -1))
  return first === null ? last : message('text.list.and', { first, last })
}

/** Sentences, one after the other. At least one. */
export function sentences(first: Message, ...others: readonly Message[]): Message {
  return sentencesOf(first, ...others) ?? first
}

/** Those of them that there are, one after the other; null for none. */
export function sentencesOf(...parts: readonly (Message | null)[]): Message | null {
  return joined('text.sentences', parts)
}

/** `a – b – c`, of those that there are; null for none. */
export function dashed(...parts: readonly (Message | null)[]): Message | null {
  return joined('text.dash', parts)
}

/** `a, b, c`; null for none. */
export function enumerated(parts: readonly Message[]): Message | null {
  return joined('text.list.comma', parts)
}

/** Halves of halves: a list of thousands is a dozen messages deep. */
function joined(key: MessageKey, parts: readonly (Message | null)[]): Message | null {
  const those = parts.filter((part) => part !== null)
  if (those.length < 2) return those[0] ?? null
  const middle = Math.ceil(those.length / 2)
  const [first, next] = [joined(key, those.slice(0, middle)), joined(key, those.slice(middle))]
  return first === null || next === null ? (first ?? next) : message(key, { first, next })
}

/**
 * How a process says the message of a key; `count` chooses the form. Numbers and moments are written by the customs of
 * `locale`.
 */
export interface Speaker {
  readonly locale: string
  readonly say: (key: MessageKey, values: Readonly<Record<string, string>>, count?: number) => string
}

/** The words of a message. */
export function wordsOf({ key, values = {} }: Message, speaker: Speaker): string {
  const filled = Object.entries(values).map(([name, value]) => {
    if (typeof value === 'string') return [name, shownText(value)]
    if (typeof value === 'number') return [name, value.toLocaleString(speaker.locale)]
    return [name, 'at' in value ? clockText(value.at, Date.now(), speaker.locale) : wordsOf(value, speaker)]
  })
  const { count } = values
  return speaker.say(
    key,
    Object.fromEntries(filled) as Record<string, string>,
    typeof count === 'number' ? count : undefined,
  )
}

/**
 * The same text for the same message, whatever the order of its values and the language that it is said in: a key for
 * grouping.
 */
export function messageId({ key, values = {} }: Message): string {
  const parts = Object.entries(values)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => [name, typeof value !== 'object' || 'at' in value ? value : { id: messageId(value) }])
  return JSON.stringify([key, ...parts])
}

/** Whether two are the same in every gap. */
export function isSameMessage(one: Message | null, other: Message | null): boolean {
  if (one === null || other === null) return one === other
  const names = new Set([...Object.keys(one.values ?? {}), ...Object.keys(other.values ?? {})])
  return one.key === other.key && [...names].every((name) => isSameValue(one.values?.[name], other.values?.[name]))
}

function isSameValue(one: MessageValues[string] | undefined, other: MessageValues[string] | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return one === other
  if ('at' in one || 'at' in other) return 'at' in one && 'at' in other && one.at === other.at
  return isSameMessage(one, other)
}
