import type { StateFilter } from '#contract/saved-views.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { HAVINGS, testOf, type FilterFacts, type RowTest } from './filter-fields.ts'

/** What decides whether a row is shown, one facet at a time; `text`: everything that has no facet. */
export interface RowTests {
  readonly text: RowTest
  readonly server: RowTest
  readonly state: RowTest
  readonly kind: RowTest
  readonly has: RowTest
}

/** How many rows each value of a facet would show, given how the other facets are set. */
export interface FacetCounts {
  readonly servers: ReadonlyMap<string, number>
  readonly states: ReadonlyMap<string, number>
  readonly kinds: ReadonlyMap<string, number>
  readonly havings: ReadonlyMap<string, number>
}

export function facetCountsOf(
  rows: Iterable<SynchronizationRow>,
  { text, server, state, kind, has }: RowTests,
  facts: FilterFacts,
): FacetCounts {
  const counts = {
    servers: new Map<string, number>(),
    states: new Map<StateFilter, number>(),
    kinds: new Map<string, number>(),
    havings: new Map<string, number>(),
  }
  const havings = HAVINGS.map((value) => ({ value, test: testOf({ field: 'has', value }, facts) }))
  const add = <Value>(to: Map<Value, number>, value: Value): void => void to.set(value, (to.get(value) ?? 0) + 1)
  for (const row of rows) {
    if (!text(row)) continue
    const [isServer, isState, isKind, isHas] = [server(row), state(row), kind(row), has(row)]
    if (isState && isKind && isHas) add(counts.servers, row.serverId)
    if (isServer && isKind && isHas) add(counts.states, facts.stateOf(row))
    if (isServer && isState && isHas) add(counts.kinds, row.kind)
    if (isServer && isState && isKind) for (const { value, test } of havings) if (test(row)) add(counts.havings, value)
  }
  return counts
}
