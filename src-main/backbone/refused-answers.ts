import { message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'

const FIRST_PAUSE_MS = 5 * 60_000
const MAX_PAUSE_MS = 60 * 60_000

interface Refused {
  readonly error: AppError
  readonly pauseMs: number
  readonly until: number
}

/**
 * Remembers answers that were refused for their size, and long ones that were refused for their form: fetching them
 * again in each round would cost both sides as much each time, for nothing. They are requested again after five
 * minutes, then less and less often, down to once an hour. A wrong form may be an accident on the way, such as a list
 * that was cut off: it counts from the second time in a row.
 */
export class RefusedAnswers {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #refused = new Map<string, Refused>()

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  /** Reads what `identity` stands for, or rejects with its earlier refusal. */
  async read(identity: string, read: () => Promise<unknown>): Promise<unknown> {
    const before = this.#refused.get(identity)
    if (before !== undefined && this.#clock.elapsed() < before.until) throw this.#refusal(before)
    try {
      const answer = await read()
      this.#refused.delete(identity)
      return answer
    } catch (error) {
      const isForSize = error instanceof AppError && error.code === 'http.body-too-large'
      if (!isForSize && !(error instanceof AppError && error.code === 'http.unexpected-body' && error.wasLong))
        throw error
      const pauseMs =
        before === undefined && !isForSize
          ? 0
          : Math.min(MAX_PAUSE_MS, Math.max(FIRST_PAUSE_MS, (before?.pauseMs ?? 0) * 2))
      const refused = { error, pauseMs, until: this.#clock.elapsed() + pauseMs }
      this.#refused.set(identity, refused)
      throw pauseMs === 0 ? error : this.#refusal(refused)
    }
  }

  /** The user wants to know whether this is still so. */
  clear(): void {
    for (const [identity, refused] of this.#refused) this.#refused.set(identity, { ...refused, until: 0 })
  }

  #refusal({ error, until }: Refused): AppError {
    const minutes = Math.max(1, Math.round((until - this.#clock.elapsed()) / 60_000))
    return new AppError(error.code, error.data.message, {
      ...error.data,
      advice: message('errors.body.notAskedFor', { count: minutes }),
    })
  }
}
