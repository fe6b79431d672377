import fc from 'fast-check'
import { expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { happening, liveThrough, servers, watchLogIns } from '../support/timeline.ts'

/**
 * `SYNCDECK_RUNS=20000 SYNCDECK_SEED=1 npm test -- unit/watching-property` makes that many of each, others with each seed; with
 * `-t 'no moment'` of log-ins alone. `npm run attack` lives through others as well.
 */
const RUNS = process.env.SYNCDECK_RUNS === undefined ? null : Number(process.env.SYNCDECK_RUNS)
const SEED = Number(process.env.SYNCDECK_SEED ?? 778)
const timeout = RUNS === null ? patience(300_000) : 24 * 3_600_000

it('whatever happens when: no limit is exceeded, no log-in is repeated, no write is repeated, and nothing starves', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), fc.integer({ min: 1, max: 1_000_000 }), async (happenings, seed) => {
      expect(await liveThrough(happenings, seed)).toEqual([])
    }),
    { numRuns: RUNS ?? 20, seed: SEED, endOnFailure: true },
  )
})

it('no moment locks an account: at most one failed log-in for each act of a user, no captcha that acts do not explain, and answers for nobody are not believed', { timeout }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 30 }), servers, fc.constantFrom(1, 6, 12), fc.integer({ min: 1, max: 1_000_000 }), async (happenings, hosts, limit, seed) => {
      expect(await watchLogIns(happenings, hosts, limit, seed)).toEqual([])
    }),
    { numRuns: RUNS ?? 200, seed: SEED + 1, endOnFailure: true },
  )
})
