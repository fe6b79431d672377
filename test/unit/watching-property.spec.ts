import fc from 'fast-check'
import { expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { happening } from '../support/happenings.ts'
import { liveThrough } from '../support/timeline.ts'

/** `npm run attack` lives through others. */
const RUNS = 20

it(
  'whatever happens when: no limit is exceeded, no log-in is repeated, no write is repeated, and nothing starves',
  { timeout: patience(300_000) },
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (happenings, seed) => {
          expect(await liveThrough(happenings, seed)).toEqual([])
        },
      ),
      { numRuns: RUNS, seed: 778, endOnFailure: true },
    )
  },
)
