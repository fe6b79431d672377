import { draftFields, type DraftField } from '#contract/editing.ts'
import { draftFieldText } from '../text/draft-field-text.ts'

/** One value of a request. `name` is empty for a body that has no names. */
export interface SentPart {
  readonly name: string
  readonly value: string
}

const NAMED: ReadonlySet<string> = new Set(draftFields)
/** Its object is a column of its own. */
const ELSEWHERE = 'integrationKey'

/** What a request’s body says, value by value; a body that is no object of JSON says what it is. None for no body. */
export function sentParts(body: string): readonly SentPart[] {
  if (body === '') return []
  const value = parsed(body)
  return isObject(value) ? leaves(value, '') : [{ name: '', value: body }]
}

function leaves(value: object, path: string): SentPart[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const name = path === '' ? key : `${path}.${key}`
    if (name === ELSEWHERE) return []
    if (isObject(inner)) return leaves(inner, name)
    return [{ name: nameOf(name), value: typeof inner === 'string' ? inner : JSON.stringify(inner) }]
  })
}

function nameOf(path: string): string {
  return NAMED.has(path) ? draftFieldText(path as DraftField) : path
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
