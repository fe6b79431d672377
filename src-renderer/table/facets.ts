import type { StateFilter } from '#contract/saved-views.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'

/** What decides whether a row is shown, one facet at a time. */
export interface RowTests {
  readonly text: (row: SynchronizationRow) => boolean
  readonly server: (row: SynchronizationRow) => boolean
  readonly state: (row: SynchronizationRow) => boolean
  readonly kind: (row: SynchronizationRow) => boolean
}

/** How many rows each value of a facet would show, given how the other facets are set. */
export interface FacetCounts {
  readonly servers: ReadonlyMap<string, number>
  readonly states: ReadonlyMap<string, number>
  readonly kinds: ReadonlyMap<string, number>
}

export function facetCountsOf(
  rows: Iterable<SynchronizationRow>,
  { text, server, state, kind }: RowTests,
  stateOf: (row: SynchronizationRow) => StateFilter,
): FacetCounts {
  const counts = {
    servers: new Map<string, number>(),
    states: new Map<string, number>(),
    kinds: new Map<string, number>(),
  }
  const add = (to: Map<string, number>, value: string): void => void to.set(value, (to.get(value) ?? 0) + 1)
  for (const row of rows) {
    if (!text(row)) continue
    const [isServer, isState, isKind] = [server(row), state(row), kind(row)]
    if (isState && isKind) add(counts.servers, row.serverId)
    if (isServer && isKind) add(counts.states, stateOf(row))
    if (isServer && isState) add(counts.kinds, row.kind)
  }
  return counts
}
