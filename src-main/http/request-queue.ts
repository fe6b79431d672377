import { message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import type { Permit, RateLimiter } from './rate-limiter.ts'

/** Priorities: writes, then reads that somebody is waiting for, then background readings. */
export type Urgency = 'write' | 'read' | 'background'

const ORDER: readonly Urgency[] = ['write', 'read', 'background']

interface Waiting {
  readonly admit: (permit: Permit) => void
  readonly refuse: (error: AppError) => void
}

/**
 * The queue of all requests to a server: at most `limit()` at once, no faster than the rate limiter allows, by priority
 * and then first come, first served. The limit may change at any time. Writes wait however long the server asks;
 * readings that would wait long reject with `http.rate-limited`.
 */
export class RequestQueue {
  readonly #limit: () => number
  readonly #limiter: RateLimiter
  readonly #clock: Clock
  readonly #waiting: Readonly<Record<Urgency, Waiting[]>> = { write: [], read: [], background: [] }
  #running = 0
  #cancelTimer: (() => void) | null = null

  constructor(options: { limit: () => number; limiter: RateLimiter; clock: Clock }) {
    this.#limit = options.limit
    this.#limiter = options.limiter
    this.#clock = options.clock
  }

  /** Runs the work when its turn comes. If cancelled while waiting, it rejects with `net.aborted` and never starts. */
  async run<T>(urgency: Urgency, signal: AbortSignal, work: (permit: Permit) => Promise<T>): Promise<T> {
    const permit = await this.#turn(urgency, signal)
    try {
      return await work(permit)
    } finally {
      permit.release()
      this.#running -= 1
      this.#admit()
    }
  }

  #turn(urgency: Urgency, signal: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const line = this.#waiting[urgency]
      const onAbort = (): void => {
        line.splice(line.indexOf(waiting), 1)
        reject(calledOff())
      }
      const waiting: Waiting = {
        admit: (permit) => {
          signal.removeEventListener('abort', onAbort)
          resolve(permit)
        },
        refuse: (error) => {
          signal.removeEventListener('abort', onAbort)
          reject(error)
        },
      }
      line.push(waiting)
      if (signal.aborted) return onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      this.#admit()
    })
  }

  #admit(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    if (this.#limiter.isHeldLong) this.#refuseReadings()
    while (this.#running < this.#limit()) {
      const urgency = ORDER.find((candidate) => this.#waiting[candidate].length > 0)
      if (urgency === undefined) return
      const waitMs = this.#limiter.waitMs(urgency === 'background')
      if (waitMs > 0) {
        this.#limiter.noteWait()
        this.#cancelTimer = this.#clock.after(Math.ceil(waitMs), () => this.#admit())
        return
      }
      this.#running += 1
      this.#waiting[urgency].shift()?.admit(this.#limiter.acquire())
    }
  }

  #refuseReadings(): void {
    const seconds = Math.ceil(this.#limiter.heldMs / 1000)
    for (const { refuse } of [...this.#waiting.read.splice(0), ...this.#waiting.background.splice(0)]) {
      refuse(
        new AppError('http.rate-limited', message('errors.answer.limitedFor', { seconds }), {
          advice: message('errors.answer.limitedAdvice'),
        }),
      )
    }
  }
}
