import type { AppErrorData, ErrorCode } from '#contract/errors.ts'
import { AppError } from '../errors/app-error.ts'

/** Failures in a row after which a server counts as down. */
const FAILURES_TO_OPEN = 3

/** Failures that say that the server, or the way to it, is down. */
const DOWN: readonly ErrorCode[] = ['net.unreachable', 'net.timeout', 'net.dns', 'net.proxy', 'tls.untrusted', 'http.server-error']

export function meansDown(code: ErrorCode): boolean {
  return DOWN.includes(code)
}

/**
 * The circuit breaker of one server. While the server is down one request at a time is let out to find out whether it
 * is back; all others fail at once with the last failure, instead of each waiting for a time-out of its own.
 * When the next probe is made is not decided here: the monitor backs off, and the user may ask at any time.
 */
export class Circuit {
  #failures = 0
  #isProbing = false
  #last: AppErrorData | null = null

  get isOpen(): boolean {
    return this.#failures >= FAILURES_TO_OPEN
  }

  /** Throws the last failure when the server is down and a probe is under way; else the request may leave. */
  enter(): void {
    if (!this.isOpen) return
    if (this.#isProbing && this.#last !== null) {
      // Of a request that was never sent the answer cannot be lost, as these two codes would say of a write.
      const code = this.#last.code === 'net.timeout' || this.#last.code === 'http.server-error' ? 'net.unreachable' : this.#last.code
      throw new AppError(code, this.#last.message, this.#last)
    }
    this.#isProbing = true
  }

  /** Whatever the server said, it answered. */
  answered(): void {
    this.#failures = 0
    this.#isProbing = false
    this.#last = null
  }

  /** A request that left ended without a usable answer; one that was called off tells nothing. */
  failed(error: AppErrorData | null): void {
    this.#isProbing = false
    if (error === null || !meansDown(error.code)) return
    this.#failures += 1
    this.#last = error
  }
}
