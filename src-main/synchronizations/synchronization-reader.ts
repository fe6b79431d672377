import type { ServerId } from '#contract/ids.ts'
import { message } from '#contract/messages/message.ts'
import type { SynchronizationDetail, SynchronizationRef } from '#contract/synchronizations.ts'
import type { ListAnswer } from '../backbone/backbone-api.ts'
import { FailureRow, isAboutOneObject, mayBeAboutOneObject } from '../backbone/failures.ts'
import { readIntegration } from '../backbone/integration.ts'
import type { Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { Freshness } from '../http/jira-client.ts'
import { workThrough } from '../http/work-through.ts'
import type { Logger } from '../logging/logger.ts'
import { maskedJson } from '../logging/redact.ts'
import type { Connection, Connections } from '../servers/connections.ts'
import type { Place } from '../servers/place.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { SynchronizationTable } from '../storage/synchronization-table.ts'
import { TimeSlice } from '../time-slice.ts'
import { gapsOf } from './gaps.ts'
import { refuseOtherConnectors, withoutOthersState } from './mixed-up.ts'
import {
  fromListItem,
  isStateListed,
  withAsked,
  withItem,
  type SynchronizationRecord,
} from './synchronization-record.ts'
import type { SynchronizationDirectory } from './synchronization-directory.ts'

export interface ReaderOptions {
  readonly directory: Pick<SynchronizationDirectory, 'apply' | 'detail' | 'find' | 'get' | 'keysOf'>
  readonly table: Pick<SynchronizationTable, 'setDetail' | 'setReading'>
  readonly connections: Pick<Connections, 'get'>
  readonly reachability: Pick<Reachability, 'asking' | 'answered' | 'failed' | 'get'>
  readonly settings: Pick<SettingsStore, 'get'>
  readonly logger: Logger
  readonly clock: Pick<Clock, 'now'>
}

/** How many items of a list, or states, are applied together during a long round. */
const AT_ONCE = 100
/** If a server is slow or rate limited, results are shown before the round is over. */
const STATES_EVERY_MS = 1_000

/** A request with its place in the order of all requests. Whoever shares a request shares its place. */
interface Placed {
  readonly order: number
  readonly answer: Promise<unknown>
}

/** For a write: rejects with `server.moved` if the server is no longer where that was sent. */
interface AtPlace {
  readonly place?: Place | null
}

/** Reads synchronizations from their servers into the directory; one reading of the whole list at a time per server. */
export class SynchronizationReader {
  readonly #options: ReaderOptions
  readonly #readings = new Map<string, Promise<void>>()
  /** Counts the requests in the order in which they are sent. */
  #order = 0
  readonly #underWay = new WeakMap<Connection, Map<string, Placed>>()
  /**
   * The states for which a server failed when they were last requested, and how; the one requested longest ago first.
   */
  readonly #failing = new WeakMap<Connection, Map<string, AppError>>()

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /**
   * Reads the list and every state of one server. A call while a reading is under way joins it; a fresh one waits for
   * its end and reads again. Resolves to false on failure; the reason is in `Reachability`.
   */
  async refresh(serverId: ServerId, { isFresh = false }: Freshness = {}): Promise<boolean> {
    if (isFresh) await this.#readings.get(serverId)?.catch(() => undefined)
    // Another caller that waited may have started one by now, which is as fresh.
    const running = this.#readings.get(serverId)
    const reading = running ?? this.#read(serverId).finally(() => this.#readings.delete(serverId))
    if (running === undefined) this.#readings.set(serverId, reading)
    try {
      await reading
      return true
    } catch {
      return false
    }
  }

  /** Reads the status of one synchronization, for example after a task; rejects with the failure. */
  async refreshStatus(
    ref: SynchronizationRef,
    { place = null, ...freshness }: Freshness & AtPlace = {},
  ): Promise<SynchronizationRecord> {
    const { connections, directory, clock } = this.#options
    const connection = connections.get(ref.serverId, place)
    const { order, answer } = this.#place(connection, `status ${ref.key}`, freshness, () =>
      connection.api.status(ref.key, { isFresh: true }),
    )
    const value = await answer
    this.#failing.get(connection)?.delete(ref.key)
    const before = directory.get(ref)
    refuseOtherConnectors(before.integration, value)
    const record = withAsked(before, value, clock.now(), order)
    directory.apply(ref.serverId, [record], [])
    return record
  }

  /** Reads one synchronization's object again, after a change or as scheduled; rejects with the failure. */
  async refreshItem(
    ref: SynchronizationRef,
    { isBackground = false, place = null, ...freshness }: Freshness & AtPlace & { isBackground?: boolean } = {},
  ): Promise<SynchronizationRecord> {
    const { connections, directory, table, clock } = this.#options
    const connection = connections.get(ref.serverId, place)
    const { order, answer } = this.#place(connection, `item ${ref.key}`, freshness, () =>
      connection[isBackground ? 'background' : 'api'].detail(ref.key, { isFresh: true }),
    )
    const value = await answer
    const integration = readIntegration(value)
    if (integration === null) throw new AppError('http.unexpected-body', message('errors.notA.synchronization'))
    const readAt = clock.now()
    const record = withItem(directory.get(ref), integration, value, readAt, order)
    table.setDetail(ref.serverId, ref.key, { detail: maskedJson(value), readAt })
    directory.apply(ref.serverId, [record], [])
    return record
  }

  /** Everything about one synchronization: read again, or as last read if the server is unavailable. */
  async detail(ref: SynchronizationRef): Promise<SynchronizationDetail> {
    const { directory, logger } = this.#options
    directory.get(ref)
    try {
      // Waits for both, so that the next request does not share the rest of a failed one.
      const read = await Promise.allSettled([this.refreshItem(ref), this.refreshStatus(ref).catch(rethrowIfAccess)])
      for (const result of read) if (result.status === 'rejected') throw result.reason
      return directory.detail(ref, 'live')
    } catch (error) {
      const { code, message: words } = toErrorData(error)
      logger.write('info', 'detail from cache', { ...ref, code })
      return directory.detail(ref, 'cache', words)
    }
  }

  /** Sends a request, or shares an identical one under way unless it must be fresh. */
  #place(connection: Connection, what: string, { isFresh = false }: Freshness, send: () => Promise<unknown>): Placed {
    const underWay = this.#underWay.get(connection) ?? new Map<string, Placed>()
    this.#underWay.set(connection, underWay)
    const shared = isFresh ? undefined : underWay.get(what)
    if (shared !== undefined) return shared
    const placed = { order: this.#nextOrder(), answer: send() }
    underWay.set(what, placed)
    const end = (): void => {
      if (underWay.get(what) === placed) underWay.delete(what)
    }
    placed.answer.then(end, end)
    return placed
  }

  #nextOrder(): number {
    this.#order += 1
    return this.#order
  }

  async #read(serverId: ServerId): Promise<void> {
    const { connections, reachability, table, clock, logger } = this.#options
    reachability.asking(serverId)
    try {
      const connection = connections.get(serverId)
      const order = this.#nextOrder()
      // Readings do not share requests: this one may be needed because of a write since.
      const list = await connection.background.list({ isFresh: true })
      const { keys, stateless } = await this.#takeList(serverId, connection, list, order)
      const absent = this.#settleAbsent(serverId, list, keys)
      const unread = await this.#readStatuses(serverId, connection, stateless)
      this.#holds(serverId, connection)
      const gaps = gapsOf(list, absent, unread)
      if (JSON.stringify(gaps) !== JSON.stringify(reachability.get(serverId).gaps))
        logger.write('warn', 'reading with gaps', { serverId, gaps })
      table.setReading(serverId, clock.now())
      reachability.answered(serverId, clock.now(), gaps)
    } catch (thrown) {
      const error = toErrorData(thrown)
      if (error.code === 'internal')
        logger.write('error', 'reading failed', { serverId, stack: (thrown as Error).stack })
      reachability.failed(serverId, error)
      throw thrown
    }
  }

  /** Applies a list in time slices; returns its keys, and those without a state. */
  async #takeList(
    serverId: ServerId,
    connection: Connection,
    { items }: ListAnswer,
    order: number,
  ): Promise<{ keys: ReadonlySet<string>; stateless: readonly string[] }> {
    const { directory, clock } = this.#options
    const readAt = clock.now()
    const keys = new Set<string>()
    const stateless: string[] = []
    const slice = new TimeSlice()
    this.#holds(serverId, connection)
    for (let at = 0; at < items.length; at += AT_ONCE) {
      const put: SynchronizationRecord[] = []
      for (const listed of items.slice(at, at + AT_ONCE)) {
        const item = withoutOthersState(listed)
        const { key } = item.integration
        const before = directory.find({ serverId, key })
        put.push(fromListItem(serverId, item, before, readAt, order))
        keys.add(key)
        if (!isStateListed(item, before, readAt)) stateless.push(key)
      }
      directory.apply(serverId, put, [])
      if (slice.isOver) await slice.next()
      this.#holds(serverId, connection)
    }
    return { keys, stateless }
  }

  /**
   * What is not in a list was deleted, unless the list has a gap in which it may be: then it stays, with its old data.
   * Returns the keys of those that stay.
   */
  #settleAbsent(serverId: ServerId, { unreadable, refused }: ListAnswer, keys: ReadonlySet<string>): readonly string[] {
    const { directory } = this.#options
    const refusedProjects = new Set(refused.map(({ projectKey }) => projectKey))
    const mayBeThere = ({ integration: { first, second } }: SynchronizationRecord): boolean =>
      unreadable.length > 0 || [first, second].some((side) => side !== null && refusedProjects.has(side.projectKey))
    const absent = [...directory.keysOf(serverId)]
      .filter((key) => !keys.has(key))
      .map((key) => directory.get({ serverId, key }))
    const { kept = [], gone = [] } = Object.groupBy(absent, (record) => (mayBeThere(record) ? 'kept' : 'gone'))
    directory.apply(
      serverId,
      kept.map((record) => ({ ...record, source: 'cache' as const })),
      gone.map(({ integration }) => integration.key),
    )
    return kept.map(({ integration }) => integration.key)
  }

  /** Throws if the server was changed or removed since: its answer is then useless. */
  #holds(serverId: ServerId, connection: Connection): void {
    if (this.#options.connections.get(serverId) !== connection)
      throw new AppError('net.aborted', message('errors.serverChanged'))
  }

  /**
   * Reads each status. If one fails, its last known state is kept and the failure is returned; if the whole server
   * fails, the reading ends. Those for which the server failed before come last, and the first that fails again ends
   * them for this round: a problem with one must not keep the others unread.
   */
  async #readStatuses(
    serverId: ServerId,
    connection: Connection,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, AppError>> {
    const { directory, settings, clock } = this.#options
    const failing = this.#failing.get(connection) ?? new Map<string, AppError>()
    this.#failing.set(connection, failing)
    const unread = new Map<string, AppError>()
    const row = new FailureRow()
    let read: { readonly key: string; readonly update: (before: SynchronizationRecord) => SynchronizationRecord }[] = []
    let takenAt = clock.now()
    const takeOver = (): void => {
      takenAt = clock.now()
      // Applied to the current data: others may have read some of them in the meantime.
      const put = read.flatMap(({ key, update }) => {
        const before = directory.find({ serverId, key })
        return before === null ? [] : [update(before)]
      })
      read = []
      directory.apply(serverId, put, [])
    }
    const leaveUnread = (key: string, failure: AppError): void => {
      unread.set(key, failure)
      read.push({ key, update: (before) => ({ ...before, source: 'cache' }) })
    }
    const ask = async (key: string): Promise<void> => {
      const { order, answer } = this.#place(connection, `status ${key}`, {}, () =>
        connection.background.status(key, { isFresh: true }),
      )
      const hadFailed = failing.delete(key)
      try {
        const value = await answer
        const readAt = clock.now()
        const integration = directory.find({ serverId, key })?.integration
        if (integration !== undefined) refuseOtherConnectors(integration, value)
        read.push({ key, update: (before) => withAsked(before, value, readAt, order) })
        row.answered()
      } catch (failure) {
        if (mayBeAboutOneObject(failure)) failing.set(key, failure)
        if (!row.isOfOne(failure, { isKnown: hadFailed })) throw failure
        leaveUnread(key, failure)
      }
      if (read.length >= AT_ONCE || Math.abs(clock.now() - takenAt) >= STATES_EVERY_MS) takeOver()
    }
    try {
      // A round that was interrupted goes on with those that it did not reach, whatever the list has said about them
      // since.
      const times = (key: string): readonly [number, number] => {
        const record = directory.find({ serverId, key })
        return [record?.asked?.at ?? 0, record?.statusReadAt ?? 0]
      }
      const oldestFirst = keys
        .filter((key) => !failing.has(key))
        .map((key) => ({ key, times: times(key) }))
        .sort(({ times: [a, alsoA] }, { times: [b, alsoB] }) => a - b || alsoA - alsoB)
        .map(({ key }) => key)
      const asked = new Set(keys)
      const failedBefore = [...failing].filter(([key]) => asked.has(key))
      // No more than the server's limit at once, so that the user's own requests come next.
      await workThrough(oldestFirst, settings.get().requestsPerServer, ask)
      let isOver = false
      for (const [key, failure] of failedBefore) {
        if (isOver) leaveUnread(key, failure)
        else await ask(key)
        isOver ||= failing.has(key)
      }
    } finally {
      takeOver()
    }
    return unread
  }
}

/**
 * If only the status cannot be read, the detail is incomplete; if the gate is closed or the server down, the cached
 * detail is used.
 */
function rethrowIfAccess(failure: unknown): undefined {
  if (!isAboutOneObject(failure)) throw failure
  return undefined
}
