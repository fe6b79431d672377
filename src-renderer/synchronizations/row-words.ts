import type { MessageKey } from '#contract/messages/messages.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { say, t } from '../text/t.ts'
import { ageByMinute, ageText, clockText, fullText } from '../text/time.ts'

const MINUTE_MS = 60_000
const RESTART_REQUIRED: MessageKey = 'synchronizations.states.restartRequired'

/** The reason for the state; empty if the state says it all. */
export function reasonWords({ state, reason }: Pick<SynchronizationRow, 'state' | 'reason'>): string {
  if (reason !== null) return say(reason)
  // Backbone’s own word says what to do, not why.
  return state.key === RESTART_REQUIRED ? t('synchronizations.reasons.restartRequired') : ''
}

/** The state with its reason. */
export function whyWords(row: Pick<SynchronizationRow, 'state' | 'reason'>): string {
  return [say(row.state), reasonWords(row)].filter((part) => part !== '').join(' · ')
}

/**
 * Since when a synchronization is in its state, for a column, for a sentence, and in full for hovering; all empty if
 * nothing is known.
 */
export interface SinceWords {
  readonly age: string
  readonly words: string
  readonly title: string
}

/**
 * One rule everywhere: if nobody saw it begin, it began at the first reading at the latest. In the first minute that
 * says nothing, except that somebody looked. `nowMs` in epoch ms.
 */
export function sinceWords(
  { since, isSinceSeen }: Pick<SynchronizationRow, 'since' | 'isSinceSeen'>,
  nowMs: number,
): SinceWords {
  if (since === null) return { age: '', words: '', title: '' }
  const [time, inFull] = [clockText(since, nowMs), fullText(since)]
  if (isSinceSeen)
    return {
      age: ageByMinute(since, nowMs),
      words: t('synchronizations.since.seen', { time }),
      title: t('synchronizations.since.seen', { time: inFull }),
    }
  return {
    age:
      nowMs - since < MINUTE_MS
        ? t('synchronizations.since.justSeen')
        : t('synchronizations.since.age', { age: ageText(since, nowMs) }),
    words: t('synchronizations.since.atLeast', { time }),
    title: t('synchronizations.since.unseen', { time: inFull }),
  }
}
