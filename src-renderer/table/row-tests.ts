import type { FilterField } from '#contract/saved-views.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { searchText } from '../text/search-text.ts'
import { conditionsOf, type FilterChoice } from './filter-choice.ts'
import { FILTER_FIELDS, testOf, type FilterFacts, type FilterServer, type RowTest } from './filter-fields.ts'
import type { RowTests } from './facets.ts'
import type { SearchWord } from './read-search.ts'

/** The servers whose rows may be shown: those that are named or whose environment is, without those that are excluded. Null for all. */
export function shownServers(
  { serverIds, environments, conditions }: FilterChoice,
  { servers }: FilterFacts,
): ReadonlySet<string> | null {
  const isNamed = ({ id, environment }: FilterServer, ids: readonly string[], of: readonly string[]): boolean =>
    ids.includes(id) || of.includes(environment)
  const excluded = (field: FilterField): string[] =>
    conditions.filter((condition) => condition.field === field).map(({ value }) => value)
  const [excludedIds, excludedEnvironments] = [excluded('server'), excluded('environment')]
  const isAny = serverIds.length === 0 && environments.length === 0
  if (isAny && excludedIds.length === 0 && excludedEnvironments.length === 0) return null
  const shown = [...servers.values()].filter(
    (server) =>
      (isAny || isNamed(server, serverIds, environments)) && !isNamed(server, excludedIds, excludedEnvironments),
  )
  return new Set(shown.map(({ id }) => id))
}

/** How rows are filtered: the values of a field add up, fields narrow each other, and what is excluded is never shown. */
export function rowTests(words: readonly SearchWord[], choice: FilterChoice, facts: FilterFacts): RowTests {
  const conditions = conditionsOf(choice)
  const ofServers = shownServers(choice, facts)
  const of = (field: FilterField): RowTest => {
    const own = conditions.filter((condition) => condition.field === field)
    const wanted = own.filter(({ isNegated }) => !isNegated).map((condition) => testOf(condition, facts))
    const excluded = own.filter(({ isNegated }) => isNegated).map((condition) => testOf(condition, facts))
    return both(
      wanted.length === 0 ? [] : [(row) => wanted.some((has) => has(row))],
      excluded.map(
        (has): RowTest =>
          (row) =>
            !has(row),
      ),
    )
  }
  const others = FILTER_FIELDS.filter((field) => !['server', 'environment', 'state', 'kind', 'has'].includes(field))
  return {
    server: ofServers === null ? () => true : ({ serverId }) => ofServers.has(serverId),
    kind: of('kind'),
    state: of('state'),
    has: of('has'),
    text: both(
      words.map((word) => wordTest(word, facts)),
      others.filter((field) => conditions.some((condition) => condition.field === field)).map(of),
    ),
  }
}

function both(...tests: readonly (readonly RowTest[])[]): RowTest {
  const all = tests.flat()
  const [only] = all
  if (only === undefined) return () => true
  return all.length === 1 ? only : (row) => all.every((test) => test(row))
}

function wordTest({ value, isNegated }: SearchWord, { servers }: FilterFacts): RowTest {
  const ofServers = new Set(
    [...servers.values()].filter(({ name }) => name.toLowerCase().includes(value)).map(({ id }) => id),
  )
  const has = (row: SynchronizationRow): boolean => ofServers.has(row.serverId) || searchText(row).includes(value)
  return isNegated ? (row) => !has(row) : has
}
