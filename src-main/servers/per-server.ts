/** One of something per server, made on first use. It outlives connections. */
export class PerServer<T> {
  readonly #make: (serverId: string) => T
  readonly #known = new Map<string, T>()

  constructor(make: (serverId: string) => T) {
    this.#make = make
  }

  get(serverId: string): T {
    const known = this.#known.get(serverId)
    if (known !== undefined) return known
    const made = this.#make(serverId)
    this.#known.set(serverId, made)
    return made
  }

  /** Undefined if it was never used. */
  find(serverId: string): T | undefined {
    return this.#known.get(serverId)
  }

  delete(serverId: string): void {
    this.#known.delete(serverId)
  }

  values(): Iterable<T> {
    return this.#known.values()
  }
}
