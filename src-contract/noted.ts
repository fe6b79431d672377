import * as v from 'valibot'
import { holdsUserinfo } from './masking.ts'
import { problem } from './messages/problem.ts'
import { hasHidden, isBlank } from './shown-text.ts'

/** Of a tag, in characters. */
export const MAX_TAG_LENGTH = 40
/** Of one synchronization, or of one server. */
export const MAX_TAGS = 20
/** How many different tags there can be. */
export const MAX_TAG_NAMES = 500

/** A tag as stored: composed letters, single spaces. Lists separate tags by commas, and filters quote them. */
export const tagSchema = v.pipe(
  v.string(),
  v.maxLength(1000),
  v.transform((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim()),
  v.check((tag) => !isBlank(tag), problem('errors.fields.tag.missing')),
  v.maxLength(MAX_TAG_LENGTH, problem('errors.fields.tag.tooLong', { count: MAX_TAG_LENGTH })),
  v.check((tag) => !/[",;]/.test(tag), problem('errors.fields.tag.separators')),
  v.check((tag) => !hasHidden(tag), problem('errors.fields.hidden')),
)

/** Two tags that differ in case alone have the same, and are one. */
export function tagIdentity(tag: string): string {
  return tag.toLowerCase()
}

/** Of a note’s text, and of its other fields, in characters. */
export const MAX_NOTE = 4000
export const MAX_NOTE_FIELD = 200
export const MAX_RUNBOOK = 2000

const lineSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_NOTE_FIELD),
  v.check((text) => !hasHidden(text), problem('errors.fields.hidden')),
)

const urlSchema = v.pipe(v.string(), v.url())

/** Empty, or an address that a browser opens. It has neither user nor password: it is shown, exported and handed on. */
const runbookSchema = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_RUNBOOK, problem('errors.fields.address.tooLong')),
  v.check((address) => !hasHidden(address) && !/\s/.test(address), problem('errors.fields.hidden')),
  v.check((address) => address === '' || !holdsUserinfo(address), problem('errors.fields.userinfo')),
  v.check((address) => address === '' || /^https?:\/\//i.test(address), problem('errors.fields.address.scheme')),
  v.check((address) => address === '' || v.is(urlSchema, address), problem('errors.fields.runbook')),
)

/**
 * The user's note about a synchronization or server; empty if nothing was entered. It is local, and never sent to Jira.
 */
export const noteSchema = v.strictObject({
  /** Several lines. */
  text: v.pipe(
    v.string(),
    v.transform((text) => text.replace(/\r\n?/g, '\n').trim()),
    v.maxLength(MAX_NOTE),
    v.check((text) => !hasHidden(text.replace(/[\n\t]/g, '')), problem('errors.fields.hidden')),
  ),
  /** Who is responsible. */
  owner: lineSchema,
  /** Whom to ask on the other side: an address, a number or a name. */
  contact: lineSchema,
  /** The address of the instructions, beginning with http: or https:. */
  runbook: runbookSchema,
})
export type Note = v.InferOutput<typeof noteSchema>

export const NO_NOTE: Note = { text: '', owner: '', contact: '', runbook: '' }

/** Whether nothing was entered. */
export function isEmptyNote({ text, owner, contact, runbook }: Note): boolean {
  return text === '' && owner === '' && contact === '' && runbook === ''
}

/** What the user noted about a row or a server; each is absent if there is none. Tags are in no particular order. */
export const notedEntries = {
  tags: v.exactOptional(v.array(v.string())),
  note: v.exactOptional(v.object({ text: v.string(), owner: v.string(), contact: v.string(), runbook: v.string() })),
} as const
export type Noted = v.InferOutput<v.ObjectSchema<typeof notedEntries, undefined>>

const NONE: readonly string[] = []

/** The tags that count for a synchronization: its own, then those of its server that it does not have itself. */
export function tagsOf(
  { tags: own = NONE }: { readonly tags?: readonly string[] },
  ofServer: readonly string[] = NONE,
): readonly string[] {
  if (ofServer.length === 0) return own
  if (own.length === 0) return ofServer
  return [...own, ...inherited(own, ofServer)]
}

/** Those of the server’s tags that a synchronization does not have itself. */
export function inherited(own: readonly string[], ofServer: readonly string[]): readonly string[] {
  return ofServer.filter((tag) => !holdsTag(own, tag))
}

/** Whether a tag is among these, in whatever case. */
export function holdsTag(tags: readonly string[], tag: string): boolean {
  return tags.some((other) => tagIdentity(other) === tagIdentity(tag))
}
