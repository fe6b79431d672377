import { isRetriable } from '#contract/jobs.ts'
import type { StoredJob, StoredStep, StoredTarget } from '../storage/job-table.ts'
import { isOver } from './job-state.ts'

/** A job with some of its targets changed, and their places. */
interface Changed {
  readonly job: StoredJob
  readonly places: readonly number[]
}

/**
 * Cancels what has not begun. Targets that are being processed (`underWay`) keep the steps of the phase they are in.
 */
export function left(job: StoredJob, underWay: ReadonlySet<number>): Changed {
  return changed(job, (target, place) => {
    const isAtIt = (phase: number): boolean =>
      underWay.has(place) && target.steps.some((step) => step.phase === phase && step.begunAt !== null)
    return leaving(target, ({ phase }) => !isAtIt(phase))
  })
}

/** Ends the job: nothing in it waits any longer. */
export function ended(job: StoredJob, endedAt: number): Changed {
  return changed({ ...job, state: 'ended', halt: null, endedAt }, (target) => leaving(target, () => true))
}

/** Failed and unknown steps, and those after them, wait again – except a creation that may have taken effect. */
export function retried(job: StoredJob): Changed {
  return changed(job, (target) => {
    const from = target.steps.findIndex((step) => !isOver(step))
    if (!isRetriable(target)) return target
    const steps = target.steps.map((step, at) => (at < from ? step : waitingAgain(step)))
    return { ...target, steps }
  })
}

function waitingAgain(step: StoredStep): StoredStep {
  return { ...step, outcome: 'waiting', taskId: null, result: null, begunAt: null, endedAt: null }
}

function leaving(target: StoredTarget, isLeft: (step: StoredStep) => boolean): StoredTarget {
  if (!target.steps.some((step) => step.outcome === 'waiting' && isLeft(step))) return target
  return {
    ...target,
    steps: target.steps.map((step) =>
      step.outcome === 'waiting' && isLeft(step) ? { ...step, outcome: 'left' as const } : step,
    ),
  }
}

function changed(job: StoredJob, change: (target: StoredTarget, place: number) => StoredTarget): Changed {
  const targets = job.targets.map(change)
  return { job: { ...job, targets }, places: targets.flatMap((target, at) => (target === job.targets[at] ? [] : [at])) }
}
