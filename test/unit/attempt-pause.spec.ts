import { describe, expect, it } from 'vitest'
import { AttemptPause } from '../../src-main/http/attempt-pause.ts'
import { AuthGate } from '../../src-main/http/auth-gate.ts'
import type { StoredBlock } from '../../src-main/storage/server-table.ts'
import { REJECTED } from '../support/auth-gate.ts'
import { enter, proxyGateScene } from '../support/proxy-gate-scene.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const HOURS_MS = 2 * 3_600_000

describe('the ten seconds after an attempt', () => {
  it.each<[string, (clock: SimulatedClock) => unknown, number]>([
    ['are counted', () => undefined, 10_000],
    ['are less after some of them', (clock) => clock.advance(4_000), 6_000],
    ['are over at their end', (clock) => clock.advance(10_000), 0],
    ['are not prolonged by a clock that is set back', (clock) => clock.jump(-HOURS_MS), 10_000],
    [
      'pass on a clock that was set back',
      async (clock) => {
        await clock.advance(4_000)
        clock.jump(-HOURS_MS)
        await clock.advance(5_000)
      },
      1_000,
    ],
    ['pass in sleep, during which nothing else goes on', (clock) => clock.jump(9_000), 1_000],
  ])('%s', async (_name, happens, leftMs) => {
    const clock = new SimulatedClock()
    const pause = new AttemptPause(clock)
    expect(pause.leftMs).toBe(0)
    pause.begin(clock.now())
    await happens(clock)
    expect(pause.leftMs).toBeCloseTo(leftMs)
    expect(pause.overAt - clock.now()).toBeCloseTo(leftMs)
  })

  it.each<[string, number, number]>([
    ['an attempt before the start counts as long as it is not longer ago', -4_000, 6_000],
    ['one of long ago does not', -60_000, 0],
    ['one of the future, on a clock that was set back since, does not', HOURS_MS, 0],
  ])('%s', (_name, at, leftMs) => {
    const clock = new SimulatedClock()
    const pause = new AttemptPause(clock)
    pause.begin(clock.now() + at)
    expect(pause.leftMs).toBeCloseTo(leftMs)
  })
})

describe('a clock set back by hours', () => {
  it('keeps “Test once” from the user for ten seconds at most', async () => {
    const clock = new SimulatedClock()
    let stored: StoredBlock | null = null
    const store = { load: () => stored, save: (block: StoredBlock | null) => ((stored = block), null) }
    const gate = new AuthGate({ clock, store })
    ;(await gate.enter('alone')).settle(REJECTED)
    clock.jump(-HOURS_MS)
    expect(gate.access).toMatchObject({ state: 'blocked', nextAttemptAt: clock.now() + 10_000 })
    await expect(gate.tryOnce(() => gate.enter('alone'))).rejects.toMatchObject({ code: 'auth.too-soon' })
    await new AuthGate({ clock, store }).tryOnce(async () => undefined)
    await clock.advance(10_000)
    await gate.tryOnce(async () => (await gate.enter('alone')).settle({ kind: 'accepted' }))
    expect(gate.access).toEqual({ state: 'ok' })
  })

  it('keeps the attempt at a proxy from the user for ten seconds at most', async () => {
    const { gate, clock, restart } = proxyGateScene()
    ;(await enter(gate)).settle('refused')
    clock.jump(-HOURS_MS)
    expect(() => gate.allowOnce()).toThrow('Wait 10 s')
    expect(() => restart().allowOnce()).not.toThrow()
    await clock.advance(10_000)
    expect(() => gate.allowOnce()).not.toThrow()
  })
})
