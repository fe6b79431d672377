import type { Access, BlockReason, Reach } from '#contract/servers.ts'
import type { Transition } from '#contract/monitoring.ts'
import type { ErrorCode } from '#contract/errors.ts'
import { say } from '../text/say.ts'
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
  readonly #last = new Map<string, string>()

  constructor(options: ServerHistoryOptions) {
    this.#options = options
    for (const { id } of options.registry.all()) {
      const label = options.table.statesOf(id, '', 1)[0]?.label
      if (label !== undefined) this.#last.set(id, label)
    }
  }

  /** The server changed: records its state if it differs from the last one. */
  note(serverId: string): void {
    const { registry, connections, reachability, table, clock } = this.#options
    const server = registry.find(serverId)
    if (server === null) return
    const state = serverState(server, connections.gate(serverId).access, reachability.get(serverId))
    if (state === null || state.label === this.#last.get(serverId)) return
    this.#last.set(serverId, state.label)
    table.add([{ serverId, key: '', at: clock.now(), ...state } satisfies StoredTransition])
  }

  forget(serverId: string): void {
    this.#last.delete(serverId)
  }
}

const BLOCK_LABELS: Readonly<Record<BlockReason, string>> = {
  rejected: 'Log-in refused',
  captcha: 'Captcha demanded',
  'method-off': 'Log-in method off',
  intercepted: 'Intercepted',
  unanswered: 'Log-in unanswered',
}

const UNREACHABLE_LABELS: Partial<Record<ErrorCode, string>> = {
  'tls.untrusted': 'Certificate not trusted',
  'http.server-error': 'Server error',
  'net.proxy': 'Proxy failed',
  'net.proxy-refused': 'Proxy refused its user',
}

/** The state of a server; null if nothing is known yet. */
function serverState(
  { credential, isPaused }: Pick<StoredServer, 'credential' | 'isPaused'>,
  access: Access,
  reach: Reach,
): State | null {
  if (credential === null) return { health: 'unknown', label: 'No credentials', reason: '' }
  if (access.state === 'blocked')
    return {
      health: 'error',
      label: BLOCK_LABELS[access.reason],
      reason: reach.error === null ? '' : say(reach.error.message),
    }
  if (isPaused) return { health: 'stopped', label: 'Paused', reason: 'The automatic reading was paused' }
  const { state, error } = reach
  if (state === 'unreachable') {
    const label = (error && UNREACHABLE_LABELS[error.code]) ?? 'Not reachable'
    return { health: 'attention', label, reason: error === null ? '' : say(error.message) }
  }
  if (state === 'not-asked') return null
  return { health: 'running', label: 'Answers', reason: '' }
}
