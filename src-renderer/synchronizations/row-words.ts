import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { say, t } from '../text/t.ts'
import { ageByMinute, fullText } from '../text/time.ts'

/** The reason of the state; empty where the state says it all. */
export function reasonWords({ reason }: Pick<SynchronizationRow, 'reason'>): string {
  return reason === null ? '' : say(reason)
}

/** The state with its reason. */
export function whyWords(row: Pick<SynchronizationRow, 'state' | 'reason'>): string {
  return [say(row.state), reasonWords(row)].filter((part) => part !== '').join(' · ')
}

/**
 * Since when a synchronization is in its state, and `title` for hovering: an age, or at least that where nobody saw it begin. Empty where
 * nothing is known, or the least it can be is under a minute. `nowMs` in epoch ms.
 */
export function sinceWords(
  { since, isSinceSeen }: Pick<SynchronizationRow, 'since' | 'isSinceSeen'>,
  nowMs: number,
): { readonly words: string; readonly title: string } {
  if (since === null) return { words: '', title: '' }
  const time = fullText(since)
  const age = ageByMinute(since, nowMs)
  if (isSinceSeen) return { words: age, title: t('synchronizations.since.seen', { time }) }
  const words = nowMs - since < 60_000 ? '' : t('synchronizations.since.age', { age })
  return { words, title: t('synchronizations.since.atLeast', { time }) }
}
