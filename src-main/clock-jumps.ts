import type { Clock } from './clock.ts'
import { Signal } from './signal.ts'

/** A larger difference between the two clocks means sleep or a clock that was set; ms. */
const JUMP_MS = 30_000

/**
 * Notices that the computer slept, or that its clock was set: what was under way before is dead. Whoever is about to
 * send something asks first, so that it is not taken for something from before the jump.
 */
export class ClockJumps {
  /** The clock jumped since the last check. */
  readonly noticed = new Signal()
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  #offset: number

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>) {
    this.#clock = clock
    this.#offset = this.#current
  }

  /** Returns whether it has jumped, after everybody was notified. */
  check(): boolean {
    const offset = this.#current
    const hasJumped = Math.abs(offset - this.#offset) > JUMP_MS
    this.#offset = offset
    if (hasJumped) this.noticed.emit()
    return hasJumped
  }

  get #current(): number {
    return this.#clock.now() - this.#clock.elapsed()
  }
}
