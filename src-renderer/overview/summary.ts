import type { Conflict } from '#contract/conflicts.ts'
import { CELL_MS, CELLS } from '#contract/monitoring.ts'
import { HEALTH_RANK, type SynchronizationRow } from '#contract/synchronizations.ts'

/** How many synchronizations are listed as needing attention. */
const MOST_LISTED = 10

/**
 * All rows in numbers. Rows of unavailable servers show their last known state, and are counted separately, as in the
 * table.
 */
export interface Summary {
  readonly broken: number
  readonly attention: number
  readonly stopped: number
  readonly rememberedBroken: number
  readonly rememberedAttention: number
  readonly issuesInError: number
  readonly withIssues: number
  /** The worst of those that are broken or need attention, worst first. */
  readonly worst: readonly SynchronizationRow[]
}

export function summaryOf(rows: Iterable<SynchronizationRow>, staleServers: ReadonlySet<string>): Summary {
  const counts = { error: 0, attention: 0, stopped: 0 }
  const remembered = { error: 0, attention: 0, stopped: 0 }
  const worst: SynchronizationRow[] = []
  let issuesInError = 0
  let withIssues = 0
  for (const row of rows) {
    const { health } = row
    const isStale = staleServers.has(row.serverId)
    if (row.issuesInError !== null && row.issuesInError > 0) {
      issuesInError += row.issuesInError
      withIssues += 1
    }
    if (health !== 'error' && health !== 'attention' && health !== 'stopped') continue
    const counted = isStale ? remembered : counts
    counted[health] += 1
    if (!isStale && health !== 'stopped') insert(worst, row)
  }
  return {
    broken: counts.error,
    attention: counts.attention,
    stopped: counts.stopped,
    rememberedBroken: remembered.error,
    rememberedAttention: remembered.attention,
    issuesInError,
    withIssues,
    worst,
  }
}

/** Inserts into the short list of the worst: with tens of thousands of rows, sorting all of them would take a frame. */
function insert(worst: SynchronizationRow[], row: SynchronizationRow): void {
  const place = worst.findIndex((other) => compareWorst(row, other) < 0)
  if (place === -1 && worst.length >= MOST_LISTED) return
  worst.splice(place === -1 ? worst.length : place, 0, row)
  if (worst.length > MOST_LISTED) worst.pop()
}

/** In the order of the table. */
function compareWorst(a: SynchronizationRow, b: SynchronizationRow): number {
  return HEALTH_RANK[a.health] - HEALTH_RANK[b.health] || (b.issuesInError ?? 0) - (a.issuesInError ?? 0)
}

/**
 * How many conflicts there were at the end of each cell, the last one at present; null before the first that is known.
 */
export function conflictsOver(conflicts: readonly Conflict[], from: number, now: number): (number | null)[] {
  const knownSince = conflicts.reduce((first, { firstSeenAt }) => Math.min(first, firstSeenAt), Infinity)
  return Array.from({ length: CELLS }, (_, cell) => {
    const at = Math.min(from + (cell + 1) * CELL_MS, now)
    if (at < knownSince) return null
    return conflicts.reduce(
      (sum, { firstSeenAt, goneAt }) => sum + (firstSeenAt <= at && (goneAt === null || goneAt > at) ? 1 : 0),
      0,
    )
  })
}

/** By how much a number changed, and since which cell; null if too little is known. */
export function changeOf(
  values: readonly (number | null)[],
): { readonly by: number; readonly firstCell: number } | null {
  const firstCell = values.findIndex((value) => value !== null)
  const [first, last] = [values[firstCell], values.at(-1)]
  if (firstCell === -1 || firstCell === values.length - 1 || first == null || last == null) return null
  return { by: last - first, firstCell }
}
