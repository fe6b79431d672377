import { calledOff } from './errors/called-off.ts'

/** Time as the main process knows it. There is one clock for all services, so that a test can replace it. */
export interface Clock {
  /** Whole epoch ms by the computer's clock. People set it and it jumps: for showing and storing only. */
  now(): number
  /**
   * Milliseconds since an arbitrary moment, which only ever grow: for durations and due times. May stand still during
   * sleep.
   */
  elapsed(): number
  /** Calls `run` once after `milliseconds`, but after 24 days at most. The returned function cancels it. */
  after(milliseconds: number, run: () => void): () => void
}

/** The longest time that a timer of Node accepts; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, Math.min(milliseconds, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** Resolves after `milliseconds`; rejects with `net.aborted` as soon as the signal aborts. */
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
