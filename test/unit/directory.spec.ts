import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { SynchronizationDelta } from '../../src-contract/synchronizations.ts'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { openCacheDatabase } from '../../src-main/storage/open-database.ts'
import { SynchronizationTable } from '../../src-main/storage/synchronization-table.ts'
import type { StoredTransition } from '../../src-main/storage/transition-table.ts'
import { SynchronizationDirectory } from '../../src-main/synchronizations/synchronization-directory.ts'
import {
  fromListItem,
  withAsked,
  withItem,
  withStatus,
  type Change,
  type SynchronizationRecord,
} from '../../src-main/synchronizations/synchronization-record.ts'
import { said } from '../support/said.ts'
import { scratchFolder } from '../support/scratch.ts'

const NOW = 1_000

/** A directory over its own cache, with the changes that it reported and stored. `servers`: those in the list. */
function open(servers: readonly string[] = ['s', 't'], path = join(scratchFolder(), 'cache.db')) {
  const cache = new CacheDatabase(openCacheDatabase(path, 1).database)
  onTestFinished(() => cache.close())
  const transitions: StoredTransition[] = []
  const directory = new SynchronizationDirectory({
    table: new SynchronizationTable(cache),
    transitions: { add: (added) => void transitions.push(...added) },
    registry: { find: (id) => (servers.includes(id) ? ({ id } as never) : null) },
    clock: { now: () => NOW },
    notes: { of: () => ({}) },
    maintenances: { of: () => null },
  })
  const deltas: SynchronizationDelta[] = []
  const changes: Change[] = []
  directory.rowsChanged.on((delta) => void deltas.push(delta))
  directory.changed.on((list) => void changes.push(...list))
  return { directory, transitions, deltas, changes, path, cache }
}

interface Listed {
  readonly serverId?: string
  readonly word?: string
  readonly issuesInError?: number
  readonly connectors?: readonly string[]
}

/** A synchronization as listed, and with a word as its status was read at 5. */
function record(
  key: string,
  { serverId = 's', word, issuesInError, connectors = [] }: Listed = {},
): SynchronizationRecord {
  const [first, second] = connectors
  const original = {
    integrationKey: key,
    summary: key,
    ...(first !== undefined && { firstConnector: { connectorKey: first } }),
    ...(second !== undefined && { secondConnector: { connectorKey: second } }),
  }
  const integration = readIntegration(original)
  if (integration === null) throw new Error('It is a synchronization')
  const listed = fromListItem(serverId, { integration, original }, null, 1, 1)
  return word === undefined ? listed : read(listed, word, 5, 2, issuesInError)
}
const read = (before: SynchronizationRecord, word: string, at: number, order: number, issuesInError = 0) =>
  withStatus(before, { status: word, firstConnector: { online: true, issuesInError } }, at, order)

describe('the rows', () => {
  it('the worst come first: by health, by issues in error, then as the servers were read', () => {
    const { directory } = open()
    directory.apply('s', [record('S-1', { word: 'STOPPED' }), record('S-2', { word: 'RUNNING', issuesInError: 2 })], [])
    directory.apply(
      't',
      [
        record('T-1', { serverId: 't', word: 'RUNNING', issuesInError: 7 }),
        record('T-2', { serverId: 't', word: 'STOPPED' }),
        record('T-3', { serverId: 't', word: 'RUNNING' }),
      ],
      [],
    )
    expect(directory.worst(9).map(({ key }) => key)).toEqual(['T-1', 'S-2', 'T-3', 'S-1', 'T-2'])
    expect(directory.worst(2).map(({ key }) => key)).toEqual(['T-1', 'S-2'])
    expect(directory.healths()[0]).toEqual({ serverId: 's', key: 'S-1', health: 'stopped' })
    expect([directory.count('s'), directory.count('t'), directory.count('u')]).toEqual([2, 3, 0])
    expect([...directory.keysOf('s')]).toEqual(['S-1', 'S-2'])
    expect(directory.keysOf('u').size).toBe(0)
  })

  it('a connector leads to its synchronization, on its own server and by either side', () => {
    const { directory } = open()
    directory.apply('s', [record('S-1', { connectors: ['A', 'B'] }), record('S-2')], [])
    expect(['A', 'B', 'C', ''].map((connector) => directory.ownerOf('s', connector))).toEqual([
      'S-1',
      'S-1',
      null,
      null,
    ])
    expect(directory.ownerOf('t', 'A')).toBeNull()
  })

  it('a row shows its conflicts once they have been read, and is reported again only if a number of them changed', () => {
    const { directory, deltas } = open()
    const ref = { serverId: 's', key: 'S-1' }
    directory.apply('s', [record('S-1')], [])
    const told = () =>
      deltas.splice(0).flatMap(({ put }) => put.map((row) => [row.conflictCount, row.newConflictCount]))
    expect(told()).toEqual([[null, null]])
    const counts = (all: number, unseen: number) => ({ all, unseen })
    for (const of of [null, counts(2, 1), counts(2, 1), counts(2, 0), counts(0, 0), null])
      directory.setConflictCounts(ref, of)
    expect(told()).toEqual([
      [2, 1],
      [2, 0],
      [0, 0],
      [null, null],
    ])
    directory.setConflictCounts({ serverId: 's', key: 'S-9' }, counts(1, 1))
    expect(told()).toEqual([])
  })

  it('of a removed server are gone, and nothing brings them back', () => {
    const { directory, deltas } = open(['s'])
    directory.apply('s', [record('S-1')], [])
    directory.removeServer('s')
    expect(deltas.at(-1)).toEqual({ put: [], removed: [{ serverId: 's', key: 'S-1' }] })
    directory.apply('gone', [record('G-1', { serverId: 'gone' })], [])
    expect(directory.rows()).toEqual([])
    expect(deltas).toHaveLength(2)
  })

  it('are there after a restart, also those that were stored once storing worked again', () => {
    const { directory, path, cache } = open()
    directory.apply('s', [record('S-1', { word: 'RUNNING' })], [])
    cache.write(() => void cache.run('DELETE FROM synchronization'))
    directory.storeAll()
    const again = open(['s'], path).directory
    expect(again.rows()).toMatchObject([{ key: 'S-1', health: 'running', source: 'cache' }])
  })
})

describe('a change', () => {
  it('is reported and stored only if something is different', () => {
    const { directory, deltas, transitions, changes } = open()
    const running = record('S-1', { word: 'RUNNING' })
    directory.apply('s', [running], [])
    directory.apply('s', [read(running, 'RUNNING', 6, 3)], [])
    expect([deltas.length, changes.length, transitions.length]).toEqual([1, 1, 1])
    directory.apply('s', [read(running, 'STOPPED', 7, 4)], [])
    expect([deltas.length, changes.length]).toEqual([2, 2])
    expect(transitions.map(({ at, health, state }) => [at, health, said(state)])).toEqual([
      [5, 'running', 'Running'],
      [7, 'stopped', 'Stopped'],
    ])
  })

  it('of something else than the state is no new state', () => {
    const { directory, deltas, transitions } = open()
    const running = record('S-1', { word: 'RUNNING' })
    directory.apply('s', [running], [])
    const renamed = withItem(
      running,
      { ...running.integration, summary: 'New' },
      { integrationKey: 'S-1', summary: 'New' },
      8,
      5,
    )
    directory.apply('s', [renamed], [])
    expect(deltas.at(-1)?.put.map(({ summary }) => summary)).toEqual(['New'])
    expect(transitions).toHaveLength(1)
  })

  it('of one whose state was never read is not a change either', () => {
    const { directory, transitions } = open()
    directory.apply('s', [record('S-1')], [])
    expect(transitions).toEqual([])
  })

  it('to being deleted is reported with the current time, if it was known', () => {
    const { directory, deltas, transitions } = open()
    directory.apply('s', [record('S-1', { word: 'RUNNING' })], [])
    directory.apply('s', [], ['S-1', 'S-9'])
    expect(
      transitions.slice(1).map(({ key, at, health, state, reason }) => [key, at, health, said(state), said(reason)]),
    ).toEqual([['S-1', NOW, 'unknown', 'Deleted', 'It is no longer on the server']])
    expect(deltas.at(-1)?.removed.map(({ key }) => key)).toEqual(['S-1', 'S-9'])
    expect(directory.find({ serverId: 's', key: 'S-1' })).toBeNull()
    expect(() => directory.get({ serverId: 's', key: 'S-1' })).toThrow('S-1 is no longer in the list.')
  })
})

describe('a late answer', () => {
  it('to an earlier request changes neither the object nor the state', () => {
    const running = record('S-1', { word: 'RUNNING' })
    expect(withItem(running, { ...running.integration, summary: 'Old' }, {}, 9, 0)).toBe(running)
    expect(read(running, 'STOPPED', 9, 1)).toBe(running)
    const listed = fromListItem(
      's',
      { integration: { ...running.integration, summary: 'Old' }, original: {} },
      running,
      9,
      0,
    )
    expect(listed).toMatchObject({ itemText: running.itemText, itemReadAt: 1, statusText: running.statusText })
  })

  it('to an earlier question for the status is not what was asked last', () => {
    const asked = withAsked(record('S-1'), { status: 'RUNNING', firstConnector: { online: true } }, 5, 2)
    expect(withAsked(asked, { status: 'STOPPED' }, 9, 1)).toBe(asked)
    expect(withAsked(asked, { status: 'STOPPED' }, 9, 3).asked).toMatchObject({ status: { word: 'STOPPED' }, at: 9 })
  })

  it('to the very same request counts', () => {
    const running = record('S-1', { word: 'RUNNING' })
    expect(read(running, 'STOPPED', 9, running.statusOrder).status?.word).toBe('STOPPED')
    expect(
      withItem(running, { ...running.integration, summary: 'New' }, {}, 9, running.itemOrder).integration.summary,
    ).toBe('New')
  })
})
