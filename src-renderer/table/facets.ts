import { tagsOf } from '#contract/noted.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { countFacets } from '../ui/condition-tests.ts'
import { HAVINGS, testOf, type FilterFacts, type RowTest } from './filter-fields.ts'

/** What decides whether a row is shown, one facet at a time; `rest`: everything that has no facet. */
export interface RowTests {
  readonly rest: RowTest
  readonly server: RowTest
  readonly state: RowTest
  readonly kind: RowTest
  readonly tag: RowTest
  readonly has: RowTest
}

/** How many rows each value of a facet would show, given how the other facets are set. */
export type FacetCounts = Readonly<Record<Exclude<keyof RowTests, 'rest'>, ReadonlyMap<string, number>>>

export function facetCountsOf(
  rows: Iterable<SynchronizationRow>,
  { rest, server, state, kind, tag, has }: RowTests,
  facts: FilterFacts,
): FacetCounts {
  const havings = HAVINGS.map((value) => ({ value, test: testOf({ field: 'has', value }, facts) }))
  return countFacets(
    rows,
    {
      server: { test: server, valuesOf: (row) => [row.serverId] },
      state: { test: state, valuesOf: (row) => [facts.stateOf(row)] },
      kind: { test: kind, valuesOf: (row) => [row.kind] },
      tag: { test: tag, valuesOf: (row) => tagsOf(row, facts.servers.get(row.serverId)?.tags) },
      has: { test: has, valuesOf: (row) => havings.filter(({ test }) => test(row)).map(({ value }) => value) },
    },
    rest,
  )
}
