import type { JobId, ServerId } from '#contract/ids.ts'
import { foreign, message, type Message } from '#contract/messages/message.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { placeOf, type Place } from '../servers/place.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { Signal } from '../signal.ts'
import type { StoredJob } from '../storage/job-table.ts'
import type { JobPlanner } from './job-planner.ts'
import type { JobRunner } from './job-runner.ts'
import type { JobStore } from './job-store.ts'
import { isIn } from './maintenances.ts'

/** Each server must have been read so often since the planned end, without a failure in between. */
const GOOD_ROUNDS = 2
/** Time between two looks beyond which Syncdeck did not run: the computer slept, or its clock was set. */
const AWAY_MS = 5 * 60_000
/** How long after the planned end servers may take to answer. Later, a start would be a surprise. */
const LATEST_MS = 60 * 60_000

export interface PlannedEndsOptions {
  readonly store: Pick<JobStore, 'all' | 'get' | 'note' | 'remove'>
  readonly planner: Pick<JobPlanner, 'planBack'>
  readonly runner: Pick<JobRunner, 'begin'>
  /** Null if nothing suggests that a server is a copy. */
  readonly copyGuard: { readonly of: (serverId: ServerId) => object | null }
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
}

interface Armed {
  /** Where its servers were when the user confirmed it. */
  readonly places: ReadonlyMap<ServerId, Place>
  /** Good rounds in a row since the planned end. */
  readonly rounds: Map<ServerId, number>
}

/**
 * Starts what a maintenance has stopped, at its planned end: the one thing that Syncdeck begins by itself. The user has
 * confirmed it with the list of its synchronizations; Syncdeck has been running since; all servers have answered twice;
 * none of them may be a copy of another Jira. If any of this fails, it is never begun, and the user is asked.
 */
export class PlannedEnds {
  /** The end of a maintenance was begun. */
  readonly began = new Signal<[maintenance: StoredJob, end: StoredJob]>()
  readonly #options: PlannedEndsOptions
  /** In memory only: after a restart nothing is armed. */
  readonly #armed = new Map<JobId, Armed>()
  readonly #beginning = new Set<JobId>()
  #lookedAt: number | null = null

  constructor(options: PlannedEndsOptions) {
    this.#options = options
  }

  /** The user has just begun this maintenance. */
  begun(id: JobId): void {
    const { store, registry } = this.#options
    const { maintenance, targets } = store.get(id)
    if (maintenance?.startsAtEnd === true) {
      const servers = targets.flatMap(({ serverId }) => registry.find(serverId) ?? [])
      this.#armed.set(id, { places: new Map(servers.map((server) => [server.id, placeOf(server)])), rounds: new Map() })
    }
    this.#look()
  }

  /** Whether its end may still begin by itself; if not, the user is asked. */
  isPending({ id }: Pick<StoredJob, 'id'>): boolean {
    return this.#armed.has(id) || this.#beginning.has(id)
  }

  /** Checks what time has done; call it often. */
  look(): void {
    this.#look()
    for (const job of this.#overdue()) this.#check(job)
  }

  /** All states of a server have been read, or reading failed. */
  roundEnded(serverId: ServerId, isGood: boolean): void {
    this.#look()
    for (const job of this.#overdue()) {
      const rounds = this.#armed.get(job.id)?.rounds
      rounds?.set(serverId, isGood ? (rounds.get(serverId) ?? 0) + 1 : 0)
      this.#check(job)
    }
  }

  /** Notes what will not begin by itself any more, because Syncdeck was away. */
  #look(): void {
    const { store, clock } = this.#options
    const now = clock.now()
    const wasAway = this.#lookedAt !== null && Math.abs(now - this.#lookedAt) > AWAY_MS
    this.#lookedAt = now
    for (const job of store.all()) {
      const { maintenance } = job
      if (maintenance?.startsAtEnd !== true || maintenance.onlyAsks !== null || maintenance.remindedAt !== null)
        continue
      const isMissed = wasAway && (maintenance.until ?? 0) <= now
      if (this.#beginning.has(job.id) || (this.#armed.has(job.id) && !isMissed)) continue
      this.#onlyAsk(job, message('jobs.onlyAsks.away'))
    }
  }

  #overdue(): StoredJob[] {
    const { store, clock } = this.#options
    const now = clock.now()
    return store.all().filter(({ id, maintenance }) => this.#armed.has(id) && (maintenance?.until ?? now) <= now)
  }

  #check(job: StoredJob): void {
    const refs = job.targets.filter(isIn).map(({ serverId, key }) => ({ serverId, key }))
    const servers = [...new Set(refs.map(({ serverId }) => serverId))]
    const { places = new Map<ServerId, Place>(), rounds } = this.#armed.get(job.id) ?? {}
    const problem = this.#problem(job, servers, places)
    if (problem !== null) return this.#onlyAsk(job, problem)
    if (!servers.every((id) => (rounds?.get(id) ?? 0) >= GOOD_ROUNDS)) return
    this.#armed.delete(job.id)
    if (refs.length > 0) void this.#begin(job.id, refs, servers, places)
    else this.#settled(job)
  }

  /** Why it must not begin by itself, now or later; null if it may. */
  #problem(
    { state, maintenance }: StoredJob,
    servers: readonly ServerId[],
    places: ReadonlyMap<ServerId, Place>,
  ): Message | null {
    const { copyGuard, registry, clock } = this.#options
    if (state !== 'ended') return message('jobs.onlyAsks.notEnded')
    const moved = servers.flatMap((id) => registry.find(id) ?? []).find((one) => placeOf(one) !== places.get(one.id))
    if (moved !== undefined) return message('jobs.onlyAsks.moved', { server: foreign(moved.name) })
    const suspect = servers.find((id) => copyGuard.of(id) !== null)
    if (suspect !== undefined)
      return message('jobs.onlyAsks.copy', { server: foreign(registry.find(suspect)?.name ?? '') })
    return clock.now() - (maintenance?.until ?? 0) > LATEST_MS ? message('jobs.onlyAsks.late') : null
  }

  async #begin(
    id: JobId,
    refs: readonly SynchronizationRef[],
    servers: readonly ServerId[],
    places: ReadonlyMap<ServerId, Place>,
  ): Promise<void> {
    const { store, planner, runner, logger } = this.#options
    this.#beginning.add(id)
    let planned: StoredJob | null = null
    try {
      planned = await planner.planBack(id, refs)
      const problem = this.#problem(store.get(id), servers, places)
      if (problem !== null) throw new AppError('input.invalid', problem)
      runner.begin(planned.id, '')
      logger.write('info', 'planned end of a maintenance begins', { job: planned.id, maintenance: id })
      this.#settled(store.get(id))
      this.began.emit(store.get(id), store.get(planned.id))
    } catch (error) {
      const find = (wanted: JobId | undefined): StoredJob | undefined => store.all().find((one) => one.id === wanted)
      if (planned !== null && find(planned.id)?.state === 'planned') store.remove([planned.id])
      if (!(error instanceof AppError)) logFault(logger, 'planned end not begun', error, { job: id })
      const job = find(id)
      const reason = error instanceof AppError ? error.data.message : message('jobs.onlyAsks.fault')
      if (job !== undefined) this.#onlyAsk(job, reason)
    } finally {
      this.#beginning.delete(id)
    }
  }

  /** Nobody needs to be asked. */
  #settled(job: StoredJob): void {
    const { store, clock } = this.#options
    if (job.maintenance !== null) store.note({ ...job, maintenance: { ...job.maintenance, remindedAt: clock.now() } })
  }

  #onlyAsk(job: StoredJob, onlyAsks: Message): void {
    this.#armed.delete(job.id)
    const { maintenance } = job
    if (maintenance !== null) this.#options.store.note({ ...job, maintenance: { ...maintenance, onlyAsks } })
  }
}
