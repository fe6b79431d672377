/** What the user saw when leaving the overview; `servers`: whose counts these are. `at` is in epoch ms. */
export interface Visit {
  readonly at: number
  readonly servers: string
  readonly broken: number
  readonly attention: number
  readonly stopped: number
  readonly conflicts: number
  readonly away: number
}

const COUNTS = ['broken', 'attention', 'stopped', 'conflicts', 'away'] as const
export type Counted = (typeof COUNTS)[number]

/** Coming back within this time does not count as having been away. */
const SAME_VISIT_MS = 10 * 60_000
const STORED_AS = 'overview-visits'

/** How each count differs from the earlier visit; null if they cannot be compared because the servers differ. */
export function changesSince(
  then: Visit,
  now: Omit<Visit, 'at'>,
): { readonly what: Counted; readonly by: number }[] | null {
  if (then.servers !== now.servers) return null
  return COUNTS.map((what) => ({ what, by: now[what] - then[what] })).filter(({ by }) => by !== 0)
}

/** The visit to compare with: the last one, unless it ended only a moment ago. */
export function earlierVisit(now: number): Visit | null {
  const { last, earlier } = stored()
  return last !== null && now - last.at < SAME_VISIT_MS ? earlier : last
}

/** The user leaves the overview; `earlier` is the visit that it was compared with. */
export function leave(last: Visit, earlier: Visit | null): void {
  localStorage.setItem(STORED_AS, JSON.stringify({ last, earlier }))
}

function stored(): { readonly last: Visit | null; readonly earlier: Visit | null } {
  try {
    const { last, earlier } = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}') as Record<string, unknown>
    return { last: isVisit(last) ? last : null, earlier: isVisit(earlier) ? earlier : null }
  } catch {
    return { last: null, earlier: null }
  }
}

function isVisit(found: unknown): found is Visit {
  if (typeof found !== 'object' || found === null) return false
  const visit = found as Record<string, unknown>
  return typeof visit.servers === 'string' && ['at', ...COUNTS].every((name) => Number.isFinite(visit[name]))
}
