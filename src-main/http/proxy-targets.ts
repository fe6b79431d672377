import type { Clock } from '../clock.ts'

/** The last server for which an answer said nothing about the password, and when, in epoch ms. */
export interface UnsaidTarget {
  readonly target: string
  readonly lastAt: number
}

/** What a proxy answered to its password, by server (`host:port`). */
export class ProxyTargets {
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  readonly #holdMs: number
  readonly #reached = new Set<string>()
  /** With the time, in terms of `elapsed`, until which nothing more can be learned through them. */
  readonly #unsaid = new Map<string, number>()
  #last: UnsaidTarget | null

  /** `last`: as it was stored. */
  constructor(clock: Pick<Clock, 'now' | 'elapsed'>, holdMs: number, last: UnsaidTarget | null) {
    this.#clock = clock
    this.#holdMs = holdMs
    this.#last = last
    // Limited, so that a clock that was set back does not hold it for longer.
    if (last !== null) this.#hold(last.target, Math.min(holdMs, last.lastAt + holdMs - clock.now()))
  }

  /** What has to be stored. */
  get last(): UnsaidTarget | null {
    return this.#last
  }

  /** For how long the password must not be sent for this server, in ms, unless it is proven. */
  heldMs(target: string): number {
    return Math.max(0, (this.#unsaid.get(target) ?? Number.NEGATIVE_INFINITY) - this.#clock.elapsed())
  }

  /** Whether the last answer for this server said nothing about the password. */
  isUnsaid(target: string): boolean {
    return this.#unsaid.has(target)
  }

  /** This server was reached with the password, so what other answers left open no longer matters. */
  reached(target: string): void {
    this.#last = null
    this.#unsaid.clear()
    this.#reached.add(target)
  }

  /** This server is no longer reached. False if it was not before either. */
  isReachedNoMore(target: string): boolean {
    return this.#reached.delete(target)
  }

  /** The answer for this server said nothing about the password. */
  unsaid(target: string): void {
    this.#last = { target, lastAt: this.#clock.now() }
    this.#hold(target, this.#holdMs)
  }

  /** The user wants to try: none is held back. */
  release(): void {
    this.#unsaid.clear()
  }

  /** The password was changed. */
  forget(): void {
    this.#last = null
    this.#unsaid.clear()
    this.#reached.clear()
  }

  #hold(target: string, forMs: number): void {
    this.#unsaid.set(target, this.#clock.elapsed() + forMs)
  }
}
