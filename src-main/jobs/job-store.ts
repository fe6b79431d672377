import type { JobId, ServerId } from '#contract/ids.ts'
import { addresseeOf } from '#contract/jobs.ts'
import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { Signal } from '../signal.ts'
import type { JobTable, StoredJob } from '../storage/job-table.ts'
import { isOpen } from './job-state.ts'

export interface JobStoreOptions {
  readonly table: Pick<JobTable, 'all' | 'add' | 'change' | 'remove'>
  readonly logger: Logger
}

/** The jobs, in memory and stored. */
export class JobStore {
  readonly changed = new Signal<[StoredJob]>()
  readonly removed = new Signal<[ids: readonly JobId[]]>()
  readonly #options: JobStoreOptions
  readonly #jobs: Map<string, StoredJob>

  constructor(options: JobStoreOptions) {
    this.#options = options
    this.#jobs = new Map(options.table.all().map((job) => [job.id, job]))
  }

  /** Oldest first. */
  all(): StoredJob[] {
    return [...this.#jobs.values()]
  }

  /** Throws `input.invalid` if it is not, or no longer, there. */
  get(id: JobId): StoredJob {
    const job = this.#jobs.get(id)
    if (job === undefined) throw new AppError('input.invalid', message('jobs.errors.gone'))
    return job
  }

  /**
   * Throws `input.invalid`, naming the field of the address, if an open job has targets on this server: it was planned
   * for the address that the server has, and asks only when it goes on.
   */
  assertNoneOpenAt(serverId: ServerId): void {
    if (!this.all().some((job) => isOpen(job) && isAt(job, serverId))) return
    const words = message('jobs.errors.openAtServer')
    throw new AppError('input.invalid', words, { fields: { address: words } })
  }

  /** Throws if it cannot be stored; then the job does not exist. */
  add(job: StoredJob): void {
    this.#options.table.add(job)
    this.#keep(job)
  }

  /** Throws if it cannot be stored; then nothing has changed. `places`: the targets that have changed. */
  change(job: StoredJob, places: readonly number[] = []): void {
    this.#options.table.change(job, places)
    this.#keep(job)
  }

  /**
   * The same for something that has already happened: it applies in memory even if it cannot be stored. False if it
   * could not.
   */
  note(job: StoredJob, places: readonly number[] = []): boolean {
    try {
      this.change(job, places)
      return true
    } catch (error) {
      logFault(this.#options.logger, 'job not stored', error, { job: job.id })
      this.#keep(job)
      return false
    }
  }

  remove(ids: readonly JobId[]): void {
    for (const id of ids) {
      this.#options.table.remove(id)
      this.#jobs.delete(id)
    }
    if (ids.length > 0) this.removed.emit(ids)
  }

  /** Forgets jobs that ended, or were planned and never begun, before this moment, epoch ms. */
  prune(before: number): void {
    const old = this.all().filter((job) => !isOpen(job) && (job.endedAt ?? job.plannedAt) < before)
    this.remove(old.map(({ id }) => id))
  }

  /** Forgets jobs that were planned for another address of this server, and never begun. */
  forgetPlansAt(serverId: ServerId): void {
    const plans = this.all().filter((job) => job.state === 'planned' && isAt(job, serverId))
    this.remove(plans.map(({ id }) => id))
  }

  #keep(job: StoredJob): void {
    this.#jobs.set(job.id, job)
    this.changed.emit(job)
  }
}

function isAt({ targets }: StoredJob, serverId: ServerId): boolean {
  return targets.some((target) => target.serverId === serverId || addresseeOf(target).serverId === serverId)
}
