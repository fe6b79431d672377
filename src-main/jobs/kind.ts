import type { JobChange, JobKind, JobTarget, StepName } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { draftValues } from '#contract/draft-values.ts'
import type { Integration } from '../backbone/integration.ts'
import type { StoredTarget } from '../storage/job-table.ts'

/** A request that a kind of job makes for a target. */
export interface PlannedStep {
  readonly name: StepName
  /** Steps of a later phase begin once every target has finished the earlier ones. */
  readonly phase: number
  readonly isOnlyIfRefused?: boolean
}

/** How a kind of job is undone. */
export interface WayBack {
  /** The kind of the job that undoes it. */
  readonly kind: JobKind
  /** Whether there is anything to undo for a target. */
  readonly concerns: (target: StoredTarget) => boolean
  /** The synchronization that undoing is about. */
  readonly refOf: (target: StoredTarget) => SynchronizationRef
  /** The changes to its current state, or why it is left out. */
  readonly changes: (target: StoredTarget, now: Integration) => JobChange[] | Message
}

/** A kind of job is just a plan; its steps are carried out the same way for all kinds. */
export interface Kind {
  /** The requests for a synchronization in its current state, in order, or why it is left out. */
  readonly plan: (target: Pick<JobTarget, 'before' | 'changes'>) => readonly PlannedStep[] | Message
  /** Null if nothing can undo this kind. */
  readonly back: WayBack | null
}

/** The inverse for the same synchronizations: replaced values are restored, unless somebody has changed them since. */
export function backOfSame(kind: JobKind, concerns: WayBack['concerns']): WayBack {
  return {
    kind,
    concerns,
    refOf: ({ serverId, key }) => ({ serverId, key }),
    changes: ({ changes }, now) => {
      const values = draftValues(now)
      if (changes.some(({ field, to }) => values[field] !== to)) return message('jobs.leftOut.changedSince')
      return changes.map(({ field, from, to }) => ({ field, from: to, to: from }))
    },
  }
}
