import { expect, it } from 'vitest'
import { Pacing } from '../../src-main/http/pacing.ts'
import { ConcurrencyLimit } from '../../src-main/http/concurrency-limit.ts'

const pacing = (): Pacing => new Pacing({ now: () => 1_000_000, elapsed: () => 0 }, () => 0)

it.each([
  ['as many seconds as the server says', { 'retry-after': '7' }, 7000],
  ['at least a second, also for Retry-After: 0', { 'retry-after': '0' }, 1000],
  ['until the date that the server names', { 'retry-after': new Date(1_000_000 + 12_000).toUTCString() }, 12_000],
  ['the interval of the rate limit where that is longer', { 'retry-after': '1', 'x-ratelimit-interval-seconds': '30' }, 30_000],
  ['a second where the server says nothing', {}, 1000],
  ['five minutes at most', { 'retry-after': '86400' }, 300_000],
])('after a 429 everything waits %s', (_name, headers, expected) => {
  const subject = pacing()
  subject.observe(429, headers)
  expect(subject.waitMs).toBe(expected)
})

it('slows down when less than a fifth of the limit is left', () => {
  const subject = pacing()
  const limit = { 'x-ratelimit-limit': '100', 'x-ratelimit-interval-seconds': '1', 'x-ratelimit-fillrate': '5' }
  subject.observe(200, { ...limit, 'x-ratelimit-remaining': '21' })
  expect(subject.waitMs).toBe(0)
  subject.observe(200, { ...limit, 'x-ratelimit-remaining': '19' })
  expect(subject.waitMs).toBe(200)
})

it('never runs more than the limit at once, and all in the end', async () => {
  const limit = new ConcurrencyLimit(() => 3)
  let running = 0
  let peak = 0
  const work = async (index: number): Promise<number> => {
    running += 1
    peak = Math.max(peak, running)
    await new Promise(setImmediate)
    running -= 1
    if (index % 5 === 0) throw new Error('some fail')
    return index
  }
  const results = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => limit.run(() => work(index))))
  expect(peak).toBe(3)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(32)
})
