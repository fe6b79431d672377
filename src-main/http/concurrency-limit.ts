/** Lets at most `limit()` pieces of work run at once; the others wait in order. The limit may change at any time. */
export class ConcurrencyLimit {
  readonly #limit: () => number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(limit: () => number) {
    this.#limit = limit
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#running >= this.#limit()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#running += 1
    try {
      return await work()
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }
}
