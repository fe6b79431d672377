import type { Clock } from '../clock.ts'

/** Least wait after a 429, also where the server says `Retry-After: 0`. */
const MIN_HOLD_MS = 1_000
const MAX_HOLD_MS = 5 * 60_000

/** Holds back all requests to one server as its rate limit asks (RFC 6585, and Jira's `X-RateLimit-*`). */
export class Pacing {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  readonly #random: () => number
  #heldUntil = 0

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>, random: () => number) {
    this.#clock = clock
    this.#random = random
  }

  /** Milliseconds to wait before the next request; 0 for none. */
  get waitMs(): number {
    return Math.max(0, this.#heldUntil - this.#clock.elapsed())
  }

  /** Learns from the headers of an answer. */
  observe(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    const number = (name: string): number => Number(headers[name] ?? Number.NaN)
    const intervalMs = (number('x-ratelimit-interval-seconds') || 0) * 1000
    if (status === 429) {
      const asked = this.#retryAfterMs(headers['retry-after'])
      const base = Math.min(MAX_HOLD_MS, Math.max(MIN_HOLD_MS, asked, intervalMs))
      this.#hold(base * (1 + 0.2 * this.#random()))
      return
    }
    const remaining = number('x-ratelimit-remaining')
    const limit = number('x-ratelimit-limit')
    if (remaining < limit / 5) this.#hold(intervalMs / Math.max(1, number('x-ratelimit-fillrate') || 1))
  }

  #hold(milliseconds: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.elapsed() + Math.min(milliseconds, MAX_HOLD_MS))
  }

  /** `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). */
  #retryAfterMs(value: string | string[] | undefined): number {
    if (typeof value !== 'string') return 0
    if (/^\d+$/.test(value.trim())) return Number(value) * 1000
    const date = Date.parse(value)
    return Number.isNaN(date) ? 0 : Math.max(0, date - this.#clock.now())
  }
}
