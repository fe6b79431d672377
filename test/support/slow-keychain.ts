import { MemoryKeychain } from './memory-keychain.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/** A keychain that takes its time to give something out. */
export class SlowKeychain extends MemoryKeychain {
  readonly #clock: SimulatedClock
  answersInMs = 0

  constructor(clock: SimulatedClock) {
    super()
    this.#clock = clock
  }

  override async get(account: string): Promise<string | null> {
    const found = await super.get(account)
    if (this.answersInMs > 0)
      await new Promise<void>((resolve) => void this.#clock.after(this.answersInMs, () => resolve()))
    return found
  }
}
