import { draftFields, passwordFields, type DraftField } from '#contract/editing.ts'
import type { Integration } from './integration.ts'

type FieldName =
  | 'name'
  | 'description'
  | 'firstProjectKey'
  | 'firstBaseUrl'
  | 'firstUser'
  | 'secondProjectKey'
  | 'secondBaseUrl'
  | 'secondUser'

/** A field of a draft: what an object of the server says of it, and its name among the messages `tasks.field`. */
interface IntegrationField {
  /** Undefined if the object lacks that side, like the second one of a distributed synchronization. */
  readonly read: (integration: Integration) => string | undefined
  readonly name: FieldName
}

/** The one table of the fields that a draft may change. Their names, which are their paths in a request, are the contract's. */
export const integrationFields: Readonly<Record<DraftField, IntegrationField>> = {
  summary: { read: ({ summary }) => summary, name: 'name' },
  description: { read: ({ description }) => description, name: 'description' },
  'firstConnector.projectKey': { read: ({ first }) => first?.projectKey, name: 'firstProjectKey' },
  'firstConnector.connection.application.baseUrl': { read: ({ first }) => first?.baseUrl, name: 'firstBaseUrl' },
  'firstConnector.connection.application.user': { read: ({ first }) => first?.user, name: 'firstUser' },
  'secondConnector.projectKey': { read: ({ second }) => second?.projectKey, name: 'secondProjectKey' },
  'secondConnector.connection.application.baseUrl': {
    read: ({ second }) => second?.baseUrl,
    name: 'secondBaseUrl',
  },
  'secondConnector.connection.application.user': { read: ({ second }) => second?.user, name: 'secondUser' },
}

/** The values of an integration by the fields of a draft; a distributed one has no second side. */
export function fieldValues(integration: Integration): Partial<Record<DraftField, string>> {
  return Object.fromEntries(
    draftFields.flatMap((field) => {
      const value = integrationFields[field].read(integration)
      return value === undefined ? [] : [[field, value]]
    }),
  )
}

const SIDE = /^(first|second)Connector\./
/** A text about a password also names its user, and one about a side may contain words that mean the whole. */
const RANK: Readonly<Record<string, number>> = { projectKey: 0, baseUrl: 1, password: 2, user: 3 }

/** The fields of the form for a new synchronization, as `first.projectKey`, each with how a server's text names it. */
const namedInText = [...draftFields, ...passwordFields]
  .map((path) => ({ side: SIDE.exec(path)?.[1] ?? '', name: path.split('.').at(-1) ?? path }))
  .sort(
    (a, b) =>
      Number(a.side === '') - Number(b.side === '') ||
      a.side.localeCompare(b.side) ||
      (RANK[a.name] ?? 0) - (RANK[b.name] ?? 0),
  )
  .map(({ side, name }) => ({
    formField: side === '' ? name : `${side}.${name}`,
    pattern: new RegExp(side === '' ? `\\b${name}\\b` : `${side}\\w*\\W.*${name}`, 'i'),
  }))

/** Which field of the form for a new synchronization a server's text is about; undefined if it names none. */
export function formFieldNamedIn(text: string): string | undefined {
  return namedInText.find(({ pattern }) => pattern.test(text))?.formField
}
