import { calledOff } from './errors/called-off.ts'

/**
 * Time as the main process knows it. There is one clock for all services, so that a test can put its own in their
 * hands.
 */
export interface Clock {
  /** Whole epoch ms by the computer's clock. People set it and it jumps: for showing and storing only. */
  now(): number
  /**
   * Milliseconds that only ever grow, from an arbitrary beginning: for durations and due times. May stand still during
   * sleep.
   */
  elapsed(): number
  /**
   * Calls `run` once after `milliseconds`, or after 24 days where that is longer. The returned function calls it off.
   */
  after(milliseconds: number, run: () => void): () => void
}

/** The longest time that a timer of Node takes; a longer one would run at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** Resolves after `milliseconds`; rejects with `net.aborted` as soon as the signal says so. */
export function wait(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel()
      reject(calledOff())
    }
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    })
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Resolves when `ended` does, which must not reject, or after `milliseconds`. */
export async function endedWithin(clock: Clock, milliseconds: number, ended: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.after(milliseconds, resolve)
    void ended.then(cancel).then(resolve)
  })
}
