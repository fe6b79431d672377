import type { Access, BlockReason, Reach } from '#contract/servers.ts'
import type { Transition } from '#contract/monitoring.ts'
import type { ErrorCode } from '#contract/errors.ts'
import type { StoredTransition, TransitionTable } from '../storage/transition-table.ts'

type State = Omit<Transition, 'at'>

export interface ServerHistoryOptions {
  readonly table: TransitionTable
  readonly now: () => number
  /** Null for a server that is not in the list. */
  readonly stateOf: (serverId: string) => {
    readonly access: Access
    readonly reach: Reach
    readonly isPaused: boolean
    readonly hasCredential: boolean
  } | null
  readonly serverIds: readonly string[]
}

/** The state history of the servers, recorded when a state changes. */
export class ServerHistory {
  readonly #options: ServerHistoryOptions
  readonly #last = new Map<string, string>()

  constructor(options: ServerHistoryOptions) {
    this.#options = options
    for (const serverId of options.serverIds) {
      const label = options.table.of(serverId, '', 1)[0]?.label
      if (label !== undefined) this.#last.set(serverId, label)
    }
  }

  /** The server changed: records its state if it differs from the last one. */
  note(serverId: string): void {
    const { stateOf, table, now } = this.#options
    const parts = stateOf(serverId)
    const state = parts === null ? null : serverState(parts)
    if (state === null || state.label === this.#last.get(serverId)) return
    this.#last.set(serverId, state.label)
    table.add([{ serverId, key: '', at: now(), ...state } satisfies StoredTransition])
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
function serverState({
  access,
  reach,
  isPaused,
  hasCredential,
}: NonNullable<ReturnType<ServerHistoryOptions['stateOf']>>): State | null {
  if (!hasCredential) return { health: 'unknown', label: 'No credentials', reason: '' }
  if (access.state === 'blocked')
    return { health: 'error', label: BLOCK_LABELS[access.reason], reason: reach.error?.message ?? '' }
  if (isPaused) return { health: 'stopped', label: 'Paused', reason: 'The automatic reading was paused' }
  const { state, error } = reach
  if (state === 'unreachable') {
    const label = (error && UNREACHABLE_LABELS[error.code]) ?? 'Not reachable'
    return { health: 'attention', label, reason: error?.message ?? '' }
  }
  if (state === 'not-asked') return null
  return { health: 'running', label: 'Answers', reason: '' }
}
