import {
  addresseeOf,
  type Job,
  type JobKind,
  type JobStep,
  type JobTarget,
  type StepName,
  type WholeJob,
} from '#contract/jobs.ts'
import type { ServerId } from '#contract/ids.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import { isOver } from './job-targets.ts'

/** Requests of one kind that belong together: a row of a job’s page, and a chapter of its review. */
export interface StepGroup {
  readonly id: string
  readonly name: StepName
  /** Stops again what an update has started, and what did not run before. */
  readonly isAgain: boolean
  /** Sent only where a log-in was refused. */
  readonly isGuard: boolean
  readonly steps: readonly StepOfTarget[]
}
interface StepOfTarget {
  readonly target: JobTarget
  readonly step: JobStep
}

/** More steps than any target has. */
const PLACES = 1000

/** The requests of a job in the order in which they are sent. */
export function stepGroups(targets: readonly JobTarget[]): StepGroup[] {
  const groups = new Map<string, StepGroup & { readonly place: number; readonly steps: StepOfTarget[] }>()
  for (const target of targets) {
    if (target.leftOut !== null) continue
    for (const [at, step] of target.steps.entries()) {
      const { name, phase, isOnlyIfRefused: isGuard } = step
      const isAgain = !isGuard && name === 'stop' && target.steps.slice(0, at).some((one) => one.name === 'update')
      const id = [`${phase}`, isGuard ? 'guard' : isAgain ? 'again' : 'plain', name].join('-')
      const group = groups.get(id) ?? { id, name, isAgain, isGuard, place: phase * PLACES + at, steps: [] }
      group.steps.push({ target, step })
      groups.set(id, group)
    }
  }
  // What may never be sent comes last.
  return [...groups.values()].sort((a, b) => Number(a.isGuard) - Number(b.isGuard) || a.place - b.place)
}

/** How far the requests of a group are. */
export interface PhaseProgress {
  readonly over: number
  readonly failed: number
  readonly total: number
  readonly state: 'waiting' | 'under-way' | 'done' | 'failed'
}

/** A row of a job’s page. `yours`: what the user does in between. */
export type Phase =
  | (StepGroup & { readonly kind: 'step'; readonly progress: PhaseProgress })
  | {
      readonly kind: 'yours'
      readonly id: 'yours'
      readonly words: MessageKey
      readonly progress: PhaseProgress
    }

/** What the user has to do before a step may begin, by kind of job. The compiler asks for each new kind. */
const YOURS: Readonly<Record<JobKind, { readonly before: StepName; readonly words: MessageKey } | null>> = {
  maintenance: null,
  'maintenance-end': null,
  'new-password': { before: 'update', words: 'jobs.phases.yours.password' },
  'change-addresses': { before: 'update', words: 'jobs.phases.yours.passwords' },
  'change-texts': null,
  'clean-up': null,
  copy: { before: 'create', words: 'jobs.phases.yours.passwords' },
}

/** The rows of a job's page. A step sent only after a refused log-in has a row once that has happened. */
export function phasesOf({ kind, targets, asks, state }: WholeJob): Phase[] {
  const groups = stepGroups(targets).filter(
    ({ isGuard, steps }) => !isGuard || steps.some(({ step }) => step.begunAt !== null),
  )
  const phases = groups.map((group): Phase => ({ kind: 'step', ...group, progress: progressOf(group) }))
  const yours = YOURS[kind]
  const place = phases.findIndex((phase) => phase.kind === 'step' && phase.name === yours?.before)
  if (yours === null || place < 0) return phases
  const progress = yoursProgress(phases[place], asks.length > 0 ? state : 'planned')
  return phases.toSpliced(place, 0, { kind: 'yours', id: 'yours', words: yours.words, progress })
}

function progressOf({ steps, isGuard }: StepGroup): PhaseProgress {
  const counted = isGuard ? steps.filter(({ step }) => step.begunAt !== null) : steps
  const has = (test: (step: JobStep) => boolean): number => counted.filter(({ step }) => test(step)).length
  const over = has(isOver)
  const failed = has(({ outcome }) => outcome === 'failed' || outcome === 'unknown')
  const isUnderWay = has(({ outcome }) => outcome === 'under-way') > 0
  const total = counted.length
  if (isUnderWay) return { over, failed, total, state: 'under-way' }
  if (failed > 0) return { over, failed, total, state: 'failed' }
  return { over, failed, total, state: over === total ? 'done' : 'waiting' }
}

/** `state`: that of the job that asks for passwords. */
function yoursProgress(next: Phase | undefined, state: Job['state']): PhaseProgress {
  const hasBegun = next?.kind === 'step' && next.steps.some(({ step }) => step.begunAt !== null)
  const isNow = !hasBegun && (state === 'paused' || state === 'interrupted')
  return { over: hasBegun ? 1 : 0, failed: 0, total: 1, state: hasBegun ? 'done' : isNow ? 'under-way' : 'waiting' }
}

/** How many of these go to which server, in their order. */
export function byServer(
  steps: readonly { readonly target: JobTarget }[],
): { readonly serverId: ServerId; readonly serverName: string; readonly count: number }[] {
  const counts = new Map<string, { serverId: ServerId; serverName: string; count: number }>()
  for (const { target } of steps) {
    const { serverId, serverName } = addresseeOf(target)
    const known = counts.get(serverId) ?? { serverId, serverName, count: 0 }
    known.count += 1
    counts.set(serverId, known)
  }
  return [...counts.values()]
}
