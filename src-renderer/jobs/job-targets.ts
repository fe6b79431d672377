import { targetStateOf, type JobStep, type JobTarget, type TargetState } from '#contract/jobs.ts'
import { dashed, foreignOrNone, type Message } from '#contract/messages/message.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { say, t } from '../text/t.ts'
import { durationText } from '../text/time.ts'
import { leftOutText } from './job-words.ts'

const RANK: Readonly<Record<TargetState, number>> = {
  failed: 0,
  unknown: 1,
  underWay: 2,
  waiting: 2,
  done: 2,
  left: 2,
  leftOut: 3,
}

/**
 * Those that need attention first, those left out last. The others keep their order, so that nothing moves while a job
 * runs.
 */
export function inOrder(targets: readonly JobTarget[]): JobTarget[] {
  const rank = (target: JobTarget): number => RANK[targetStateOf(target)]
  return [...targets].sort((a, b) => rank(a) - rank(b))
}

/** A step that is over well. */
export function isOver({ outcome }: Pick<JobStep, 'outcome'>): boolean {
  return outcome === 'done' || outcome === 'needless'
}

/** Its steps but those that are sent only after a refused log-in, unless one was. */
function counting({ steps }: JobTarget): JobStep[] {
  return steps.filter((step) => !step.isOnlyIfRefused || step.begunAt !== null)
}

/** How far a target is: what it is at, or how many of its requests are over. Empty for one that is left out. */
export function stepText(target: JobTarget): string {
  if (target.leftOut !== null) return ''
  const underWay = target.steps.find(({ outcome }) => outcome === 'under-way')
  if (underWay !== undefined) return t(`jobs.steps.${underWay.name}.doing`)
  const steps = counting(target)
  const over = steps.filter(isOver).length
  const isWaiting = over === 0 && steps.every(({ outcome }) => outcome === 'waiting')
  return isWaiting ? t('jobs.steps.waits') : t('jobs.steps.progress', { over, all: steps.length })
}

/** The copy that was made of a target; null if there is none. */
export function madeFor({ copy }: Pick<JobTarget, 'copy'>): SynchronizationRef | null {
  return copy === null || copy.key === null ? null : { serverId: copy.serverId, key: copy.key }
}

/**
 * The server's last message about a target, or the result of its last request, and what could not be kept before; empty
 * before that.
 */
export function resultText(target: JobTarget): string {
  if (target.leftOut !== null) return leftOutText(target)
  const { missing } = target
  const words = lastWords(target)
  return missing === null ? words : together(foreignOrNone(words), missing)
}

function together(...parts: readonly (Message | null)[]): string {
  const all = dashed(...parts)
  return all === null ? '' : say(all)
}

function lastWords(target: JobTarget): string {
  // What stopped it comes before what came after it.
  const bad = target.steps.find(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
  if (bad !== undefined) {
    const words = bad.result === null ? t(`jobs.steps.${bad.name}.failed`) : say(bad.result)
    return bad.outcome === 'unknown' ? t('jobs.steps.unknown', { words }) : words
  }
  const waits = target.steps.find(({ outcome, result }) => outcome === 'waiting' && result !== null)
  if (waits?.result) return say(waits.result)
  const last = target.steps.findLast((step) => isOver(step) && (step.result !== null || step.begunAt !== null))
  if (last === undefined) return ''
  return last.result === null ? t(`jobs.steps.${last.name}.done`) : say(last.result)
}

/** How long requests of a target took so far, `0:03`; empty before the first. `now` in epoch ms. */
export function timeText({ steps }: JobTarget, now: number): string {
  const begun = steps.flatMap(({ begunAt }) => begunAt ?? [])
  if (begun.length === 0) return ''
  const isUnderWay = steps.some(({ outcome }) => outcome === 'under-way')
  const end = isUnderWay ? now : Math.max(...steps.map(({ endedAt }) => endedAt ?? 0))
  return durationText(end - Math.min(...begun))
}
