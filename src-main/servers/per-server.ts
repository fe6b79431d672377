import type { ServerId } from '#contract/ids.ts'

/** One of something per server, made on first use. It outlives connections. */
export class PerServer<T> {
  readonly #make: (serverId: ServerId) => T
  readonly #known = new Map<string, T>()

  constructor(make: (serverId: ServerId) => T) {
    this.#make = make
  }

  get(serverId: ServerId): T {
    const known = this.#known.get(serverId)
    if (known !== undefined) return known
    const made = this.#make(serverId)
    this.#known.set(serverId, made)
    return made
  }

  /** Undefined if it was never used. */
  find(serverId: ServerId): T | undefined {
    return this.#known.get(serverId)
  }

  delete(serverId: ServerId): void {
    this.#known.delete(serverId)
  }

  values(): Iterable<T> {
    return this.#known.values()
  }
}
