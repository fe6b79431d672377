import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { KeptLinks, KeptWhy } from '#contract/editing.ts'
import { enumerated, message, type Message } from '#contract/messages/message.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { readIntegration, type Integration } from '../backbone/integration.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { maskedLists } from '../logging/masked-parts.ts'
import { maskSecrets } from '../logging/redact.ts'
import type { Connections } from '../servers/connections.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SnapshotTable, StoredLinks } from '../storage/snapshot-table.ts'

export interface KeeperOptions {
  readonly registry: Pick<ServerRegistry, 'get'>
  readonly connections: Pick<Connections, 'get'>
  readonly snapshots: Pick<SnapshotTable, 'put'>
  readonly clock: Pick<Clock, 'now'>
}

/** What was kept. `integration`: as it was read; null if it was not a synchronization. */
export interface Kept {
  readonly integration: Integration | null
  /** Why links are missing; null if none are. */
  readonly missing: Message | null
}

const compress = promisify(gzip)
const extract = promisify(gunzip)

/**
 * Keeps a copy of a synchronization before something irreversible is done: the server's object and the links of both
 * sides.
 */
export class Keeper {
  readonly #options: KeeperOptions

  constructor(options: KeeperOptions) {
    this.#options = options
  }

  /**
   * Reads it now. Links that cannot be read are reported as missing; rejects if the synchronization itself cannot be
   * read.
   */
  async keep(ref: SynchronizationRef, why: KeptWhy): Promise<Kept> {
    const { registry, connections, snapshots, clock } = this.#options
    const { id: serverId, name: serverName } = registry.get(ref.serverId)
    const { api } = connections.get(serverId)
    const original = await api.detail(ref.key, { isFresh: true })
    const integration = readIntegration(original)
    const sides = [integration?.first, integration?.second].flatMap((side) => side?.connectorKey ?? [])
    const links = await Promise.all(sides.filter((key) => key !== '').map((key) => linksOf(api, key)))
    snapshots.put(
      {
        id: randomUUID(),
        serverId,
        serverName,
        key: ref.key,
        summary: integration?.summary ?? '',
        takenAt: clock.now(),
        why,
        json: JSON.stringify(maskSecrets(original), null, 2),
      },
      links,
    )
    return { integration, missing: missingOf(links) }
  }
}

async function linksOf(api: BackboneApi, connectorKey: string): Promise<StoredLinks> {
  try {
    const { links, unreadable } = await api.links(connectorKey, { isFresh: true })
    const lists = await maskedLists(links)
    const text = `[${lists.map((list) => list.slice(1, -1)).join(',')}]`
    return { connectorKey, count: links.length, unreadable, problem: null, json: await compress(text) }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { connectorKey, count: 0, unreadable: 0, problem: error.data.message, json: null }
  }
}

/** The links of a connector as they were kept, as JSON. */
export async function keptText(json: Uint8Array): Promise<string> {
  return (await extract(json)).toString('utf8')
}

function missingOf(links: readonly KeptLinks[]): Message | null {
  return enumerated(
    links.flatMap(({ connectorKey, unreadable, problem }) =>
      problem !== null
        ? [message('editing.kept.notRead', { connector: connectorKey, reason: problem })]
        : unreadable > 0
          ? [message('editing.kept.unreadable', { connector: connectorKey, count: unreadable })]
          : [],
    ),
  )
}
