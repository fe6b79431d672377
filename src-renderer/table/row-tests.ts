import type { FilterCondition, FilterField } from '#contract/saved-views.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { shownServers } from '../servers/filter-servers.ts'
import { searchText } from '../text/search-text.ts'
import { every, fieldTest } from '../ui/condition-tests.ts'
import type { SearchWord } from '../ui/read-search.ts'
import { testOf, type FilterFacts, type RowTest } from './filter-fields.ts'
import type { RowTests } from './facets.ts'

/**
 * How rows are filtered: the values of a field add up, fields narrow each other, and anything excluded is never shown.
 */
export function rowTests(
  words: readonly SearchWord[],
  conditions: readonly FilterCondition[],
  facts: FilterFacts,
): RowTests {
  const ofServers = shownServers(conditions, facts.servers.values())
  const of = (field: FilterField): RowTest => fieldTest(conditions, field, (value) => testOf({ field, value }, facts))
  const others = (['project', 'partner', 'user', 'url'] as const).filter((field) =>
    conditions.some((condition) => condition.field === field),
  )
  return {
    server: ofServers === null ? () => true : ({ serverId }) => ofServers.has(serverId),
    kind: of('kind'),
    state: of('state'),
    tag: of('tag'),
    has: of('has'),
    rest: every([...words.map((word) => wordTest(word, facts)), ...others.map(of)]),
  }
}

/** All of them in one. */
export function shownTest({ rest, server, kind, state, tag, has }: RowTests): RowTest {
  return (row) => server(row) && kind(row) && state(row) && tag(row) && has(row) && rest(row)
}

function wordTest({ value, isNegated }: SearchWord, { servers }: FilterFacts): RowTest {
  const ofServers = new Set(
    [...servers.values()]
      .filter(({ name, noted }) => name.toLowerCase().includes(value) || noted.includes(value))
      .map(({ id }) => id),
  )
  const has = (row: SynchronizationRow): boolean => ofServers.has(row.serverId) || searchText(row).includes(value)
  return isNegated ? (row) => !has(row) : has
}
