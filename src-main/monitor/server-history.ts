import { isSameMessage, message, type Message } from '#contract/messages/message.ts'
import type { MessageKey } from '#contract/messages/messages.ts'
import type { Access } from '#contract/credentials.ts'
import type { Reach } from '#contract/servers.ts'
import type { Transition } from '#contract/monitoring.ts'
import type { ErrorCode } from '#contract/errors.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Clock } from '../clock.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { StoredTransition, TransitionTable } from '../storage/transition-table.ts'

type State = Omit<Transition, 'at'>

export interface ServerHistoryOptions {
  readonly table: TransitionTable
  readonly clock: Pick<Clock, 'now'>
  readonly registry: Pick<ServerRegistry, 'all' | 'find'>
  readonly connections: Pick<Connections, 'gate'>
  readonly reachability: Pick<Reachability, 'get'>
}

/** The state history of the servers, recorded when a state changes. */
export class ServerHistory {
  readonly #options: ServerHistoryOptions
  readonly #last = new Map<string, Message>()

  constructor(options: ServerHistoryOptions) {
    this.#options = options
    for (const { id } of options.registry.all()) {
      const state = options.table.statesOf(id, '', 1)[0]?.state
      if (state !== undefined) this.#last.set(id, state)
    }
  }

  /** The server changed: records its state if it differs from the last one. */
  note(serverId: ServerId): void {
    const { registry, connections, reachability, table, clock } = this.#options
    const server = registry.find(serverId)
    if (server === null) return
    const state = serverState(server, connections.gate(serverId).access, reachability.get(serverId))
    if (state === null || isSameMessage(state.state, this.#last.get(serverId) ?? null)) return
    this.#last.set(serverId, state.state)
    table.add([{ serverId, key: '', at: clock.now(), ...state } satisfies StoredTransition])
  }

  /** Takes in states seen in the past, oldest first. */
  applyPast(serverId: ServerId, states: readonly StoredTransition[]): void {
    const last = states.at(-1)
    if (last === undefined) return
    this.#last.set(serverId, last.state)
    this.#options.table.add(states)
  }

  forget(serverId: ServerId): void {
    this.#last.delete(serverId)
  }
}

const UNREACHABLE: Partial<Record<ErrorCode, MessageKey>> = {
  'tls.untrusted': 'history.server.states.untrusted',
  'http.server-error': 'history.server.states.serverError',
  'net.proxy': 'history.server.states.proxyFailed',
  'net.proxy-refused': 'history.server.states.proxyRefused',
}

/** The state of a server; null if nothing is known yet. */
function serverState(
  { credential, isPaused }: Pick<StoredServer, 'credential' | 'isPaused'>,
  access: Access,
  reach: Reach,
): State | null {
  if (credential === null)
    return { health: 'unknown', state: message('history.server.states.noCredentials'), reason: null }
  const reason = reach.error?.message ?? null
  if (access.state === 'blocked')
    return { health: 'error', state: message(`history.server.states.blocked.${access.reason}`), reason }
  if (isPaused) {
    const paused = message('history.server.pausedReason')
    return { health: 'stopped', state: message('history.server.states.paused'), reason: paused }
  }
  const { state, error } = reach
  if (state === 'unreachable') {
    const key = (error && UNREACHABLE[error.code]) ?? 'history.server.states.unreachable'
    return { health: 'attention', state: message(key), reason }
  }
  if (state === 'not-asked') return null
  return { health: 'running', state: message('history.server.states.answers'), reason: null }
}
