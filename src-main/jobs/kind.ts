import type { JobChange, JobKind, JobTarget, StepName } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { fieldValues } from '../backbone/integration-fields.ts'
import type { Integration } from '../backbone/integration.ts'
import type { StoredTarget } from '../storage/job-table.ts'

/** A request that a kind wants for a target. */
export interface PlannedStep {
  readonly name: StepName
  /** Steps of a later phase begin when every target is through with the earlier ones. */
  readonly phase: number
  readonly isOnlyIfRefused?: boolean
}

/** How a kind is taken back. */
export interface WayBack {
  /** The kind of the job that does it. */
  readonly kind: JobKind
  /** Whether there is anything to take back for a target. */
  readonly concerns: (target: StoredTarget) => boolean
  /** The synchronization that the way back is about. */
  readonly refOf: (target: StoredTarget) => SynchronizationRef
  /** What is changed of it as it is now; or why it is left out. */
  readonly changes: (target: StoredTarget, now: Integration) => JobChange[] | Message
}

/** What a kind of job does: a plan, and nothing else. How steps are carried out is the same for all. */
export interface Kind {
  /** The requests for a synchronization that is as it is, in their order; or why it is left out. */
  readonly plan: (target: Pick<JobTarget, 'before' | 'changes'>) => readonly PlannedStep[] | Message
  /** Null where nothing takes this one back. */
  readonly back: WayBack | null
}

/** A way back for the same synchronizations: what was replaced becomes what it was, where nobody has changed it since. */
export function backOfSame(kind: JobKind, concerns: WayBack['concerns']): WayBack {
  return {
    kind,
    concerns,
    refOf: ({ serverId, key }) => ({ serverId, key }),
    changes: ({ changes }, now) => {
      const values = fieldValues(now)
      if (changes.some(({ field, to }) => values[field] !== to)) return message('jobs.leftOut.changedSince')
      return changes.map(({ field, from, to }) => ({ field, from: to, to: from }))
    },
  }
}
