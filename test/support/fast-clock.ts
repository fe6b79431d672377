import type { Clock } from '../../src-main/clock.ts'

/** A clock on which time passes `factor` times as fast as it does, for tests whose waits are real but long. */
export function fastClock(factor: number): Clock {
  const [epoch, start] = [Date.now(), performance.now()]
  const elapsed = (): number => (performance.now() - start) * factor
  return {
    now: () => Math.floor(epoch + elapsed()),
    elapsed,
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds / factor)
      return () => clearTimeout(timer)
    },
  }
}
