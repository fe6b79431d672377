import { isAboutOneObject } from '../backbone/failures.ts'
import { toErrorData } from '../errors/app-error.ts'

/**
 * How many checks may find nothing, or nothing readable: the effect of what a server is still doing shows only later.
 */
const MAX_READS = 8

/** How many checks may meet a failing server, at about ten seconds each: a Jira that is starting is up by then. */
const MAX_FAILURES = 60

/**
 * Whether a reading failed because of what was read, or by a fault of our own: unlike for an unavailable server,
 * waiting does not help.
 */
export function isUnreadable(thrown: unknown): boolean {
  return isAboutOneObject(thrown) || ['auth.xsrf', 'internal'].includes(toErrorData(thrown).code)
}

/** The pause after the `checks`-th check, in ms: `pollMs` at first, ten times as much in the end. */
export function pauseAfterCheck(pollMs: number, checks: number): number {
  return Math.min(pollMs * 10, pollMs * 1.3 ** checks)
}

/** How long to check the effect of a write whose answer did not reveal it. */
export class Checks {
  #reads = 0
  #failures = 0

  /** Whether it is too late to expect anything. */
  get areOver(): boolean {
    return this.#reads >= MAX_READS || this.#failures >= MAX_FAILURES
  }

  /** A check found nothing. */
  foundNothing(): void {
    this.#reads += 1
  }

  /** A check failed. */
  failed(thrown: unknown): void {
    if (isUnreadable(thrown)) this.#reads += 1
    else this.#failures += 1
  }
}
