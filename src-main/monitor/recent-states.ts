import { CELL_MS, CELLS, type RecentCounts, type Strip, type Strips } from '#contract/monitoring.ts'
import { HEALTH_RANK, refId, type Health, type RefId, type SynchronizationRef } from '#contract/synchronizations.ts'
import type { HealthChange, PlacedChange, TransitionTable } from '../storage/transition-table.ts'
import { mapInSlices, TimeSlice } from '../time-slice.ts'

/**
 * For one synchronization in 24 hours; it is read every half minute and cannot change more often. Earlier cells then
 * stay unknown.
 */
const MAX_CHANGES = 3000

/** For all synchronizations in 24 hours; nothing is reported from before the oldest of these. */
const MAX_COUNTED = 200_000

/** Few enough to be read in a fraction of a time slice. */
const PAGE = 100

/** When the first cell begins; `now` is in the last one. Epoch ms. */
export function firstCellAt(now: number): number {
  return (Math.floor(now / CELL_MS) + 1 - CELLS) * CELL_MS
}

/**
 * The worst health in each cell. `changes` are newest first, down to the one that held when the first cell began, if it
 * is known. A change in the future, because the clock was set back since, counts as one at this moment.
 */
export function stripOf(changes: Iterable<HealthChange>, now: number): Strip {
  const from = firstCellAt(now)
  const cells: Strip = Array.from({ length: CELLS }, () => null)
  let last = CELLS - 1
  for (const { at, health } of changes) {
    const start = Math.min(Math.max(at, from), now) - from
    const first = Math.floor(start / CELL_MS)
    for (let cell = first; cell <= last; cell += 1) cells[cell] = worse(cells[cell] ?? null, health)
    // The one before held until then, in the same cell unless that begins with the change.
    last = Math.min(last, Math.ceil(start / CELL_MS) - 1)
  }
  return cells
}

function worse(a: Health | null, b: Health): Health {
  return a === null || HEALTH_RANK[b] < HEALTH_RANK[a] ? b : a
}

/** The last 24 hours of each synchronization, read in time slices. */
export async function recentStrips(
  table: Pick<TransitionTable, 'healthsAfter' | 'healthAt'>,
  refs: readonly SynchronizationRef[],
  now: number,
): Promise<Strips> {
  const from = firstCellAt(now)
  const strips = await mapInSlices(refs, ({ serverId, key }) => {
    const changes = table.healthsAfter(serverId, key, from, MAX_CHANGES)
    const before = changes.length < MAX_CHANGES ? table.healthAt(serverId, key, from) : undefined
    return stripOf(before === undefined ? changes : [...changes, before], now)
  })
  return { from, strips }
}

/**
 * How many were broken and how many needed attention at the end of each cell, the last one at `now`; computed from the
 * times for which each was so.
 */
export class CountsOverTime {
  readonly #now: number
  readonly #from: number
  /** By how much each count differs from the one before it. */
  readonly #steps = { error: emptySteps(), attention: emptySteps() }

  constructor(now: number) {
    this.#now = now
    this.#from = firstCellAt(now)
  }

  /** One synchronization had this health from `since` to `until`; null if it still has it. */
  add(health: Health, since: number, until: number | null): void {
    if (health !== 'error' && health !== 'attention') return
    const steps = this.#steps[health]
    const first = this.#cellEndingFrom(since)
    const next = until === null ? CELLS : this.#cellEndingFrom(until)
    steps[first] = (steps[first] ?? 0) + 1
    steps[next] = (steps[next] ?? 0) - 1
  }

  /** Null before `knownSince`; everything, if that is null. */
  counts(knownSince: number | null): RecentCounts {
    const unknown = knownSince === null ? CELLS : this.#cellEndingFrom(knownSince)
    const sums = (steps: readonly number[]): (number | null)[] => {
      let sum = 0
      return steps.slice(0, CELLS).map((step, cell) => {
        sum += step
        return cell < unknown ? null : sum
      })
    }
    return { error: sums(this.#steps.error), attention: sums(this.#steps.attention) }
  }

  /** The first cell that ends at this time or later. */
  #cellEndingFrom(at: number): number {
    const passed = Math.min(Math.max(at, this.#from), this.#now) - this.#from
    return Math.max(0, Math.ceil(passed / CELL_MS) - 1)
  }
}

const emptySteps = (): number[] => Array.from({ length: CELLS + 1 }, () => 0)

/**
 * The counts of the last 24 hours over all synchronizations, read in time slices: from the present state (`at`) back
 * through the changes, so that only what changed is looked up.
 */
export async function recentCounts(
  table: Pick<TransitionTable, 'changesAfter' | 'healthAt' | 'knownSince'>,
  present: readonly (SynchronizationRef & { readonly health: Health })[],
  now: number,
): Promise<RecentCounts> {
  const slice = new TimeSlice()
  const counts = new CountsOverTime(now)
  const from = firstCellAt(now)
  /** Those that changed, with the oldest change found so far: before it, they had another health. */
  const oldest = new Map<RefId, PlacedChange>()
  let next: PlacedChange | null = null
  let counted = 0
  for (;;) {
    const page = table.changesAfter(from, next, PAGE)
    for (const change of page) {
      const id = refId(change)
      counts.add(change.health, change.at, oldest.get(id)?.at ?? null)
      oldest.set(id, change)
    }
    counted += page.length
    next = page.at(-1) ?? next
    if (page.length < PAGE || counted >= MAX_COUNTED) break
    if (slice.isOver) await slice.next()
  }
  const begin = counted >= MAX_COUNTED && next !== null ? next.at : from
  for (const change of oldest.values()) {
    const before = table.healthAt(change.serverId, change.key, begin)
    if (before !== undefined && change.at > begin) counts.add(before.health, begin, change.at)
    if (slice.isOver) await slice.next()
  }
  for (const ref of present) {
    if (!oldest.has(refId(ref))) counts.add(ref.health, begin, null)
    if (slice.isOver) await slice.next()
  }
  const { knownSince } = table
  return counts.counts(knownSince === null ? null : Math.max(knownSince, begin))
}
