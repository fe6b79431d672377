import { expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { leaveFigures } from '../support/figures.ts'
import { watchForHours } from '../support/log-in-day.ts'

/** `npm run bench` watches 100 for a day. */
const synchronizations = Number(process.env.SYNCDECK_SYNCHRONIZATIONS ?? 10)
const hours = Number(process.env.SYNCDECK_HOURS ?? 2)

it('watching costs a log-in for a session, and not one for each request', { timeout: patience(600_000) }, async () => {
  const day = await watchForHours(synchronizations, hours)
  leaveFigures('log-in-day', day)
  // Every 30 s a list and each state, less the time that reading takes.
  expect(day.requests).toBeGreaterThan(hours * 100 * (1 + synchronizations))
  expect(day).toMatchObject({ logIns: 1, refused: 0 })
})
