import type { Job, JobTarget, TargetState } from '#contract/jobs.ts'
import type { MaintenanceNote } from '#contract/maintenance.ts'
import { enumerated, foreign } from '#contract/messages/message.ts'
import { counted, say, t } from '../text/t.ts'
import { clockText } from '../text/time.ts'
import type { Tone } from '../ui/tones.ts'

/** What a job does and to what, as its title. */
export function titleOf({ kind, about, copyTo }: Pick<Job, 'kind' | 'about' | 'copyTo'>): string {
  return t(`jobs.titles.${kind}`, { user: about?.user ?? '', server: copyTo?.serverName ?? '' })
}

/** The order in which counts are listed: those that need attention first. */
const COUNTED: readonly TargetState[] = ['failed', 'unknown', 'underWay', 'waiting', 'done', 'left', 'leftOut']

/** How many targets are how far: `1 failed · 30 done`. */
export function countsText(counts: Job['counts']): string {
  return COUNTED.filter((state) => counts[state] > 0)
    .map((state) => counted(`jobs.counts.${state}`, counts[state]))
    .join(' · ')
}

/** How many take part. */
export function sizeOf({ leftOut: _leftOut, ...others }: Job['counts']): number {
  return Object.values(others).reduce((sum, count) => sum + count, 0)
}

/** How many need attention. */
export function troubledOf({ failed, unknown }: Job['counts']): number {
  return failed + unknown
}

/** A job’s state in a word or two. */
export function stateText({ state, halt, counts }: Pick<Job, 'state' | 'halt' | 'counts'>): string {
  if (state === 'paused' && halt !== null) return t('jobs.states.halted')
  if (state === 'ended' && troubledOf(counts) > 0) return t('jobs.states.endedBadly')
  return t(`jobs.states.${state}`)
}

/** What its state means to the viewer. */
export function toneOf({ state, counts }: Pick<Job, 'state' | 'counts'>): Tone {
  switch (state) {
    case 'planned':
      return 'idle'
    case 'running':
      return 'info'
    case 'paused':
    case 'interrupted':
      return 'attention'
    case 'ended':
      if (troubledOf(counts) > 0) return 'bad'
      return counts.left > 0 ? 'idle' : 'good'
  }
}

/** Why a target is left out; empty if it takes part. */
export function leftOutText({ leftOut }: Pick<JobTarget, 'leftOut'>): string {
  return leftOut === null ? '' : say(leftOut)
}

/** The note of a maintenance as its row says it, and under which users it was made. */
export function maintenanceTexts(note: MaintenanceNote, now: number): string[] {
  const { why, until, users } = note
  const time = until === null ? '' : clockText(until, now)
  const what = until === null ? 'because' : why === '' ? 'until' : 'untilBecause'
  const names = enumerated(users.map(foreign))
  return [
    t(`synchronizations.maintenance.${what}`, { why, until: time }),
    ...(names === null ? [] : [t('jobs.page.notedAs', { users: say(names) })]),
    ...selfStartTexts(note),
  ]
}

/** What becomes of the planned end; nothing once it has begun, or the user was asked. */
function selfStartTexts({ startsAtEnd, onlyAsks, remindedAt }: MaintenanceNote): string[] {
  if (!startsAtEnd) return []
  if (onlyAsks !== null) return [t('jobs.onlyAsks.because', { why: say(onlyAsks) })]
  return remindedAt === null ? [t('jobs.selfStart')] : []
}
