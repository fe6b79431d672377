import type { Sort } from '#contract/saved-views.ts'
import type { Health, SynchronizationRow } from '#contract/synchronizations.ts'

export type SortColumn = Sort['column']

/** What sorting and filtering need to know of a server. */
export interface ServerFact {
  readonly id: string
  readonly name: string
  /** It cannot be asked; its rows are only remembered. */
  readonly isStale: boolean
}

const HEALTH_RANK: Readonly<Record<Health, number>> = {
  error: 0,
  attention: 1,
  transition: 2,
  unknown: 3,
  running: 4,
  stopped: 5,
}
const REMEMBERED = 6
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

export type CompareRows = (a: SynchronizationRow, b: SynchronizationRow) => number

/** The order of a column; rows that are alike there stand by server and key. `readAt`: when what a row shows was read. */
export function comparatorOf(
  { column, isDescending }: Sort,
  servers: readonly ServerFact[],
  readAt: (row: SynchronizationRow) => number = ({ fetchedAt }) => fetchedAt,
): CompareRows {
  const places = new Map(servers.map((server, place) => [server.id, { place, ...server }]))
  const direction = isDescending ? -1 : 1
  const name = (row: SynchronizationRow): string => places.get(row.serverId)?.name ?? ''
  const rank = (row: SynchronizationRow): number =>
    HEALTH_RANK[row.health] + (places.get(row.serverId)?.isStale === false ? 0 : REMEMBERED)
  const byPlace = (a: SynchronizationRow, b: SynchronizationRow): number =>
    (places.get(a.serverId)?.place ?? 0) - (places.get(b.serverId)?.place ?? 0) || compareKeys(a, b)
  const compare: Record<SortColumn, CompareRows> = {
    // Worst first; what can only be remembered comes after what is known.
    state: (a, b) => rank(a) - rank(b) || (b.issuesInError ?? 0) - (a.issuesInError ?? 0),
    key: compareKeys,
    summary: (a, b) => collator.compare(a.summary, b.summary),
    server: (a, b) => collator.compare(name(a), name(b)),
    projects: (a, b) => collator.compare(projectsOf(a), projectsOf(b)),
    errors: (a, b) => (a.issuesInError ?? -1) - (b.issuesInError ?? -1),
    age: (a, b) => readAt(b) - readAt(a),
  }
  return (a, b) => direction * compare[column](a, b) || byPlace(a, b)
}

/** More changed rows than this share of the list are sorted with all others. */
const FEW = 0.1

/**
 * The rows in order. `previous` is an earlier result of the same order: a few rows that changed since are merged into it, which
 * with ten thousands of rows and changes several times a second is what keeps the table still.
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

interface KeyParts {
  readonly prefix: string
  readonly number: number
}

const keyParts = new WeakMap<SynchronizationRow, KeyParts>()

/** `INT-9` before `INT-16`. Taken apart once per row: comparing with a collator would be most of the time of sorting. */
function compareKeys(a: SynchronizationRow, b: SynchronizationRow): number {
  const [first, second] = [partsOf(a), partsOf(b)]
  if (first.prefix !== second.prefix) return first.prefix < second.prefix ? -1 : 1
  return first.number - second.number
}

function partsOf(row: SynchronizationRow): KeyParts {
  const known = keyParts.get(row)
  if (known !== undefined) return known
  const [, prefix = row.key, digits = '0'] = /^(.*?)(\d{1,15})$/.exec(row.key) ?? []
  const parts = { prefix, number: Number(digits) }
  keyParts.set(row, parts)
  return parts
}

/** Both projects as the table writes them; a distributed synchronization knows its own side only. */
export function projectsOf(row: SynchronizationRow): string {
  const first = row.first?.projectKey || '?'
  if (row.kind === 'distributed') return `${first} ⇄ …`
  return `${first} ⇄ ${row.second?.projectKey || '?'}`
}
