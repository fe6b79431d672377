import type { RateLimitState } from '#contract/servers.ts'
import type { Clock } from '../clock.ts'
import { Signal } from '../signal.ts'
import { rateLimitOf, retryAfterMs, type AnswerHeaders } from './rate-limit-headers.ts'

/** Minimum wait after a 429, even if the server says `Retry-After: 0`. */
const MIN_HOLD_MS = 1_000
const MAX_HOLD_MS = 5 * 60_000
/** Refusals in a row after which a reading is given up: the server then accepts nothing at all for now. */
const REFUSALS_TO_GIVE_UP = 3
/** For a longer hold, readings fail at once instead of waiting. */
const LONG_HOLD_MS = 20_000
/** Tokens that background readings leave in the bucket for the user's own requests. */
const RESERVE = 1
/** How long a limit is shown after something had to wait for it. */
const TOLD_MS = 60_000

/** The interval between requests after the first 429 of a server that reports no rate, and its bounds; ms. */
const FIRST_PACE_MS = 1_000
const MAX_PACE_MS = 60_000
/** A server that accepts requests this fast is no longer limited. */
const MIN_PACE_MS = 100
/** After this many successes in a row without bucket headers, the server's limit is taken to be lifted. */
const SILENCE_TO_FORGET = 5
/** How much the rate grows per second of accepted requests, in requests per second; a refusal halves it. */
const RATE_GROWTH = 0.03
/** The longest time for which one acceptance counts. */
const MAX_GROWTH_MS = 5_000

/** The server's token bucket, as far as its headers reveal it. */
interface Bucket {
  readonly capacity: number
  readonly perMs: number
  level: number
  /** When `level` was measured, in terms of `elapsed`. */
  at: number
}

/** Permission for one request. Exactly one of the two functions is called in the end; a second call does nothing. */
export interface Permit {
  /** It was answered. `isVisitors`: the request was anonymous, and servers count visitors apart from users. */
  answered(status: number, headers: AnswerHeaders, isVisitors?: boolean): void
  /** It was not sent, or no answer came. */
  release(): void
}

/**
 * The rate limiter of one server, which is the server's own limit seen from here. If the server reveals its token
 * bucket (`X-RateLimit-*`, Jira Data Center), a request leaves when a token is available; if it only answers 429 (RFC
 * 6585), requests leave one by one, at a rate that grows steadily while they are accepted and halves with each refusal
 * (additive increase, multiplicative decrease), so that it is back within minutes after a limit that refused everything
 * for an hour. A server that never mentioned a limit is not slowed down. If both are seen, as when a gateway refuses
 * more than Jira does, both apply.
 */
export class RateLimiter {
  /** `state` has changed. */
  readonly changed = new Signal()
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  readonly #random: () => number
  #bucket: Bucket | null = null
  /** Successes in a row without bucket headers. */
  #silent = 0
  #paceMs: number | null = null
  #heldUntil = Number.NEGATIVE_INFINITY
  #lastLeftAt = Number.NEGATIVE_INFINITY
  #waitedAt = Number.NEGATIVE_INFINITY
  #refusedAt = Number.NEGATIVE_INFINITY
  /** When the pace last changed, in terms of `elapsed`. */
  #pacedAt = Number.NEGATIVE_INFINITY
  #refusals = 0
  #underWay = 0
  #notified = ''

  constructor(options: { clock: Pick<Clock, 'now' | 'elapsed'>; random: () => number }) {
    this.#clock = options.clock
    this.#random = options.random
  }

  /** Milliseconds for which the server asked to be left alone; 0 for none. */
  get heldMs(): number {
    return Math.max(0, this.#heldUntil - this.#clock.elapsed())
  }

  /** Milliseconds until the next request may leave; 0 for now. */
  waitMs(isBackground: boolean): number {
    const now = this.#clock.elapsed()
    const pace = this.#paceMs === null ? 0 : this.#lastLeftAt + this.#paceMs - now
    const token = this.#bucket === null ? 0 : this.#untilToken(this.#bucket, isBackground)
    // However long a token takes according to the server: that may be wrong, or become wrong.
    return Math.max(0, this.heldMs, pace, Math.min(token, this.#lastLeftAt + MAX_HOLD_MS - now))
  }

  /** Whether a reading should wait for its turn; not if the server asks for a long wait, or accepts nothing at all. */
  get isWorthWaiting(): boolean {
    return this.#refusals < REFUSALS_TO_GIVE_UP && !this.isHeldLong
  }

  get isHeldLong(): boolean {
    return this.heldMs > LONG_HOLD_MS
  }

  /** The limit as shown to the user; null if nothing had to wait recently. */
  get state(): RateLimitState | null {
    const { heldMs } = this
    if (heldMs === 0 && this.#clock.elapsed() - this.#waitedAt > TOLD_MS) return null
    const perMs = Math.min(this.#bucket?.perMs ?? Infinity, this.#paceMs === null ? Infinity : 1 / this.#paceMs)
    return {
      perSecond: perMs === Infinity ? null : perMs * 1000,
      heldUntil: heldMs > MIN_HOLD_MS * 2 ? Math.round(this.#clock.now() + heldMs) : null,
    }
  }

  /** Called when something has to wait for the limit. */
  noteWait(): void {
    this.#waitedAt = this.#clock.elapsed()
    this.#notify()
  }

  /** Takes a token for a request; `waitMs` says whether it may go. */
  acquire(): Permit {
    const leftAt = this.#clock.elapsed()
    this.#lastLeftAt = leftAt
    this.#underWay += 1
    if (this.#bucket !== null) this.#fill(this.#bucket).level -= 1
    let isOver = false
    const over = (then: () => void): void => {
      if (isOver) return
      isOver = true
      this.#underWay -= 1
      then()
    }
    return {
      answered: (status, headers, isVisitors = false) => over(() => this.#learn(status, headers, leftAt, isVisitors)),
      release: () => over(() => undefined),
    }
  }

  #learn(status: number, headers: AnswerHeaders, leftAt: number, isVisitors: boolean): void {
    const now = this.#clock.elapsed()
    const limit = rateLimitOf(headers)
    if (limit !== null) {
      const perMs = limit.fillRate / limit.intervalMs
      const level = this.#bucket === null ? limit.remaining : this.#fill(this.#bucket).level
      // `remaining` may already count some of those under way, and is rounded down: our own count, which is finer, is
      // kept as long as it agrees. If it does not, somebody else takes tokens of the same user, or one of ours was not
      // spent.
      const least = limit.remaining - this.#underWay
      this.#bucket = {
        capacity: limit.capacity,
        perMs,
        level: level >= limit.remaining + 1 ? least : Math.max(level, least),
        at: now,
      }
    }
    this.#silent = limit === null && status < 300 ? this.#silent + 1 : limit === null ? this.#silent : 0
    if (this.#silent >= SILENCE_TO_FORGET) this.#bucket = null
    // What was sent before the last refusal came says nothing about the time after it.
    const isNews = leftAt >= this.#refusedAt
    if (status === 429) {
      const isOfBucket = limit !== null || (isVisitors && this.#bucket !== null)
      if (isNews && !isOfBucket) this.#slowDown()
      this.#refused(retryAfterMs(headers, this.#clock.now()), limit?.intervalMs ?? 0, isNews)
    } else if (isNews) {
      this.#refusals = 0
      this.#ease()
    }
    this.#notify()
  }

  #refused(askedMs: number, intervalMs: number, isNews: boolean): void {
    if (isNews) {
      this.#refusals += 1
      this.#refusedAt = this.#clock.elapsed()
      this.#pacedAt = this.#refusedAt
    }
    if (this.#bucket !== null) this.#bucket.level = Math.min(this.#bucket.level, 0)
    const base = Math.max(MIN_HOLD_MS * 2 ** (this.#refusals - 1), askedMs > 0 ? askedMs : intervalMs)
    const hold = Math.min(MAX_HOLD_MS, base) * (1 + 0.2 * this.#random())
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.elapsed() + Math.min(hold, MAX_HOLD_MS))
    this.#waitedAt = this.#clock.elapsed()
  }

  #slowDown(): void {
    this.#paceMs = this.#paceMs === null ? FIRST_PACE_MS : Math.min(MAX_PACE_MS, this.#paceMs * 2)
  }

  #ease(): void {
    if (this.#paceMs === null) return
    const now = this.#clock.elapsed()
    const grown = 1 / this.#paceMs + (RATE_GROWTH / 1000) * (Math.min(MAX_GROWTH_MS, now - this.#pacedAt) / 1000)
    this.#pacedAt = now
    this.#paceMs = 1 / grown <= MIN_PACE_MS ? null : 1 / grown
  }

  #fill(bucket: Bucket): Bucket {
    const now = this.#clock.elapsed()
    bucket.level = Math.min(bucket.capacity, bucket.level + (now - bucket.at) * bucket.perMs)
    bucket.at = now
    return bucket
  }

  #untilToken(bucket: Bucket, isBackground: boolean): number {
    const needed = Math.min(bucket.capacity, 1 + (isBackground ? RESERVE : 0))
    return (needed - this.#fill(bucket).level) / bucket.perMs
  }

  #notify(): void {
    const { state } = this
    const notified =
      state === null
        ? ''
        : `${state.perSecond?.toPrecision(2)} ${state.heldUntil === null ? '' : Math.round(state.heldUntil / 1000)}`
    if (notified === this.#notified) return
    this.#notified = notified
    this.changed.emit()
  }
}
