import type { ServerId } from '#contract/ids.ts'
import type { Settings } from '#contract/settings.ts'
import { refId, type RefId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import type { ConnectorSide } from '../backbone/integration.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { Connections } from '../servers/connections.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import { Signal } from '../signal.ts'
import type { DeliveryTable, StoredDelivery } from '../storage/delivery-table.ts'
import type { Undelivered } from '../synchronizations/health.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { Change } from '../synchronizations/synchronization-record.ts'
import type { WireObject } from '../wire-values.ts'
import { after, deliveryOf, type Direction } from './deliveries.ts'
import { DetailSchedule } from './detail-schedule.ts'

const HOUR_MS = 3_600_000
/** How often links are read within the hours of the setting, and the bounds of the interval, in ms. */
const READINGS_IN_TIME = 4
const LEAST_INTERVAL_MS = HOUR_MS / 4
const MOST_INTERVAL_MS = 2 * HOUR_MS
/** After a longer gap between two readings, in intervals, it may have been stopped in between. */
const GAP_INTERVALS = 3
/** How many synchronizations are read after each round, one after the other. */
const AT_ONCE = 10
/** Longer lists are not read again: no request asks for part of one. */
const MOST_LINKS = 5000
const SIDES = ['first', 'second'] as const

export interface DeliveryWatchOptions {
  readonly settings: Pick<SettingsStore, 'get'>
  readonly connections: Pick<Connections, 'get'>
  readonly directory: Pick<SynchronizationDirectory, 'find' | 'keysOf' | 'setUndelivered'>
  readonly deliveries: Pick<DeliveryTable, 'of' | 'put'>
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
}

type Side = StoredDelivery['toward']

/** Both connectors of a synchronization that is watched. */
type Both = Readonly<Record<Side, ConnectorSide>>

interface OfSynchronization {
  readonly ref: SynchronizationRef
  /** When its links were last read in this session; null before. */
  readAt: number | null
  /** By the side that receives. */
  directions: ReadonlyMap<Side, Direction>
  reported: Undelivered | null
  /** A side has too many links. */
  isTooLong: boolean
}

/**
 * Notices synchronizations that run without a failure while one side sends and the other receives nothing. That can be
 * known only if both sides are on one server, what was sent has been seen to arrive before, and the synchronization was
 * running all the time.
 */
export class DeliveryWatch {
  /** Emitted once for each, when the hours of the setting have passed. */
  readonly noticed = new Signal<[ref: SynchronizationRef, undelivered: Undelivered]>()
  readonly #options: DeliveryWatchOptions
  readonly #schedule: DetailSchedule
  readonly #known = new Map<RefId, OfSynchronization>()
  readonly #underWay = new Map<ServerId, Promise<void>>()

  constructor(options: DeliveryWatchOptions) {
    this.#options = options
    const { clock, random } = options
    this.#schedule = new DetailSchedule({ clock, random, intervalMs: () => this.#intervalMs, readAt: () => null })
  }

  /** A server has just answered: reads the links of those that are due there. */
  async roundEnded(serverId: ServerId): Promise<void> {
    if (this.#hours === 0) return
    const reading = this.#underWay.get(serverId) ?? this.#read(serverId).finally(() => this.#underWay.delete(serverId))
    this.#underWay.set(serverId, reading)
    await reading
  }

  async #read(serverId: ServerId): Promise<void> {
    try {
      const keys = [...this.#options.directory.keysOf(serverId)]
      const watched = new Set(keys.filter((key) => this.#bothOf({ serverId, key }) !== null))
      for (const key of this.#schedule.due(serverId, watched).slice(0, AT_ONCE)) {
        this.#schedule.done(serverId, key)
        await this.#look({ serverId, key })
      }
    } catch (error) {
      // The next round notices an unavailable server.
      if (!(error instanceof AppError)) logFault(this.#options.logger, 'links not compared', error, { serverId })
    }
  }

  /** In one that does not run, nothing waits. */
  changed(changes: readonly Change[]): void {
    for (const { serverId, key, after: now } of changes) {
      const known = this.#known.get(refId({ serverId, key }))
      if (known === undefined || now?.healthState.health === 'running') continue
      this.#report(known, null)
      const stopped = [...known.directions].map(([side, one]) => [side, { ...one, waiting: null }] as const)
      known.directions = new Map(stopped)
      if (now === null) this.#known.delete(refId(known.ref))
    }
  }

  settingsChanged({ undeliveredHours: before }: Settings, { undeliveredHours: now }: Settings): void {
    if (now !== before) this.#schedule.intervalChanged()
    if (now === 0) for (const known of this.#known.values()) this.#forget(known)
  }

  removeServer(serverId: ServerId): void {
    this.#schedule.forget(serverId)
    for (const known of this.#known.values()) if (known.ref.serverId === serverId) this.#forget(known)
  }

  get #hours(): number {
    return this.#options.settings.get().undeliveredHours
  }

  get #intervalMs(): number {
    const interval = (this.#hours * HOUR_MS) / READINGS_IN_TIME
    return Math.min(MOST_INTERVAL_MS, Math.max(LEAST_INTERVAL_MS, interval))
  }

  /** Null if nothing can be said about it: it does not run, or one half of it is on another Jira. */
  #bothOf(ref: SynchronizationRef): Both | null {
    const record = this.#options.directory.find(ref)
    if (record === null || record.healthState.health !== 'running' || record.source !== 'live') return null
    const { first, second, isDistributed } = record.integration
    if (isDistributed || first === null || second === null) return null
    return first.connectorKey === '' || second.connectorKey === '' ? null : { first, second }
  }

  async #look(ref: SynchronizationRef): Promise<void> {
    const known = this.#of(ref)
    const both = known.isTooLong ? null : this.#bothOf(ref)
    const links = both === null ? null : await this.#linksOf(known, both)
    // It may have been stopped, removed or switched off while its links were read.
    if (links === null || this.#bothOf(ref) === null || this.#known.get(refId(ref)) !== known) return
    this.#compare(known, links)
    this.#judge(known)
  }

  /** Null if they cannot be read completely, or are too many. */
  async #linksOf(known: OfSynchronization, both: Both): Promise<Record<Side, readonly WireObject[]> | null> {
    const { serverId } = known.ref
    const api = this.#options.connections.get(serverId).background
    try {
      const first = await api.links(both.first.connectorKey)
      known.isTooLong = first.links.length > MOST_LINKS
      if (known.isTooLong) return null
      const second = await api.links(both.second.connectorKey)
      known.isTooLong = second.links.length > MOST_LINKS
      if (known.isTooLong || first.unreadable + second.unreadable > 0) return null
      return { first: first.links, second: second.links }
    } catch (error) {
      if (isAboutOneObject(error)) return null
      throw error
    }
  }

  #compare(known: OfSynchronization, links: Record<Side, readonly WireObject[]>): void {
    const { clock, deliveries } = this.#options
    const elapsed = clock.elapsed()
    const isWithoutGap = known.readAt !== null && elapsed - known.readAt <= GAP_INTERVALS * this.#intervalMs
    const now = { elapsed, at: clock.now(), isWithoutGap }
    const directions = new Map<Side, Direction>()
    for (const toward of SIDES) {
      const read = deliveryOf(links[toward === 'first' ? 'second' : 'first'], links[toward])
      if (read !== null) directions.set(toward, after(known.directions.get(toward) ?? null, read, now))
    }
    known.directions = directions
    known.readAt = elapsed
    deliveries.put(
      known.ref,
      [...directions].map(([toward, { isProven, waiting, ...read }]) => ({
        ...read,
        toward,
        isProven: isProven ? 1 : 0,
        isWaiting: waiting === null ? 0 : 1,
      })),
    )
  }

  #judge(known: OfSynchronization): void {
    const both = this.#bothOf(known.ref)
    const least = this.#options.clock.elapsed() - this.#hours * HOUR_MS
    const [longest] = [...known.directions]
      .flatMap(([toward, { isProven, waiting }]) => (isProven && waiting !== null ? [{ toward, ...waiting }] : []))
      .filter(({ elapsed }) => elapsed <= least)
      .sort((a, b) => a.elapsed - b.elapsed)
    if (longest === undefined || both === null) return this.#report(known, null)
    const { toward, at } = longest
    const receiver = both[toward].projectKey
    if (known.reported?.since === at && known.reported.receiver === receiver) return
    const sender = both[toward === 'first' ? 'second' : 'first'].projectKey
    this.#report(known, { since: at, sender, receiver })
  }

  #report(known: OfSynchronization, undelivered: Undelivered | null): void {
    if (known.reported === null && undelivered === null) return
    known.reported = undelivered
    this.#options.directory.setUndelivered(known.ref, undelivered)
    if (undelivered !== null) this.noticed.emit(known.ref, undelivered)
  }

  #forget(known: OfSynchronization): void {
    this.#report(known, null)
    this.#known.delete(refId(known.ref))
  }

  #of(ref: SynchronizationRef): OfSynchronization {
    const id = refId(ref)
    const known = this.#known.get(id) ?? {
      ref,
      readAt: null,
      directions: this.#stored(ref),
      reported: null,
      isTooLong: false,
    }
    this.#known.set(id, known)
    return known
  }

  /** What waited in an earlier session waits from now on: nobody knows what happened in between. */
  #stored(ref: SynchronizationRef): ReadonlyMap<Side, Direction> {
    const { clock, deliveries } = this.#options
    const now = { elapsed: clock.elapsed(), at: clock.now() }
    return new Map(
      deliveries
        .of(ref)
        .map(({ toward, isProven, isWaiting, ...read }) => [
          toward,
          { ...read, isProven: isProven === 1, waiting: isWaiting === 1 ? now : null },
        ]),
    )
  }
}
