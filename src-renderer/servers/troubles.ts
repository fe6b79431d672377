import type { Server } from '#contract/servers.ts'
import { needsUser, troubleOf } from './servers.ts'
import { counted, t } from '../text/t.ts'
import { clockText } from '../text/time.ts'

/** The most urgent first. */
const TROUBLES = ['needing', 'unreachable', 'failing', 'gaps'] as const

/**
 * A summary of the servers' problems, the most urgent first; empty if all is well. Servers that need action are those
 * with a banner.
 */
export function troublesText(servers: readonly Server[], now: number): string {
  const of = (trouble: ReturnType<typeof troubleOf>): Server[] =>
    servers.filter((server) => troubleOf(server) === trouble)
  const unreachable = of('unreachable')
  const counts = {
    needing: servers.filter(needsUser).length,
    unreachable: unreachable.length,
    failing: of('failing').length,
    gaps: of(null).filter(({ reach }) => reach.gaps.length > 0).length,
  }
  const [first, ...others] = TROUBLES.filter((trouble) => counts[trouble] > 0)
  if (first === undefined) return ''
  const [only] = unreachable
  if (first === 'unreachable' && others.length === 0 && unreachable.length === 1 && only !== undefined) {
    return t('servers.troubles.unreachableSince', {
      server: only.name,
      time: clockText(only.reach.since, now),
    })
  }
  return [
    counted(`servers.troubles.first.${first}`, counts[first]),
    ...others.map((trouble) => counted(`servers.troubles.next.${trouble}`, counts[trouble])),
  ].join(', ')
}
