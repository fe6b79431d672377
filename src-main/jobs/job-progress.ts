import type { JobId } from '#contract/ids.ts'
import { message, type Message } from '#contract/messages/message.ts'
import type { StepPlace, StoredJob, StoredStep, StoredTarget } from '../storage/job-table.ts'
import { withStep, withTarget, withYield } from './job-state.ts'
import type { JobStore } from './job-store.ts'
import type { StepYield } from './step-end.ts'

/**
 * Records how far a job has come. If that cannot be stored, the job halts, because nobody would know about it after a
 * crash.
 */
export class JobProgress {
  readonly #store: Pick<JobStore, 'get' | 'note'>

  constructor(store: Pick<JobStore, 'get' | 'note'>) {
    this.#store = store
  }

  target(jobId: JobId, place: number): StoredTarget {
    return mustBeThere(this.#store.get(jobId).targets[place])
  }

  step({ jobId, target, step }: StepPlace): StoredStep {
    return mustBeThere(this.target(jobId, target).steps[step])
  }

  /** False if it could not be stored. `more`: other results of the step. */
  set({ jobId, target, step }: StepPlace, change: Partial<StoredStep>, more: StepYield = {}): boolean {
    return this.note(withYield(withStep(this.#store.get(jobId), target, step, change), target, more), [target])
  }

  /** Nothing more is sent for this target. */
  leaveOut(id: JobId, place: number, why: Message): void {
    this.note(
      withTarget(this.#store.get(id), place, (target) => ({ ...target, leftOut: why })),
      [place],
    )
  }

  /** Only a job that runs; one that the user has paused keeps no reason. */
  halt(id: JobId, why: Message | null): void {
    const job = this.#store.get(id)
    if (job.state === 'running') this.note({ ...job, state: 'paused', halt: why })
  }

  /** False if it could not be stored. `places`: the targets that have changed. */
  note(job: StoredJob, places: readonly number[] = []): boolean {
    const isStored = this.#store.note(job, places)
    if (!isStored && job.state === 'running') {
      this.#store.note({ ...job, state: 'paused', halt: message('jobs.halt.notStored') }, places)
    }
    return isStored
  }
}

function mustBeThere<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is no such step')
  return value
}
