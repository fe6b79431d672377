import type { WriteAction } from '#contract/audit.ts'
import type { CopyGuardState } from '#contract/copy-guard.ts'
import type { ServerId } from '#contract/ids.ts'
import { message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { Signal } from '../signal.ts'
import { NOTHING_SEEN, type CopyGuardTable, type StoredGuard } from '../storage/copy-guard-table.ts'
import type { Change, SynchronizationRecord } from '../synchronizations/synchronization-record.ts'
import { SharedIdentities } from './shared-identities.ts'
import { hasGoneBack, identityOf, placeOf, signId, signWords, statedBaseUrl, type Sign } from './signs.ts'

/** What starts a synchronization; when its connection is changed, Backbone itself restarts it. */
const STARTING: readonly WriteAction[] = ['start', 'update-connection']
/** How many of the user's explanations are kept; the newest count. */
const MAX_SETTLED = 100

export interface CopyGuardOptions {
  readonly table: Pick<CopyGuardTable, 'all' | 'put'>
  readonly registry: Pick<ServerRegistry, 'all' | 'find' | 'get'>
  /** All records read so far. */
  readonly records: () => Iterable<SynchronizationRecord>
  readonly clock: Pick<Clock, 'now'>
  readonly logger: Logger
}

/**
 * Detects servers that look like a copy of another Jira, such as a test system restored from production's backup:
 * anything started there would reach the real partners. One sign is a question to the user; two signs mean a copy,
 * where nothing may be started until its name is typed.
 */
export class CopyGuard {
  /** What is known about this server, or what it means, has changed. */
  readonly changed = new Signal<[serverId: ServerId]>()
  readonly #options: CopyGuardOptions
  readonly #guards: Map<string, StoredGuard>
  readonly #shown = new Map<string, CopyGuardState>()
  /** Null until the earlier readings are known. */
  #identities: SharedIdentities | null = null
  /** Servers whose address changed and that have not been read since. */
  readonly #moved = new Set<string>()

  constructor(options: CopyGuardOptions) {
    this.#options = options
    this.#guards = new Map(options.table.all())
    for (const { id } of options.registry.all()) this.#judge(id)
  }

  /** Null if nothing suggests a copy, or everything was explained. */
  of(serverId: ServerId): CopyGuardState | null {
    return this.#shown.get(serverId) ?? null
  }

  isCopy(serverId: ServerId): boolean {
    return this.#guard(serverId).isCopy
  }

  /** Why this is refused there; null if it is allowed. */
  refusal(serverId: ServerId, action: WriteAction): AppError | null {
    const server = this.#options.registry.find(serverId)
    if (server === null || !STARTING.includes(action) || !this.isCopy(serverId)) return null
    return new AppError('app.copy', message('errors.copy.refused', { name: server.name }), {
      advice: message('errors.copy.advice'),
    })
  }

  /** An answer to Jira’s `serverInfo`. */
  heardServerInfo(serverId: ServerId, body: string): void {
    const stated = statedBaseUrl(body)
    if (stated === null || stated === this.#guard(serverId).stated) return
    this.#learn(serverId, { stated })
    this.#judgeAll()
  }

  /** Takes in the differences that a reading found. */
  read(changes: readonly Change[]): void {
    let isNew = this.#identities === null
    const identities = this.#known()
    const back = new Map<string, string[]>()
    for (const { serverId, key, before, after } of changes) {
      // Most readings change a state only.
      if (before !== null && after !== null && before.itemText === after.itemText) continue
      isNew = identities.set(serverId, key, after === null ? null : identityOf(after.integration)) || isNew
      if (before === null || after === null || this.#moved.has(serverId)) continue
      if (hasGoneBack(before.integration, after.integration)) back.set(serverId, [...(back.get(serverId) ?? []), key])
    }
    for (const [serverId, [key = '', ...others]] of back) this.#wentBack(serverId, key, others.length + 1)
    if (isNew || back.size > 0) this.#judgeAll()
  }

  /** All synchronizations of a server have been read. */
  wasRead(serverId: ServerId): void {
    this.#moved.delete(serverId)
  }

  /** Another address is another Jira: earlier evidence and answers no longer apply. */
  addressChanged(serverId: ServerId): void {
    this.#moved.add(serverId)
    this.#learn(serverId, NOTHING_SEEN)
    this.#judgeAll()
  }

  /** Forgets a removed server; the table has already forgotten it. */
  removeServer(serverId: ServerId): void {
    this.forgetReadings(serverId)
    this.#guards.delete(serverId)
    this.#shown.delete(serverId)
    this.#moved.delete(serverId)
    this.#judgeAll()
  }

  /** Forgets what was read of its synchronizations. */
  forgetReadings(serverId: ServerId): void {
    this.#identities?.removeServer(serverId)
    this.#judgeAll()
  }

  /** The user's answer to the question. Throws `input.invalid` if the question is not, or no longer, open. */
  answer(serverId: ServerId, isCopy: boolean): void {
    this.#options.registry.get(serverId)
    if (this.of(serverId)?.state !== 'question') throw new AppError('input.invalid', message('errors.copy.notAsked'))
    this.#settle(serverId, isCopy ? { isCopy } : {})
  }

  /**
   * The user lets synchronizations start there, until something new is seen. Throws `input.invalid` for another name.
   */
  release(serverId: ServerId, typedName: string): void {
    const { name } = this.#options.registry.get(serverId)
    if (typedName.trim() !== name) throw new AppError('input.invalid', message('errors.copy.otherName', { name }))
    this.#settle(serverId, { isCopy: false })
  }

  /** Marks the current signs as explained. Throws if that cannot be stored. */
  #settle(serverId: ServerId, answered: Partial<StoredGuard>): void {
    const before = this.#guard(serverId)
    const ids = this.#signs(serverId).map(signId)
    const settled = [...new Set([...before.settled, ...ids])].slice(-MAX_SETTLED)
    const after = { ...before, settled, ...answered }
    this.#options.table.put(serverId, after)
    this.#guards.set(serverId, after)
    this.#judgeAll()
  }

  #wentBack(serverId: ServerId, key: string, count: number): void {
    const { goneBack, settled } = this.#guard(serverId)
    const isSame = goneBack !== null && !settled.includes(signId({ kind: 'gone-back', ...goneBack }))
    this.#learn(serverId, {
      goneBack: isSame ? { ...goneBack, count: goneBack.count + count } : { key, count, at: this.#options.clock.now() },
    })
  }

  #judgeAll(): void {
    // A copy explains the synchronizations that others share with it.
    const { registry } = this.#options
    const ids = registry.all().map(({ id }) => id)
    for (const id of ids) if (this.#judge(id)) this.changed.emit(id)
    for (const id of ids) if (this.#judge(id)) this.changed.emit(id)
  }

  /** Whether what is shown about it has changed. */
  #judge(serverId: ServerId): boolean {
    const { registry } = this.#options
    const signs = this.#signs(serverId)
    const { settled, isCopy } = this.#guard(serverId)
    const isNew = signs.some((sign) => !settled.includes(signId(sign)))
    if (!isCopy && isNew && signs.length > 1) this.#learn(serverId, { isCopy: true })
    const state = this.isCopy(serverId) ? 'copy' : isNew ? 'question' : null
    const before = this.#shown.get(serverId)
    if (state === null) return this.#shown.delete(serverId)
    const { baseUrl } = registry.get(serverId)
    const nameOf = (id: ServerId): string => registry.find(id)?.name ?? id
    const after = { state, signs: signs.map((sign) => signWords(sign, baseUrl, nameOf)) } satisfies CopyGuardState
    if (JSON.stringify(before) === JSON.stringify(after)) return false
    this.#shown.set(serverId, after)
    return true
  }

  #signs(serverId: ServerId): Sign[] {
    const server = this.#options.registry.find(serverId)
    if (server === null) return []
    const { stated, goneBack } = this.#guard(serverId)
    const place = placeOf(server.baseUrl)
    return [
      ...(stated !== null && placeOf(stated) !== place ? [{ kind: 'base-url', stated } as const] : []),
      ...[...(this.#identities?.sharing(serverId) ?? [])].flatMap(([other, count]) =>
        this.#mayBeOriginal(other, serverId) ? [{ kind: 'same', serverId: other, count } as const] : [],
      ),
      ...(goneBack === null ? [] : [{ kind: 'gone-back', ...goneBack } as const]),
    ]
  }

  /** Whether a server may be the one that `copyId` was copied from; two entries with one address are one Jira. */
  #mayBeOriginal(serverId: ServerId, copyId: ServerId): boolean {
    const { registry } = this.#options
    const [place, copyPlace] = [serverId, copyId].map((id) => placeOf(registry.find(id)?.baseUrl ?? ''))
    if (place === null || place === copyPlace || this.isCopy(serverId)) return false
    const [{ stated }, { stated: copyStated }] = [this.#guard(serverId), this.#guard(copyId)]
    if (stated === null) return true
    // It calls itself by the other’s address, or by a name that the user has confirmed for the other.
    const isOfOther = copyStated !== null && placeOf(stated) === placeOf(copyStated)
    return placeOf(stated) !== copyPlace && !(isOfOther && this.#isExplained(copyId) && !this.#isExplained(serverId))
  }

  /** Whether the user knows why its base URL is not its address. */
  #isExplained(serverId: ServerId): boolean {
    const { stated, settled } = this.#guard(serverId)
    return stated !== null && settled.includes(signId({ kind: 'base-url', stated }))
  }

  #known(): SharedIdentities {
    if (this.#identities !== null) return this.#identities
    const identities = new SharedIdentities()
    for (const { serverId, integration } of this.#options.records())
      identities.set(serverId, integration.key, identityOf(integration))
    this.#identities = identities
    return identities
  }

  #guard(serverId: ServerId): StoredGuard {
    return this.#guards.get(serverId) ?? NOTHING_SEEN
  }

  /** If this cannot be stored, reading continues, and it holds until Syncdeck quits. */
  #learn(serverId: ServerId, seen: Partial<StoredGuard>): void {
    const { registry, table, logger } = this.#options
    if (registry.find(serverId) === null) return
    const after = { ...this.#guard(serverId), ...seen }
    this.#guards.set(serverId, after)
    try {
      table.put(serverId, after)
    } catch (error) {
      logFault(logger, 'copy guard not stored', error, { serverId })
    }
  }
}
