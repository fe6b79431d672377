import type { ServerId } from '#contract/ids.ts'
import { stateFilterSchema, type FilterCondition, type StateFilter, type TableFilter } from '#contract/saved-views.ts'

/**
 * The conditions as the contract keeps them: those that have a list there, and the others. There is one place for each.
 */
export type FilterChoice = Pick<TableFilter, 'serverIds' | 'environments' | 'states' | 'kinds'> & {
  readonly conditions: readonly FilterCondition[]
}

const LISTS = { server: 'serverIds', environment: 'environments', state: 'states', kind: 'kinds' } as const
/** The fields whose values have a list in the filter. */
type ListedField = keyof typeof LISTS
const LISTED = Object.keys(LISTS) as ListedField[]

/** Whether a value of the field `state` is one of the facet’s. Others are words that a row shows as its state. */
export function isStateFilter(value: string): value is StateFilter {
  return stateFilterSchema.options.some((state) => state === value)
}

function isListed({ field, value, isNegated }: FilterCondition): boolean {
  return !isNegated && field in LISTS && (field !== 'state' || isStateFilter(value))
}

/** Those that have no list. */
export function unlisted(conditions: readonly FilterCondition[]): FilterCondition[] {
  return conditions.filter((condition) => !isListed(condition))
}

/** All of them alike, those of the lists first. */
export function conditionsOf(choice: FilterChoice): FilterCondition[] {
  const listed = LISTED.flatMap((field) => choice[LISTS[field]].map((value) => ({ field, value, isNegated: false })))
  return [...listed, ...choice.conditions]
}

/** Without the servers that no longer exist; if none is left, all are shown. */
export function withKnownServers(
  { conditions = [], ...filter }: TableFilter,
  isKnown: (serverId: ServerId) => boolean,
): TableFilter {
  const present = conditions.filter(({ field, value }) => field !== 'server' || isKnown(value))
  return {
    ...filter,
    serverIds: filter.serverIds.filter(isKnown),
    ...(present.length > 0 && { conditions: present }),
  }
}

/** Each in its place. */
export function choiceOf(conditions: readonly FilterCondition[]): FilterChoice {
  const listed = conditions.filter(isListed)
  const valuesOf = (field: ListedField): string[] =>
    listed.filter((condition) => condition.field === field).map(({ value }) => value)
  return {
    serverIds: valuesOf('server'),
    environments: valuesOf('environment') as FilterChoice['environments'],
    states: valuesOf('state') as FilterChoice['states'],
    kinds: valuesOf('kind') as FilterChoice['kinds'],
    conditions: unlisted(conditions),
  }
}
