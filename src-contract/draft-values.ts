import { draftFields, type DraftField } from './editing.ts'

interface Side {
  readonly projectKey: string
  readonly baseUrl: string
  readonly user: string
}

/** A synchronization as far as drafts change it; a distributed one has no second side. */
interface Draftable {
  readonly summary: string
  readonly description: string
  readonly first: Side | null
  readonly second: Side | null
}

const READ: Readonly<Record<DraftField, (one: Draftable) => string | undefined>> = {
  summary: ({ summary }) => summary,
  description: ({ description }) => description,
  'firstConnector.projectKey': ({ first }) => first?.projectKey,
  'firstConnector.connection.application.baseUrl': ({ first }) => first?.baseUrl,
  'firstConnector.connection.application.user': ({ first }) => first?.user,
  'secondConnector.projectKey': ({ second }) => second?.projectKey,
  'secondConnector.connection.application.baseUrl': ({ second }) => second?.baseUrl,
  'secondConnector.connection.application.user': ({ second }) => second?.user,
}

/** The values of a synchronization by the fields of a draft, without those of a side that it lacks. */
export function draftValues(one: Draftable): Partial<Record<DraftField, string>> {
  return Object.fromEntries(
    draftFields.flatMap((field) => {
      const value = READ[field](one)
      return value === undefined ? [] : [[field, value]]
    }),
  )
}
