import { message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { MIN_ATTEMPT_INTERVAL_MS } from '../http/attempt-pause.ts'
import type { Connections } from './connections.ts'
import { keyOf, serversOf, type Identity } from './identity.ts'
import type { ServerRegistry } from './server-registry.ts'

export interface LogInAttemptsOptions {
  readonly clock: Pick<Clock, 'elapsed'>
  readonly registry: Pick<ServerRegistry, 'all'>
  readonly connections: Pick<Connections, 'gate'>
}

/**
 * Log-ins tried by the user, with a typed or a stored credential: one at a time per identity, and ten seconds after a
 * failure, also if another credential of the identity was accepted in between. A lost answer counts as a failure,
 * because Jira may have counted it.
 */
export class LogInAttempts {
  readonly #options: LogInAttemptsOptions
  readonly #failedAt = new Map<string, number>()
  readonly #last = new Map<string, Promise<unknown>>()

  constructor(options: LogInAttemptsOptions) {
    this.#options = options
  }

  isUnderWay(identity: Identity): boolean {
    return this.#last.has(keyOf(identity))
  }

  /**
   * Waits for other attempts of this identity, then makes this one. `isAccepted`: Jira is known to accept the
   * credential, before the attempt or after it. Rejects with `auth.too-soon` within ten seconds of one that failed,
   * without making another.
   */
  run<T>(identity: Identity, isAccepted: () => boolean, attempt: () => Promise<T>): Promise<T> {
    const key = keyOf(identity)
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(() => this.#make(identity, key, isAccepted, attempt))
    const ended = mine
      .catch(() => undefined)
      .finally(() => {
        if (this.#last.get(key) === ended) this.#last.delete(key)
      })
    this.#last.set(key, ended)
    return mine
  }

  async #make<T>(identity: Identity, key: string, isAccepted: () => boolean, attempt: () => Promise<T>): Promise<T> {
    const waitMs = isAccepted() ? 0 : this.#waitMs(identity, key)
    if (waitMs > 0) {
      throw new AppError('auth.too-soon', message('errors.tooSoon', { seconds: Math.ceil(waitMs / 1000) }), {
        advice: message('errors.tooSoonCaptcha'),
      })
    }
    try {
      return await attempt()
    } catch (error) {
      if (!isAccepted() && mayHaveCounted(error)) this.#failedAt.set(key, this.#options.clock.elapsed())
      throw error
    }
  }

  #waitMs(identity: Identity, key: string): number {
    const { clock, registry, connections } = this.#options
    const sinceOwn = (this.#failedAt.get(key) ?? -Infinity) + MIN_ATTEMPT_INTERVAL_MS - clock.elapsed()
    return Math.max(sinceOwn, ...serversOf(identity, registry).map(({ id }) => connections.gate(id).waitMs))
  }
}

/** False only if the credential certainly never reached Jira. */
export function mayHaveCounted(error: unknown): boolean {
  if (!(error instanceof AppError)) return true
  const { code } = error
  if (
    code.startsWith('vault.') ||
    [
      'auth.missing',
      'auth.too-soon',
      'net.dns',
      'net.proxy',
      'tls.untrusted',
      'server.unknown',
      'storage.failed',
    ].includes(code)
  )
    return false
  return code !== 'net.unreachable' || error.isAnswerLost
}
