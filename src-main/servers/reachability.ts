import type { Message } from '#contract/messages/message.ts'
import type { AppErrorData } from '#contract/errors.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Reach } from '#contract/servers.ts'
import type { Clock } from '../clock.ts'
import { meansDown } from '../http/circuit-breaker.ts'
import { Signal } from '../signal.ts'

/** Whether each server answers, as its readings show. */
export class Reachability {
  readonly #clock: Pick<Clock, 'now'>
  readonly changed = new Signal<[serverId: ServerId]>()
  readonly #known = new Map<string, Reach>()
  /** Servers whose last reading was interrupted by their rate limit. */
  readonly #waitedFor = new Set<string>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  get(serverId: ServerId): Reach {
    const known = this.#known.get(serverId)
    if (known !== undefined) return known
    const fresh: Reach = {
      state: 'not-asked',
      isAsking: false,
      since: this.#clock.now(),
      lastReadAt: null,
      nextReadAt: null,
      error: null,
      gaps: [],
    }
    this.#known.set(serverId, fresh)
    return fresh
  }

  /** Whether the server's rate limit interrupted the last reading, which is not a failure. */
  isWaitedFor(serverId: ServerId): boolean {
    return this.#waitedFor.has(serverId)
  }

  /** Restores the state of an earlier session from the cache. */
  restore(serverId: ServerId, lastReadAt: number): void {
    this.#known.set(serverId, { ...this.get(serverId), lastReadAt })
  }

  asking(serverId: ServerId): void {
    this.#waitedFor.delete(serverId)
    this.#put(serverId, { ...this.get(serverId), isAsking: true })
  }

  /** `gaps`: what the reading left out. */
  answered(serverId: ServerId, readAt: number, gaps: readonly Message[]): void {
    const before = this.get(serverId)
    const since = before.state === 'reachable' ? before.since : this.#clock.now()
    this.#put(serverId, {
      ...before,
      state: 'reachable',
      isAsking: false,
      since,
      lastReadAt: readAt,
      error: null,
      gaps: [...gaps],
    })
  }

  failed(serverId: ServerId, error: AppErrorData): void {
    const before = this.get(serverId)
    if (error.code === 'http.rate-limited') this.#waitedFor.add(serverId)
    // A server that asks us to wait is there, and what it last said is still true.
    if (error.code === 'net.aborted' || error.code === 'http.rate-limited') {
      this.#put(serverId, { ...before, isAsking: false })
      return
    }
    const state = meansDown(error.code) ? 'unreachable' : before.state === 'unreachable' ? 'not-asked' : before.state
    const since = before.state === state ? before.since : this.#clock.now()
    this.#put(serverId, { ...before, state, since, isAsking: false, error })
  }

  /** When the server is next read automatically; null if that is not planned. */
  planned(serverId: ServerId, nextReadAt: number | null): void {
    if (this.get(serverId).nextReadAt !== nextReadAt) this.#put(serverId, { ...this.get(serverId), nextReadAt })
  }

  forget(serverId: ServerId): void {
    this.#known.delete(serverId)
    this.#waitedFor.delete(serverId)
  }

  #put(serverId: ServerId, reach: Reach): void {
    this.#known.set(serverId, reach)
    this.changed.emit(serverId)
  }
}
