import type { Connector, Health, SynchronizationDetail } from '#contract/synchronizations.ts'

/** One of the two routes between the sides of a synchronization. */
export interface Route {
  readonly direction: 'there' | 'back'
  readonly health: Health
  /** What the server says about it; empty if nothing. */
  readonly details: string
}

/** The routes from the first side to the second and back, each as far as its two ends reveal it. */
export function routesOf({ first, second }: Pick<SynchronizationDetail, 'first' | 'second'>): readonly [Route, Route] {
  return [
    { direction: 'there', ...between(first, second) },
    { direction: 'back', ...between(second, first) },
  ]
}

function between(from: Connector | null, to: Connector | null): Omit<Route, 'direction'> {
  const [outgoing, incoming] = [from?.status?.outgoing, to?.status?.incoming]
  const ends = [outgoing, incoming].flatMap((end) => end ?? [])
  const details = ends.map((end) => end.details).find((text) => text !== '') ?? ''
  return { health: healthOf([from, to], ends, details), details }
}

function healthOf(
  sides: readonly (Connector | null)[],
  ends: readonly { readonly route: string }[],
  details: string,
): Health {
  const statuses = sides.flatMap((side) => side?.status ?? [])
  if (ends.length === 0) return 'unknown'
  if (ends.some(({ route }) => route.toUpperCase() === 'STOPPED')) return 'stopped'
  // A side that reconnects is not online either.
  if (statuses.some(({ isReconnecting }) => isReconnecting === true)) return 'attention'
  if (statuses.some(({ isOnline }) => isOnline === false)) return 'error'
  if (details !== '') return 'attention'
  return 'running'
}
