import type { ServerId } from '#contract/ids.ts'
import { dashed, message, type Message } from '#contract/messages/message.ts'
import {
  HEALTH_RANK,
  type Health,
  refId,
  type RefId,
  type SynchronizationDelta,
  type SynchronizationDetail,
  type SynchronizationRef,
  type SynchronizationRow,
} from '#contract/synchronizations.ts'
import type { Noted } from '#contract/noted.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { Signal } from '../signal.ts'
import type { SynchronizationTable } from '../storage/synchronization-table.ts'
import type { StoredTransition, TransitionTable } from '../storage/transition-table.ts'
import { withUndelivered, type Undelivered } from './health.ts'
import { fromCache, hasSameState, toCache, type Change, type SynchronizationRecord } from './synchronization-record.ts'
import { buildDetail, buildRow, type ConflictCounts } from './views.ts'

const ROWS_PER_STEP = 200

export interface DirectoryOptions {
  readonly table: SynchronizationTable
  readonly transitions: Pick<TransitionTable, 'add'>
  /** Whether a server is available. */
  readonly registry: { readonly find: (serverId: ServerId) => object | null }
  readonly clock: Pick<Clock, 'now'>
  /** The user's notes about a synchronization. */
  readonly notes: { readonly of: (ref: SynchronizationRef) => Noted }
  /** What is said about the maintenance that a synchronization is in; null if it is in none. */
  readonly maintenances: { readonly of: (ref: SynchronizationRef) => Message | null }
}

/**
 * All synchronizations of all servers, loaded from the cache and replaced by what is read. Only what changed is stored
 * and reported.
 */
export class SynchronizationDirectory {
  /** The changes that a reading found; emitted before its rows. */
  readonly changed = new Signal<[readonly Change[]]>()
  readonly rowsChanged = new Signal<[SynchronizationDelta]>()
  readonly #options: DirectoryOptions
  readonly #records = new Map<string, Map<string, SynchronizationRecord>>()
  readonly #conflictCounts = new Map<RefId, ConflictCounts>()
  readonly #undelivered = new Map<RefId, Undelivered>()
  /** The part of the cache that has not been read yet; null when everything has. */
  #loading: Generator<void> | null = this.#readCache()
  readonly #readings: ReadonlyMap<string, number>

  constructor(options: DirectoryOptions) {
    this.#options = options
    this.#readings = options.table.readings()
  }

  /**
   * Reads the cache in small steps, yielding in between, while the window's process starts. An earlier request reads
   * the rest at once.
   */
  async load(): Promise<void> {
    while (this.#loading !== null && this.#loading.next().done !== true) await new Promise(setImmediate)
  }

  *#readCache(): Generator<void> {
    let count = 0
    for (const row of this.#options.table.all()) {
      const record = fromCache(row, this.#readings.get(row.serverId) ?? 0)
      if (record !== null) this.#ofServer(row.serverId).set(row.key, record)
      count += 1
      if (count % ROWS_PER_STEP === 0) yield
    }
    this.#loading = null
  }

  /** When each server was last read completely in an earlier session. */
  get earlierReadings(): ReadonlyMap<string, number> {
    return this.#readings
  }

  rows(): SynchronizationRow[] {
    return [...this.#all.values()].flatMap((ofServer) => [...ofServer.values()].map((record) => this.#row(record)))
  }

  /** Those of these that are listed, in this order. */
  rowsOf(refs: readonly SynchronizationRef[]): SynchronizationRow[] {
    return refs.flatMap((ref) => this.find(ref) ?? []).map((record) => this.#row(record))
  }

  /** At most this many rows in the table's default order, worst first. */
  worst(most: number): SynchronizationRow[] {
    const all = [...this.#all.values()].flatMap((ofServer, place) =>
      [...ofServer.values()].map((record) => ({ record: this.#shown(record), place })),
    )
    return all
      .sort(
        (a, b) =>
          HEALTH_RANK[a.record.healthState.health] - HEALTH_RANK[b.record.healthState.health] ||
          (b.record.healthState.issuesInError ?? 0) - (a.record.healthState.issuesInError ?? 0) ||
          a.place - b.place,
      )
      .slice(0, most)
      .map(({ record }) => this.#row(record))
  }

  /** The present state of each synchronization, without its row. */
  healths(): (SynchronizationRef & { readonly health: Health })[] {
    return [...this.#all].flatMap(([serverId, ofServer]) =>
      [...ofServer].map(([key, record]) => ({ serverId, key, health: this.#shown(record).healthState.health })),
    )
  }

  count(serverId: ServerId): number {
    return this.#all.get(serverId)?.size ?? 0
  }

  find({ serverId, key }: SynchronizationRef): SynchronizationRecord | null {
    return this.#all.get(serverId)?.get(key) ?? null
  }

  /** Throws `synchronization.unknown`. */
  get(ref: SynchronizationRef): SynchronizationRecord {
    const record = this.find(ref)
    if (record === null)
      throw new AppError('synchronization.unknown', message('errors.synchronizationGone', { key: ref.key }))
    return record
  }

  /** The key of the synchronization that a connector belongs to; null if unknown. */
  ownerOf(serverId: ServerId, connectorKey: string): string | null {
    if (connectorKey === '') return null
    for (const [key, { integration }] of this.#all.get(serverId) ?? []) {
      if (integration.first?.connectorKey === connectorKey || integration.second?.connectorKey === connectorKey)
        return key
    }
    return null
  }

  /** Everything as last read. */
  *records(): Generator<SynchronizationRecord> {
    for (const ofServer of this.#all.values()) yield* ofServer.values()
  }

  /** The known keys of a server. */
  keysOf(serverId: ServerId): ReadonlySet<string> {
    return new Set(this.#all.get(serverId)?.keys())
  }

  /** Everything about one synchronization as last read. */
  detail(ref: SynchronizationRef, source: 'live' | 'cache', problem: Message | null = null): SynchronizationDetail {
    const record = this.#shown(this.get(ref))
    const cached = this.#options.table.detail(ref.serverId, ref.key)
    return {
      ...buildDetail(record, cached?.detail ?? record.itemText, cached?.readAt ?? record.itemReadAt, source),
      problem,
    }
  }

  /** The conflicts of a synchronization, for its row; null if they were never read. */
  setConflictCounts(ref: SynchronizationRef, counts: ConflictCounts | null): void {
    const id = refId(ref)
    const before = this.#conflictCounts.get(id)
    if (before?.all === counts?.all && before?.unseen === counts?.unseen) return
    if (counts === null) this.#conflictCounts.delete(id)
    else this.#conflictCounts.set(id, counts)
    // Until the cache has been read completely, nobody has seen a row.
    const record = this.#loading === null ? this.find(ref) : null
    if (record !== null) this.rowsChanged.emit({ put: [this.#row(record)], removed: [] })
  }

  /** What one side has sent without the other receiving anything; null if that is not known. */
  setUndelivered(ref: SynchronizationRef, undelivered: Undelivered | null): void {
    const id = refId(ref)
    if (undelivered === null ? !this.#undelivered.delete(id) : this.#undelivered.get(id) === undelivered) return
    if (undelivered !== null) this.#undelivered.set(id, undelivered)
    this.notesChanged([ref])
  }

  /** The tags or notes of these have changed, or the note of their maintenance. Unlisted ones have no row. */
  notesChanged(refs: readonly SynchronizationRef[]): void {
    const put = this.rowsOf(refs)
    if (put.length > 0) this.rowsChanged.emit({ put, removed: [] })
  }

  /** Applies readings. A late answer of a removed server is dropped. */
  apply(serverId: ServerId, put: readonly SynchronizationRecord[], removedKeys: readonly string[]): void {
    this.#apply(serverId, put, removedKeys, (changes) => this.changed.emit(changes))
  }

  /** Takes over what was read in the past, oldest first. It becomes history, and is not news. */
  applyPast(serverId: ServerId, readings: readonly SynchronizationRecord[]): void {
    this.#apply(serverId, readings, [], () => undefined)
  }

  #apply(
    serverId: ServerId,
    put: readonly SynchronizationRecord[],
    removedKeys: readonly string[],
    tell: (changes: readonly Change[]) => void,
  ): void {
    const { table, transitions, registry, clock } = this.#options
    if (registry.find(serverId) === null) return
    const ofServer = this.#all.get(serverId) ?? this.#ofServer(serverId)
    const changes: Change[] = []
    for (const after of put) {
      const { key } = after.integration
      const before = ofServer.get(key) ?? null
      ofServer.set(key, after)
      if (before === null || isDifferent(before, after)) changes.push({ serverId, key, before, after })
    }
    for (const key of removedKeys) {
      changes.push({ serverId, key, before: ofServer.get(key) ?? null, after: null })
      ofServer.delete(key)
    }
    if (changes.length === 0) return
    const changed = changes.flatMap(({ after }) => after ?? [])
    table.store(serverId, changed.map(toCache), removedKeys)
    transitions.add(changes.flatMap((change) => transitionOf(change, clock.now())))
    tell(changes)
    this.rowsChanged.emit({
      put: changed.map((record) => this.#row(record)),
      removed: removedKeys.map((key) => ({ serverId, key })),
    })
  }

  /** Stores everything again after storing failed for a while. */
  storeAll(): void {
    for (const [serverId, ofServer] of this.#all)
      this.#options.table.store(serverId, [...ofServer.values()].map(toCache), [])
  }

  removeServer(serverId: ServerId): void {
    const removed = [...(this.#all.get(serverId)?.keys() ?? [])].map((key) => ({ serverId, key }))
    this.#all.delete(serverId)
    this.#options.table.removeServer(serverId)
    this.rowsChanged.emit({ put: [], removed })
  }

  get #all(): Map<string, Map<string, SynchronizationRecord>> {
    while (this.#loading !== null && this.#loading.next().done !== true);
    return this.#records
  }

  /** As it is shown: also with what its state does not say. */
  #shown(record: SynchronizationRecord): SynchronizationRecord {
    const { serverId, integration, healthState } = record
    const undelivered = this.#undelivered.get(refId({ serverId, key: integration.key }))
    const shown = undelivered === undefined ? healthState : withUndelivered(healthState, undelivered)
    return undelivered === undefined || shown === healthState
      ? record
      : { ...record, healthState: shown, since: undelivered.since, isSinceSeen: false }
  }

  #row(known: SynchronizationRecord): SynchronizationRow {
    const record = this.#shown(known)
    const { serverId, integration } = record
    const ref = { serverId, key: integration.key }
    const { notes, maintenances } = this.#options
    const row = buildRow(record, this.#conflictCounts.get(refId(ref)) ?? null, notes.of(ref))
    const maintenance = maintenances.of(ref)
    return maintenance === null ? row : { ...row, reason: dashed(maintenance, row.reason) }
  }

  #ofServer(serverId: ServerId): Map<string, SynchronizationRecord> {
    const found = this.#records.get(serverId) ?? new Map<string, SynchronizationRecord>()
    this.#records.set(serverId, found)
    return found
  }
}

function isDifferent(before: SynchronizationRecord, after: SynchronizationRecord): boolean {
  return before.itemText !== after.itemText || before.statusText !== after.statusText || before.source !== after.source
}

const DELETED = message('synchronizations.states.deleted')
const NOT_THERE = message('synchronizations.reasons.deleted')

function transitionOf({ serverId, key, before, after }: Change, now: number): StoredTransition[] {
  if (after === null) {
    return before === null ? [] : [{ serverId, key, at: now, health: 'unknown', state: DELETED, reason: NOT_THERE }]
  }
  const { healthState, statusReadAt } = after
  if (
    statusReadAt === null ||
    (before !== null && before.statusText !== null && hasSameState(before.healthState, healthState))
  )
    return []
  return [
    {
      serverId,
      key,
      at: statusReadAt,
      health: healthState.health,
      state: healthState.state,
      reason: healthState.reason,
    },
  ]
}
