import type { Clock } from '../../src-main/clock.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/**
 * A clock that advances only when the test says so. Both times can be moved apart, as by sleep or by a clock that is
 * set.
 */
export class SimulatedClock implements Clock {
  #elapsed = 0
  #epoch: number
  readonly #timers = new Set<Timer>()

  constructor(epoch = Date.parse('2026-03-02T10:00:00Z')) {
    this.#epoch = epoch
  }

  now(): number {
    return Math.floor(this.#epoch + this.#elapsed)
  }

  /** Advances a little with each reading, as a real one does: what is due now must not be late because of that. */
  elapsed(): number {
    this.#elapsed += 1e-6
    return this.#elapsed
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#elapsed + milliseconds, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size
  }

  /** Sets the clock that people see, without any time passing. */
  jump(milliseconds: number): void {
    this.#epoch += milliseconds
  }

  /** Lets time pass, calling each timer at its time and letting everything that it started settle. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#elapsed + milliseconds
    await settled()
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      this.#timers.delete(next)
      this.#elapsed = Math.max(this.#elapsed, next.at)
      next.run()
      await settled()
    }
    this.#elapsed = end
  }
}

/** Everything that needs no more time than its turn has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate)
}
