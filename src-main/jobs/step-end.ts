import type { ServerId, TaskId } from '#contract/ids.ts'
import type { StepOutcome, SyncAccount } from '#contract/jobs.ts'
import { message, type Message } from '#contract/messages/message.ts'

/** The result of a step, besides its outcome. */
export interface StepYield {
  /** The key of what it created. */
  readonly made?: string | undefined
  /** What could not be kept beforehand. */
  readonly missing?: Message | null
}

/** A step that has ended. */
export interface StepEnded extends StepYield {
  readonly kind: 'ended'
  readonly outcome: StepOutcome
  readonly result: Message | null
}

/** How a step ended, or why nothing was sent. */
export type StepEnd =
  | StepEnded
  /** Nothing was or will be sent: the synchronization has changed since the job was planned. */
  | { readonly kind: 'changed'; readonly why: Message }
  /**
   * Nothing was sent, and the step waits for a server: the given one, or by default the one that its requests go to.
   */
  | { readonly kind: 'away'; readonly why: Message; readonly serverId?: ServerId }
  /** Nothing was sent, and the step waits because the whole job must pause. */
  | { readonly kind: 'halt'; readonly why: Message }

/** What a step needs from its job. */
export interface StepMeans {
  /** Null for a request that is answered at once and has no task. */
  readonly begins: (taskId: TaskId | null) => boolean
  /** Undefined if it was not entered. */
  readonly passwordOf: (account: SyncAccount) => string | undefined
}

/** What was to be done could not be stored. */
export const NOT_STORED: StepEnd = { kind: 'halt', why: message('jobs.halt.notStored') }

export function ended(outcome: StepOutcome, result: Message | null, more: StepYield = {}): StepEnded {
  return { kind: 'ended', outcome, result, ...more }
}

/** The result of an ended step, apart from its outcome. */
export function yieldOf({ made, missing }: StepEnded): StepYield {
  return { made, ...(missing !== undefined && { missing }) }
}
