import type { Transition } from '#contract/monitoring.ts'
import type { Health } from '#contract/synchronizations.ts'
import { say, t } from '../text/t.ts'

/** A stretch of time in one state; times are epoch ms. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly health: Health
  readonly state: string
}

/**
 * The states between `from` and `to` without gaps, oldest first. `transitions` are newest first; before the first of
 * them nothing is known. A clock set back between two of them makes no segment negative.
 */
export function segmentsOf(transitions: readonly Transition[], from: number, to: number): Segment[] {
  const segments: Segment[] = []
  let end = to
  for (const { at, health, state } of transitions) {
    const start = Math.max(at, from)
    if (start < end) {
      segments.unshift({ from: start, to: end, health, state: say(state) })
      end = start
    }
    if (at <= from) break
  }
  if (end > from) segments.unshift({ from, to: end, health: 'unknown', state: t('history.timeline.unknown') })
  return segments
}
