import { describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { ClockJumps } from '../../src-main/clock-jumps.ts'
import { Monitor, type MonitorOptions } from '../../src-main/monitor/monitor.ts'
import type { RegistryChange } from '../../src-main/servers/server-registry.ts'
import { Signal } from '../../src-main/signal.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'

/** The interval between two rounds. */
const INTERVAL_MS = 30_000

/** A monitor of one server whose readings take `detailMs` each and end as the test says. */
function monitored(options: { keys?: number; detailMs?: number; settings?: Partial<Settings> } = {}) {
  const clock = new SimulatedClock()
  const changed = new Signal<[RegistryChange]>()
  const stage = {
    details: [] as string[],
    conflicts: [] as string[],
    rounds: 0,
    /** What happens while the states are read. */
    onRound: null as (() => void) | null,
    planned: [] as (number | null)[],
    ended: [] as boolean[],
    logged: [] as string[],
    isOpen: true,
    isKnown: true,
    heldMs: 0,
    states: 'read' as 'read' | 'held' | 'failed',
    detailFails: null as ((key: string) => Error | null) | null,
    conflictsFail: null as (() => Error | null) | null,
  }
  const settings: Settings = { ...defaultSettings, refreshIntervalSeconds: 30, ...options.settings }
  const server = storedServer('s')
  const later = (ms: number): Promise<void> =>
    ms === 0 ? Promise.resolve() : new Promise((done) => clock.after(ms, () => done()))
  const monitor = new Monitor({
    registry: { all: () => (stage.isKnown ? [server] : []), find: () => (stage.isKnown ? server : null), changed },
    connections: {
      gate: () => ({ access: { state: stage.isOpen ? 'ok' : 'blocked' } }),
      heldMs: () => stage.heldMs,
    } as unknown as MonitorOptions['connections'],
    jumps: new ClockJumps(clock),
    reachability: {
      isWaitedFor: () => stage.states === 'held',
      planned: (_id, at) => void stage.planned.push(at === null ? null : at - clock.now()),
    },
    directory: { keysOf: () => new Set(Array.from({ length: options.keys ?? 3 }, (_, index) => `INT-${index}`)) },
    reader: {
      refresh: async () => {
        stage.rounds += 1
        stage.onRound?.()
        return stage.states === 'read'
      },
      refreshItem: async ({ key }) => {
        stage.details.push(key)
        await later(options.detailMs ?? 0)
        const failure = stage.detailFails?.(key) ?? null
        if (failure !== null) throw failure
        return undefined as never
      },
    },
    conflicts: {
      read: async ({ key }) => {
        stage.conflicts.push(key)
        const failure = stage.conflictsFail?.() ?? null
        if (failure !== null) throw failure
      },
      readAt: () => null,
    },
    settings: { get: () => settings },
    logger: { write: (_level, event) => void stage.logged.push(event) },
    clock,
    random: () => 0.5,
  })
  monitor.roundEnded.on((_id, isGood) => stage.ended.push(isGood))
  return { clock, monitor, stage, changed }
}

describe('the details of a round', () => {
  it('are read for as long as an interval, and then the next round comes first', async () => {
    const { clock, monitor, stage } = monitored({ keys: 100, detailMs: 1000, settings: { requestsPerServer: 1 } })
    monitor.start()
    // One a second, from the first round to the second.
    await clock.advance(INTERVAL_MS - 500)
    expect([stage.rounds, stage.details.length]).toEqual([1, 30])
    await clock.advance(1_000)
    expect([stage.rounds, stage.details.length]).toEqual([2, 31])
  })

  it('are at least twelve, however slow the server is', async () => {
    const { clock, monitor, stage } = monitored({ keys: 100, detailMs: 20_000, settings: { requestsPerServer: 1 } })
    monitor.start()
    await clock.advance(12 * 20_000 - 1)
    expect([stage.details.length, stage.rounds]).toEqual([12, 1])
    await clock.advance(100)
    expect([stage.details.length, stage.rounds]).toEqual([13, 2])
  })

  it('end at once where the gate closes, or watching stops', async () => {
    for (const end of ['gate', 'stop'] as const) {
      const { clock, monitor, stage } = monitored({ keys: 100, detailMs: 1000, settings: { requestsPerServer: 1 } })
      monitor.start()
      await clock.advance(3_500)
      expect(stage.details).toHaveLength(4)
      if (end === 'gate') stage.isOpen = false
      else monitor.stop()
      await clock.advance(20_000)
      expect(stage.details).toHaveLength(4)
    }
  })

  it('that the rate limit interrupts are still due; what fails otherwise waits for its next turn', async () => {
    const limited = monitored({ keys: 1 })
    limited.stage.detailFails = () => new AppError('http.rate-limited', foreign('It asks to wait.'))
    limited.monitor.start()
    await limited.clock.advance(INTERVAL_MS + 1_000)
    expect(limited.stage.details).toHaveLength(2)

    const failing = monitored({ keys: 1 })
    failing.stage.detailFails = () => new AppError('net.unreachable', foreign('It is away.'))
    failing.monitor.start()
    await failing.clock.advance(INTERVAL_MS + 1_000)
    expect(failing.stage.details).toHaveLength(1)
    await failing.clock.advance(defaultSettings.detailIntervalSeconds * 1000)
    expect(failing.stage.details).toHaveLength(2)
  })

  it('of one that the server does not know hold nothing up, nor its conflicts', async () => {
    const { clock, monitor, stage } = monitored({ keys: 3 })
    stage.detailFails = (key) => (key === 'INT-0' ? new AppError('api.not-found', foreign('It is gone.')) : null)
    monitor.start()
    await clock.advance(1_000)
    expect(stage.details).toEqual(['INT-0', 'INT-1', 'INT-2'])
    expect(stage.conflicts.toSorted()).toEqual(['INT-0', 'INT-1', 'INT-2'])
  })

  it.each([
    ['fails over', () => new AppError('http.server-error', foreign('It failed.'))],
    ['does not answer', () => new AppError('net.timeout', foreign('It took too long.'))],
  ])('go on where the server %s all conflicts', async (_how, conflictsFail) => {
    const { clock, monitor, stage } = monitored({ keys: 60 })
    stage.conflictsFail = conflictsFail
    monitor.start()
    await clock.advance(1_000)
    expect([stage.details.length, stage.conflicts.length]).toEqual([60, 60])
  })

  it.each([
    ['fails over all that it is asked', () => new AppError('http.server-error', foreign('It failed.')), 6],
    ['does not answer', () => new AppError('net.timeout', foreign('It took too long.')), 6],
    ['cannot be reached', () => new AppError('net.unreachable', foreign('It is away.')), 6],
    ['says that it is not there', () => new AppError('http.server-error', foreign('It is away.')).ofServerAway(), 1],
  ])('end soon where the server %s', async (_how, failure, most) => {
    const { clock, monitor, stage } = monitored({ keys: 60, settings: { requestsPerServer: 1 } })
    stage.detailFails = failure
    stage.conflictsFail = failure
    monitor.start()
    await clock.advance(1_000)
    expect(stage.details.length + stage.conflicts.length).toBeLessThanOrEqual(most)
    expect(stage.details.length).toBeGreaterThan(0)
  })

  it('are not read by a failed round, which is reported as such', async () => {
    const { clock, monitor, stage } = monitored()
    stage.states = 'failed'
    monitor.start()
    await clock.advance(1_000)
    expect(stage.details).toEqual([])
    expect(stage.ended).toEqual([false])
  })

  it('a round interrupted by the rate limit continues once the server accepts requests again, and does not count as a failure', async () => {
    const { clock, monitor, stage } = monitored()
    stage.states = 'held'
    stage.heldMs = 7_000
    monitor.start()
    await clock.advance(7_100)
    expect(stage.rounds).toBe(1)
    expect(stage.planned.at(-1)).toBe(7_000)
    stage.states = 'read'
    stage.heldMs = 0
    await clock.advance(7_000)
    expect(stage.rounds).toBe(2)
    expect(stage.planned.at(-1)).toBe(INTERVAL_MS)
  })
})

describe('what hurries', () => {
  it('is read half a second later where no round is under way, without another round', async () => {
    const { clock, monitor, stage } = monitored({ keys: 3 })
    monitor.start()
    await clock.advance(1_000)
    stage.details.length = 0
    monitor.hurry({ serverId: 's', key: 'INT-1' })
    await clock.advance(499)
    expect(stage.details).toEqual([])
    await clock.advance(1)
    expect([stage.details, stage.rounds]).toEqual([['INT-1'], 1])
  })

  it('waits for its turn where nothing may be asked', async () => {
    const { clock, monitor, stage } = monitored({ keys: 3 })
    monitor.start()
    await clock.advance(1_000)
    stage.details.length = 0
    stage.isOpen = false
    monitor.hurry({ serverId: 's', key: 'INT-1' })
    await clock.advance(5_000)
    expect(stage.details).toEqual([])
  })

  it('is read with the next round where it is only to be looked at again', async () => {
    const { clock, monitor, stage } = monitored({ keys: 3 })
    monitor.start()
    await clock.advance(1_000)
    stage.details.length = 0
    monitor.readAgain({ serverId: 's', key: 'INT-1' })
    await clock.advance(5_000)
    expect(stage.details).toEqual([])
    await clock.advance(INTERVAL_MS)
    expect(stage.details).toEqual(['INT-1'])
  })
})

it('nothing is waited for once watching has stopped', async () => {
  const { clock, monitor } = monitored()
  monitor.start()
  await clock.advance(1_000)
  monitor.stop()
  monitor.hurry({ serverId: 's', key: 'INT-1' })
  expect(clock.pending).toBe(0)
})

describe('a server that is removed', () => {
  it('is asked nothing more, neither as planned nor because something of it hurried', async () => {
    const { clock, monitor, stage, changed } = monitored({ keys: 3 })
    monitor.start()
    await clock.advance(1_000)
    monitor.hurry({ serverId: 's', key: 'INT-1' })
    stage.isKnown = false
    changed.emit({ kind: 'removed', serverId: 's' })
    const before = [stage.rounds, stage.details.length]
    // Somebody adds it again at once: nothing from before is due.
    stage.isKnown = true
    await clock.advance(120_000)
    expect([stage.rounds, stage.details.length]).toEqual(before)
  })

  it('while its states are read, has no details read, is not planned again, and no end of its round is reported', async () => {
    const { clock, monitor, stage, changed } = monitored({ keys: 3 })
    stage.onRound = () => {
      stage.isKnown = false
      changed.emit({ kind: 'removed', serverId: 's' })
      stage.planned.length = 0
    }
    monitor.start()
    await clock.advance(120_000)
    expect([stage.rounds, stage.details, stage.planned, stage.ended]).toEqual([1, [], [], []])
  })
})

it('a round that came due while another was under way is made after it, once', async () => {
  const { clock, monitor, stage } = monitored({ keys: 2, detailMs: 20_000, settings: { requestsPerServer: 1 } })
  monitor.start()
  await clock.advance(1_000)
  expect(stage.rounds).toBe(1)
  // The network is back, twice, while details are being read.
  monitor.networkIsBack()
  await clock.advance(1_000)
  monitor.networkIsBack()
  await clock.advance(1_000)
  expect(stage.rounds).toBe(1)
  await clock.advance(38_000)
  expect(stage.rounds).toBe(2)
})

it('an internal error is logged, and the next round still takes place', async () => {
  const { clock, monitor, stage } = monitored()
  let isBroken = true
  monitor.roundEnded.on(() => {
    if (isBroken) throw new Error('broken')
  })
  monitor.start()
  await clock.advance(1_000)
  expect(stage.logged).toEqual(['round broke'])
  isBroken = false
  await clock.advance(INTERVAL_MS)
  expect(stage.rounds).toBe(2)
})
