import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { SynchronizationRow } from '../../src-contract/synchronizations.ts'
import { EventHub } from '../../src-main/ipc/event-hub.ts'
import { EventFeed } from '../../src-renderer/backend/event-feed.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { said } from '../support/said.ts'

const row = (key: string, state: string): SynchronizationRow => ({
  serverId: 's',
  key,
  summary: key,
  kind: 'centralized',
  role: null,
  first: null,
  second: null,
  health: 'running',
  state: foreign(state),
  reason: null,
  issuesInError: 0,
  conflictCount: null,
  newConflictCount: null,
  since: null,
  isSinceSeen: false,
  fetchedAt: 1,
  source: 'live',
})

let deliver: (message: unknown) => void
beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('window', {
    syncdeck: { subscribe: (callback: typeof deliver) => void (deliver = callback) },
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Main's hub and the renderer's feed, with a wire between them that can lose messages. */
function connect(loseSequence?: number) {
  const state = new Map<string, string>()
  const seen = new Map<string, string>()
  const snapshots = vi.fn()
  const hub = new EventHub({
    servers: { all: () => [] },
    send: (message) => {
      if (message.sequence !== loseSequence) deliver(message)
    },
  })
  const onTrouble = vi.fn<(failure: unknown) => void>()
  const onFault = vi.fn<(fault: unknown) => void>()
  const feed = new EventFeed({
    onTrouble,
    onFault,
    loadSnapshot: async () => {
      snapshots()
      const { sequence } = hub
      seen.clear()
      for (const [key, label] of state) seen.set(key, label)
      await Promise.resolve()
      return sequence
    },
  })
  feed.on('synchronizations:changed', ({ put }) => {
    for (const { key, state } of put) seen.set(key, said(state))
  })
  const change = (key: string, label: string): void => {
    state.set(key, label)
    hub.rowsChanged({ put: [row(key, label)], removed: [] })
  }
  return { hub, state, seen, snapshots, feed, change, onTrouble, onFault }
}

it('gathers changes of a row within a tenth of a second into one, the latest', async () => {
  const { feed, seen, change, snapshots } = connect()
  await feed.start()
  change('INT-1', 'Stopped')
  change('INT-1', 'Running')
  expect(seen.size).toBe(0)
  await vi.advanceTimersByTimeAsync(100)
  expect([...seen]).toEqual([['INT-1', 'Running']])
  expect(snapshots).toHaveBeenCalledTimes(1)
})

it('asks for a fresh snapshot when an event was lost, and is right again', async () => {
  const { feed, seen, state, change, snapshots } = connect(2)
  await feed.start()
  for (const [key, label] of [
    ['INT-1', 'a'],
    ['INT-2', 'lost'],
    ['INT-3', 'c'],
    ['INT-1', 'd'],
  ] as const) {
    change(key, label)
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(snapshots).toHaveBeenCalledTimes(2)
  expect(seen).toEqual(state)
})

it('applies what happens while the snapshot is on its way, once', async () => {
  const { feed, seen, change } = connect()
  const starting = feed.start()
  change('INT-1', 'during')
  await vi.advanceTimersByTimeAsync(100)
  await starting
  await vi.advanceTimersByTimeAsync(100)
  expect(seen.get('INT-1')).toBe('during')
})

it('requests a failed snapshot again, says so meanwhile, and is right again', async () => {
  const { feed, seen, state, change, snapshots, onTrouble } = connect(2)
  await feed.start()
  change('INT-1', 'a')
  await vi.advanceTimersByTimeAsync(100)
  const refused = new Error('refused')
  for (let times = 0; times < 2; times += 1) {
    snapshots.mockImplementationOnce(() => {
      throw refused
    })
  }
  for (const label of ['lost', 'b', 'c', 'd']) {
    change('INT-2', label)
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(onTrouble).toHaveBeenLastCalledWith(refused)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(onTrouble).toHaveBeenLastCalledWith(null)
  expect(seen).toEqual(state)
  change('INT-3', 'afterwards')
  await vi.advanceTimersByTimeAsync(100)
  expect(seen).toEqual(state)
})

it('delivers what comes after an event that a listener could not take', async () => {
  const { feed, seen, change, onFault } = connect()
  const fault = new Error('cannot take it')
  await feed.start()
  feed.on('synchronizations:changed', ({ put }) => {
    if (put[0]?.key === 'INT-1') throw fault
  })
  change('INT-1', 'a')
  await vi.advanceTimersByTimeAsync(100)
  change('INT-2', 'b')
  await vi.advanceTimersByTimeAsync(100)
  expect(onFault).toHaveBeenCalledExactlyOnceWith(fault)
  expect([...seen.keys()]).toEqual(['INT-1', 'INT-2'])
})

it.each([
  [
    'a row that lacks its state',
    (sequence: number) => ({
      topic: 'synchronizations:changed',
      sequence,
      payload: { put: [{ ...row('INT-1', 'x'), state: undefined }], removed: [] },
    }),
  ],
  ['a topic that nobody knows', (sequence: number) => ({ topic: 'synchronizations:gone', sequence, payload: {} })],
])(
  'an event that breaks the contract (%s) changes nothing, is told, and leads to a fresh snapshot',
  async (_, broken) => {
    const { hub, feed, seen, state, change, snapshots, onTrouble, onFault } = connect()
    await feed.start()
    change('INT-1', 'a')
    await vi.advanceTimersByTimeAsync(100)
    deliver(broken(hub.sequence + 1))
    const fault = expect.objectContaining({ name: 'ContractError' }) as unknown
    expect(onFault).toHaveBeenCalledExactlyOnceWith(fault)
    expect(onTrouble).toHaveBeenLastCalledWith(fault)
    expect([...seen]).toEqual([['INT-1', 'a']])
    expect(snapshots).toHaveBeenCalledTimes(1)
    deliver(broken(hub.sequence + 1))
    state.set('INT-1', 'what it would have told')
    await vi.advanceTimersByTimeAsync(15_000)
    expect(snapshots).toHaveBeenCalledTimes(2)
    expect(onTrouble).toHaveBeenLastCalledWith(null)
    expect(seen).toEqual(state)
  },
)
