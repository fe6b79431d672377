import type { Sort } from '#contract/saved-views.ts'
import { tagsOf } from '#contract/noted.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { compareBy, type CompareRows, type RowOrder } from './columns.ts'
import { compareKeys } from './compare-keys.ts'

/** What sorting and filtering need of a server. */
export interface ServerFact {
  readonly id: string
  readonly name: string
  /** It is unavailable, so its rows show the last known state. */
  readonly isStale: boolean
  /** Absent if it has none. */
  readonly tags?: readonly string[]
}

/**
 * Sorts by one column, then by further ones; rows that are equal in all of them are sorted by server and key. `readAt`:
 * when what a row shows was read.
 */
export function comparatorOf(
  sorts: Sort | readonly [Sort, ...Sort[]],
  servers: readonly ServerFact[],
  readAt: (row: SynchronizationRow) => number = ({ fetchedAt }) => fetchedAt,
): CompareRows {
  const places = new Map(servers.map((server, place) => [server.id, { place, ...server }]))
  const byPlace = (a: SynchronizationRow, b: SynchronizationRow): number =>
    (places.get(a.serverId)?.place ?? 0) - (places.get(b.serverId)?.place ?? 0) || compareKeys(a, b)
  const order: RowOrder = {
    serverName: (row) => places.get(row.serverId)?.name ?? '',
    isRemembered: (row) => places.get(row.serverId)?.isStale !== false,
    readAt,
    tags: (row) => tagsOf(row, places.get(row.serverId)?.tags),
  }
  const directed = [sorts].flat().map(({ column, isDescending }): CompareRows => {
    const compare = compareBy(column, order)
    return isDescending ? (a, b) => -compare(a, b) : compare
  })
  const byState = [sorts].flat().find(({ column }) => column === 'state')
  if (byState !== undefined) {
    const direction = byState.isDescending ? -1 : 1
    directed.push((a, b) => direction * ((b.issuesInError ?? 0) - (a.issuesInError ?? 0)))
  }
  return directed.reduceRight<CompareRows>((further, compare) => (a, b) => compare(a, b) || further(a, b), byPlace)
}

/** If a larger share of the rows changed, the whole list is sorted. */
const FEW = 0.1

/**
 * The rows in order. `previous` is an earlier result of the same order: the few rows that changed since are merged into
 * it. With tens of thousands of rows and several changes a second, this keeps the table responsive.
 */
export function sortRows(
  rows: ReadonlyMap<string, SynchronizationRow>,
  compare: CompareRows,
  previous: readonly SynchronizationRow[] | null = null,
): SynchronizationRow[] {
  if (previous === null) return [...rows.values()].sort(compare)
  const known = new Set(previous)
  const changed: SynchronizationRow[] = []
  const current = new Set<SynchronizationRow>()
  for (const row of rows.values()) {
    if (known.has(row)) current.add(row)
    else changed.push(row)
  }
  if (changed.length > rows.size * FEW) return [...rows.values()].sort(compare)
  changed.sort(compare)
  const merged: SynchronizationRow[] = []
  let next = 0
  for (const row of previous) {
    if (!current.has(row)) continue
    for (
      let candidate = changed[next];
      candidate !== undefined && compare(candidate, row) < 0;
      candidate = changed[next]
    ) {
      merged.push(candidate)
      next += 1
    }
    merged.push(row)
  }
  return [...merged, ...changed.slice(next)]
}
