import type { Clock } from '../../src-main/clock.ts'

/** The most time that passes at once, in real milliseconds. */
const TICK_MS = 4

interface Waiting {
  readonly dueAt: number
  readonly run: () => void
}

/**
 * A clock on which time passes `factor` times as fast as it does while this process has its turn. A moment in which
 * others had the processor counts as one tick: nothing of what waits are limits for could be done in it.
 */
export function fastClock(factor: number): Clock {
  const epoch = Date.now()
  let passed = 0
  let lookedAt = performance.now()
  const elapsed = (): number => {
    const now = performance.now()
    passed += Math.min(now - lookedAt, TICK_MS) * factor
    lookedAt = now
    return passed
  }
  const waiting = new Set<Waiting>()
  let timer: NodeJS.Timeout | null = null
  const tick = (): void => {
    timer = null
    const now = elapsed()
    const due = [...waiting].filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt)
    for (const one of due) if (waiting.delete(one)) one.run()
    arm()
  }
  const arm = (): void => {
    if (waiting.size === 0 || timer !== null) return
    const next = Math.min(...[...waiting].map(({ dueAt }) => dueAt))
    timer = setTimeout(tick, Math.min(TICK_MS, Math.max(0, next - passed) / factor))
  }
  return {
    now: () => Math.floor(epoch + elapsed()),
    elapsed,
    after: (milliseconds, run) => {
      const one = { dueAt: elapsed() + milliseconds, run }
      waiting.add(one)
      // It may be due before the one that is waited for.
      if (timer !== null) clearTimeout(timer)
      timer = null
      arm()
      return () => {
        waiting.delete(one)
        if (waiting.size > 0 || timer === null) return
        clearTimeout(timer)
        timer = null
      }
    },
  }
}
