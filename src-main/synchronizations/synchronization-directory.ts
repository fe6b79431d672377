import type { SynchronizationDelta, SynchronizationDetail, SynchronizationRef, SynchronizationRow } from '#contract/synchronizations.ts'
import { readIntegration, readStatus, type Integration, type IntegrationStatus } from '../backbone/integration.ts'
import { asObject, type WireObject } from '../backbone/wire-values.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'
import { maskSecrets } from '../logging/redact.ts'
import type { Connection, Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { CachedSynchronization, SynchronizationTable } from '../storage/synchronization-table.ts'
import { buildDetail, buildRow } from './views.ts'

/** One synchronization as last read. Texts are kept to compare and to store; times are epoch ms. */
export interface Known {
  readonly serverId: string
  readonly integration: Integration
  readonly status: IntegrationStatus | null
  readonly itemText: string
  readonly itemReadAt: number
  readonly statusText: string | null
  readonly statusReadAt: number | null
  readonly source: 'live' | 'cache'
}

export interface DirectoryOptions {
  readonly table: SynchronizationTable
  readonly connections: Connections
  readonly reachability: Reachability
  readonly logger: Logger
  readonly now: () => number
  readonly onDelta: (delta: SynchronizationDelta) => void
}

/**
 * All synchronizations of all servers: begun from the cache, refreshed by readings, one reading at a time per server.
 * Only what changed is stored and reported.
 */
export class SynchronizationDirectory {
  readonly #options: DirectoryOptions
  readonly #known = new Map<string, Map<string, Known>>()
  readonly #readings = new Map<string, Promise<void>>()

  constructor(options: DirectoryOptions) {
    this.#options = options
    for (const row of options.table.all()) {
      const known = fromCache(row)
      if (known !== null) this.#ofServer(row.serverId).set(row.key, known)
    }
    for (const [serverId, readAt] of options.table.readings()) options.reachability.restore(serverId, readAt)
  }

  rows(): SynchronizationRow[] {
    return [...this.#known.values()].flatMap((ofServer) => [...ofServer.values()].map(buildRow))
  }

  count(serverId: string): number {
    return this.#known.get(serverId)?.size ?? 0
  }

  find({ serverId, key }: SynchronizationRef): Known | null {
    return this.#known.get(serverId)?.get(key) ?? null
  }

  /**
   * Reads the list and every status of one server. A call while a reading is under way joins it. The outcome is in
   * `Reachability`; this resolves to false when the reading failed.
   */
  async refresh(serverId: string): Promise<boolean> {
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
  async refreshStatus(ref: SynchronizationRef): Promise<Known> {
    const { connections, now } = this.#options
    const value = await connections.get(ref.serverId).api.status(ref.key)
    const before = this.find(ref)
    if (before === null) throw new AppError('synchronization.unknown', `${ref.key} is no longer in the list.`)
    const known = withStatus(before, value, now())
    this.#apply(ref.serverId, [known], [])
    return known
  }

  /** Reads one synchronization itself anew, as after a change; rejects with the failure. */
  async refreshItem(ref: SynchronizationRef): Promise<Known> {
    const { connections, table, now } = this.#options
    const value = await connections.get(ref.serverId).api.detail(ref.key)
    const integration = readIntegration(value)
    if (integration === null) throw new AppError('http.unexpected-body', 'The server did not answer with a synchronization.')
    const known: Known = { ...this.#require(ref), integration, itemText: JSON.stringify(maskSecrets(asListed(value))), itemReadAt: now() }
    this.#apply(ref.serverId, [known], [])
    table.setDetail(ref.serverId, ref.key, { detail: JSON.stringify(maskSecrets(value)), readAt: now() })
    return known
  }

  /** The keys known of a server. */
  keysOf(serverId: string): ReadonlySet<string> {
    return new Set(this.#known.get(serverId)?.keys())
  }

  /** Everything about one synchronization: read anew, or, when the server cannot be asked, as last read. */
  async detail(ref: SynchronizationRef): Promise<SynchronizationDetail> {
    const { connections, table, now } = this.#options
    if (this.find(ref) === null) throw new AppError('synchronization.unknown', `${ref.key} is no longer in the list.`)
    try {
      const { api } = connections.get(ref.serverId)
      const [value, status] = await Promise.all([api.detail(ref.key), api.status(ref.key).catch(rethrowIfAccess)])
      if (readIntegration(value) === null) {
        throw new AppError('http.unexpected-body', 'The server did not answer with a synchronization.')
      }
      const readAt = now()
      table.setDetail(ref.serverId, ref.key, { detail: JSON.stringify(maskSecrets(value)), readAt })
      const before = this.find(ref)
      if (before !== null && status !== undefined) this.#apply(ref.serverId, [withStatus(before, status, readAt)], [])
      return buildDetail(this.#require(ref), JSON.stringify(maskSecrets(value)), readAt, 'live')
    } catch (error) {
      const known = this.#require(ref)
      const cached = table.detail(ref.serverId, ref.key)
      this.#options.logger.write('info', 'detail from cache', { ...ref, code: toErrorData(error).code })
      return buildDetail(known, cached?.detail ?? known.itemText, cached?.readAt ?? known.itemReadAt, 'cache')
    }
  }

  removeServer(serverId: string): void {
    const removed = [...(this.#known.get(serverId)?.keys() ?? [])].map((key) => ({ serverId, key }))
    this.#known.delete(serverId)
    this.#options.table.removeServer(serverId)
    this.#options.onDelta({ put: [], removed })
  }

  async #read(serverId: string): Promise<void> {
    const { connections, reachability, now, logger } = this.#options
    reachability.asking(serverId)
    try {
      const connection = connections.get(serverId)
      const items = await connection.api.list()
      const readAt = now()
      const embedded = items.map(({ original }) => readStatus(original.status))
      const isEmbedded = embedded.some((status) => status !== null)
      const put: Known[] = items.map(({ integration, original }) => this.#merge(serverId, integration, original, isEmbedded, readAt))
      const keys = new Set(put.map(({ integration }) => integration.key))
      const gone = [...this.#ofServer(serverId).keys()].filter((key) => !keys.has(key))
      this.#apply(serverId, put, gone)
      if (!isEmbedded) await this.#readStatuses(serverId, connection, [...keys])
      if (connections.get(serverId) !== connection) throw new AppError('net.aborted', 'The server was changed meanwhile.')
      this.#options.table.setReading(serverId, now())
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
    const results = await Promise.allSettled(
      keys.map(async (key) => {
        try {
          const value = await connection.api.status(key)
          const before = this.find({ serverId, key })
          return before && withStatus(before, value, this.#options.now())
        } catch (failure) {
          if (!isAboutOneObject(failure)) throw failure
          const before = this.find({ serverId, key })
          return before && { ...before, source: 'cache' as const }
        }
      }),
    )
    const read = results.flatMap((result) => (result.status === 'fulfilled' && result.value !== null ? [result.value] : []))
    this.#apply(serverId, read, [])
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  #merge(serverId: string, integration: Integration, original: WireObject, isEmbedded: boolean, readAt: number): Known {
    const { status, ...item } = original
    const before = this.find({ serverId, key: integration.key })
    const statusText = isEmbedded ? JSON.stringify(status ?? null) : (before?.statusText ?? null)
    return {
      serverId,
      integration,
      itemText: JSON.stringify(maskSecrets(item)),
      itemReadAt: readAt,
      status: isEmbedded ? readStatus(status) : (before?.status ?? null),
      statusText,
      statusReadAt: isEmbedded ? readAt : (before?.statusReadAt ?? null),
      source: isEmbedded ? 'live' : (before?.source ?? 'live'),
    }
  }

  /** Takes readings over; stores and reports only rows that differ from what was known. */
  #apply(serverId: string, put: readonly Known[], removedKeys: readonly string[]): void {
    const { connections, table, onDelta } = this.#options
    if (!connections.has(serverId)) return
    const ofServer = this.#ofServer(serverId)
    const changed = put.filter((known) => {
      const before = ofServer.get(known.integration.key)
      ofServer.set(known.integration.key, known)
      return (
        before === undefined ||
        before.itemText !== known.itemText ||
        before.statusText !== known.statusText ||
        before.source !== known.source
      )
    })
    for (const key of removedKeys) ofServer.delete(key)
    if (changed.length === 0 && removedKeys.length === 0) return
    table.store(serverId, changed.map(toCache), removedKeys)
    onDelta({ put: changed.map(buildRow), removed: removedKeys.map((key) => ({ serverId, key })) })
  }

  #ofServer(serverId: string): Map<string, Known> {
    const found = this.#known.get(serverId) ?? new Map<string, Known>()
    this.#known.set(serverId, found)
    return found
  }

  #require(ref: SynchronizationRef): Known {
    const known = this.find(ref)
    if (known === null) throw new AppError('synchronization.unknown', `${ref.key} is no longer in the list.`)
    return known
  }
}

function withStatus(before: Known, value: unknown, readAt: number): Known {
  return {
    ...before,
    status: readStatus(value),
    statusText: JSON.stringify(value ?? null),
    statusReadAt: readAt,
    source: 'live',
  }
}

/** A detail as a list would carry it, so that reading the list next does not look like a change. */
function asListed(value: unknown): WireObject {
  const strip = (side: unknown): unknown => {
    const { configuration: _configuration, projectConnectorKey: _key, ...rest } = (asObject(side) ?? {}) as Record<string, unknown>
    return rest
  }
  const { firstConnector, secondConnector, ...rest } = (asObject(value) ?? {}) as Record<string, unknown>
  return {
    ...rest,
    ...(firstConnector !== undefined && { firstConnector: strip(firstConnector) }),
    ...(secondConnector !== undefined && { secondConnector: strip(secondConnector) }),
  }
}

function isAboutOneObject(failure: unknown): boolean {
  return failure instanceof AppError && ['api.not-found', 'api.refused', 'auth.forbidden', 'http.unexpected-body'].includes(failure.code)
}

/** A status that cannot be had for itself leaves a detail incomplete; a closed gate or a dead server makes it a cached one. */
function rethrowIfAccess(failure: unknown): undefined {
  if (!isAboutOneObject(failure)) throw failure
  return undefined
}

function fromCache(row: CachedSynchronization): Known | null {
  const integration = readIntegration(JSON.parse(row.item))
  if (integration === null) return null
  return {
    serverId: row.serverId,
    integration,
    itemText: row.item,
    itemReadAt: row.itemReadAt,
    status: row.status === null ? null : readStatus(JSON.parse(row.status)),
    statusText: row.status,
    statusReadAt: row.statusReadAt,
    source: 'cache',
  }
}

function toCache(known: Known): CachedSynchronization {
  return {
    serverId: known.serverId,
    key: known.integration.key,
    item: known.itemText,
    itemReadAt: known.itemReadAt,
    status: known.statusText,
    statusReadAt: known.statusReadAt,
  }
}
