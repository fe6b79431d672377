import type { JobKind, JobTarget, StepName } from '#contract/jobs.ts'
import type { Message } from '#contract/messages/message.ts'
import type { StoredTarget } from '../storage/job-table.ts'

/** A request that a kind wants for a target. */
export interface PlannedStep {
  readonly name: StepName
  /** Steps of a later phase begin when every target is through with the earlier ones. */
  readonly phase: number
  readonly isOnlyIfRefused?: boolean
}

/** What a kind of job does: a plan, and nothing else. How steps are carried out is the same for all. */
export interface Kind {
  /** The requests for a synchronization that is as it is, in their order; or why it is left out. */
  readonly plan: (target: Pick<JobTarget, 'before' | 'changes'>) => readonly PlannedStep[] | Message
  /** The kind that takes this one back, and which targets it concerns; null where nothing does. What was replaced becomes what it was. */
  readonly back: { readonly kind: JobKind; readonly concerns: (target: StoredTarget) => boolean } | null
}
