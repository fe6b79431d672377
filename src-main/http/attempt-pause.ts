import type { Clock } from '../clock.ts'

/** The time between two attempts by the user. */
export const MIN_ATTEMPT_INTERVAL_MS = 10_000

/**
 * The time after an attempt in which the user cannot make another. A clock that is set back does not prolong it, and
 * neither does sleep, during which `elapsed` may stand still.
 */
export class AttemptPause {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  #attemptAt = Number.NEGATIVE_INFINITY
  /** In terms of `elapsed`. */
  #until = Number.NEGATIVE_INFINITY

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>) {
    this.#clock = clock
  }

  /** `attemptAt`: in epoch ms. If it is in the future, the clock has been set back since: it counts as long ago. */
  begin(attemptAt: number): void {
    const leftMs = attemptAt + MIN_ATTEMPT_INTERVAL_MS - this.#clock.now()
    this.#attemptAt = attemptAt
    this.#until = leftMs > MIN_ATTEMPT_INTERVAL_MS ? Number.NEGATIVE_INFINITY : this.#clock.elapsed() + leftMs
  }

  /** In ms; 0 once it is over. */
  get leftMs(): number {
    const byClock = this.#attemptAt + MIN_ATTEMPT_INTERVAL_MS - this.#clock.now()
    return Math.max(0, Math.min(this.#until - this.#clock.elapsed(), byClock))
  }

  /** When it is over, in terms of the present clock. */
  get overAt(): number {
    const overAt = this.#attemptAt + MIN_ATTEMPT_INTERVAL_MS
    return this.#attemptAt > this.#clock.now() ? this.#clock.now() + this.leftMs : overAt
  }
}
