import type { ServerId } from '#contract/ids.ts'
import { message, type Message } from '#contract/messages/message.ts'
import { blockedError } from '../http/response-verdict.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'

export interface PlanReadingsOptions {
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly connections: Pick<Connections, 'gate'>
  readonly reachability: Pick<Reachability, 'get'>
  readonly reader: Pick<SynchronizationReader, 'refresh'>
  /** Syncdeck was started with `--read-only`. */
  readonly isReadOnly: boolean
}

/** Reads the servers of a job before it is planned, and reports those that cannot be used. */
export class PlanReadings {
  readonly #options: PlanReadingsOptions

  constructor(options: PlanReadingsOptions) {
    this.#options = options
  }

  /**
   * Reads a server that a job writes to; resolves with the reason if nothing can be done there, otherwise with null,
   * even for a removed server.
   */
  async readToWrite(id: ServerId): Promise<Message | null> {
    const server = this.#options.registry.find(id)
    if (server !== null && (this.#options.isReadOnly || server.isReadOnly)) return message('jobs.leftOut.readOnly')
    return this.read(id)
  }

  /** The same for a server that a job only reads. */
  async read(id: ServerId): Promise<Message | null> {
    const { reader, reachability, registry } = this.#options
    const server = registry.find(id)
    const problem = server === null ? null : this.#unasked(server)
    if (server === null || problem !== null) return problem
    if (await reader.refresh(id, { isFresh: true })) return null
    const reason = reachability.get(id).error?.message
    return reason === undefined ? message('jobs.leftOut.notRead') : message('jobs.leftOut.notReadBecause', { reason })
  }

  /** Why a server is not read at all; null if it is. */
  #unasked({ id, credential }: StoredServer): Message | null {
    if (credential === null) return message('jobs.leftOut.noCredentials')
    const { access } = this.#options.connections.gate(id)
    return access.state === 'blocked' ? blockedError(access.reason).message : null
  }
}

/** What `read` says about each of these servers; each is read once, all at the same time. */
export async function readEach(
  serverIds: Iterable<string>,
  read: (id: ServerId) => Promise<Message | null>,
): Promise<ReadonlyMap<string, Message | null>> {
  const readings = [...new Set(serverIds)].map(async (id) => [id, await read(id)] as const)
  return new Map(await Promise.all(readings))
}
