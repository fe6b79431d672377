import { describe, expect, it } from 'vitest'
import { RateLimiter } from '../../src-main/http/rate-limiter.ts'
import { RequestQueue, type Urgency } from '../../src-main/http/request-queue.ts'
import { settled, SimulatedClock } from '../support/simulated-clock.ts'

const EPOCH = 1_000_000

function limiter(random = 0) {
  const clock = new SimulatedClock(EPOCH)
  const changes: unknown[] = []
  const subject = new RateLimiter({ clock, random: () => random })
  subject.changed.on(() => changes.push(subject.state))
  return { clock, subject, changes }
}

/** Lets a request go that is answered at once. */
const ask = (subject: RateLimiter, status: number, headers: Record<string, string> = {}): void =>
  subject.acquire().answered(status, headers)

const bucket = (remaining: number, more: Record<string, string> = {}) => ({
  'x-ratelimit-limit': '10',
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-fillrate': '1',
  'x-ratelimit-interval-seconds': '1',
  ...more,
})

/** Ten minutes of requests to a server that accepts four in each second. `success`: the headers of what it accepts. */
async function fourInEachSecond({ clock, subject }: ReturnType<typeof limiter>, success: Record<string, string> = {}) {
  let [second, inSecond, refused, accepted] = [-1, 0, 0, 0]
  const end = clock.elapsed() + 600_000
  while (clock.elapsed() < end) {
    await clock.advance(Math.max(1, subject.waitMs(true)))
    const now = Math.floor(clock.elapsed() / 1000)
    if (now !== second) [second, inSecond] = [now, 0]
    inSecond += 1
    if (inSecond <= 4) {
      accepted += 1
      ask(subject, 200, success)
    } else {
      refused += 1
      ask(subject, 429)
    }
  }
  return { accepted, refused }
}

describe('after a 429 everything waits', () => {
  it.each([
    ['as many seconds as the server says', { 'retry-after': '7' }, 7000],
    ['at least a second, also for Retry-After: 0', { 'retry-after': '0' }, 1000],
    ['until the date that the server names', { 'retry-after': new Date(EPOCH + 12_000).toUTCString() }, 12_000],
    [
      'the interval of the rate limit where the server says no more',
      bucket(0, { 'x-ratelimit-interval-seconds': '30' }),
      30_000,
    ],
    [
      'as the server says where that is less than the interval',
      bucket(0, { 'x-ratelimit-interval-seconds': '30', 'retry-after': '3' }),
      3000,
    ],
    ['a second where the server says nothing', {}, 1000],
    ['decimals of seconds as seconds', { 'retry-after': '49.5' }, 49_500],
    ['a second where the server names a year instead of a time', { 'retry-after': '40-1' }, 1000],
    ['five minutes at most', { 'retry-after': '86400' }, 300_000],
  ])('%s', (_name, headers, expected) => {
    const { subject } = limiter()
    ask(subject, 429, headers)
    expect(Math.round(subject.heldMs)).toBe(expected)
    expect(Math.round(subject.waitMs(false))).toBeGreaterThanOrEqual(expected)
  })

  it('longer with each refusal in a row, however many were under way, and from the start after an acceptance', async () => {
    const { clock, subject } = limiter()
    const held: number[] = []
    for (let row = 0; row < 4; row += 1) {
      const burst = Array.from({ length: 6 }, () => subject.acquire())
      for (const permit of burst) permit.answered(429, {})
      held.push(Math.round(subject.heldMs))
      await clock.advance(subject.heldMs + 1)
    }
    expect(held).toEqual([1000, 2000, 4000, 8000])
    expect(subject.isWorthWaiting).toBe(false)
    ask(subject, 200)
    expect(subject.isWorthWaiting).toBe(true)
    ask(subject, 429)
    expect(Math.round(subject.heldMs)).toBe(1000)
  })
})

describe('a server that reveals its bucket', () => {
  it('is asked as long as there are tokens, and then when the next is there', async () => {
    const { clock, subject } = limiter()
    ask(subject, 200, bucket(2))
    expect(subject.waitMs(false)).toBe(0)
    ask(subject, 200, bucket(1))
    ask(subject, 200, bucket(0))
    expect(Math.round(subject.waitMs(false))).toBe(1000)
    await clock.advance(400)
    expect(Math.round(subject.waitMs(false))).toBe(600)
  })

  it('keeps a token for the user: the background waits for the one after it', () => {
    const { subject } = limiter()
    ask(subject, 200, bucket(1))
    expect([subject.waitMs(false), Math.round(subject.waitMs(true))]).toEqual([0, 1000])
  })

  it('counts those that are under way, which its answers may not have counted', () => {
    const { subject } = limiter()
    ask(subject, 200, bucket(3))
    const underWay = [subject.acquire(), subject.acquire(), subject.acquire()]
    expect(Math.round(subject.waitMs(false))).toBe(1000)
    underWay.at(-1)?.answered(200, bucket(2))
    expect(subject.waitMs(false)).toBeGreaterThan(0)
  })

  it('is believed where others take tokens of the same user, or where one was not spent', () => {
    const { subject } = limiter()
    ask(subject, 200, bucket(9))
    ask(subject, 200, bucket(0))
    expect(subject.waitMs(false)).toBeGreaterThan(0)
    ask(subject, 200, bucket(8))
    expect(subject.waitMs(true)).toBe(0)
  })

  it.each([
    ['a token a day', { 'x-ratelimit-limit': '1', 'x-ratelimit-interval-seconds': '86400' }],
    ['a token in thousands of years', { 'x-ratelimit-interval-seconds': '100000000000' }],
    ['hardly a token', { 'x-ratelimit-fillrate': '0.0000000000001' }],
  ])('is asked again after five minutes at most, as after a 429: %s', (_name, headers) => {
    const { subject } = limiter()
    ask(subject, 200, bucket(0, headers))
    expect([Math.round(subject.waitMs(false)), Math.round(subject.waitMs(true))]).toEqual([300_000, 300_000])
  })

  it('and no longer does is at its own speed again after a few answers without', () => {
    const { subject } = limiter()
    ask(subject, 200, bucket(0))
    for (let count = 0; count < 4; count += 1) ask(subject, 200)
    ask(subject, 200, bucket(0))
    for (let count = 0; count < 4; count += 1) ask(subject, 200)
    expect(subject.waitMs(false)).toBeGreaterThan(0)
    ask(subject, 200)
    expect(subject.waitMs(false)).toBe(0)
  })

  it('has its pace learned where something before it refuses more than the bucket does', async () => {
    const limited = limiter()
    const { subject } = limited
    const generous = bucket(1000, { 'x-ratelimit-limit': '1000', 'x-ratelimit-fillrate': '100' })
    const { accepted, refused } = await fourInEachSecond(limited, generous)
    expect(accepted / 600).toBeGreaterThan(2)
    expect(refused / accepted).toBeLessThan(0.02)
    subject.noteWait()
    expect(subject.state?.perSecond).toBeLessThan(10)
  })

  it.each([
    { 'x-ratelimit-limit': '10' },
    bucket(3, { 'x-ratelimit-fillrate': '0' }),
    bucket(3, { 'x-ratelimit-limit': '-1' }),
    bucket(3, { 'x-ratelimit-interval-seconds': 'soon' }),
  ])('is not believed where what it says is no bucket: %o', (headers) => {
    const { subject } = limiter()
    ask(subject, 200, headers)
    expect([subject.waitMs(true), subject.state]).toEqual([0, null])
  })
})

describe('a server that says 429 alone', () => {
  it('is asked one by one, half as often after each refusal, and steadily more often while it accepts', async () => {
    const { clock, subject } = limiter()
    ask(subject, 429)
    await clock.advance(1000)
    ask(subject, 200)
    // A second of acceptance: 0.03 requests a second more.
    expect(Math.round(subject.waitMs(false))).toBe(Math.round(1000 / 1.03))
    const end = clock.elapsed() + 330_000
    while (clock.elapsed() < end) {
      await clock.advance(Math.max(1, subject.waitMs(false)))
      ask(subject, 200)
    }
    expect(subject.waitMs(false)).toBe(0)
  })

  it.each([
    ['an hour’s quota, used up for twenty minutes', 1_200_000],
    ['one that refuses everything for an hour', 3_600_000],
  ])('is back at a request a second within six minutes after %s', async (_name, refusesMs) => {
    const { clock, subject } = limiter(0.5)
    const until = async (end: number, answer: () => number): Promise<void> => {
      while (clock.elapsed() < end) {
        await clock.advance(Math.max(1, subject.waitMs(true)))
        ask(subject, answer())
      }
    }
    const opens = clock.elapsed() + refusesMs
    let refused = 0
    await until(opens, () => (clock.elapsed() < opens ? ((refused += 1), 429) : 200))
    expect(refused).toBeLessThan(20 + refusesMs / 240_000)
    await until(opens + 360_000, () => 200)
    expect(subject.waitMs(true)).toBeLessThanOrEqual(1000)
  })

  it('with so many in each second is used well, with few refusals', async () => {
    const { accepted, refused } = await fourInEachSecond(limiter(0.5))
    expect(accepted / 600).toBeGreaterThan(2)
    expect(refused / accepted).toBeLessThan(0.02)
  })

  it('is found out to about its rate, without a storm', async () => {
    const { clock, subject } = limiter(0.5)
    let [level, filledAt, refused, accepted] = [10, 0, 0, 0]
    const end = clock.elapsed() + 600_000
    while (clock.elapsed() < end) {
      await clock.advance(Math.max(1, subject.waitMs(true)))
      level = Math.min(10, level + (clock.elapsed() - filledAt) / 1000)
      filledAt = clock.elapsed()
      const isAllowed = level >= 1
      if (isAllowed) level -= 1
      if (isAllowed) accepted += 1
      else refused += 1
      ask(subject, isAllowed ? 200 : 429)
    }
    expect(accepted).toBeGreaterThan(420)
    expect(refused / accepted).toBeLessThan(0.05)
  })
})

it('a server that never spoke of a limit is not slowed, whatever else it answers', () => {
  const { subject } = limiter()
  for (const status of [200, 404, 500, 503]) for (let count = 0; count < 100; count += 1) ask(subject, status)
  expect([subject.waitMs(true), subject.state]).toEqual([0, null])
})

it('reports the rate while something waits for it, and for a minute after, each change once', async () => {
  const { clock, subject, changes } = limiter()
  ask(subject, 200, bucket(0))
  expect(subject.state).toBeNull()
  subject.noteWait()
  subject.noteWait()
  expect(subject.state).toEqual({ perSecond: 1, heldUntil: null })
  ask(subject, 429, bucket(0, { 'retry-after': '30' }))
  expect(subject.state).toEqual({ perSecond: 1, heldUntil: EPOCH + 30_000 })
  expect(changes).toHaveLength(2)
  await clock.advance(91_000)
  expect(subject.state).toBeNull()
})

describe('the queue', () => {
  const queue = (limit: () => number = () => 3) => {
    const { clock, subject } = limiter()
    return { clock, limiter: subject, queue: new RequestQueue({ limit, limiter: subject, clock }) }
  }
  const never = new AbortController().signal

  it('never runs more than the limit at once, and all in the end', async () => {
    const { queue: subject } = queue()
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
    const results = await Promise.allSettled(
      Array.from({ length: 40 }, (_, index) => subject.run('read', never, () => work(index))),
    )
    expect(peak).toBe(3)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(32)
  })

  it('lets writes go first, then readings that somebody waits for, each in the order in which they came', async () => {
    const { queue: subject } = queue(() => 1)
    const order: string[] = []
    const { promise: isFree, resolve: free } = Promise.withResolvers<null>()
    const all: Promise<unknown>[] = [subject.run('background', never, () => isFree)]
    const urgencies: Urgency[] = ['background', 'read', 'background', 'write', 'read', 'write']
    for (const [index, urgency] of urgencies.entries())
      all.push(subject.run(urgency, never, async () => void order.push(`${urgency} ${index}`)))
    free(null)
    await Promise.all(all)
    expect(order).toEqual(['write 3', 'write 5', 'read 1', 'read 4', 'background 0', 'background 2'])
  })

  it('never begins what was called off while it waited, and lets the next go', async () => {
    const { queue: subject } = queue(() => 1)
    const { promise: isFree, resolve: free } = Promise.withResolvers<null>()
    const first = subject.run('read', never, () => isFree)
    const off = new AbortController()
    let isBegun = false
    const second = subject.run('read', off.signal, async () => void (isBegun = true))
    const third = subject.run('read', never, async () => 'third')
    off.abort()
    await expect(second).rejects.toMatchObject({ code: 'net.aborted' })
    free(null)
    await first
    expect([await third, isBegun]).toEqual(['third', false])
    await expect(subject.run('read', off.signal, async () => 'late')).rejects.toMatchObject({ code: 'net.aborted' })
  })

  it('lets a write take the token that is kept for the user, while the background waits', async () => {
    const { queue: subject, limiter: limit, clock } = queue()
    ask(limit, 200, bucket(1))
    const done: string[] = []
    const background = subject.run('background', never, async () => void done.push('background'))
    await settled()
    const write = subject.run('write', never, async () => void done.push('write'))
    await write
    expect(done).toEqual(['write'])
    expect(limit.state).toEqual({ perSecond: 1, heldUntil: null })
    await clock.advance(2100)
    await background
  })

  it('rejects readings at once for a long wait; a write waits for its end', async () => {
    const { queue: subject, limiter: limit, clock } = queue()
    const waiting = subject.run('read', never, async () => ask(limit, 429, { 'retry-after': '60' }))
    await waiting
    for (const urgency of ['read', 'background'] as const) {
      await expect(subject.run(urgency, never, async () => urgency)).rejects.toMatchObject({
        code: 'http.rate-limited',
        message: expect.stringContaining('60 s'),
      })
    }
    let isSent = false
    const write = subject.run('write', never, async () => void (isSent = true))
    await clock.advance(59_000)
    expect(isSent).toBe(false)
    await clock.advance(2_000)
    await write
  })
})
