import { setTimeout as delay } from 'node:timers/promises'
import { patience } from './patience.ts'

/** Waits for a condition, looking every 10 ms; fails with `what` after `timeoutMs`, which a slow computer stretches. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 20_000,
): Promise<void> {
  const deadline = Date.now() + patience(timeoutMs)
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`)
    await delay(10)
  }
}
