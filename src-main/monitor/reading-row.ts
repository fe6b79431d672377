import { mayBeAboutOneObject } from '../backbone/failures.ts'
import { AppError } from '../errors/app-error.ts'

/** How many readings in a row each of those that go at once may fail: one for each of the two kinds. */
const MAX_EACH = 2

/**
 * Tells a server that fails over some readings, such as all conflicts, from one that is unavailable: as long as it
 * answers others in between, they go on.
 */
export class ReadingRow {
  readonly #most: number
  #length = 0

  /** `atOnce`: how many are read at once, and may fail together. */
  constructor(atOnce: number) {
    this.#most = MAX_EACH * atOnce
  }

  answered(): void {
    this.#length = 0
  }

  /** Counts a failure; false if the server is unavailable, or the failure says what every reading would meet. */
  isBearable(failure: unknown): boolean {
    // One that waited while another failed has never been sent.
    const isUnsent = failure instanceof AppError && failure.code === 'net.unreachable'
    if (!mayBeAboutOneObject(failure) && !isUnsent) return false
    this.#length += 1
    return this.#length < this.#most
  }
}
