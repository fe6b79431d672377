import * as v from 'valibot'
import { message, sentences } from '#contract/messages/message.ts'
import type { AuditEntry } from '#contract/audit.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Integration } from '../backbone/integration.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { Connections } from '../servers/connections.ts'
import { placeOf } from '../servers/place.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import { Signal } from '../signal.ts'
import type { AuditTable } from '../storage/audit-table.ts'
import { readRepeatedly, type LostWrite, type Patience } from '../tasks/lost-answer.ts'
import { isLike, nameThem, type Asked } from './created.ts'
import { isGone } from './gone.ts'
import type { OwnCreations } from './own-creations.ts'

export interface CutOffWritesOptions {
  readonly table: Pick<AuditTable, 'pending' | 'outcome' | 'createdKeys'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly connections: Pick<Connections, 'get'>
  readonly patience: Patience
  readonly logger: Logger
  readonly creations: Pick<OwnCreations, 'begin'>
}

const CUT_OFF = message('editing.cutOff.ended')

/** What the body of a creation, as stored in the audit trail, says about the synchronization. */
const sideSchema = v.object({
  projectKey: v.string(),
  connection: v.object({ application: v.object({ baseUrl: v.string() }) }),
})
const createSchema = v.object({ summary: v.string(), firstConnector: sideSchema, secondConnector: sideSchema })

/**
 * Reports the writes that the end of an earlier session interrupted: the audit trail has their attempt but no outcome.
 * Whatever a reading can show is read; nothing is sent again, and nothing is inferred without proof. Each is reported
 * once.
 */
export class CutOffWrites {
  readonly writeLost = new Signal<[LostWrite]>()
  readonly #options: CutOffWritesOptions

  constructor(options: CutOffWritesOptions) {
    this.#options = options
  }

  /** Call at startup, before anything is written. Resolves when all have been reported. */
  async resume(): Promise<void> {
    const { table, patience, logger } = this.#options
    const work = table.pending().map(async (entry) => {
      try {
        await this.#report(entry)
        table.outcome(entry.id, patience.clock.now(), 'lost', CUT_OFF)
      } catch (fault) {
        // It is reported again at the next start.
        logFault(logger, 'cut-off write not settled', fault)
      }
    })
    await Promise.all(work)
  }

  async #report(entry: AuditEntry): Promise<void> {
    const { method, object, serverId, serverName, action } = entry
    const lost = { serverId, serverName, key: null, isSettled: false }
    const place = new URL(entry.address).pathname.split('/')
    const isOfList = place.at(-1) === 'integrations'
    if (method === 'POST' && isOfList) return this.#reportCreation(entry)
    if (method === 'DELETE' && place.at(-2) === 'integrations') return this.#reportDeletion(entry)
    // Their tasks are stored and followed, and report the outcome themselves.
    if (place.at(-3) !== 'connectors') return
    this.writeLost.emit({
      ...lost,
      title: message('editing.cutOff.unknown', { action, object }),
      text: sentences(CUT_OFF, message('editing.cutOff.advice', { object })),
    })
  }

  async #reportCreation({ serverId, serverName, body, address }: AuditEntry): Promise<void> {
    const asked = askedIn(body)
    const name = asked?.summary ?? null
    // It may still take effect: what a later creation seems to have created may in fact be its result.
    if (asked !== null) this.#options.creations.begin(serverId, asked)
    const similar = asked === null ? null : await this.#similar(serverId, address, asked)
    // What was in the list before is no longer known; a similar one may be older.
    const seen =
      similar === null
        ? message('editing.cutOff.notRead')
        : similar.length === 0
          ? message('editing.cutOff.noneLike')
          : message('editing.cutOff.like', { names: nameThem(similar) })
    this.writeLost.emit({
      serverId,
      serverName,
      key: null,
      isSettled: false,
      title: name === null ? message('editing.create.unknownUnnamed') : message('editing.create.unknown', { name }),
      text: sentences(CUT_OFF, seen, message('editing.cutOff.createAdvice')),
    })
  }

  /** Similar synchronizations, without those that the server has confirmed as results of our other creations. */
  async #similar(serverId: ServerId, address: string, asked: Asked): Promise<readonly Integration[] | null> {
    return this.#read(serverId, address, async (api) => {
      const { items } = await api.list({ isFresh: true })
      const others = new Set(this.#options.table.createdKeys(serverId))
      return items
        .map(({ integration }) => integration)
        .filter((integration) => isLike(integration, asked) && !others.has(integration.key))
    })
  }

  async #reportDeletion({ serverId, serverName, object: key, address }: AuditEntry): Promise<void> {
    const { patience, connections } = this.#options
    const gone = {
      serverId,
      serverName,
      key,
      isSettled: true,
      title: message('editing.delete.done', { key }),
      text: sentences(CUT_OFF, message('editing.cutOff.gone')),
    }
    const first = await this.#read(serverId, address, (server) => isGone(server, key))
    if (first === true) return this.writeLost.emit(gone)
    const seen = message(first === null ? 'editing.cutOff.itemNotRead' : 'editing.delete.stillThere')
    this.writeLost.emit({
      serverId,
      serverName,
      key,
      isSettled: false,
      title: message('editing.delete.unknown', { key }),
      text: sentences(CUT_OFF, seen, message('editing.delete.advice')),
    })
    if (first === null) return
    const later = await readRepeatedly(patience, async () =>
      this.#isStillAt(serverId, address) && (await isGone(connections.get(serverId).api, key)) ? true : null,
    )
    if (later === true) this.writeLost.emit(gone)
  }

  /**
   * Null if it cannot be read: the server is unavailable, removed, or at another address than that of the request, or
   * the user wants it left alone.
   */
  async #read<T>(serverId: ServerId, address: string, read: (api: BackboneApi) => Promise<T>): Promise<T | null> {
    const { registry, connections } = this.#options
    if (!this.#isStillAt(serverId, address) || registry.find(serverId)?.isPaused === true) return null
    return read(connections.get(serverId).api).catch(() => null)
  }

  /** Where the request went is where its server is: at another address may be another Jira. */
  #isStillAt(serverId: ServerId, address: string): boolean {
    const server = this.#options.registry.find(serverId)
    return server !== null && address.startsWith(`${placeOf(server)}/`)
  }
}

/** Null for a body that an earlier version wrote differently. */
function askedIn(body: string): Asked | null {
  const creation = v.safeParse(createSchema, parsed(body))
  if (!creation.success) return null
  const sideOf = ({ projectKey, connection }: v.InferOutput<typeof sideSchema>) => ({
    projectKey,
    ...connection.application,
  })
  const { summary, firstConnector, secondConnector } = creation.output
  return { summary, first: sideOf(firstConnector), second: sideOf(secondConnector) }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
