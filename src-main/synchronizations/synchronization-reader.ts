import type { SynchronizationDetail, SynchronizationRef } from '#contract/synchronizations.ts'
import { readIntegration, readStatus } from '../backbone/integration.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { workThrough } from '../http/concurrency-limit.ts'
import type { Freshness } from '../http/jira-client.ts'
import type { Logger } from '../logging/logger.ts'
import { maskedJson } from '../logging/redact.ts'
import type { Connection, Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { SynchronizationTable } from '../storage/synchronization-table.ts'
import { fromListItem, withItem, withStatus, type Known } from './known.ts'
import type { SynchronizationDirectory } from './synchronization-directory.ts'

export interface ReaderOptions {
  readonly directory: SynchronizationDirectory
  readonly table: SynchronizationTable
  readonly connections: Connections
  readonly reachability: Reachability
  readonly requestsPerServer: () => number
  readonly logger: Logger
  readonly now: () => number
}

/** States that are taken over together while a long round goes on. */
const STATES_AT_ONCE = 100

/** Reads synchronizations from their servers into the directory; one reading of the whole list at a time per server. */
export class SynchronizationReader {
  readonly #options: ReaderOptions
  readonly #readings = new Map<string, Promise<void>>()
  /** Counts the requests for states in the order in which they are sent. */
  #order = 0

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  /**
   * Reads the list and every state of one server. A call while a reading is under way joins it; a fresh one waits for its end and
   * reads anew. What went wrong is in `Reachability`; this resolves to false then.
   */
  async refresh(serverId: string, { isFresh = false }: Freshness = {}): Promise<boolean> {
    if (isFresh) await this.#readings.get(serverId)?.catch(() => undefined)
    // Whoever waited as well may have begun by now: that reading is as fresh.
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

  /** Reads the status of one synchronization, as after a task; rejects with the failure. */
  async refreshStatus(ref: SynchronizationRef, freshness: Freshness = {}): Promise<Known> {
    const { connections, directory, now } = this.#options
    const order = this.#nextOrder()
    const value = await connections.get(ref.serverId).api.status(ref.key, freshness)
    const known = withStatus(directory.get(ref), value, now(), order)
    directory.apply(ref.serverId, [known], [])
    return known
  }

  /** Reads one synchronization itself anew, as after a change or now and then; rejects with the failure. */
  async refreshItem(ref: SynchronizationRef, freshness: Freshness = {}): Promise<Known> {
    const { connections, directory, table, now } = this.#options
    const value = await connections.get(ref.serverId).api.detail(ref.key, freshness)
    const integration = readIntegration(value)
    if (integration === null) throw new AppError('http.unexpected-body', 'The server did not answer with a synchronization.')
    const readAt = now()
    const known = withItem(directory.get(ref), integration, value, readAt)
    table.setDetail(ref.serverId, ref.key, { detail: maskedJson(value), readAt })
    directory.apply(ref.serverId, [known], [])
    return known
  }

  /** Everything about one synchronization: read anew, or, when the server cannot be asked, as last read. */
  async detail(ref: SynchronizationRef): Promise<SynchronizationDetail> {
    const { directory, logger } = this.#options
    directory.get(ref)
    try {
      // Both to their end, so that what is asked next does not share the rest of a failure.
      const read = await Promise.allSettled([this.refreshItem(ref), this.refreshStatus(ref).catch(rethrowIfAccess)])
      for (const result of read) if (result.status === 'rejected') throw result.reason
      return directory.detail(ref, 'live')
    } catch (error) {
      const { code, message } = toErrorData(error)
      logger.write('info', 'detail from cache', { ...ref, code })
      return directory.detail(ref, 'cache', message)
    }
  }

  #nextOrder(): number {
    this.#order += 1
    return this.#order
  }

  async #read(serverId: string): Promise<void> {
    const { connections, directory, reachability, table, now, logger } = this.#options
    reachability.asking(serverId)
    try {
      const connection = connections.get(serverId)
      const order = this.#nextOrder()
      // Readings do not share each other's requests: this one may be wanted because of what was written since.
      const items = await connection.api.list({ isFresh: true })
      const readAt = now()
      const isEmbedded = items.some(({ original }) => readStatus(original.status) !== null)
      const put = items.map((item) => fromListItem(serverId, item, directory.find({ serverId, key: item.integration.key }), isEmbedded, readAt, order))
      const keys = new Set(put.map(({ integration }) => integration.key))
      const gone = [...directory.keysOf(serverId)].filter((key) => !keys.has(key))
      directory.apply(serverId, put, gone)
      if (!isEmbedded) await this.#readStatuses(serverId, connection, [...keys])
      if (connections.get(serverId) !== connection) throw new AppError('net.aborted', 'The server was changed meanwhile.')
      table.setReading(serverId, now())
      reachability.answered(serverId, now())
    } catch (thrown) {
      const error = toErrorData(thrown)
      if (error.code === 'internal') logger.write('error', 'reading failed', { serverId, stack: (thrown as Error).stack })
      reachability.failed(serverId, error)
      throw thrown
    }
  }

  /** Asks for each status; one that fails for itself keeps what is known, one that fails for the whole server ends it. */
  async #readStatuses(serverId: string, connection: Connection, keys: readonly string[]): Promise<void> {
    const { directory, requestsPerServer, now } = this.#options
    let read: { readonly key: string; readonly update: (before: Known) => Known }[] = []
    const takeOver = (): void => {
      // Over what is known now: others may have read some of them meanwhile.
      const put = read.flatMap(({ key, update }) => {
        const before = directory.find({ serverId, key })
        return before === null ? [] : [update(before)]
      })
      read = []
      directory.apply(serverId, put, [])
    }
    const ask = async (key: string): Promise<void> => {
      const order = this.#nextOrder()
      try {
        const value = await connection.api.status(key)
        const readAt = now()
        read.push({ key, update: (before) => withStatus(before, value, readAt, order) })
      } catch (failure) {
        if (!isAboutOneObject(failure)) throw failure
        read.push({ key, update: (before) => ({ ...before, source: 'cache' }) })
      }
      if (read.length >= STATES_AT_ONCE) takeOver()
    }
    try {
      // No more than the server takes at once: what the user does meanwhile is next, and not behind all of these.
      await workThrough(keys, requestsPerServer(), ask)
    } finally {
      takeOver()
    }
  }
}

/** Whether a failure is about the one object that was asked for, and not about its server or the way to it. */
export function isAboutOneObject(failure: unknown): boolean {
  return (
    failure instanceof AppError &&
    ['api.not-found', 'api.refused', 'api.method-not-allowed', 'auth.forbidden', 'http.unexpected-body'].includes(failure.code)
  )
}

/** A status that cannot be had for itself leaves a detail incomplete; a closed gate or a dead server makes it a cached one. */
function rethrowIfAccess(failure: unknown): undefined {
  if (!isAboutOneObject(failure)) throw failure
  return undefined
}
