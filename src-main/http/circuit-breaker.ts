import type { AppErrorData, ErrorCode } from '#contract/errors.ts'
import { AppError } from '../errors/app-error.ts'

/** Failures in a row after which a server counts as down. */
const FAILURES_TO_OPEN = 3

/** Failures that mean that the server, or the route to it, is down. */
const DOWN: readonly ErrorCode[] = [
  'net.unreachable',
  'net.timeout',
  'net.dns',
  'net.proxy',
  'net.proxy-refused',
  'tls.untrusted',
  'http.server-error',
]

export function meansDown(code: ErrorCode): boolean {
  return DOWN.includes(code)
}

/** The probe: a request that finds out whether the server is back, while others wait for it. */
interface Probe {
  /** Why the server is still down; null if it is up, or the probe was inconclusive. */
  readonly over: Promise<AppErrorData | null>
  readonly end: (failure: AppErrorData | null) => void
}

/**
 * The circuit breaker of one server. While the server is down one request at a time is let out to find out whether it
 * is back; all others wait for it and share its failure, instead of each running into a time-out. The time of the next
 * probe is not decided here: the monitor backs off, and the user may refresh at any time.
 */
export class CircuitBreaker {
  #failures = 0
  #probe: Probe | null = null

  get isOpen(): boolean {
    return this.#failures >= FAILURES_TO_OPEN
  }

  /** Resolves when the request may leave. Rejects with the failure of the probe that it waited for. */
  async enter(): Promise<void> {
    while (this.isOpen && this.#probe !== null) {
      const failure = await this.#probe.over
      if (failure !== null) throw neverSent(failure)
    }
    if (!this.isOpen) return
    const { promise: over, resolve: end } = Promise.withResolvers<AppErrorData | null>()
    this.#probe = { over, end }
  }

  /** The server answered, whatever it said. */
  answered(): void {
    this.#failures = 0
    this.#endProbe(null)
  }

  /** A request ended without a usable answer; a cancelled one says nothing. */
  failed(error: AppErrorData | null): void {
    const isDown = error !== null && meansDown(error.code)
    if (isDown) this.#failures += 1
    this.#endProbe(isDown ? error : null)
  }

  #endProbe(failure: AppErrorData | null): void {
    const probe = this.#probe
    this.#probe = null
    probe?.end(failure)
  }
}

/** A request that was never sent has no answer to lose, as these codes would imply for a write. */
const CLAIM_A_LOST_ANSWER: readonly ErrorCode[] = [
  'net.timeout',
  'net.aborted',
  'http.server-error',
  'http.body-too-large',
  'http.unexpected-body',
]

/** The failure that kept the request from being sent, as the request's own failure. */
export function neverSent(failure: AppErrorData): AppError {
  const code = CLAIM_A_LOST_ANSWER.includes(failure.code) ? 'net.unreachable' : failure.code
  return new AppError(code, failure.message, failure)
}
