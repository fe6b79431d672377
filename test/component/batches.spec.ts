import { expect, it } from 'vitest'
import type { Task } from '../../src-contract/tasks.ts'
import { batchesOf, openProblems } from '../../src-renderer/tasks/batches.ts'
import { task } from './support.ts'

const one = (id: string, more: Partial<Task>): Task =>
  task({ id, key: id, endedAt: more.outcome ? 2_000_000 : null, state: more.outcome ? 'ended' : 'running', ...more })

it('the tasks of one click are one batch; what needs a look comes first in it', () => {
  const [batch, ...others] = batchesOf([
    one('A', { outcome: 'succeeded' }),
    one('B', {}),
    one('C', { outcome: 'lost' }),
    one('D', { outcome: 'refused' }),
  ])
  expect(others).toEqual([])
  expect(batch?.tasks.map(({ id }) => id)).toEqual(['D', 'C', 'B', 'A'])
  expect(batch?.counts).toEqual({ failed: 1, unknown: 1, running: 1, done: 1 })
  expect(batch?.endedAt).toBeNull()
})

it('batches that run come first, then the newest', () => {
  const order = batchesOf([
    one('old', { batchId: '1', outcome: 'succeeded', startedAt: 1 }),
    one('runs', { batchId: '2', startedAt: 2 }),
    one('new', { batchId: '3', outcome: 'failed', startedAt: 3 }),
  ]).map(({ tasks }) => tasks[0]?.id)
  expect(order).toEqual(['runs', 'new', 'old'])
})

it('a batch has ended with the last of its tasks', () => {
  const [batch] = batchesOf([
    one('A', { outcome: 'succeeded', endedAt: 5 }),
    one('B', { outcome: 'succeeded', endedAt: 9 }),
  ])
  expect(batch?.endedAt).toBe(9)
})

it('a later task of the same synchronization takes the problem with it; of another server it does not', () => {
  const failed = one('failed', { key: 'INT-2', outcome: 'failed', startedAt: 1 })
  const retry = one('retry', { key: 'INT-2', outcome: 'succeeded', startedAt: 2 })
  const ids = (tasks: Task[]): string[] => openProblems(tasks).map(({ id }) => id)
  expect(ids([failed])).toEqual(['failed'])
  expect(ids([retry, failed])).toEqual([])
  expect(ids([failed, { ...retry, serverId: 's2' }])).toEqual(['failed'])
  expect(ids([failed, { ...retry, outcome: 'unknown' }])).toEqual(['retry'])
  expect(ids([failed, { ...retry, outcome: null, state: 'running' }])).toEqual([])
})
