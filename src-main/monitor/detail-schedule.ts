import type { ServerId } from '#contract/ids.ts'
import type { Clock } from '../clock.ts'

/** When details and conflicts of each synchronization are read next. Keeps one number for each, and no timer. */
export class DetailSchedule {
  readonly #clock: Clock
  readonly #intervalMs: () => number
  readonly #random: () => number
  /** When a synchronization was last read in an earlier session, epoch ms; null for never. */
  readonly #readAt: (serverId: ServerId, key: string) => number | null
  readonly #dueAt = new Map<string, Map<string, number>>()

  constructor(options: {
    clock: Clock
    intervalMs: () => number
    random: () => number
    readAt: (serverId: ServerId, key: string) => number | null
  }) {
    this.#clock = options.clock
    this.#intervalMs = options.intervalMs
    this.#random = options.random
    this.#readAt = options.readAt
  }

  /** Those of `keys` that are due, the longest overdue first. Forgets every other key of the server. */
  due(serverId: ServerId, keys: ReadonlySet<string>): string[] {
    const ofServer = this.#ofServer(serverId)
    for (const key of ofServer.keys()) if (!keys.has(key)) ofServer.delete(key)
    for (const key of keys) if (!ofServer.has(key)) ofServer.set(key, this.#firstDue(serverId, key))
    const elapsed = this.#clock.elapsed()
    return [...ofServer]
      .filter(([, at]) => at <= elapsed)
      .sort(([, a], [, b]) => a - b)
      .map(([key]) => key)
  }

  /** It changed: its details are read with the next round. */
  hurry(serverId: ServerId, key: string): void {
    this.#ofServer(serverId).set(key, Number.NEGATIVE_INFINITY)
  }

  /** It was read, or could not be: due again after the interval, or a little sooner, so that readings spread. */
  done(serverId: ServerId, key: string): void {
    this.#ofServer(serverId).set(key, this.#clock.elapsed() + this.#intervalMs() * (0.8 + 0.2 * this.#random()))
  }

  forget(serverId: ServerId): void {
    this.#dueAt.delete(serverId)
  }

  /** The interval changed: nothing may be due later than it allows. */
  intervalChanged(): void {
    const latest = this.#clock.elapsed() + this.#intervalMs()
    for (const ofServer of this.#dueAt.values()) {
      for (const [key, at] of ofServer) if (at > latest) ofServer.set(key, latest)
    }
  }

  #firstDue(serverId: ServerId, key: string): number {
    const readAt = this.#readAt(serverId, key)
    if (readAt === null) return this.#clock.elapsed()
    const age = this.#clock.now() - readAt
    // A time in the future means that the clock was set back; it is ignored.
    return this.#clock.elapsed() + (age < 0 ? 0 : Math.max(0, this.#intervalMs() - age))
  }

  #ofServer(serverId: ServerId): Map<string, number> {
    const known = this.#dueAt.get(serverId) ?? new Map<string, number>()
    this.#dueAt.set(serverId, known)
    return known
  }
}
