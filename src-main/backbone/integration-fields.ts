import { draftFields, passwordFields, type DraftField } from '#contract/editing.ts'

type FieldName =
  | 'name'
  | 'description'
  | 'firstProjectKey'
  | 'firstBaseUrl'
  | 'firstUser'
  | 'secondProjectKey'
  | 'secondBaseUrl'
  | 'secondUser'

/** The name of each field that a draft may change, among the messages of `tasks.field`. */
export const draftFieldNames: Readonly<Record<DraftField, FieldName>> = {
  summary: 'name',
  description: 'description',
  'firstConnector.projectKey': 'firstProjectKey',
  'firstConnector.connection.application.baseUrl': 'firstBaseUrl',
  'firstConnector.connection.application.user': 'firstUser',
  'secondConnector.projectKey': 'secondProjectKey',
  'secondConnector.connection.application.baseUrl': 'secondBaseUrl',
  'secondConnector.connection.application.user': 'secondUser',
}

const SIDE = /^(first|second)Connector\./
/** A text about a password also names its user, and one about a side may contain words that mean the whole. */
const RANK: Readonly<Record<string, number>> = { projectKey: 0, baseUrl: 1, password: 2, user: 3 }

/**
 * The fields of the form for a new synchronization, as `first.projectKey`, each with the names that a server's text
 * uses for it.
 */
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

/** Which field of the form for a new synchronization a server's text refers to; undefined if none. */
export function formFieldNamedIn(text: string): string | undefined {
  return namedInText.find(({ pattern }) => pattern.test(text))?.formField
}
