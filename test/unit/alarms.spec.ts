import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Notification } from '../../src-contract/notifications.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import type { Health } from '../../src-contract/synchronizations.ts'
import { judgeChange } from '../../src-main/notifications/alarm.ts'
import { AlarmDebouncer } from '../../src-main/notifications/alarm-debouncer.ts'
import { clockText } from '../../src-contract/messages/clock-text.ts'
import { NotificationCenter } from '../../src-main/notifications/notification-center.ts'
import { Snoozes } from '../../src-main/notifications/snoozes.ts'
import { Reachability } from '../../src-main/servers/reachability.ts'
import { NotificationTable } from '../../src-main/storage/notification-table.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import type { HealthState } from '../../src-main/synchronizations/health.ts'
import type { Change, SynchronizationRecord } from '../../src-main/synchronizations/synchronization-record.ts'
import { scratchFolder } from '../support/scratch.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { said } from '../support/said.ts'

const healthState = (health: Health, more: Partial<HealthState> = {}): HealthState => ({
  health,
  state: foreign(health),
  reason: null,
  issuesInError: 0,
  ...more,
})

describe('a change', () => {
  it.each([
    ['running', 'stopped', 'stopped'],
    ['unknown', 'stopped', undefined],
    ['stopped', 'stopped', undefined],
    ['running', 'error', 'problem'],
    ['attention', 'error', 'problem'],
    ['error', 'attention', undefined],
    ['running', 'attention', 'problem'],
    ['error', 'running', 'recovered'],
    ['stopped', 'running', 'recovered'],
    ['transition', 'running', undefined],
    ['running', 'transition', undefined],
  ] as const)('from %s to %s is %s', (before, after, kind) => {
    expect(judgeChange(healthState(before), healthState(after))?.kind).toBe(kind)
  })

  it('to more errors is reported, to fewer is not', () => {
    expect(
      judgeChange(healthState('error', { issuesInError: 1 }), healthState('error', { issuesInError: 3 }))?.kind,
    ).toBe('problem')
    expect(
      judgeChange(healthState('error', { issuesInError: 3 }), healthState('error', { issuesInError: 1 })),
    ).toBeNull()
  })
})

/** A time on the day of the scene, as shown. */
function at(utc: string): string {
  const time = Date.parse(`2026-03-02T${utc}:00Z`)
  return clockText(time, Date.now(), 'en')
}

/** A watch over one server, with a notification list behind it. */
function scene(settings: Partial<Settings> = {}) {
  const clock = new SimulatedClock()
  const database = openStateDatabase(join(scratchFolder(), 'state.db'), 1)
  new ServerTable(database).put(storedServer('s1'))
  const table = new NotificationTable(database)
  const told: Notification[] = []
  const snoozes = new Snoozes(table, clock)
  const center = new NotificationCenter({
    table,
    snoozes,
    clock,
    settings: { get: () => ({ ...defaultSettings, ...settings }) },
    logger: { write: () => undefined },
  })
  center.notified.on((notification) => void told.push(notification))
  const busy = new Set<string>()
  let lastReadAt: number | null = clock.now() - 3_600_000
  const alarms = new AlarmDebouncer({
    notifications: center,
    taskStore: { isBusy: ({ key }) => busy.has(key) },
    registry: { find: (id) => ({ ...storedServer(id), name: 'Vienna' }) },
    reachability: { get: (id) => ({ ...new Reachability(clock).get(id), lastReadAt }) },
  })
  const states = new Map<string, HealthState>()
  const changeOf = (key: string, after: HealthState): Change => {
    const known = (value: HealthState): SynchronizationRecord =>
      ({
        healthState: value,
        statusText: JSON.stringify(value),
        integration: { summary: `Name of ${key}` },
      }) as SynchronizationRecord
    const before = states.get(key) ?? healthState('running')
    states.set(key, after)
    return { serverId: 's1', key, before: known(before), after: known(after) }
  }
  /** A reading of the server: the changed states, and then the end of the round. */
  const round = (states: Record<string, HealthState> = {}): void => {
    alarms.changed(Object.entries(states).map(([key, after]) => changeOf(key, after)))
    lastReadAt = clock.now()
    alarms.roundEnded('s1', true, null)
  }
  const fail = (): void => alarms.roundEnded('s1', false, foreign('The connection was refused.'))
  const titles = async (): Promise<string[]> => {
    await clock.advance(2_000)
    return told.splice(0).map(({ title, text }) => (text === null ? said(title) : `${said(title)} / ${said(text)}`))
  }
  return { clock, alarms, center, snoozes, busy, round, fail, titles, told }
}

describe('an alarm', () => {
  it('comes with the second equal reading, once', async () => {
    const { round, titles } = scene()
    round()
    round({ 'INT-2': healthState('stopped') })
    expect(await titles()).toEqual([])
    round()
    expect(await titles()).toEqual(['INT-2 stopped / Name of INT-2 – Vienna'])
    round()
    round()
    expect(await titles()).toEqual([])
  })

  it('is not raised for what is over with the second reading', async () => {
    const { round, titles } = scene()
    round()
    for (let count = 0; count < 10; count += 1) {
      round({ 'INT-2': healthState('error') })
      round({ 'INT-2': healthState('running') })
    }
    expect(await titles()).toEqual([])
  })

  it('is not raised for the user’s own actions in Syncdeck', async () => {
    const { round, busy, titles } = scene()
    round()
    busy.add('INT-2')
    round({ 'INT-2': healthState('stopped') })
    busy.clear()
    round()
    round()
    expect(await titles()).toEqual([])
  })

  it('is one digest when many come at once', async () => {
    const { round, titles, center } = scene()
    round()
    round(Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`INT-${index}`, healthState('stopped')])))
    round()
    expect(await titles()).toEqual(['40 synchronizations stopped'])
    expect(center.list()[0]?.items).toHaveLength(40)
  })

  it('stops coming for what keeps changing, and says so', async () => {
    const { round, titles } = scene()
    round()
    const all: string[] = []
    for (let count = 0; count < 10; count += 1) {
      const next = healthState(count % 2 === 0 ? 'stopped' : 'running')
      round({ 'INT-2': next })
      round()
      all.push(...(await titles()))
    }
    expect(all.map((words) => words.includes('keeps changing'))).toEqual([false, false, false, true])
  })

  it('keeps coming for what changes at times, three times within a quarter of an hour', async () => {
    const { clock, round, titles } = scene()
    round()
    const all: string[] = []
    for (let count = 0; count < 6; count += 1) {
      round({ 'INT-2': healthState(count % 2 === 0 ? 'stopped' : 'running') })
      round()
      all.push(...(await titles()))
      // With the two seconds of `titles`: every five minutes.
      await clock.advance(5 * 60_000 - 2_000)
    }
    expect(all.map((words) => words.includes('keeps changing'))).toEqual(Array(6).fill(false))
  })

  it('is not raised for what is snoozed, itself or with its server, until that is over', async () => {
    const { clock, round, snoozes, titles } = scene()
    round()
    snoozes.set({ serverId: 's1', key: 'INT-2', until: clock.now() + 60_000, reason: 'being moved' })
    round({ 'INT-2': healthState('stopped'), 'INT-3': healthState('stopped') })
    round()
    expect(await titles()).toEqual(['INT-3 stopped / Name of INT-3 – Vienna'])
    await clock.advance(60_000)
    round({ 'INT-2': healthState('running') })
    round()
    expect(await titles()).toEqual(['INT-2 runs again / Name of INT-2 – Vienna'])
    snoozes.set({ serverId: 's1', key: null, until: null, reason: '' })
    round({ 'INT-2': healthState('stopped') })
    round()
    expect(await titles()).toEqual([])
    snoozes.end({ serverId: 's1', key: null })
    expect(snoozes.list()).toEqual([])
  })

  it('of a kind that is switched off does not come', async () => {
    const { round, titles } = scene({ notifyStopped: false })
    round()
    round({ 'INT-2': healthState('stopped') })
    round()
    expect(await titles()).toEqual([])
  })
})

describe('a server that goes away', () => {
  it('is reported with the second failure, and again with the second good reading, with what has changed', async () => {
    const { round, fail, titles, clock } = scene()
    round()
    fail()
    expect(await titles()).toEqual([])
    fail()
    expect(await titles()).toEqual([
      `Vienna is unavailable / The connection was refused. Showing data from ${at('10:00')}.`,
    ])
    fail()
    await clock.advance(7_200_000)
    round({ 'INT-2': healthState('stopped'), 'INT-3': healthState('stopped'), 'INT-4': healthState('error') })
    expect(await titles()).toEqual([])
    round()
    expect(await titles()).toEqual([`Vienna answers again / Since ${at('10:00')}: 2 stopped, 1 with problems.`])
    round()
    expect(await titles()).toEqual([])
  })

  it('and comes back every other reading gives no alarm at all', async () => {
    const { round, fail, titles } = scene()
    round()
    for (let count = 0; count < 50; count += 1) {
      fail()
      round()
    }
    expect(await titles()).toEqual([])
  })

  it('reports what changed since the last session with the first good reading, and nothing if nothing did', async () => {
    const quiet = scene()
    quiet.round()
    expect(await quiet.titles()).toEqual([])
    const { round, titles } = scene()
    round({ 'INT-2': healthState('stopped') })
    expect(await titles()).toEqual([`Changed on Vienna while you were away / Since ${at('09:00')}: 1 stopped.`])
  })

  it('whose log-in is refused is reported at once, and once', async () => {
    const { alarms, titles } = scene({ notifyServers: false })
    alarms.blocked('s1', 5, foreign('Jira refused the password.'))
    alarms.blocked('s1', 5, foreign('Jira refused the password.'))
    expect(await titles()).toEqual(['Vienna needs action / Jira refused the password.'])
  })
})

describe('new conflicts', () => {
  const conflict = { identity: 'c1', message: 'Field A is not mapped', kind: '' } as never
  it('are reported when a second reading has them too, and not when they are gone again', async () => {
    const { alarms, round, titles } = scene()
    round()
    const ref = { serverId: 's1', key: 'INT-2' }
    alarms.newConflicts(ref, [conflict])
    alarms.conflictsRead(ref, new Set(['c1']))
    expect(await titles()).toEqual(['New conflict in INT-2 / Field A is not mapped – Vienna'])
    alarms.newConflicts(ref, [conflict])
    alarms.conflictsRead(ref, new Set())
    expect(await titles()).toEqual([])
  })
})

it('the list survives a restart, newest first, and is read, cleared and pruned', async () => {
  const { clock, center, round, titles } = scene()
  round()
  round({ 'INT-2': healthState('stopped') })
  round()
  await titles()
  round({ 'INT-3': healthState('stopped') })
  round()
  await titles()
  expect(center.list().map(({ title, isRead }) => [said(title), isRead])).toEqual([
    ['INT-3 stopped', false],
    ['INT-2 stopped', false],
  ])
  center.markRead([center.list()[1]?.id ?? 0])
  expect(center.list().map(({ isRead }) => isRead)).toEqual([false, true])
  center.prune(clock.now() - 2_000)
  expect(center.list()).toHaveLength(1)
  center.dismiss(center.list().map(({ id }) => id))
  expect(center.list()).toEqual([])
})

it('dismissing is undone for exactly what it changed, once, whatever came since', async () => {
  const { clock, center, round, titles } = scene()
  const tell = async (key: 'INT-2' | 'INT-3' | 'INT-4') => {
    for (const state of [undefined, healthState('stopped'), healthState('stopped')])
      round(state === undefined ? undefined : { [key]: state })
    await titles()
  }
  const shown = () => center.list().map(({ title, isRead }) => [said(title), isRead])
  const ids = () => center.list().map(({ id }) => id)
  await tell('INT-2')
  await tell('INT-3')
  center.markRead(ids().slice(0, 1))
  expect(shown()).toEqual([
    ['INT-3 stopped', true],
    ['INT-2 stopped', false],
  ])

  const dismissed = center.dismiss(ids())
  await tell('INT-4')
  expect(shown()).toEqual([['INT-4 stopped', false]])
  expect(center.restore(dismissed).sort()).toEqual([...dismissed].sort())
  expect(center.restore(dismissed)).toEqual([])
  expect(shown()).toEqual([
    ['INT-4 stopped', false],
    ['INT-3 stopped', true],
    ['INT-2 stopped', false],
  ])

  // Dismissed ones are not kept for long.
  center.dismiss(dismissed)
  center.prune(0)
  await clock.advance(60 * 60_000 + 1)
  center.prune(0)
  expect(center.restore(dismissed)).toEqual([])
})
