import fc from 'fast-check'
import { isForFigures, leaveFigures } from './figures.ts'
import { happening, servers } from './happenings.ts'
import { watchLogIns } from './timeline.ts'

/** What `npm test` lives through, in both halves together; `npm run orders` lives through 20,000. */
const SUITE_RUNS = 1_000
const HALVES = 2

/** Given by `npm run orders`. */
const runs = Number(process.env.SYNCDECK_RUNS ?? SUITE_RUNS)
const seed = Number(process.env.SYNCDECK_SEED ?? 778)

/** No limit but the suite's: an explicitly requested number of runs takes as long as it takes. */
export const ordersTimeoutMs = process.env.SYNCDECK_RUNS === undefined ? 600_000 : 24 * 3_600_000

/** Requests at a time: alone, as set from the start, and as many as the settings allow. */
const limits = fc.constantFrom(1, 6, 24)

/**
 * Random orders of what can happen to servers, users and Syncdeck, with one to ten servers: checks after each event
 * what is promised about log-ins, writes and answers for nobody. One half of them, so that two cores can share them.
 * Each run follows from the seed; rejects with the first that breaks a promise, and what it broke, at once, or at the
 * end if figures are requested.
 */
export async function liveThroughOrders(half: 0 | 1): Promise<void> {
  let [failedWorst, refused, lived] = [0, 0, 0]
  const broken: string[] = []
  const order = fc.array(happening, { minLength: 5, maxLength: 30 })
  try {
    await fc.assert(
      fc.asyncProperty(
        order,
        servers,
        limits,
        fc.integer({ min: 1, max: 1_000_000 }),
        async (happenings, hosts, limit, chance) => {
          const { violations, mostRefused, refused: ofThisRun } = await watchLogIns(happenings, hosts, limit, chance)
          failedWorst = Math.max(failedWorst, mostRefused)
          refused += ofThisRun
          lived += 1
          if (violations.length === 0) return
          broken.push(violations.join('\n'))
          if (!isForFigures) throw new Error(broken[0])
        },
      ),
      { numRuns: Math.ceil(runs / HALVES), seed: HALVES * seed + half, endOnFailure: true },
    )
  } finally {
    leaveFigures(`log-in-orders-${half}`, { failedWorst, refused, lived, broken })
  }
  if (broken.length > 0) throw new Error(broken[0])
}
