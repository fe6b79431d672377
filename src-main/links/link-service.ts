import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import type { ServerId } from '#contract/ids.ts'
import { message, sentences } from '#contract/messages/message.ts'
import {
  LINKS_SHOWN,
  type ConnectorRef,
  type ImportPlan,
  type Link,
  type LinkList,
  type Resync,
} from '#contract/links.ts'
import { shownText } from '#contract/shown-text.ts'
import { asBoolean, asNumber, asText, type WireObject } from '../wire-values.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import { jsonList } from '../export/json-list.ts'
import { AppError, outcomeUnknown } from '../errors/app-error.ts'
import type { Freshness } from '../http/jira-client.ts'
import { maskedLists } from '../logging/masked-parts.ts'
import type { Connections } from '../servers/connections.ts'
import { placeOf, type Place } from '../servers/place.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { Signal } from '../signal.ts'
import type { LongReadingTable } from '../storage/long-reading-table.ts'
import { readRepeatedly, type LostWrite, type Patience } from '../tasks/lost-answer.ts'
import { mapInSlices } from '../time-slice.ts'
import { missingEntry, readLinkFile } from './link-file.ts'

/** All links of a connector, as they were read. */
export type Links = Omit<LinkList, 'count' | 'listId'>

interface Plan {
  readonly ref: ConnectorRef
  /** Where it was made. */
  readonly place: Place
  readonly fresh: readonly WireObject[]
  readonly different: readonly WireObject[]
  /** What the server had in the place of those that are different, by pair. */
  readonly onServer: ReadonlyMap<string, WireObject>
}

/** Links between issues, and resending them. Whatever the vendor does not document is marked where it is used. */
export class LinkService {
  readonly writeLost = new Signal<[LostWrite]>()
  readonly #registry: Pick<ServerRegistry, 'get'>
  readonly #connections: Pick<Connections, 'get'>
  readonly #table: Pick<LongReadingTable, 'get' | 'put'>
  readonly #patience: Patience
  /** The last file that was looked at; the next one replaces it. */
  #plan: { readonly id: string; readonly plan: Plan } | null = null

  constructor(options: {
    registry: Pick<ServerRegistry, 'get'>
    connections: Pick<Connections, 'get'>
    table: Pick<LongReadingTable, 'get' | 'put'>
    patience: Patience
  }) {
    this.#registry = options.registry
    this.#connections = options.connections
    this.#table = options.table
    this.#patience = options.patience
  }

  /** The links as the server has them or, if it cannot be asked, as last read. */
  async list(ref: ConnectorRef): Promise<Links> {
    const { links, ...rest } = await this.#latest(ref)
    return { links: await mapInSlices(links, readLink), ...rest }
  }

  /** The links as last read; null if they never were. */
  async cached({ serverId, connectorKey }: ConnectorRef): Promise<Links | null> {
    const cached = await this.#cached(serverId, connectorKey)
    return (
      cached && {
        links: await mapInSlices(cached.links, readLink),
        fetchedAt: cached.readAt,
        source: 'cache',
        problem: null,
        unreadable: cached.unreadable,
      }
    )
  }

  /** The objects as the server sent them, as JSON; if some links could not be read, the last entry says so. */
  async exportJson(ref: ConnectorRef): Promise<string> {
    const { links, unreadable } = await this.#latest(ref)
    return jsonList(unreadable === 0 ? links : [...links, missingEntry(unreadable)])
  }

  /**
   * Deletes one entry. How the request names it is documented nowhere; the id as a parameter is an assumption. Rejects
   * with `input.invalid`, and sends nothing, if it is already gone: its absence would be reported as our doing.
   */
  async delete(ref: ConnectorRef, id: string): Promise<void> {
    const { serverId, connectorKey } = ref
    const place = this.#placeOf(serverId)
    const look = async (): Promise<number> => {
      const { links, unreadable } = await this.#read(serverId, connectorKey, { isFresh: true, place })
      if (unreadable === 0 && !links.some((link) => asText(link.id) === id))
        throw new AppError('input.invalid', message('errors.links.gone'), { advice: message('errors.links.readAgain') })
      return unreadable
    }
    let unreadableBefore = await look()
    const again = async (): Promise<void> => {
      unreadableBefore = await look()
    }
    await this.#connections.get(serverId, place).api.seeThrough(async (api) => {
      try {
        await api.deleteLink(connectorKey, id)
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        if (error.isAnswerLost) {
          const isGone = (links: readonly WireObject[], unreadable: number): boolean =>
            unreadable === 0 && !links.some((link) => asText(link.id) === id)
          if (unreadableBefore === 0 && (await this.#shows({ serverId, connectorKey, place }, isGone))) return
          throw this.#unknown(error, ref, 'deletion')
        }
        if (!['api.not-found', 'api.refused', 'api.method-not-allowed'].includes(error.code)) throw error
        throw new AppError(error.code, message('errors.links.notDeleted'), {
          ...error.data,
          advice: message('errors.links.notDeletedAdvice'),
        })
      }
    }, again)
  }

  /** Compares a file with what the server has. Sends nothing. */
  async plan(ref: ConnectorRef, path: string): Promise<ImportPlan> {
    const { links: inFile, missing } = await readLinkFile(path)
    const place = this.#placeOf(ref.serverId)
    const onServer = await this.#read(ref.serverId, ref.connectorKey, { place })
    const byPair = new Map(await mapInSlices(onServer.links, (link) => [pairOf(link), link] as const))
    const kinds = await mapInSlices(inFile, (link) => {
      const other = byPair.get(pairOf(link))
      return other === undefined ? 'fresh' : isSame(link, other) ? 'same' : 'different'
    })
    const thoseOf = (kind: (typeof kinds)[number]) => inFile.filter((_, index) => kinds[index] === kind)
    const [fresh, same, different] = [thoseOf('fresh'), thoseOf('same'), thoseOf('different')]
    const id = randomUUID()
    this.#plan = { id, plan: { ref, place, fresh, different, onServer: byPair } }
    return {
      planId: id,
      fileName: basename(path),
      fresh: some(fresh),
      same: some(same),
      different: some(different),
      missingInFile: missing,
      unreadable: onServer.unreadable,
    }
  }

  /** Sends what a plan found to be new and, if requested, what differs. Returns how many entries were sent. */
  async import(planId: string, withDifferent: boolean): Promise<number> {
    if (this.#plan?.id !== planId) throw new AppError('input.invalid', message('errors.links.chooseAgainLate'))
    const { ref, place, fresh, different, onServer } = this.#plan.plan
    this.#plan = null
    const entries = withDifferent ? [...fresh, ...different] : fresh
    if (entries.length === 0) return 0
    // Otherwise, what somebody else has imported since the file was read would be sent again, and finding it on the
    // server would prove nothing.
    const look = async (): Promise<{ before: ReadonlyMap<string, WireObject>; isWhole: boolean }> => {
      const { links, unreadable } = await this.#read(ref.serverId, ref.connectorKey, { isFresh: true, place })
      const before = new Map(links.map((link) => [pairOf(link), link]))
      const isAsPlanned = (link: WireObject): boolean => {
        const now = before.get(pairOf(link))
        return now !== undefined && isSame(now, onServer.get(pairOf(link)) ?? now)
      }
      if (fresh.some((link) => before.has(pairOf(link))) || (withDifferent && !different.every(isAsPlanned)))
        throw new AppError('input.invalid', message('errors.links.changed'), {
          advice: message('errors.links.chooseAgain'),
        })
      return { before, isWhole: unreadable === 0 }
    }
    let seen = await look()
    const again = async (): Promise<void> => {
      seen = await look()
    }
    await this.#connections.get(ref.serverId, place).api.seeThrough(async (api) => {
      try {
        await api.importLinks(ref.connectorKey, entries)
      } catch (error) {
        if (!(error instanceof AppError) || !error.isAnswerLost) throw error
        // Entries that the server had before show nothing, however they are shown now.
        const isShown =
          seen.isWhole &&
          !entries.some((link) => seen.before.has(pairOf(link))) &&
          (await this.#shows({ ...ref, place }, (links) => {
            const there = new Set(links.map(pairOf))
            return entries.every((link) => there.has(pairOf(link)))
          }))
        if (!isShown) throw this.#unknown(error, ref, 'import')
      }
    }, again)
    return entries.length
  }

  /** Resends issues of one side. The vendor's answer says nothing more, and no reading can confirm it. */
  async resync(ref: ConnectorRef, { jql, ...rest }: Resync): Promise<void> {
    await this.#connections.get(ref.serverId).api.seeThrough(async (api) => {
      try {
        await api.resync(ref.connectorKey, { ...(jql !== '' && { jql }), ...rest })
      } catch (error) {
        throw error instanceof AppError && error.isAnswerLost ? this.#unknown(error, ref, 'resync') : error
      }
    })
  }

  async #latest({
    serverId,
    connectorKey,
  }: ConnectorRef): Promise<Omit<Links, 'links'> & { links: readonly WireObject[] }> {
    try {
      const { links, unreadable, readAt } = await this.#read(serverId, connectorKey)
      return { links, unreadable, fetchedAt: readAt, source: 'live', problem: null }
    } catch (error) {
      if (isAboutOneObject(error) || !(error instanceof AppError)) throw error
      const cached = await this.#cached(serverId, connectorKey)
      if (cached === null) throw error
      return {
        links: cached.links,
        unreadable: cached.unreadable,
        fetchedAt: cached.readAt,
        source: 'cache',
        problem: error.data.message,
      }
    }
  }

  async #cached(
    serverId: ServerId,
    connectorKey: string,
  ): Promise<{ links: readonly WireObject[]; unreadable: number; readAt: number } | null> {
    const reading = await this.#table.get(serverId, connectorKey)
    if (reading === null) return null
    const lists = await mapInSlices(reading.parts, (part) => JSON.parse(part) as WireObject[])
    return { links: lists.flat(), unreadable: reading.missing, readAt: reading.readAt }
  }

  /** Whether the links show that a write took effect whose answer was lost; false if they do not, or cannot be read. */
  async #shows(
    { serverId, connectorKey, place }: { serverId: ServerId; connectorKey: string; place: Place },
    isEffect: (links: readonly WireObject[], unreadable: number) => boolean,
  ): Promise<boolean> {
    const shown = await readRepeatedly(this.#patience, async () => {
      const { links, unreadable } = await this.#read(serverId, connectorKey, { isFresh: true, place })
      return isEffect(links, unreadable) ? true : null
    })
    return shown ?? false
  }

  /**
   * For a write whose effect cannot be read, or did not show. It also sends a notification, because the dialog may be
   * closed by now; while Syncdeck is closing the next start does.
   */
  #unknown(
    error: AppError,
    { serverId, key, connectorKey }: ConnectorRef,
    what: 'deletion' | 'import' | 'resync',
  ): AppError {
    const advice = message('errors.links.lostAdvice')
    if (!this.#patience.signal.aborted)
      this.writeLost.emit({
        serverId,
        key,
        isSettled: false,
        title: message(`links.lost.${what}`, { connector: connectorKey }),
        text: sentences(message('editing.answerLost'), advice),
      })
    return outcomeUnknown(error, message('errors.links.lost'), advice)
  }

  #placeOf(serverId: ServerId): Place {
    return placeOf(this.#registry.get(serverId))
  }

  /** `readAt`: when that was, epoch ms, as stored. */
  async #read(
    serverId: ServerId,
    connectorKey: string,
    { place = null, ...freshness }: Freshness & { readonly place?: Place | null } = {},
  ): Promise<{ links: readonly WireObject[]; unreadable: number; readAt: number }> {
    const { links, unreadable } = await this.#connections.get(serverId, place).api.links(connectorKey, freshness)
    const readAt = this.#patience.clock.now()
    await this.#table.put(serverId, connectorKey, {
      parts: await maskedLists(links),
      readAt,
      missing: unreadable,
    })
    return { links, unreadable, readAt }
  }
}

function readLink(value: WireObject): Link {
  return {
    id: asText(value.id),
    localIssueKey: shownText(asText(value.localIssueKey)),
    remoteIssueKey: shownText(asText(value.remoteIssueKey)),
    firstSyncAt: asNumber(value.firstSyncDate),
    lastOutgoingAt: asNumber(value.lastOutgoingChange),
    lastIncomingAt: asNumber(value.lastIncomingChange),
    isIncomingIgnored: asBoolean(value.incomingChangesIgnored) ?? false,
  }
}

const some = (links: readonly WireObject[]): ImportPlan['fresh'] => ({
  count: links.length,
  first: links.slice(0, LINKS_SHOWN).map(readLink),
})

const pairOf = (link: WireObject): string => `${asText(link.localIssueKey)} ${asText(link.remoteIssueKey)}`

/** Equal in everything except what belongs to one installation: the id and the connector's key. */
function isSame(a: WireObject, b: WireObject): boolean {
  const comparable = ({ id: _id, connectorKey: _connectorKey, ...rest }: WireObject): string =>
    JSON.stringify(Object.entries(rest).sort(([first], [second]) => first.localeCompare(second)))
  return comparable(a) === comparable(b)
}
