import type { Conflict, ConflictAnswer, ConflictDelta, ConflictRef } from '#contract/conflicts.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { refuseOther, type BackboneApi } from '../backbone/backbone-api.ts'
import { readConflicts, type WireConflict } from '../backbone/conflicts.ts'
import { AppError } from '../errors/app-error.ts'
import { maskedJson, maskSecrets } from '../logging/redact.ts'
import type { ConflictTable } from '../storage/conflict-table.ts'
import type { Known } from '../synchronizations/known.ts'
import { identify } from './identity.ts'

export interface ConflictServiceOptions {
  readonly table: ConflictTable
  readonly api: (serverId: string, isBackground: boolean) => BackboneApi
  readonly find: (ref: SynchronizationRef) => Known | null
  /** The synchronization of this server that a connector belongs to, as far as is known; null for none. */
  readonly ownerOf: (serverId: string, connectorKey: string) => string | null
  readonly now: () => number
  readonly onDelta: (delta: ConflictDelta) => void
  readonly onCount: (ref: SynchronizationRef) => void
  /** Conflicts that an earlier reading did not have. Not called for the first reading of a synchronization. */
  readonly onNew: (ref: SynchronizationRef, conflicts: readonly Conflict[]) => void
  /** They are there in a second reading, or gone again. */
  readonly onRead: (ref: SynchronizationRef, present: ReadonlySet<string>) => void
}

interface OfSynchronization {
  readonly ref: SynchronizationRef
  readonly byIdentity: Map<string, Conflict>
  readAt: number | null
}

/** Conflicts of all synchronizations as last read: begun from the cache, which every view of them shows. */
export class ConflictService {
  readonly #options: ConflictServiceOptions
  readonly #known = new Map<string, OfSynchronization>()
  /** Servers whose version does not offer conflicts, with the words for it. */
  readonly #notOffered = new Map<string, string>()

  constructor(options: ConflictServiceOptions, serverIds: readonly string[]) {
    this.#options = options
    for (const conflict of options.table.all()) this.#of(conflict).byIdentity.set(conflict.identity, conflict)
    for (const serverId of serverIds) {
      for (const [key, readAt] of options.table.readings(serverId)) this.#of({ serverId, key }).readAt = readAt
    }
  }

  list(): Conflict[] {
    return [...this.#known.values()].flatMap((known) => [...known.byIdentity.values()].map((conflict) => shown(conflict, known.readAt)))
  }

  /** Conflicts that are there; null where they were never read. */
  count(ref: SynchronizationRef): number | null {
    const known = this.#known.get(idOf(ref))
    if (known === undefined || known.readAt === null) return null
    let count = 0
    for (const { goneAt } of known.byIdentity.values()) if (goneAt === null) count += 1
    return count
  }

  /** When the conflicts of a synchronization were last read; null before the first time. */
  readAt(ref: SynchronizationRef): number | null {
    return this.#known.get(idOf(ref))?.readAt ?? null
  }

  /** The last answer as it came, secrets masked. */
  answer(ref: SynchronizationRef): ConflictAnswer {
    const reading = this.#options.table.reading(ref)
    return {
      json: reading === null ? null : JSON.stringify(JSON.parse(reading.raw), null, 2),
      readAt: reading?.readAt ?? null,
      problem: this.#notOffered.get(ref.serverId) ?? '',
    }
  }

  /** Reads the conflicts of one synchronization; rejects with the failure, and everything stays as it was. */
  async read(ref: SynchronizationRef, { isBackground = false } = {}): Promise<void> {
    const { api, find, now } = this.#options
    let answer: unknown
    try {
      answer = await api(ref.serverId, isBackground).conflicts(ref.key)
    } catch (error) {
      const isMissing = error instanceof AppError && ['api.not-found', 'api.method-not-allowed'].includes(error.code)
      if (isMissing) this.#notOffered.set(ref.serverId, 'This version of Backbone does not tell conflicts over its REST API.')
      throw error
    }
    this.#notOffered.delete(ref.serverId)
    const known = find(ref)
    if (known === null) return
    const { first, second } = known.integration
    const own = [first?.connectorKey ?? '', second?.connectorKey ?? ''].filter((key) => key !== '')
    const found = readConflicts(answer, own)
    this.#refuseOthers(ref, found)
    this.#take(ref, maskSecrets(answer), found, now())
  }

  /** Notes that the user has seen these. */
  markSeen(refs: readonly ConflictRef[]): void {
    const seenAt = this.#options.now()
    const changed = refs.flatMap((ref) => {
      const known = this.#known.get(idOf(ref))
      const conflict = known?.byIdentity.get(ref.identity)
      if (known === undefined || conflict === undefined || conflict.seenAt !== null) return []
      const marked = { ...conflict, seenAt }
      known.byIdentity.set(ref.identity, marked)
      return [marked]
    })
    if (changed.length === 0) return
    this.#options.table.update(changed)
    this.#report(changed, [])
  }

  /** These conflicts, with their JSON as the server sent it. Unknown ones are left out. */
  withJson(refs: readonly ConflictRef[]): { conflict: Conflict; json: unknown }[] {
    return refs.flatMap((ref) => {
      const known = this.#known.get(idOf(ref))
      const conflict = known?.byIdentity.get(ref.identity)
      if (known === undefined || conflict === undefined) return []
      return [{ conflict: shown(conflict, known.readAt), json: JSON.parse(this.#options.table.raw(ref) ?? 'null') as unknown }]
    })
  }

  /** The synchronization was deleted on its server. */
  forget(ref: SynchronizationRef): void {
    this.#forget(this.#known.get(idOf(ref)))
    this.#options.table.removeSynchronization(ref)
  }

  removeServer(serverId: string): void {
    for (const known of [...this.#known.values()]) if (known.ref.serverId === serverId) this.#forget(known)
    this.#options.table.removeServer(serverId)
    this.#notOffered.delete(serverId)
  }

  /** Stores everything anew, after storing did not work for a while. */
  storeAll(): void {
    for (const { byIdentity } of this.#known.values()) if (byIdentity.size > 0) this.#options.table.update([...byIdentity.values()])
  }

  /** Removes at most `limit` that have been gone since before `before`, epoch ms; returns how many. */
  prune(before: number, limit: number): number {
    const refs = this.#options.table.prune(before, limit)
    for (const ref of refs) this.#known.get(idOf(ref))?.byIdentity.delete(ref.identity)
    this.#report([], refs)
    return refs.length
  }

  /**
   * An answer about the connectors of another synchronization is not taken over. The vendor documents no shape for conflicts:
   * what names a connector that nobody knows may still be about this one.
   */
  #refuseOthers({ serverId, key }: SynchronizationRef, found: readonly WireConflict[]): void {
    const owners = [...new Set(found.map(({ connectorKey }) => connectorKey))].map((name) => this.#options.ownerOf(serverId, name))
    const other = owners.find((owner) => owner !== null && owner !== key)
    if (other !== undefined && other !== null && !owners.includes(key)) refuseOther(other, key)
  }

  #take(ref: SynchronizationRef, raw: unknown, found: readonly WireConflict[], readAt: number): void {
    const { table, onCount, onNew, onRead } = this.#options
    const known = this.#of(ref)
    const isFirst = known.readAt === null
    const present = identify(found)
    const countBefore = this.count(ref)
    const put: { conflict: Conflict; raw: string | null }[] = []
    for (const [identity, wire] of present) {
      const before = known.byIdentity.get(identity)
      if (before !== undefined && before.goneAt === null) continue
      const { connectorKey, kind, severity, field, message } = wire
      const conflict: Conflict = {
        ...ref, identity, connectorKey, kind, severity, field, message,
        firstSeenAt: before?.firstSeenAt ?? readAt, lastSeenAt: readAt, goneAt: null, seenAt: null,
      }
      put.push({ conflict, raw: maskedJson(wire.raw) })
    }
    const appeared = put.map(({ conflict }) => conflict)
    for (const conflict of known.byIdentity.values()) {
      if (conflict.goneAt === null && !present.has(conflict.identity)) {
        put.push({ conflict: { ...shown(conflict, known.readAt), goneAt: readAt }, raw: null })
      }
    }
    for (const { conflict } of put) known.byIdentity.set(conflict.identity, conflict)
    known.readAt = readAt
    table.store(ref, { raw: JSON.stringify(raw ?? null), readAt }, put)
    this.#report(put.map(({ conflict }) => conflict), [])
    if (this.count(ref) !== countBefore) onCount(ref)
    onRead(ref, new Set(present.keys()))
    if (!isFirst && appeared.length > 0) onNew(ref, appeared)
  }

  #forget(known: OfSynchronization | undefined): void {
    if (known === undefined) return
    this.#known.delete(idOf(known.ref))
    this.#report([], [...known.byIdentity.values()].map(({ serverId, key, identity }) => ({ serverId, key, identity })))
  }

  #report(put: readonly Conflict[], removed: readonly ConflictRef[]): void {
    if (put.length > 0 || removed.length > 0) this.#options.onDelta({ put: [...put], removed: [...removed] })
  }

  #of({ serverId, key }: SynchronizationRef): OfSynchronization {
    const id = idOf({ serverId, key })
    const known = this.#known.get(id) ?? { ref: { serverId, key }, byIdentity: new Map<string, Conflict>(), readAt: null }
    this.#known.set(id, known)
    return known
  }
}

/** One that is there was last seen when its synchronization was last read; that is not stored with each. */
function shown(conflict: Conflict, readAt: number | null): Conflict {
  return conflict.goneAt === null && readAt !== null ? { ...conflict, lastSeenAt: Math.max(conflict.lastSeenAt, readAt) } : conflict
}

function idOf({ serverId, key }: SynchronizationRef): string {
  return `${serverId} ${key}`
}
