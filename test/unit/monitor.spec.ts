import { describe, expect, it } from 'vitest'
import { ClockJumps } from '../../src-main/clock-jumps.ts'
import { Scheduler } from '../../src-main/monitor/scheduler.ts'
import { DetailSchedule } from '../../src-main/monitor/detail-schedule.ts'
import { workThrough } from '../../src-main/http/work-through.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { simulatedHost } from '../support/simulated-network.ts'
import { watchedHost } from '../support/watched-host.ts'
import { said } from '../support/said.ts'
import { setCredential } from '../support/set-credential.ts'

const DAY_MS = 86_400_000

describe('the timetable', () => {
  it('has one timer, however much is in it', async () => {
    const clock = new SimulatedClock()
    const called: string[] = []
    const timetable = new Scheduler({
      clock,
      jumps: new ClockJumps(clock),
      onDue: (_what, serverId) => called.push(serverId),
    })
    for (let index = 0; index < 1000; index += 1) timetable.set('round', `server ${index}`, 1000 + (index % 7))
    expect(clock.pending).toBe(1)
    await clock.advance(1003)
    expect(new Set(called).size).toBe(called.length)
    expect(called).toHaveLength(572)
    timetable.clear()
    await clock.advance(10_000)
    expect(called).toHaveLength(572)
    timetable.set('details', 'another', 1000)
    await clock.advance(10_000)
    expect(called.slice(572)).toEqual(['another'])
  })

  it('notices that the clock jumped, forwards or backwards, and calls nothing before that is reported', async () => {
    for (const jump of [DAY_MS, -DAY_MS]) {
      const clock = new SimulatedClock()
      const told: string[] = []
      const jumps = new ClockJumps(clock)
      jumps.noticed.on(() => told.push('jump'))
      const timetable = new Scheduler({ clock, jumps, onDue: () => told.push('due') })
      timetable.set('round', 'a', 1000)
      clock.jump(jump)
      await clock.advance(1000)
      expect(told[0]).toBe('jump')
    }
  })
})

describe('details and conflicts', () => {
  const slow = (clock: SimulatedClock, readAt: number | null = null): DetailSchedule =>
    new DetailSchedule({ clock, random: () => 0, intervalMs: () => 300_000, readAt: () => readAt })
  const keys = new Set(['a', 'b'])

  it('are due at once when they were never read, and else an interval after that', () => {
    const clock = new SimulatedClock()
    expect(slow(clock).due('s', keys)).toEqual(['a', 'b'])
    expect(slow(clock, clock.now() - 1000).due('s', keys)).toEqual([])
    expect(slow(clock, clock.now() - 400_000).due('s', keys)).toEqual(['a', 'b'])
  })

  it('read in the future, by a clock that was set back since, are due at once', () => {
    const clock = new SimulatedClock()
    expect(slow(clock, clock.now() + DAY_MS).due('s', keys)).toEqual(['a', 'b'])
  })

  it('read this moment are due an interval later', () => {
    const clock = new SimulatedClock()
    expect(slow(clock, clock.now()).due('s', keys)).toEqual([])
  })

  it('that wait for the longest come first', async () => {
    const clock = new SimulatedClock()
    const readings = slow(clock)
    readings.due('s', keys)
    readings.done('s', 'b')
    await clock.advance(1_000)
    readings.done('s', 'a')
    await clock.advance(300_000)
    expect(readings.due('s', keys)).toEqual(['b', 'a'])
  })

  it('of what was gone and is there again are due at once', () => {
    const readings = slow(new SimulatedClock())
    readings.due('s', keys)
    for (const key of keys) readings.done('s', key)
    expect(readings.due('s', new Set(['b']))).toEqual([])
    expect(readings.due('s', keys)).toEqual(['a'])
  })

  it('are due no later than a shorter interval says, and no sooner where they were due before that anyway', async () => {
    const clock = new SimulatedClock()
    let intervalMs = 300_000
    const readings = new DetailSchedule({ clock, random: () => 1, intervalMs: () => intervalMs, readAt: () => null })
    readings.due('s', keys)
    readings.done('s', 'a')
    await clock.advance(280_000)
    readings.done('s', 'b')
    intervalMs = 60_000
    readings.intervalChanged()
    await clock.advance(19_000)
    expect(readings.due('s', keys)).toEqual([])
    await clock.advance(2_000)
    expect(readings.due('s', keys)).toEqual(['a'])
    await clock.advance(38_000)
    expect(readings.due('s', keys)).toEqual(['a'])
    await clock.advance(2_000)
    expect(readings.due('s', keys)).toEqual(['a', 'b'])
  })

  it('of what changed come first', async () => {
    const clock = new SimulatedClock()
    const readings = slow(clock)
    for (const key of readings.due('s', keys)) readings.done('s', key)
    readings.hurry('s', 'b')
    expect(readings.due('s', keys)).toEqual(['b'])
    await clock.advance(300_000)
    expect(readings.due('s', keys)).toEqual(['b', 'a'])
  })
})

it('work is done by so many at a time, ends with the first failure, and can be ended', async () => {
  let running = 0
  let peak = 0
  const work = async (): Promise<void> => {
    running += 1
    peak = Math.max(peak, running)
    await Promise.resolve()
    running -= 1
  }
  await workThrough(Array.from({ length: 50 }), 3, work)
  expect(peak).toBe(3)
  const done: number[] = []
  await expect(
    workThrough([1, 2, 3, 4, 5, 6], 2, async (item) => {
      if (item === 3) throw new Error('no')
      done.push(item)
    }),
  ).rejects.toThrow('no')
  expect(done.length).toBeLessThan(5)
  const before: number[] = []
  await workThrough(
    [1, 2, 3],
    1,
    async (item) => void before.push(item),
    () => before.length > 0,
  )
  expect(before).toEqual([1])
})

describe('a server', () => {
  it('that puts states into its list is asked once per interval, apart from details', async () => {
    const { sentIn } = await watchedHost(simulatedHost(20, true), { detailIntervalSeconds: 86_400 })
    await sentIn(60_000)
    expect(await sentIn(300_000)).toBe(10)
  })

  it('that does not is asked for each state', async () => {
    const { sentIn } = await watchedHost(simulatedHost(20, false), { detailIntervalSeconds: 86_400 })
    await sentIn(60_000)
    expect(await sentIn(300_000)).toBeLessThanOrEqual(10 * 21)
  })

  it('that fails is asked less and less often, up to every five minutes, and at the usual interval once it answers', async () => {
    const { sentIn, host, reach } = await watchedHost(simulatedHost(1, true))
    await sentIn(60_000)
    host.mode = 'down'
    await sentIn(3_600_000)
    const inAnHour = await sentIn(3_600_000)
    expect(inAnHour).toBeLessThanOrEqual(12 * 3 + 3)
    expect(inAnHour).toBeGreaterThanOrEqual(11)
    expect((await reach())?.state).toBe('unreachable')
    host.mode = 'up'
    await sentIn(330_000)
    expect((await reach())?.state).toBe('reachable')
    expect(await sentIn(300_000)).toBeGreaterThanOrEqual(10)
  })

  it('that fails is asked again after one interval, then two, then four, and never more than five minutes later', async () => {
    const { clock, sentIn, host, reach } = await watchedHost(simulatedHost(1, true))
    await sentIn(60_000)
    host.mode = 'down'
    const pauses: number[] = []
    let planned = 0
    while (pauses.length < 6) {
      await sentIn(1_000)
      const { state, nextReadAt } = (await reach()) ?? {}
      if (state !== 'unreachable' || nextReadAt === planned) continue
      planned = nextReadAt ?? 0
      pauses.push(Math.ceil((planned - clock.now()) / 1_000))
    }
    expect(pauses).toEqual([30, 60, 120, 240, 300, 300])
  })

  it('whose log-in is refused is left alone until the user acts', async () => {
    const { sentIn, host, main, id } = await watchedHost(simulatedHost(5, false))
    await sentIn(60_000)
    host.password = 'changed'
    host.sessions.clear()
    await sentIn(120_000)
    expect(host.refused).toBe(1)
    expect(await sentIn(3_600_000)).toBe(0)
    await setCredential(main, {
      serverId: id,
      credential: { kind: 'basic', user: 'admin', secret: 'changed' },
      isSessionOnly: false,
    })
    expect(await sentIn(5_000)).toBeGreaterThan(5)
    expect(host.refused).toBe(1)
  })

  it('that is paused, alone or with all, is asked only by the user', async () => {
    const { sentIn, main, id, reach } = await watchedHost(simulatedHost(3, true))
    await sentIn(60_000)
    for (const serverId of [id, null]) {
      await main.ask('servers:pause', { serverId, isPaused: true })
      await sentIn(1_000)
      expect(await sentIn(600_000)).toBe(0)
      expect((await reach())?.nextReadAt).toBeNull()
      await main.ask('servers:pause', { serverId, isPaused: false })
      expect(await sentIn(60_000)).toBeGreaterThan(0)
    }
  })

  it('is asked four times less often while the window is hidden, and at once when it is shown again', async () => {
    const { sentIn, main } = await watchedHost(simulatedHost(1, true), { detailIntervalSeconds: 86_400 })
    await sentIn(60_000)
    main.services.monitor.setHidden(true)
    await sentIn(200)
    expect(Math.abs((await sentIn(1_200_000)) - 10)).toBeLessThanOrEqual(1)
    main.services.monitor.setHidden(false)
    expect(await sentIn(200)).toBe(1)
  })

  it('that asks to wait is waited for, and its rows do not turn grey', async () => {
    const { sentIn, host, reach } = await watchedHost(simulatedHost(3, true))
    await sentIn(60_000)
    host.mode = 'limited'
    await sentIn(60_000)
    expect((await reach())?.state).toBe('reachable')
    expect((await reach())?.error).toBeNull()
    host.mode = 'up'
    await sentIn(120_000)
    expect((await reach())?.state).toBe('reachable')
  })

  it('is asked again after a clock that jumped by a day, without a flood, and no age is negative', async () => {
    for (const jump of [DAY_MS, -DAY_MS]) {
      const { sentIn, clock, main, reach } = await watchedHost(simulatedHost(20, true))
      await sentIn(60_000)
      clock.jump(jump)
      expect(await sentIn(60_000)).toBeLessThanOrEqual(3 + 2 * 20)
      expect((await reach())?.lastReadAt).toBeLessThanOrEqual(clock.now())
      for (const row of await main.rows())
        expect(Math.max(row.fetchedAt, (await reach())?.lastReadAt ?? 0)).toBeGreaterThan(clock.now() - 60_000)
    }
  })

  it('is not broken off after sleep in what the user asked for since', async () => {
    const { sentIn, clock, main, id, reach } = await watchedHost(simulatedHost(3, true))
    await sentIn(60_000)
    await clock.advance(((await reach())?.nextReadAt ?? 0) - clock.now() - 10)
    clock.jump(DAY_MS)
    const trying = expect(main.ask('servers:try-once', { serverId: id })).resolves.toBeUndefined()
    await clock.advance(2_000)
    await trying
  })

  it('whose state changes has its details and conflicts read at once', async () => {
    const { sentIn, host, main, id } = await watchedHost(simulatedHost(3, true), { detailIntervalSeconds: 86_400 })
    await sentIn(60_000)
    const before = host.answeredAt.get('/integrations/INT-1/conflicts')
    host.states.set('INT-1', 'STOPPED')
    await sentIn(31_000)
    expect(host.answeredAt.get('/integrations/INT-1/conflicts')).toBeGreaterThan(before ?? 0)
    expect(host.answeredAt.get('/integrations/INT-2/conflicts')).toBeLessThan(60_000)
    const { transitions } = await main.ask('history:timeline', { serverId: id, key: 'INT-1' })
    expect(transitions.map(({ state }) => said(state))).toEqual(['Stopped', 'Running'])
  })
})

it('the history of a server says when it answered and when not, and why', async () => {
  const { sentIn, host, main, id } = await watchedHost(simulatedHost(2, true))
  await sentIn(60_000)
  host.mode = 'down'
  await sentIn(60_000)
  host.mode = 'up'
  await sentIn(600_000)
  host.password = 'changed'
  host.sessions.clear()
  await sentIn(60_000)
  const { transitions } = await main.ask('history:timeline', { serverId: id, key: null })
  expect(transitions.map(({ state }) => said(state))).toEqual([
    'Log-in refused',
    'Answers',
    'Not reachable',
    'Answers',
    'No credentials',
  ])
})
