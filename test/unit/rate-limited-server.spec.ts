import { describe, expect, it } from 'vitest'
import { RateLimit, type RateLimitOptions } from '../../src-simulator/rate-limit.ts'
import { watchedHost } from '../support/watched-host.ts'
import { simulatedHost } from '../support/simulated-network.ts'
import { said } from '../support/said.ts'

const COUNT = 60

/** A server with this limit, on the test's clock, whose states are requested one by one. */
async function limitedHost(options: RateLimitOptions, count = COUNT) {
  const host = simulatedHost(count, false)
  let now = (): number => 0
  const limit = new RateLimit(options, () => now())
  host.rateLimit = limit
  const scene = await watchedHost(host)
  now = () => scene.clock.elapsed()
  const unread = async (): Promise<number> =>
    (await scene.main.rows()).filter(({ state }) => said(state) !== 'Running').length
  return { ...scene, limit, unread }
}

describe('a server whose rate limit is tight', () => {
  it('is read at its rate, wholly, with hardly a refusal, and says so', async () => {
    const { sentIn, main, limit, unread, server } = await limitedHost({ capacity: 10, fillPerSecond: 1 })
    await sentIn(70_000)
    expect([(await main.rows()).length, await unread()]).toEqual([COUNT, 0])
    expect(limit.refused).toBeLessThanOrEqual(1)
    expect(await server()).toMatchObject({
      rateLimit: { perSecond: 1, heldUntil: null },
      reach: { state: 'reachable', error: null },
    })
    const inTenMinutes = await sentIn(600_000)
    expect(inTenMinutes).toBeGreaterThan(540)
    expect(limit.refused).toBeLessThanOrEqual(3)
  })

  it('has each state, detail and conflict read again and again: nothing is starved', async () => {
    const { sentIn, host } = await limitedHost({ capacity: 10, fillPerSecond: 1 })
    await sentIn(1_200_000)
    for (const key of host.keys) {
      for (const path of ['status', 'conflicts'])
        expect(host.answeredAt.get(`/integrations/${key}/${path}`), `${path} of ${key}`).toBeGreaterThan(600_000)
    }
  })

  it('is read wholly where it says 429 and nothing else, too, without a storm of refusals', async () => {
    const { sentIn, limit, unread, server } = await limitedHost({ capacity: 10, fillPerSecond: 1, hasHeaders: false })
    const sent = await sentIn(120_000)
    expect(await unread()).toBe(0)
    expect(limit.refused).toBeLessThan(sent / 8)
    expect((await server())?.rateLimit?.perSecond).toBeGreaterThan(0.2)
  })

  it('is told what the user does before it is asked for what nobody waits for, once', async () => {
    const { clock, main, id, host, sentIn } = await limitedHost({ capacity: 10, fillPerSecond: 1 })
    await sentIn(30_000)
    const at = clock.elapsed()
    await main.ask('synchronizations:stop', { targets: [{ serverId: id, key: 'INT-7' }] })
    await sentIn(1_000)
    expect(host.writes).toEqual(['PUT /integrations/INT-7/stop'])
    await sentIn(10_000)
    expect((await main.ask('tasks:list', {}))[0]).toMatchObject({ state: 'ended', outcome: 'succeeded' })
    expect(clock.elapsed() - at).toBeLessThan(12_000)
  })

  it('that takes nothing just now gets what the user did as soon as it does, and the second sending is on record', async () => {
    const { main, id, host, limit, sentIn } = await limitedHost({ capacity: 10, fillPerSecond: 1 })
    await sentIn(20_000)
    // Meanwhile, somebody else uses the account.
    while (limit.take('admin').isAllowed);
    await main.ask('synchronizations:stop', { targets: [{ serverId: id, key: 'INT-7' }] })
    await sentIn(60_000)
    expect(host.writes.length).toBeGreaterThanOrEqual(1)
    expect(new Set(host.writes)).toEqual(new Set(['PUT /integrations/INT-7/stop']))
    expect(host.accepted.filter((write) => write.startsWith('PUT'))).toHaveLength(1)
    expect((await main.ask('tasks:list', {}))[0]).toMatchObject({ outcome: 'succeeded' })
    expect(await main.ask('audit:list', {})).toHaveLength(host.writes.length)
  })

  it('that asks for a long wait in the middle of a round is left alone for it, and the round continues where it was', async () => {
    const { sentIn, host, server, unread } = await limitedHost({ capacity: 10, fillPerSecond: 1 })
    await sentIn(20_000)
    const left = await unread()
    expect(left).toBeGreaterThan(20)
    host.mode = 'limited'
    host.retryAfter = 60
    await sentIn(5_000)
    expect((await server())?.rateLimit?.heldUntil).toBeGreaterThan(0)
    expect(await sentIn(50_000)).toBe(0)
    host.mode = 'up'
    // The rest of the wait; ten tokens are there again then. Time enough for those alone that were not read.
    await sentIn((left + 8) * 1_000)
    expect(await unread()).toBe(0)
    await sentIn(60_000)
    expect((await server())?.reach).toMatchObject({ state: 'reachable', error: null })
  })
})

it('a server without a limit is read as fast as its answers come: the limiter costs nothing', async () => {
  const { sentIn, main } = await watchedHost(simulatedHost(COUNT, false), {
    requestsPerServer: 6,
    detailIntervalSeconds: 86_400,
  })
  // One request alone for the log-in and two before it, then six at a time, 170 ms each.
  await sentIn(170 * (3 + COUNT / 6) + 50)
  expect((await main.rows()).filter(({ state }) => said(state) === 'Running')).toHaveLength(COUNT)
  expect((await main.ask('servers:list', {}))[0]?.rateLimit).toBeNull()
})

it('a server that fails is left alone twice as long from the second failure on, not from the first', async () => {
  const { sentIn, host, reach, clock } = await watchedHost(simulatedHost(1, true), { refreshIntervalSeconds: 30 })
  await sentIn(60_000)
  host.mode = 'down'
  const gaps: number[] = []
  let planned = (await reach())?.nextReadAt ?? 0
  while (gaps.length < 6) {
    await sentIn(1_000)
    const next = (await reach())?.nextReadAt ?? 0
    if (next !== planned && next > clock.now()) gaps.push(Math.round((next - clock.now()) / 10_000) * 10)
    planned = next
  }
  expect(gaps).toEqual([30, 60, 120, 240, 300, 300])
})
