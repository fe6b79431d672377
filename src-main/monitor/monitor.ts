import type { ServerId } from '#contract/ids.ts'
import type { Settings } from '#contract/settings.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import type { Clock } from '../clock.ts'
import type { ClockJumps } from '../clock-jumps.ts'
import type { ConflictService } from '../conflicts/conflict-service.ts'
import { AppError } from '../errors/app-error.ts'
import { workThrough } from '../http/work-through.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import { Signal } from '../signal.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { Change } from '../synchronizations/synchronization-record.ts'
import { DetailSchedule } from './detail-schedule.ts'
import { ReadingRow } from './reading-row.ts'
import { Scheduler, type Due } from './scheduler.ts'

/** The longest back-off of a failing server, unless its interval is longer. */
const MAX_BACKOFF_MS = 5 * 60_000
/** The time between the first readings of two servers, at the start and after sleep. */
const STAGGER_MS = 150
/** How many times less often servers are read while the window is hidden. */
const HIDDEN_FACTOR = 4
/** How many details are read in each round even if no time is left, so that they are read at all. */
const MIN_DETAILS_PER_ROUND = 12
/** The delay between a change outside a round and reading its details, because changes come in groups. */
const HURRY_MS = 500

/** The result of reading all states of a server. `held`: interrupted by its rate limit. */
export type Outcome = 'read' | 'held' | 'failed'

export interface MonitorOptions {
  readonly registry: Pick<ServerRegistry, 'all' | 'find' | 'changed'>
  readonly connections: Pick<Connections, 'gate' | 'heldMs'>
  readonly jumps: Pick<ClockJumps, 'check' | 'noticed'>
  readonly reachability: Pick<Reachability, 'isWaitedFor' | 'planned'>
  readonly directory: Pick<SynchronizationDirectory, 'keysOf'>
  readonly reader: Pick<SynchronizationReader, 'refresh' | 'refreshItem'>
  readonly conflicts: Pick<ConflictService, 'read' | 'readAt'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly logger: Logger
  readonly clock: Clock
  readonly random: () => number
}

interface ServerRounds {
  failures: number
  running: Promise<void> | null
  /** Came due while a round was under way. */
  isDueAgain: boolean
  /** How often an obstacle to reading has been removed. */
  clearings: number
}

/**
 * Reads every server regularly, all from one scheduler. A round reads all states of a server, then those details and
 * conflicts that are due, until the next round is. Failing servers are read less and less often. If the gate is closed,
 * the credential is missing or the user has paused, nothing is planned until the user acts.
 */
export class Monitor {
  /** Emitted at the end of a round; if it was good, all states are from this round. */
  readonly roundEnded = new Signal<[serverId: ServerId, isGood: boolean]>()
  readonly #options: MonitorOptions
  readonly #scheduler: Scheduler
  readonly #detailSchedule: DetailSchedule
  readonly #rounds = new Map<string, ServerRounds>()
  #isRunning = false
  #isHidden = false

  constructor(options: MonitorOptions) {
    this.#options = options
    this.#scheduler = new Scheduler({ ...options, onDue: (what, serverId) => this.#run(what, serverId) })
    // Readings under way are dead.
    options.jumps.noticed.on(() => {
      if (this.#isRunning) this.start()
    })
    this.#detailSchedule = new DetailSchedule({
      clock: options.clock,
      random: options.random,
      intervalMs: () => options.settings.get().detailIntervalSeconds * 1000,
      readAt: (serverId, key) => options.conflicts.readAt({ serverId, key }),
    })
    options.registry.changed.on((change) => {
      switch (change.kind) {
        case 'removed':
          if (change.serverId !== null) this.#forget(change.serverId)
          break
        case 'credential':
        case 'kept':
        case 'updated':
        case 'paused':
          this.readSoon(change.serverId)
          break
        case 'added':
        case 'read-only':
        case 'reordered':
          break
      }
    })
  }

  /** Starts, or resumes after sleep, with all servers one after the other. */
  start(): void {
    this.#isRunning = true
    this.#options.registry.all().forEach(({ id }, index) => this.#plan(id, index * STAGGER_MS))
  }

  stop(): void {
    this.#isRunning = false
    this.#scheduler.clear()
    for (const { id } of this.#options.registry.all()) this.#options.reachability.planned(id, null)
  }

  /** Reads the states now because the user asked; resolves when they have arrived. */
  async refreshNow(serverId: ServerId): Promise<void> {
    const { clearings } = this.#ofServer(serverId)
    const outcome = await this.#readStates(serverId)
    const rounds = this.#ofServer(serverId)
    rounds.failures = 0
    // Interrupted for the same reason that makes the next round due: it must not plan another one in its place.
    if (outcome === 'failed' && rounds.clearings !== clearings) return
    this.#run('round', serverId, outcome)
  }

  /** The obstacle is gone: the next round starts at once, if the server is read at all. */
  readSoon(serverId: ServerId): void {
    const rounds = this.#ofServer(serverId)
    rounds.failures = 0
    rounds.clearings += 1
    // A round under way may be aborted just now, and would plan the next one as after a failure.
    rounds.isDueAgain ||= this.#isRunning && rounds.running !== null
    this.#plan(serverId, 0)
  }

  async refreshAll(): Promise<void> {
    await Promise.all(this.#options.registry.all().map(({ id }) => this.refreshNow(id)))
  }

  /** While the window is hidden, servers are read less often; when it is shown again, at once. */
  setHidden(isHidden: boolean): void {
    if (isHidden === this.#isHidden) return
    this.#isHidden = isHidden
    if (this.#isRunning) this.start()
  }

  /** The network is back: ends every back-off. */
  networkIsBack(): void {
    for (const rounds of this.#rounds.values()) rounds.failures = 0
    if (this.#isRunning) this.start()
  }

  settingsChanged(before: Settings, after: Settings): void {
    if (after.detailIntervalSeconds < before.detailIntervalSeconds) this.#detailSchedule.intervalChanged()
    const isOther = after.isPaused !== before.isPaused || after.refreshIntervalSeconds !== before.refreshIntervalSeconds
    if (isOther && this.#isRunning) this.start()
  }

  /** Details of what changed are read with the next round, or soon if none is under way. */
  changed(changes: readonly Change[]): void {
    for (const { serverId, key, before, after } of changes) {
      if (before === null || after === null) continue
      const isOther =
        before.statusText !== after.statusText ||
        before.integration.lastModifiedDate !== after.integration.lastModifiedDate
      if (isOther) this.hurry({ serverId, key })
    }
  }

  /** Reads details and conflicts of one synchronization soon. */
  hurry({ serverId, key }: SynchronizationRef): void {
    this.#detailSchedule.hurry(serverId, key)
    if (this.#isRunning) this.#scheduler.set('details', serverId, HURRY_MS)
  }

  /** Reads its details and conflicts again with the next round, to see whether changes last. */
  readAgain({ serverId, key }: SynchronizationRef): void {
    this.#detailSchedule.hurry(serverId, key)
  }

  /** `outcome`: the result, if the states have just been read elsewhere. */
  #run(what: Due, serverId: ServerId, outcome: Outcome | null = null): void {
    const isDetailsOnly = what === 'details'
    const rounds = this.#ofServer(serverId)
    if (rounds.running !== null) {
      rounds.isDueAgain ||= !isDetailsOnly && outcome === null
      return
    }
    if (outcome === null && !this.#mayAsk(serverId)) return this.#plan(serverId, 0)
    rounds.running = (isDetailsOnly ? this.#details(serverId) : this.#round(serverId, outcome))
      // The next round is still planned.
      .catch((fault: unknown) => logFault(this.#options.logger, 'round broke', fault, { serverId }))
      .finally(() => {
        rounds.running = null
        if (!rounds.isDueAgain) return
        rounds.isDueAgain = false
        this.#run('round', serverId)
      })
  }

  async #round(serverId: ServerId, given: Outcome | null): Promise<void> {
    const outcome = given ?? (await this.#readStates(serverId))
    if (!this.#rounds.has(serverId)) return
    const isGood = outcome === 'read'
    const rounds = this.#ofServer(serverId)
    rounds.failures = outcome === 'failed' ? rounds.failures + 1 : 0
    // What the rate limit interrupted resumes as soon as the server accepts requests again.
    this.#plan(serverId, outcome === 'held' ? 0 : this.#intervalMs(rounds.failures))
    if (isGood) await this.#details(serverId)
    this.roundEnded.emit(serverId, isGood)
  }

  /** Reads the list and every state. */
  async #readStates(serverId: ServerId): Promise<Outcome> {
    const { reader, reachability } = this.#options
    if (await reader.refresh(serverId)) return 'read'
    return reachability.isWaitedFor(serverId) ? 'held' : 'failed'
  }

  /** Reads what is due until the next round is; at least a few, so that even a slow server’s are read. */
  async #details(serverId: ServerId): Promise<void> {
    const { clock, directory, settings } = this.#options
    const until = clock.elapsed() + this.#intervalMs(0)
    let left = MIN_DETAILS_PER_ROUND
    const isOver = (): boolean => !this.#mayAsk(serverId) || !this.#isRunning || (left <= 0 && clock.elapsed() >= until)
    // No more than the server's limit at once, so that the user's own requests come next.
    const limit = settings.get().requestsPerServer
    const row = new ReadingRow(limit)
    const work = async (key: string): Promise<void> => {
      left -= 1
      try {
        await this.#readDetails({ serverId, key }, row)
      } catch (failure) {
        // What the rate limit interrupted is still due.
        if (!(failure instanceof AppError && failure.code === 'http.rate-limited'))
          this.#detailSchedule.done(serverId, key)
        throw failure
      }
      this.#detailSchedule.done(serverId, key)
    }
    // The next round notices an unavailable server and counts the failure.
    await workThrough(this.#detailSchedule.due(serverId, directory.keysOf(serverId)), limit, work, isOver).catch(
      () => undefined,
    )
  }

  /** Reads details and conflicts; rejects if the server is unavailable. */
  async #readDetails(ref: SynchronizationRef, row: ReadingRow): Promise<void> {
    const { reader, conflicts } = this.#options
    // Each for itself: a server may lack one of them, or fail over it.
    for (const reading of [
      () => reader.refreshItem(ref, { isBackground: true }),
      () => conflicts.read(ref, { isBackground: true }),
    ]) {
      try {
        await reading()
        row.answered()
      } catch (error) {
        if (isAboutOneObject(error)) row.answered()
        else if (!row.isBearable(error)) throw error
      }
    }
  }

  #intervalMs(failures: number): number {
    const { settings, random } = this.#options
    const interval = settings.get().refreshIntervalSeconds * 1000 * (this.#isHidden ? HIDDEN_FACTOR : 1)
    const base = Math.min(Math.max(MAX_BACKOFF_MS, interval), interval * 2 ** Math.max(0, failures - 1))
    return base * (0.9 + 0.2 * random())
  }

  #plan(serverId: ServerId, delayMs: number): void {
    const { reachability, clock, connections } = this.#options
    if (!this.#isRunning || !this.#mayAsk(serverId)) {
      this.#scheduler.delete('round', serverId)
      reachability.planned(serverId, null)
      return
    }
    const wait = Math.max(delayMs, connections.heldMs(serverId))
    this.#scheduler.set('round', serverId, wait)
    reachability.planned(serverId, clock.now() + wait)
  }

  #mayAsk(serverId: ServerId): boolean {
    const { registry, connections, settings } = this.#options
    const server = registry.find(serverId)
    return (
      server !== null &&
      server.credential !== null &&
      !server.isPaused &&
      !settings.get().isPaused &&
      connections.gate(serverId).access.state !== 'blocked'
    )
  }

  #forget(serverId: ServerId): void {
    this.#scheduler.delete('round', serverId)
    this.#scheduler.delete('details', serverId)
    this.#detailSchedule.forget(serverId)
    this.#rounds.delete(serverId)
  }

  #ofServer(serverId: ServerId): ServerRounds {
    const known = this.#rounds.get(serverId) ?? { failures: 0, running: null, isDueAgain: false, clearings: 0 }
    this.#rounds.set(serverId, known)
    return known
  }
}
