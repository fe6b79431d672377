import type { Message } from '#contract/messages/message.ts'
import type { Noted } from '#contract/noted.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { spoken } from './spoken.ts'
import { say } from './t.ts'

/** Tens of thousands of rows have a dozen states. */
let words = new Map<string, string>()
let texts = new WeakMap<SynchronizationRow, string>()
/** The language of both caches. */
let current = spoken.value

/** The searchable text of a row, in lower case. */
export function searchText(row: SynchronizationRow): string {
  if (current !== spoken.value) {
    current = spoken.value
    words = new Map()
    texts = new WeakMap()
  }
  const known = texts.get(row)
  if (known !== undefined) return known
  const reason = row.reason === null ? '' : say(row.reason)
  const text = [
    row.key,
    row.summary,
    row.first?.projectKey,
    row.second?.projectKey,
    stateWords(row.state),
    reason,
    notedText(row),
  ]
    .join(' ')
    .toLowerCase()
  texts.set(row, text)
  return text
}

/** What the user noted of a row or a server, as one text. */
export function notedText({ tags = [], note }: Noted): string {
  return [...tags, ...(note === undefined ? [] : [note.owner, note.contact, note.runbook, note.text])].join(' ')
}

function stateWords(state: Message): string {
  if (state.values !== undefined) return say(state)
  const known = words.get(state.key) ?? say(state)
  words.set(state.key, known)
  return known
}

/** The words typed, in lower case; all must match. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}
