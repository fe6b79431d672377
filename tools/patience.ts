import { createHash } from 'node:crypto'

/** Wall milliseconds that `work` takes on the computer that limits are written for: two idle cores of 2024. */
const USUAL_MS = 150
const VARIABLE = 'SYNCDECK_SLOWNESS'

/**
 * Measures how many times slower than that this computer is, with all that runs on it: 1 at least, 10 at most. The
 * limits of this process, and of those that it starts, are stretched by it from then on.
 */
export function measureSlowness(): number {
  const measured = Math.min(10, Math.max(1, work() / USUAL_MS))
  process.env[VARIABLE] = measured.toFixed(2)
  return measured
}

/** A limit for this computer, in milliseconds. Limits end what would never end; none of them is a pace. */
export function patience(milliseconds: number): number {
  return Math.round(milliseconds * Number(process.env[VARIABLE] ?? 1))
}

/** What tests mostly do: JSON, objects, digests. Long enough that others on the same cores count. */
function work(): number {
  const begun = performance.now()
  let text = ''
  for (let round = 0; round < 60; round += 1) {
    const rows = Array.from({ length: 2000 }, (_, index) => ({ key: `INT-${index}`, count: index * round, text }))
    text = createHash('sha256')
      .update(JSON.stringify(JSON.parse(JSON.stringify(rows))))
      .digest('hex')
  }
  return performance.now() - begun
}
