import * as v from 'valibot'
import { draftFields, newSynchronizationSchema, secretProblem, type DraftField } from '#contract/editing.ts'
import type { CopyMapping, HandWork, JobChange } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { problemOf } from '#contract/messages/problem.ts'
import { draftValues } from '#contract/draft-values.ts'
import type { Integration } from '../backbone/integration.ts'
import type { Asked } from '../editing/created.ts'
import { maskSecrets } from '../logging/redact.ts'
import { asObject } from '../wire-values.ts'

/** The requested content of a copy, without the passwords. */
export type AskedCopy = Asked & { readonly description: string } & Record<
    'first' | 'second',
    Asked['first'] & { readonly user: string }
  >

/** Any password: this only checks whether the rest may be sent. */
const ANY = 'x'

/**
 * Every field of a copy with its value in the original, or why no server could create it. Fields that the mapping does
 * not name stay the same.
 */
export function copiedFields(original: Integration, mapping: CopyMapping): JobChange[] | Message {
  // One request creates both sides, and none creates a distributed synchronization.
  if (original.second === null || original.isDistributed) return message('jobs.leftOut.distributed')
  const values = draftValues(original)
  const changes: JobChange[] = []
  for (const field of draftFields) {
    const from = values[field] ?? ''
    const to = mapped(field, from, mapping)
    const secret = secretProblem(field, from) ?? secretProblem(field, to)
    if (secret !== null) return secret
    changes.push({ field, from, to })
  }
  const { first, second, ...whole } = askedOf(changes)
  const input = { ...whole, first: { ...first, password: ANY }, second: { ...second, password: ANY } }
  const parsed = v.safeParse(newSynchronizationSchema, input)
  return parsed.success ? changes : problemOf(parsed.issues[0])
}

function mapped(field: DraftField, from: string, mapping: CopyMapping): string {
  const row = rowsFor(field, mapping).find((one) => one.from === from)
  return row?.to ?? from
}

function rowsFor(field: DraftField, { baseUrls, users, projects }: CopyMapping): CopyMapping['baseUrls'] {
  if (field.endsWith('.baseUrl')) return baseUrls
  if (field.endsWith('.user')) return users
  return field.endsWith('.projectKey') ? projects : []
}

/** What the fields of a copy request. */
export function askedOf(changes: readonly JobChange[]): AskedCopy {
  const of = (field: DraftField): string => changes.find((one) => one.field === field)?.to ?? ''
  const side = (name: 'first' | 'second') => ({
    projectKey: of(`${name}Connector.projectKey`),
    baseUrl: of(`${name}Connector.connection.application.baseUrl`),
    user: of(`${name}Connector.connection.application.user`),
  })
  return { summary: of('summary'), description: of('description'), first: side('first'), second: side('second') }
}

/** The name and projects of a synchronization as one text: two with the same text could be mistaken for each other. */
export function placeOf({ summary, first, second }: Placed): string {
  return JSON.stringify([summary, first?.projectKey ?? null, second?.projectKey ?? null])
}
type Placed = Readonly<Record<'first' | 'second', { readonly projectKey: string } | null>> & {
  readonly summary: string
}

/**
 * The parts of an original that no request can create: the contents of each side's configuration, by the server's
 * names, secrets masked.
 */
export function handWorkOf(original: unknown): HandWork[] {
  const masked = asObject(maskSecrets(original))
  return (['first', 'second'] as const).flatMap((side) => {
    const configuration = asObject(asObject(masked?.[`${side}Connector`])?.configuration) ?? {}
    return Object.entries(configuration).flatMap(([part, value]) =>
      isEmpty(value) ? [] : [{ side, part, was: JSON.stringify(value) }],
    )
  })
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
