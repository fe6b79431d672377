import {
  MAX_CONFLICTS,
  type Conflict,
  type ConflictAnswer,
  type ConflictDelta,
  type ConflictRef,
} from '#contract/conflicts.ts'
import type { ServerId } from '#contract/ids.ts'
import { refId, type RefId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { refuseOther } from '../backbone/backbone-api.ts'
import { readConflicts, type WireConflict } from '../backbone/conflicts.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { maskedParts } from '../logging/masked-parts.ts'
import { maskedJson } from '../logging/redact.ts'
import type { Connections } from '../servers/connections.ts'
import { Signal } from '../signal.ts'
import type { ConflictTable } from '../storage/conflict-table.ts'
import type { LongReadingTable } from '../storage/long-reading-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { ConflictCounts } from '../synchronizations/views.ts'
import { TimeSlice } from '../time-slice.ts'
import { identify } from './identity.ts'
import { message, type Message } from '#contract/messages/message.ts'

/** The conflicts of one synchronization; it may be unknown whether they still exist. */
const MOST_UNCERTAIN = 10 * MAX_CONFLICTS
/** How many conflicts are stored in one transaction: it takes a few milliseconds. */
const AT_ONCE = 50

export interface ConflictServiceOptions {
  readonly table: ConflictTable
  /** The answers from which they were read. */
  readonly answers: LongReadingTable
  readonly connections: Pick<Connections, 'get'>
  readonly directory: Pick<SynchronizationDirectory, 'find' | 'ownerOf' | 'setConflictCounts'>
  readonly clock: Pick<Clock, 'now'>
}

interface OfSynchronization {
  readonly ref: SynchronizationRef
  readonly byIdentity: Map<string, Conflict>
  readAt: number | null
  /** How many the server has beyond those that are kept. */
  missing: number
  /** The number, in the order of all requests, of the latest one that was applied. */
  order: number
}

/** A reading: the answer as JSON with secrets masked, and the conflicts in it by their identity. */
interface ConflictReading {
  readonly parts: readonly string[]
  readonly readAt: number
  readonly present: ReadonlyMap<string, WireConflict>
  readonly missing: number
  readonly order: number
}

/** The conflicts of all synchronizations as last read: loaded from the cache, and shown by every view of them. */
export class ConflictService {
  readonly changed = new Signal<[ConflictDelta]>()
  /** Conflicts that an earlier reading did not have. Not emitted for the first reading of a synchronization. */
  readonly appeared = new Signal<[ref: SynchronizationRef, conflicts: readonly Conflict[]]>()
  /** The identities that a reading found; emitted before `appeared`. */
  readonly wasRead = new Signal<[ref: SynchronizationRef, present: ReadonlySet<string>]>()
  readonly #options: ConflictServiceOptions
  readonly #known = new Map<RefId, OfSynchronization>()
  /** Servers whose version does not offer conflicts, with the words for it. */
  readonly #notOffered = new Map<string, Message>()
  /** Counts the requests in the order in which they are sent. */
  #order = 0

  constructor(options: ConflictServiceOptions) {
    this.#options = options
    for (const conflict of options.table.all()) this.#entryOf(conflict).byIdentity.set(conflict.identity, conflict)
    for (const { serverId, key, readAt, missing } of options.answers.times())
      Object.assign(this.#entryOf({ serverId, key }), { readAt, missing })
    for (const known of this.#known.values()) options.directory.setConflictCounts(known.ref, countsOf(known))
  }

  list(): Conflict[] {
    return [...this.#known.values()].flatMap((known) =>
      [...known.byIdentity.values()].map((conflict) => shown(conflict, known.readAt)),
    )
  }

  /** When the conflicts of a synchronization were last read; null before the first time. */
  readAt(ref: SynchronizationRef): number | null {
    return this.#known.get(refId(ref))?.readAt ?? null
  }

  /** The last answer as it came, with secrets masked. */
  async answer(ref: SynchronizationRef): Promise<ConflictAnswer> {
    const reading = await this.#options.answers.get(ref.serverId, ref.key)
    return {
      json: reading === null ? null : JSON.stringify(JSON.parse(reading.parts.join('')), null, 2),
      readAt: reading?.readAt ?? null,
      problem: this.#notOffered.get(ref.serverId) ?? null,
    }
  }

  /** Reads the conflicts of one synchronization; if it rejects with a failure, everything stays as it was. */
  async read(ref: SynchronizationRef, { isBackground = false } = {}): Promise<void> {
    const { connections, clock } = this.#options
    const order = (this.#order += 1)
    let answer: unknown
    try {
      answer = await connections.get(ref.serverId)[isBackground ? 'background' : 'api'].conflicts(ref.key)
    } catch (error) {
      const isMissing = error instanceof AppError && ['api.not-found', 'api.method-not-allowed'].includes(error.code)
      if (isMissing) this.#notOffered.set(ref.serverId, message('errors.conflictsNotOffered'))
      throw error
    }
    this.#notOffered.delete(ref.serverId)
    await this.#takeOver(ref, answer, clock.now(), order)
  }

  /** Applies an answer from the past; those of one synchronization must come in their order. */
  async applyPast(ref: SynchronizationRef, answer: unknown, readAt: number): Promise<void> {
    await this.#takeOver(ref, answer, readAt, (this.#order += 1))
  }

  async #takeOver(ref: SynchronizationRef, answer: unknown, readAt: number, order: number): Promise<void> {
    const { directory } = this.#options
    const known = directory.find(ref)
    if (known === null) return
    const { first, second } = known.integration
    const own = [first?.connectorKey ?? '', second?.connectorKey ?? ''].filter((key) => key !== '')
    const { conflicts: found, missing } = await readConflicts(answer, own)
    this.#refuseOthers(ref, found)
    const parts = await maskedParts(answer)
    const present = await identify(found)
    // It may be gone by now, and a later request may already have been applied.
    if (directory.find(ref) !== null && order > this.#entryOf(ref).order)
      await this.#apply(ref, { parts, readAt, present, missing, order })
  }

  /** Records that the user has seen these; returns those that were new until then. */
  markSeen(refs: readonly ConflictRef[]): { seenAt: number; marked: ConflictRef[] } {
    const seenAt = this.#options.clock.now()
    const changed = this.#mark(refs, null, seenAt)
    return { seenAt, marked: changed.map(({ serverId, key, identity }) => ({ serverId, key, identity })) }
  }

  /** Undoes that for those marked at `seenAt`, and for no others; returns how many. */
  markNew(refs: readonly ConflictRef[], seenAt: number): number {
    return this.#mark(refs, seenAt, null).length
  }

  #mark(refs: readonly ConflictRef[], before: number | null, seenAt: number | null): Conflict[] {
    const { directory, table } = this.#options
    const touched = new Set<OfSynchronization>()
    const changed = refs.flatMap((ref) => {
      const known = this.#known.get(refId(ref))
      const conflict = known?.byIdentity.get(ref.identity)
      if (known === undefined || conflict === undefined || conflict.seenAt !== before) return []
      const marked = { ...conflict, seenAt }
      known.byIdentity.set(ref.identity, marked)
      touched.add(known)
      return [marked]
    })
    if (changed.length === 0) return []
    table.update(changed)
    for (const known of touched) directory.setConflictCounts(known.ref, countsOf(known))
    this.#report(changed, [])
    return changed
  }

  /** These conflicts, one by one. Unknown ones are left out. */
  *chosen(refs: readonly ConflictRef[]): Generator<Conflict, void> {
    for (const ref of refs) {
      const known = this.#known.get(refId(ref))
      const conflict = known?.byIdentity.get(ref.identity)
      if (known !== undefined && conflict !== undefined) yield shown(conflict, known.readAt)
    }
  }

  /** A conflict as the server sent it; null if that is not kept. */
  json(ref: ConflictRef): unknown {
    return JSON.parse(this.#options.table.raw(ref) ?? 'null')
  }

  /** The synchronization was deleted on its server. */
  forget(ref: SynchronizationRef): void {
    this.#forget(this.#known.get(refId(ref)))
    this.#options.table.removeSynchronization(ref)
    this.#options.answers.remove(ref.serverId, ref.key)
  }

  removeServer(serverId: ServerId): void {
    for (const known of [...this.#known.values()]) if (known.ref.serverId === serverId) this.#forget(known)
    this.#options.table.removeServer(serverId)
    this.#options.answers.removeServer(serverId)
    this.#notOffered.delete(serverId)
  }

  /** Stores everything again after storing failed for a while. */
  storeAll(): void {
    for (const { byIdentity } of this.#known.values())
      if (byIdentity.size > 0) this.#options.table.update([...byIdentity.values()])
  }

  /** Removes at most `limit` that have been gone since before `before`, epoch ms; returns how many. */
  prune(before: number, limit: number): number {
    const refs = this.#options.table.prune(before, limit)
    for (const ref of refs) this.#known.get(refId(ref))?.byIdentity.delete(ref.identity)
    this.#report([], refs)
    return refs.length
  }

  /**
   * Refuses an answer about the connectors of another synchronization. The vendor documents no shape for conflicts: one
   * that names an unknown connector may still be about this synchronization.
   */
  #refuseOthers({ serverId, key }: SynchronizationRef, found: readonly WireConflict[]): void {
    const owners = [...new Set(found.map(({ connectorKey }) => connectorKey))].map((name) =>
      this.#options.directory.ownerOf(serverId, name),
    )
    const other = owners.find((owner) => owner !== null && owner !== key)
    if (other !== undefined && other !== null && !owners.includes(key)) refuseOther(other, key)
  }

  async #apply(ref: SynchronizationRef, { parts, readAt, present, missing, order }: ConflictReading): Promise<void> {
    const { directory, answers } = this.#options
    const known = this.#entryOf(ref)
    const isFirst = known.readAt === null
    const appeared: Conflict[] = []
    const gone: Conflict[] = []
    for (const [identity, wire] of present) {
      const before = known.byIdentity.get(identity)
      if (before !== undefined && before.goneAt === null) continue
      const { connectorKey, kind, severity, field, message } = wire
      appeared.push({
        ...ref,
        identity,
        connectorKey,
        kind,
        severity,
        field,
        message,
        firstSeenAt: before?.firstSeenAt ?? readAt,
        lastSeenAt: readAt,
        goneAt: null,
        seenAt: null,
      })
    }
    // One that is not among those kept may be among those only counted. Limited, or a server could fill the cache.
    const mayBeThere = missing > 0 && known.byIdentity.size < MOST_UNCERTAIN
    for (const conflict of mayBeThere ? [] : known.byIdentity.values()) {
      if (conflict.goneAt === null && !present.has(conflict.identity))
        gone.push({ ...shown(conflict, known.readAt), goneAt: readAt })
    }
    const changed = [...appeared, ...gone]
    for (const conflict of changed) known.byIdentity.set(conflict.identity, conflict)
    known.readAt = readAt
    known.missing = missing
    known.order = order
    directory.setConflictCounts(ref, countsOf(known))
    this.wasRead.emit(ref, new Set(present.keys()))
    if (!isFirst && appeared.length > 0) this.appeared.emit(ref, appeared)
    await this.#store(
      known,
      changed.map(({ identity }) => identity),
      present,
    )
    if (this.#isKnown(known) && known.order === order)
      await answers.put(ref.serverId, ref.key, { parts, readAt, missing })
  }

  /** Stores and reports what changed, in time slices: for each, whatever is known when its turn comes. */
  async #store(
    known: OfSynchronization,
    changed: readonly string[],
    present: ReadonlyMap<string, WireConflict>,
  ): Promise<void> {
    const slice = new TimeSlice()
    for (let at = 0; at < changed.length && this.#isKnown(known); at += AT_ONCE) {
      const put = changed.slice(at, at + AT_ONCE).flatMap((identity) => {
        const conflict = known.byIdentity.get(identity)
        const wire = present.get(identity)
        return conflict === undefined ? [] : [{ conflict, raw: wire === undefined ? null : maskedJson(wire.raw) }]
      })
      this.#options.table.store(put)
      this.#report(
        put.map(({ conflict }) => conflict),
        [],
      )
      if (slice.isOver) await slice.next()
    }
  }

  /** False once it has been forgotten. */
  #isKnown(known: OfSynchronization): boolean {
    return this.#known.get(refId(known.ref)) === known
  }

  #forget(known: OfSynchronization | undefined): void {
    if (known === undefined) return
    this.#known.delete(refId(known.ref))
    this.#options.directory.setConflictCounts(known.ref, null)
    this.#report(
      [],
      [...known.byIdentity.values()].map(({ serverId, key, identity }) => ({ serverId, key, identity })),
    )
  }

  #report(put: readonly Conflict[], removed: readonly ConflictRef[]): void {
    if (put.length > 0 || removed.length > 0) this.changed.emit({ put: [...put], removed: [...removed] })
  }

  #entryOf({ serverId, key }: SynchronizationRef): OfSynchronization {
    const id = refId({ serverId, key })
    const known = this.#known.get(id) ?? {
      ref: { serverId, key },
      byIdentity: new Map<string, Conflict>(),
      readAt: null,
      missing: 0,
      order: 0,
    }
    this.#known.set(id, known)
    return known
  }
}

/** Null if they were never read. Those that are not listed cannot be marked as seen, and so are not counted as new. */
function countsOf({ readAt, byIdentity, missing }: OfSynchronization): ConflictCounts | null {
  if (readAt === null) return null
  let all = 0
  let unseen = 0
  for (const { goneAt, seenAt } of byIdentity.values()) {
    if (goneAt !== null) continue
    all += 1
    if (seenAt === null) unseen += 1
  }
  return { all: missing > 0 ? MAX_CONFLICTS + missing : all, unseen }
}

/**
 * A conflict that exists was last seen when its synchronization was last read; that time is not stored per conflict.
 */
function shown(conflict: Conflict, readAt: number | null): Conflict {
  return conflict.goneAt === null && readAt !== null
    ? { ...conflict, lastSeenAt: Math.max(conflict.lastSeenAt, readAt) }
    : conflict
}
