import {
  targetStateOf,
  type Job,
  type StepName,
  type StepOutcome,
  type SyncAccount,
  type WholeJob,
} from '#contract/jobs.ts'
import { isIntendedState } from '../tasks/states.ts'
import { accountKey, accountsOf } from './one-first.ts'
import type { StepYield } from './step-end.ts'
import type { StoredJob, StoredStep, StoredTarget } from '../storage/job-table.ts'

const OVER: ReadonlySet<StepOutcome> = new Set(['done', 'needless'])

/** A step that has ended well and needs no further look. */
export function isOver({ outcome }: Pick<StoredStep, 'outcome'>): boolean {
  return OVER.has(outcome)
}

/** Whether a target stops progressing by itself: one of its steps failed, or its outcome is unknown. */
export function isStuck({ steps }: StoredTarget): boolean {
  return steps.some(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
}

/**
 * The step with which a target continues; null if it does not. A stuck target continues only with its guard step,
 * because it may be running with a refused log-in.
 */
export function nextStep(target: StoredTarget): StoredStep | null {
  const { leftOut, steps } = target
  if (leftOut !== null) return null
  const step = isStuck(target)
    ? steps.find(
        (one, at) => one.isOnlyIfRefused && one.outcome === 'waiting' && (steps[at - 1]?.begunAt ?? null) !== null,
      )
    : steps.find((one) => !isOver(one))
  return step === undefined || step.outcome === 'left' ? null : step
}

/** A phase of a job, and the places of the targets that are in it. */
interface Phase {
  readonly phase: number
  readonly places: readonly number[]
}

/** The places of the targets that continue with a step, and their phase; null if none does. */
export function nextPhase({ targets }: StoredJob): Phase | null {
  let phase = Number.POSITIVE_INFINITY
  let places: number[] = []
  for (const [place, target] of targets.entries()) {
    const step = nextStep(target)
    if (step === null || step.phase > phase) continue
    if (step.phase < phase) places = []
    phase = step.phase
    places.push(place)
  }
  return places.length === 0 ? null : { phase, places }
}

/** Requests that contain the passwords of both sides. */
const WITH_PASSWORDS: ReadonlySet<StepName> = new Set(['update', 'create'])

/** The sync users whose passwords the next phase of a job needs, each once; none if it sends none. */
export function asksOf(job: StoredJob): SyncAccount[] {
  const isWaiting = ({ name, outcome }: StoredStep): boolean => WITH_PASSWORDS.has(name) && outcome === 'waiting'
  const waiting = job.targets.filter(({ leftOut, steps }) => leftOut === null && steps.some(isWaiting))
  if (waiting.length === 0) return []
  const next = nextPhase(job)
  const asking = waiting.filter(({ steps }) => steps.some((step) => isWaiting(step) && step.phase === next?.phase))
  return [...new Map(asking.flatMap(accountsOf).map((account) => [accountKey(account), account])).values()]
}

/**
 * How many targets may still be running with the sync user's old password, because nobody saw them stop. Targets left
 * out are not stopped by the job.
 */
export function stillRunning({ targets }: StoredJob): number {
  const mayRun = ({ before, steps }: StoredTarget): boolean => {
    const stop = steps.find((step) => step.name === 'stop' && step.phase === 0)
    if (stop !== undefined) return !isOver(stop)
    return !isIntendedState('stop', before.state)
  }
  return targets.filter(mayRun).length
}

/** Whether one of its steps is still at a server. */
export function isUnderWay({ targets }: StoredJob): boolean {
  return targets.some(({ steps }) => steps.some(({ outcome }) => outcome === 'under-way'))
}

/** Whether it has begun and not ended. */
export function isOpen({ state }: Pick<StoredJob, 'state'>): boolean {
  return state === 'running' || state === 'paused' || state === 'interrupted'
}

/** A job with one of its steps changed. */
export function withStep(job: StoredJob, place: number, number: number, change: Partial<StoredStep>): StoredJob {
  return withTarget(job, place, (target) => ({
    ...target,
    steps: target.steps.map((step, at) => (at === number ? { ...step, ...change } : step)),
  }))
}

/** A job with one of its targets changed. */
export function withTarget(job: StoredJob, place: number, change: (target: StoredTarget) => StoredTarget): StoredJob {
  return { ...job, targets: job.targets.map((target, at) => (at === place ? change(target) : target)) }
}

/** The job with the result of one target's step. */
export function withYield(job: StoredJob, place: number, { made, missing }: StepYield): StoredJob {
  if (made === undefined && missing === undefined) return job
  return withTarget(job, place, ({ copy, ...target }) => ({
    ...target,
    copy: copy && { ...copy, key: made ?? copy.key },
    missing: missing === undefined ? target.missing : missing,
  }))
}

/** The job as the window gets it. */
export function viewOf({ targets, ...job }: StoredJob): Job {
  const counts = { leftOut: 0, waiting: 0, underWay: 0, done: 0, failed: 0, unknown: 0, left: 0 }
  for (const target of targets) counts[targetStateOf(target)] += 1
  const copy = targets[0]?.copy ?? null
  return { ...job, copyTo: copy && { serverId: copy.serverId, serverName: copy.serverName }, counts }
}

/** The same, with its targets. */
export function wholeView(job: StoredJob): WholeJob {
  const targets = job.targets.map((target) => ({ ...target, steps: [...target.steps] }))
  return { ...viewOf(job), targets, asks: asksOf(job) }
}
