import {
  filterFieldSchema,
  stateFilterSchema,
  type FilterField,
  type FilterCondition,
  type StateFilter,
} from '#contract/saved-views.ts'
import { environmentSchema, type Environment } from '#contract/servers.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { nameOrder } from '../text/spoken.ts'
import { inEnglish, isMessageKey, say, t } from '../text/t.ts'
import { partnerOf } from './partner.ts'
import type { ServerFact } from './sort-rows.ts'

/** What is known of a server. */
export type FilterServer = ServerFact & { readonly environment: Environment; readonly baseUrl: string }

/** What the values of a filter are found in. */
export interface FilterFacts {
  readonly servers: ReadonlyMap<string, FilterServer>
  /** Asked only for those fields whose values are in the rows. */
  readonly rows: () => Iterable<SynchronizationRow>
  readonly stateOf: (row: SynchronizationRow) => StateFilter
}

/** A value as the filter keeps it, and as it is called where the user can choose it. */
export interface FieldValue {
  readonly value: string
  readonly label: string
}

export type RowTest = (row: SynchronizationRow) => boolean

export const FILTER_FIELDS = filterFieldSchema.options
/** In the order in which they are offered. */
export const STATES = [
  'error',
  'attention',
  'transition',
  'running',
  'stopped',
  'unknown',
  'not-asked',
] as const satisfies readonly StateFilter[]
export const ENVIRONMENTS = environmentSchema.options
export const KINDS = ['centralized', 'distributed'] as const
export const HAVINGS = ['errors', 'conflicts', 'new'] as const

/** What typed texts are compared by: neither case nor quotes matter, and hyphens stand for spaces. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/[-\s]+/g, ' ')
    .trim()
}

/** A field by its key in English or in the window’s language; null if there is none. */
export function fieldOf(key: string): FilterField | null {
  const typed = key.toLowerCase()
  return FILTER_FIELDS.find((field) => field === typed || keyOf(field) === typed) ?? null
}

/** The key of a field in the window’s language. */
export function keyOf(field: FilterField): string {
  return t(`table.search.keys.${field}`)
}

/** Whether everything that the field can ask for is known, so that it can be told. */
export function isClosed(field: FilterField): field is 'state' | 'environment' | 'kind' | 'has' {
  return field === 'state' || field === 'environment' || field === 'kind' || field === 'has'
}

/** Whether a value of the field `state` is one of the facet’s. Others are words that a row shows as its state. */
export function isStateFilter(value: string): value is StateFilter {
  return stateFilterSchema.options.some((state) => state === value)
}

/** What a row shows as its state, as the filter keeps it: the same in every language. */
function stateName({ state: { key, values } }: SynchronizationRow): string {
  return key === 'text.foreign' ? String(values?.['text']) : (key.split('.').at(-1) ?? '')
}

/** The values that the user can choose from; of those that are in the rows, each once, in the order of names. */
export function valuesOf(field: FilterField, facts: FilterFacts): FieldValue[] {
  switch (field) {
    case 'state':
      return [...named(STATES, (value) => t(`states.health.${value}`)), ...shownStates(facts)]
    case 'environment':
      return named(ENVIRONMENTS, (value) => t(`table.toolbar.environment.${value}`))
    case 'kind':
      return named(KINDS, (value) => t(`table.toolbar.kinds.${value}`))
    case 'has':
      return named(HAVINGS, (value) => t(`table.search.having.${value}`))
    case 'server':
      return [...facts.servers.values()].map(({ id, name }) => ({ value: id, label: name }))
    case 'project':
    case 'partner':
    case 'user':
    case 'url': {
      const texts = new Set<string>()
      for (const row of facts.rows()) for (const text of textsOf(field, row, facts)) if (text !== '') texts.add(text)
      return [...texts].sort(nameOrder()).map((text) => ({ value: text, label: text }))
    }
  }
}

function named<Value extends string>(values: readonly Value[], labelOf: (value: Value) => string): FieldValue[] {
  return values.map((value) => ({ value, label: labelOf(value) }))
}

function shownStates(facts: FilterFacts): FieldValue[] {
  const known = new Set(STATES.map((value) => t(`states.health.${value}`)))
  const found = new Map<string, string>()
  for (const row of facts.rows()) {
    const name = stateName(row)
    if (!found.has(name)) found.set(name, say(row.state))
  }
  return [...found]
    .map(([value, label]) => ({ value, label }))
    .filter(({ value, label }) => !known.has(label) && !isStateFilter(value))
}

/** What a row is found by. */
function textsOf(field: 'project' | 'partner' | 'user' | 'url', row: SynchronizationRow, facts: FilterFacts): string[] {
  const sides = [row.first, row.second].flatMap((side) => side ?? [])
  const own = facts.servers.get(row.serverId)?.baseUrl ?? ''
  switch (field) {
    case 'project':
      return sides.map(({ projectKey }) => projectKey)
    case 'user':
      return sides.map(({ user }) => user)
    case 'url':
      return [...sides.map(({ baseUrl }) => baseUrl), own]
    case 'partner': {
      const partner = partnerOf(row, own)
      return partner === null ? [] : [partner.projectKey, partner.address]
    }
  }
}

/** The values that a typed text means; none where nothing is called so. */
export function meantBy(field: FilterField, typed: string, facts: FilterFacts): FieldValue[] {
  const wanted = plain(typed)
  if (wanted === '') return []
  if (field === 'partner' || field === 'user' || field === 'url') {
    const value = typed.trim().toLowerCase()
    const isFound = testOf({ field, value }, facts)
    for (const row of facts.rows()) if (isFound(row)) return [{ value, label: value }]
    return []
  }
  const values = valuesOf(field, facts)
  const exact = values.filter((one) => namesOf(field, one).includes(wanted))
  if (exact.length > 0 || field === 'project') return exact
  if (field === 'server') return values.filter(({ label }) => plain(label).includes(wanted))
  const begun = values.filter((one) => namesOf(field, one).some((name) => name.startsWith(wanted)))
  return begun.length === 1 ? begun : []
}

/** What a value may be called: by its name here, in English, and as the filter keeps it. */
function namesOf(field: FilterField, { value, label }: FieldValue): string[] {
  const english = {
    state: `states.health.${value}`,
    environment: `table.toolbar.environment.${value}`,
    kind: `table.toolbar.kinds.${value}`,
    has: `table.search.having.${value}`,
  }
  const key = isClosed(field) ? english[field] : ''
  // A server’s id is not its name.
  return [label, ...(isMessageKey(key) ? [inEnglish(key)] : []), ...(field === 'server' ? [] : [value])].map(plain)
}

/** What a value is called where it is shown. */
export function labelOf({ field, value }: Pick<FilterCondition, 'field' | 'value'>, facts: FilterFacts): string {
  if (field === 'server') return facts.servers.get(value)?.name ?? value
  if (!isClosed(field)) return value
  if (field === 'state' && !isStateFilter(value)) {
    const key = `synchronizations.states.${value}`
    return isMessageKey(key) ? t(key) : value
  }
  return valuesOf(field, { ...facts, rows: () => [] }).find((one) => one.value === value)?.label ?? value
}

/** Whether a row has this value. */
export function testOf({ field, value }: Pick<FilterCondition, 'field' | 'value'>, facts: FilterFacts): RowTest {
  switch (field) {
    case 'server':
      return ({ serverId }) => serverId === value
    case 'environment':
      return ({ serverId }) => facts.servers.get(serverId)?.environment === value
    case 'kind':
      return ({ kind }) => kind === value
    case 'state':
      return isStateFilter(value)
        ? (row) => facts.stateOf(row) === value
        : (row) => facts.stateOf(row) !== 'not-asked' && stateName(row) === value
    case 'has':
      return ({ issuesInError, conflictCount, newConflictCount }) =>
        ((value === 'errors' ? issuesInError : value === 'new' ? newConflictCount : conflictCount) ?? 0) > 0
    case 'project':
      return (row) => textsOf(field, row, facts).includes(value)
    case 'partner': {
      const wanted = value.toLowerCase()
      return (row) => {
        const [projectKey, address] = textsOf(field, row, facts)
        return projectKey?.toLowerCase() === wanted || (address !== undefined && address.includes(wanted))
      }
    }
    case 'user':
    case 'url': {
      const wanted = value.toLowerCase()
      return (row) => textsOf(field, row, facts).some((text) => text.toLowerCase().includes(wanted))
    }
  }
}
