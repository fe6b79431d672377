import { expect, it } from 'vitest'
import { refId, type SynchronizationRow } from '../../src-contract/synchronizations.ts'
import type { Task } from '../../src-contract/tasks.ts'
import { repeatOffers } from '../../src-renderer/tasks/repeat-offers.ts'
import { row, task } from './support.ts'

const ended = (key: string, operation: Task['operation'], outcome: Task['outcome'], startedAt = 1): Task =>
  task({
    id: `${key} ${operation} ${startedAt}`,
    key,
    operation,
    outcome,
    state: outcome === null ? 'running' : 'ended',
    startedAt,
  })
const stopped = (key: string): SynchronizationRow => row({ key, health: 'stopped' })
const offered = (tasks: Task[], rows: SynchronizationRow[]) =>
  repeatOffers(tasks, new Map(rows.map((one) => [refId(one), one]))).map(({ id, label, operation, rows: meant }) => [
    id,
    operation,
    label,
    meant.map(({ key }) => key),
  ])

it('what failed, was refused or cancelled can be tried again, by operation', () => {
  const rows = ['A', 'B', 'C', 'D'].map((key) => row({ key }))
  const tasks = [
    ended('A', 'start', 'failed'),
    ended('B', 'start', 'refused'),
    ended('C', 'stop', 'cancelled'),
    ended('D', 'update', 'failed'),
  ]
  expect(offered(tasks, rows)).toEqual([
    ['start-failed', 'start', 'Retry 2 failed starts…', ['A', 'B']],
    ['stop-failed', 'stop', 'Retry 1 failed stop…', ['C']],
  ])
})

it.each(['succeeded', 'unknown', 'lost', 'interrupted', null] as const)(
  'an outcome of %s is not tried again',
  (outcome) => {
    expect(offered([ended('A', 'start', outcome)], [row({ key: 'A' })])).toEqual([])
  },
)

it('only the last task of a synchronization counts', () => {
  expect(offered([ended('A', 'stop', 'succeeded', 2), ended('A', 'stop', 'failed', 1)], [row({ key: 'A' })])).toEqual(
    [],
  )
  expect(offered([ended('A', 'stop', 'failed', 1), ended('A', 'stop', null, 2)], [row({ key: 'A' })])).toEqual([])
  expect(
    offered([ended('A', 'stop', 'succeeded', 1), ended('A', 'update', 'succeeded', 2)], [stopped('A')]),
  ).toHaveLength(1)
})

it('what was stopped here is started again while it is still stopped', () => {
  const tasks = [
    ended('A', 'stop', 'succeeded'),
    ended('B', 'stop', 'succeeded'),
    ended('C', 'restart', 'interrupted'),
    ended('D', 'stop', 'succeeded'),
  ]
  expect(offered(tasks, [stopped('A'), row({ key: 'B', health: 'running' }), stopped('C'), stopped('E')])).toEqual([
    ['start-stopped', 'start', 'Start these 2 again…', ['A', 'C']],
  ])
})
