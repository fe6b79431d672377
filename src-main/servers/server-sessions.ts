import type { ServerId } from '#contract/ids.ts'
import type { Clock } from '../clock.ts'
import { LogOuts } from '../http/log-out.ts'
import type { Network } from '../http/network.ts'
import { Session } from '../http/session.ts'
import type { Transport } from '../http/transport.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import { Signal } from '../signal.ts'
import type { ServerRegistry } from './server-registry.ts'

export interface ServerSessionsOptions {
  readonly registry: Pick<ServerRegistry, 'find' | 'get' | 'rememberSessionless'>
  readonly network: Pick<Network, 'transportFor'>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * One session per server, opened or not, for one credential and address. When one of them changes, it is ended on the
 * server as well.
 */
export class ServerSessions {
  /** The state of a server's session changed. */
  readonly changed = new Signal<[serverId: ServerId]>()
  readonly #options: ServerSessionsOptions
  readonly #known = new Map<ServerId, { readonly session: Session; readonly caPem: string }>()
  readonly #logOuts: LogOuts

  constructor(options: ServerSessionsOptions) {
    this.#options = options
    this.#logOuts = new LogOuts(options.clock)
  }

  /** The session of a server with its present credential. Throws `server.unknown`. */
  get(serverId: ServerId): Session {
    const known = this.#known.get(serverId)
    if (known !== undefined) return known.session
    const { registry, clock, logger } = this.#options
    const { baseUrl, caPem } = registry.get(serverId)
    const session = new Session({
      baseUrl: new URL(baseUrl),
      clock,
      store: {
        load: () => registry.find(serverId)?.sessionless ?? null,
        save: (sessionless) => {
          if (this.#known.get(serverId)?.session !== session) return
          try {
            registry.rememberSessionless(serverId, sessionless)
          } catch (error) {
            // This has to be found out again.
            logFault(logger, 'way of logging in not remembered', error)
          }
        },
      },
    })
    session.changed.on(() => this.changed.emit(serverId))
    this.#known.set(serverId, { session, caPem })
    return session
  }

  /** Its server was changed, but not its address: it is ended over a connection with the present authorities. */
  authoritiesChanged(serverId: ServerId): void {
    const known = this.#known.get(serverId)
    if (known !== undefined) this.#known.set(serverId, { ...known, caPem: this.#options.registry.get(serverId).caPem })
  }

  /** Another network or proxy may lead to another place. */
  routeMayHaveChanged(): void {
    for (const { session } of this.#known.values()) session.routeMayHaveChanged()
  }

  /** A log-in under way may still be answered: the session that it opens is ended then. */
  end(serverId: ServerId): void {
    const known = this.#known.get(serverId)
    if (known === undefined) return
    this.#known.delete(serverId)
    const { network } = this.#options
    void this.#logOuts.leave(known.session, () => network.transportFor({ caPem: known.caPem }))
  }

  /**
   * A session of a separate connection, for a single use: the returned function ends it, and so does quitting. `caPem`:
   * as for the server.
   */
  useOnce(session: Session, caPem: string): (by: Transport) => Promise<void> {
    return this.#logOuts.useOnce(session, () => this.#options.network.transportFor({ caPem }))
  }

  /** Ends all of them on their servers, and waits a moment for that. */
  async close(): Promise<void> {
    for (const serverId of [...this.#known.keys()]) this.end(serverId)
    this.#logOuts.leaveThoseUsedOnce()
    await this.#logOuts.ended()
  }
}
