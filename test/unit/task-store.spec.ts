import { expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import type { Task } from '../../src-contract/tasks.ts'
import type { StoredTask, TaskTable } from '../../src-main/storage/task-table.ts'
import { newTask, NO_CHANGE } from '../../src-main/tasks/new-task.ts'
import { TaskStore } from '../../src-main/tasks/task-store.ts'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import { said } from '../support/said.ts'

function aTask(key = 'INT-2', projectKeys: readonly string[] = [], item: object = {}): StoredTask {
  const integration = readIntegration({
    integrationKey: key,
    summary: 'A',
    firstConnector: { projectKey: 'AP' },
    secondConnector: { projectKey: 'PB' },
    ...item,
  })
  if (integration === null) throw new Error('It is a synchronization')
  return newTask(
    { operation: 'start', step: 'start', intent: NO_CHANGE, batchId: 'b' },
    { id: 's', name: 'Vienna', projectKeys: [...projectKeys], baseUrl: 'https://jira.example', apiPath: '/rest' },
    { integration },
    5,
  )
}

/** A store over a table that may refuse. */
function store(earlier: readonly StoredTask[] = []) {
  const disk = { stored: [] as StoredTask[], isFull: false, log: [] as string[] }
  const table = {
    recent: () => earlier,
    put: (task: StoredTask) => {
      if (disk.isFull) throw new Error('The disk is full')
      disk.stored.push(task)
    },
    removeEnded: () => ['one that only the table had'],
  } as unknown as TaskTable
  const tasks = new TaskStore({
    table,
    logger: { write: (_level, event) => void disk.log.push(event) },
    clock: { now: () => 9 },
  })
  const told: Task[] = []
  tasks.changed.on((task) => void told.push(task))
  return { tasks, disk, told }
}

it('a task names the project of its server that it is about, for those who may read one project only', () => {
  expect(aTask().projectKey).toBeNull()
  expect(aTask('INT-2', ['XX', 'PB']).projectKey).toBe('PB')
  expect(aTask('INT-2', ['AP', 'PB']).projectKey).toBe('AP')
  expect(aTask('INT-2', ['XX']).projectKey).toBeNull()
  expect(aTask('INT-2', ['PB'], { firstConnector: null }).projectKey).toBe('PB')
  expect(aTask('INT-2', ['AP', 'PB'], { secondConnector: null }).projectKey).toBe('AP')
})

it('a new task is stored, shown without what only main needs, and open until it ends', () => {
  const { tasks, disk, told } = store()
  const task = aTask()
  expect(tasks.add(task)).toBe(true)
  expect(disk.stored).toEqual([task])
  expect(told).toHaveLength(1)
  for (const hidden of ['remoteId', 'projectKey', 'intent']) expect(told[0]).not.toHaveProperty(hidden)
  expect(told[0]).toMatchObject({ id: task.id, state: 'sending', waiting: null })
  expect([tasks.isBusy(task), tasks.open().length]).toEqual([true, 1])
  expect(tasks.isBusy({ serverId: 's', key: 'INT-3' })).toBe(false)
  tasks.change(task.id, { state: 'ended', outcome: 'succeeded' })
  expect([tasks.isBusy(task), tasks.open().length, tasks.list().length]).toEqual([false, 0, 1])
})

it('two tasks about one synchronization keep it busy until both have ended', () => {
  const { tasks } = store()
  const [first, second] = [aTask(), aTask()]
  for (const task of [first, second]) tasks.add(task)
  tasks.change(first.id, { state: 'ended' })
  expect(tasks.isBusy(first)).toBe(true)
  tasks.change(second.id, { state: 'ended' })
  expect(tasks.isBusy(first)).toBe(false)
})

it('a task that cannot be stored has ended, and says that nothing was sent', () => {
  const { tasks, disk, told } = store()
  disk.isFull = true
  const task = aTask()
  expect(tasks.add(task)).toBe(false)
  expect(told).toMatchObject([{ id: task.id, state: 'ended', outcome: 'failed', endedAt: 9 }])
  expect(said(told[0]?.failure)).toContain('Nothing was sent')
  expect(disk.log).toEqual(['task not stored'])
  expect(tasks.isBusy(task)).toBe(false)
})

it('a change that cannot be stored still applies', () => {
  const { tasks, disk, told } = store()
  const task = aTask()
  tasks.add(task)
  expect(tasks.change(task.id, { progress: 10 })).toBe(true)
  disk.isFull = true
  expect(tasks.change(task.id, { progress: 50 })).toBe(false)
  expect(tasks.get(task.id).progress).toBe(50)
  expect(told.at(-1)?.progress).toBe(50)
})

it('why a task waits is reported once for each reason, is not stored, and ends with the task', () => {
  const { tasks, disk, told } = store()
  const task = aTask()
  tasks.add(task)
  tasks.setWaiting(task.id, null)
  expect(told).toHaveLength(1)
  for (const reason of ['Away', 'Away', 'Slow']) tasks.setWaiting(task.id, foreign(reason))
  tasks.setWaiting(task.id, null)
  expect(told.slice(1).map(({ waiting }) => said(waiting))).toEqual(['Away', 'Slow', ''])
  expect(disk.stored).toHaveLength(1)
  tasks.setWaiting(task.id, foreign('Away'))
  tasks.change(task.id, { state: 'ended' })
  expect(told.at(-1)?.waiting).toBeNull()
})

it('what was stored earlier is there, oldest first; clearing forgets what has ended', () => {
  const [ended, open]: [StoredTask, StoredTask] = [{ ...aTask('INT-1'), state: 'ended' }, aTask('INT-2')]
  const { tasks } = store([ended, open])
  expect(tasks.list().map(({ key }) => key)).toEqual(['INT-1', 'INT-2'])
  expect(tasks.clearEnded()).toEqual(['one that only the table had', ended.id])
  expect(tasks.list().map(({ key }) => key)).toEqual(['INT-2'])
  expect(() => tasks.get(ended.id)).toThrow()
})
