import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CELL_MS, CELLS, type Strip } from '../../src-contract/monitoring.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Health } from '../../src-contract/synchronizations.ts'
import {
  CountsOverTime,
  firstCellAt,
  recentCounts,
  recentStrips,
  stripOf,
} from '../../src-main/monitor/recent-states.ts'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { openCacheDatabase } from '../../src-main/storage/open-database.ts'
import { TransitionTable } from '../../src-main/storage/transition-table.ts'
import { scratchFolder } from '../support/scratch.ts'
import { simulatedHost } from '../support/simulated-network.ts'
import { watchedHost } from '../support/watched-host.ts'

const NOON = Date.UTC(2026, 2, 1, 12)
const MINUTE = 60_000
/** Ten minutes into the last cell. */
const NOW = NOON + 10 * MINUTE
const FROM = firstCellAt(NOW)
/** A moment within a cell, counted from the last one. */
const ago = (cells: number, minutes = 5): number => NOON - cells * CELL_MS + minutes * MINUTE
/** The last cells of a strip, as their first letters; a dot where nothing was known. */
const tail = (cells: readonly (string | null)[], count: number): string =>
  cells
    .slice(-count)
    .map((health) => health?.[0] ?? '.')
    .join('')
const isEmptyBefore = (cells: Strip, count: number): boolean => cells.slice(0, -count).every((cell) => cell === null)

const change = (at: number, health: Health) => ({ at, health })

describe('a strip', () => {
  it('has 48 cells that begin on the hour and half past; this moment is in the last one', () => {
    expect(FROM).toBe(NOON - 47 * CELL_MS)
    expect(firstCellAt(NOON)).toBe(FROM)
    expect(firstCellAt(NOON - 1)).toBe(FROM - CELL_MS)
    expect(stripOf([], NOW)).toEqual(Array.from({ length: CELLS }, () => null))
  })

  it('stays in a state until the next one, and knows nothing before the first', () => {
    const cells = stripOf([change(ago(1), 'stopped'), change(ago(4), 'running')], NOW)
    expect(tail(cells, 6)).toBe('.rrrrs')
    expect(isEmptyBefore(cells, 5)).toBe(true)
  })

  it('shows the worst of a cell, however short it was', () => {
    const cells = stripOf([change(ago(2, 6), 'running'), change(ago(2, 5), 'error'), change(ago(9), 'running')], NOW)
    expect(tail(cells, 5)).toBe('rrerr')
  })

  it('begins with what held before its first cell', () => {
    expect(new Set(stripOf([change(FROM - 1, 'attention')], NOW))).toEqual(new Set(['attention']))
  })

  it('counts a change at the beginning of a cell to that cell alone', () => {
    expect(tail(stripOf([change(ago(1, 0), 'error'), change(ago(3), 'running')], NOW), 4)).toBe('rree')
  })

  it('takes a change in the future as one of this moment', () => {
    expect(tail(stripOf([change(NOW + CELL_MS, 'error'), change(ago(2), 'running')], NOW), 3)).toBe('rre')
  })
})

describe('counts over time', () => {
  it('are those at the end of each cell, the last one at present', () => {
    const counts = new CountsOverTime(NOW)
    counts.add('error', ago(3), ago(1))
    counts.add('error', ago(2), null)
    counts.add('attention', FROM - 1, ago(2))
    counts.add('running', FROM, null)
    const { error, attention } = counts.counts(FROM)
    expect(error.slice(-5)).toEqual([0, 1, 2, 1, 1])
    expect(attention.slice(-5)).toEqual([1, 1, 0, 0, 0])
  })

  it('leave out what was over before the end of its cell', () => {
    const counts = new CountsOverTime(NOW)
    counts.add('error', ago(2, 5), ago(2, 6))
    expect(new Set(counts.counts(FROM).error)).toEqual(new Set([0]))
  })

  it('are unknown before anything was known', () => {
    const counts = new CountsOverTime(NOW)
    counts.add('error', ago(2), null)
    expect(counts.counts(ago(2)).error.slice(-5)).toEqual([null, null, 1, 1, 1])
    expect(new Set(counts.counts(null).error)).toEqual(new Set([null]))
  })
})

function table(): TransitionTable {
  return new TransitionTable(new CacheDatabase(openCacheDatabase(join(scratchFolder(), 'cache.db'), 1).database))
}
const stored = (key: string, at: number, health: Health, serverId = 's1') => ({
  serverId,
  key,
  at,
  health,
  state: foreign(health),
  reason: null,
})

describe('from the database', () => {
  it('strips come in the order asked for, each with what held before', async () => {
    const transitions = table()
    transitions.add([
      stored('A', FROM - 5, 'error'),
      stored('A', ago(2), 'running'),
      stored('B', ago(1), 'stopped'),
      stored('B', FROM - 5, 'attention', 's2'),
    ])
    const ref = (key: string) => ({ serverId: 's1', key })
    const { from, strips } = await recentStrips(transitions, [ref('B'), ref('nobody'), ref('A')], NOW)
    expect(from).toBe(FROM)
    expect(strips.map((cells) => tail(cells, 4))).toEqual(['..ss', '....', 'eerr'])
  })

  it('counts begin with the present and go back, over more changes than are read at once', async () => {
    const transitions = table()
    const changes = Array.from({ length: 700 }, (_, index) => [
      stored(`K${index}`, FROM - 10, 'running'),
      stored(`K${index}`, ago(3), 'error'),
      stored(`K${index}`, ago(1), index < 600 ? 'running' : 'error'),
    ])
    transitions.add([...changes.flat(), stored('still', FROM - 10, 'attention'), stored('', ago(1), 'error')])
    const present = [
      ...changes.map((_, index) => ({
        serverId: 's1',
        key: `K${index}`,
        health: index < 600 ? ('running' as const) : ('error' as const),
      })),
      { serverId: 's1', key: 'still', health: 'attention' as const },
    ]
    const { error, attention } = await recentCounts(transitions, present, NOW)
    expect(error.slice(-5)).toEqual([0, 700, 700, 100, 100])
    expect(new Set(attention)).toEqual(new Set([1]))
  })

  it('what was deleted counts until then', async () => {
    const transitions = table()
    transitions.add([stored('A', FROM - 10, 'error'), stored('A', ago(2), 'unknown')])
    const { error } = await recentCounts(transitions, [], NOW)
    expect(error.slice(-4)).toEqual([1, 0, 0, 0])
  })

  it('nothing is reported if nothing is stored', async () => {
    const { error } = await recentCounts(table(), [{ serverId: 's1', key: 'A', health: 'error' }], NOW)
    expect(new Set(error)).toEqual(new Set([null]))
  })
})

it('the window hears of both when they are read', async () => {
  const { main, id, sentIn, host } = await watchedHost(simulatedHost(2, true), { detailIntervalSeconds: 86_400 })
  await sentIn(60_000)
  host.states.set('INT-1', 'UPDATE REQUIRED')
  await sentIn(120_000)
  const refs = ['INT-0', 'INT-1'].map((key) => ({ serverId: id, key }))
  const { strips } = await main.ask('history:strips', { refs })
  expect(strips.map((cells) => cells.at(-1))).toEqual(['running', 'attention'])
  expect((await main.ask('history:counts', {})).attention.at(-1)).toBe(1)
  const many = Array.from({ length: 201 }, (_, index) => ({ serverId: id, key: `INT-${index}` }))
  await expect(main.ask('history:strips', { refs: many })).rejects.toMatchObject({ data: { code: 'ipc.invalid-args' } })
})
