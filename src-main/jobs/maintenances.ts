import type { JobId } from '#contract/ids.ts'
import type { MaintenanceNote, MaintenanceText } from '#contract/maintenance.ts'
import { foreign, message, type Message } from '#contract/messages/message.ts'
import { refId, type RefId, type SynchronizationRef } from '#contract/synchronizations.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { Signal } from '../signal.ts'
import type { StoredJob, StoredTarget } from '../storage/job-table.ts'
import type { Change, SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { JobStore } from './job-store.ts'

export interface MaintenancesOptions {
  readonly store: Pick<JobStore, 'all' | 'get' | 'note'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly clock: Pick<Clock, 'now'>
}

/** The position of a synchronization in the job that stopped it for maintenance. */
interface Place {
  readonly jobId: JobId
  readonly place: number
}

/**
 * The synchronizations in a maintenance with a note: from the moment their job stops them until they are seen running
 * again, whoever started them, or until the job is forgotten.
 */
export class Maintenances {
  /** The note of these has changed, or is gone. */
  readonly changed = new Signal<[readonly SynchronizationRef[]]>()
  readonly #options: MaintenancesOptions
  readonly #places = new Map<RefId, Place>()
  /** The jobs as last processed: a job changes with each step, while most of its targets stay the same. */
  readonly #seen = new Map<string, StoredJob>()

  constructor(options: MaintenancesOptions) {
    this.#options = options
    for (const job of options.store.all()) this.jobChanged(job)
  }

  /**
   * The note of a maintenance that is being started; null if nothing was entered, or the job is not a maintenance.
   * Throws `input.invalid` if its planned end is not in the future.
   */
  noteOf(id: JobId, text: MaintenanceText | null): MaintenanceNote | null {
    const { store, registry, clock } = this.#options
    const { kind, targets } = store.get(id)
    if (kind !== 'maintenance' || text === null || (text.why === '' && text.until === null)) return null
    if (text.until !== null && text.until <= clock.now()) {
      const problem = message('jobs.errors.pastEnd')
      throw new AppError('input.invalid', problem, { fields: { 'maintenance.until': problem } })
    }
    const users = targets.flatMap(({ serverId, leftOut }) => {
      const credential = leftOut === null ? (registry.find(serverId)?.credential ?? null) : null
      return credential?.kind === 'basic' ? [credential.user] : []
    })
    const startsAtEnd = text.startsAtEnd && text.until !== null
    return { ...text, startsAtEnd, users: [...new Set(users)], remindedAt: null, onlyAsks: null }
  }

  /** The job in whose maintenance a synchronization is; null if it is in none. */
  jobOf(ref: SynchronizationRef): StoredJob | null {
    const at = this.#places.get(refId(ref))
    return at === undefined ? null : this.#options.store.get(at.jobId)
  }

  /** What its row says about it; null if it is in none. */
  of(ref: SynchronizationRef): Message | null {
    const note = this.jobOf(ref)?.maintenance ?? null
    return note && wordsOf(note)
  }

  jobChanged(job: StoredJob): void {
    if (job.maintenance === null) return
    const before = this.#seen.get(job.id)
    this.#seen.set(job.id, job)
    const isSameNote = before?.maintenance === job.maintenance
    const changed = job.targets.filter((target, place) => {
      if (isSameNote && before?.targets[place] === target) return false
      const id = refId(target)
      if (isIn(target)) this.#places.set(id, { jobId: job.id, place })
      else if (this.#places.get(id)?.jobId !== job.id || !this.#places.delete(id)) return false
      return true
    })
    this.#tell(changed)
  }

  jobsRemoved(ids: readonly JobId[]): void {
    const removed = ids.flatMap((id) => this.#seen.get(id) ?? [])
    const changed = removed.flatMap(({ id, targets }) =>
      targets.filter((target) => this.#places.get(refId(target))?.jobId === id && this.#places.delete(refId(target))),
    )
    for (const id of ids) this.#seen.delete(id)
    this.#tell(changed)
  }

  /** Takes in the findings of a reading: whatever runs again is no longer in maintenance. */
  read(changes: readonly Change[]): void {
    const places = new Map<string, number[]>()
    for (const { serverId, key, before, after } of changes) {
      const at = this.#places.get(refId({ serverId, key }))
      // One that was already running before has not been seen to stop.
      if (at === undefined || !runs(after) || runs(before)) continue
      places.set(at.jobId, [...(places.get(at.jobId) ?? []), at.place])
    }
    for (const [id, those] of places) {
      const { store, clock } = this.#options
      const backAt = clock.now()
      const job = store.get(id)
      const mine = new Set(those)
      const targets = job.targets.map((target, place) => (mine.has(place) ? { ...target, backAt } : target))
      store.note({ ...job, targets }, those)
    }
  }

  #tell(targets: readonly StoredTarget[]): void {
    if (targets.length > 0) this.changed.emit(targets.map(({ serverId, key }) => ({ serverId, key })))
  }
}

/** Whether a maintenance itself has stopped it, and it has not been seen running since. */
export function isIn({ leftOut, backAt, steps: [stop] }: StoredTarget): boolean {
  return leftOut === null && backAt === null && stop?.outcome === 'done'
}

function runs(record: SynchronizationRecord | null): boolean {
  return record !== null && isIntendedState('start', record.status?.word ?? '')
}

function wordsOf({ why, until }: MaintenanceNote): Message {
  const values = { why: foreign(why), ...(until !== null && { until: { at: until } }) }
  if (until === null) return message('synchronizations.maintenance.because', values)
  return message(
    why === '' ? 'synchronizations.maintenance.until' : 'synchronizations.maintenance.untilBecause',
    values,
  )
}
