import { expect, it } from 'vitest'
import { EffectReader } from '../../src-main/tasks/effect-reader.ts'
import { TaskRunner, type TaskRunnerOptions } from '../../src-main/tasks/task-runner.ts'
import { TaskStore } from '../../src-main/tasks/task-store.ts'
import type { TaskTable } from '../../src-main/storage/task-table.ts'
import type { Task } from '../../src-contract/tasks.ts'
import { readIntegration } from '../../src-main/backbone/integration.ts'
import { said } from '../support/said.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'

/** A runner whose connections cannot be had, by a fault of our own. */
function scene() {
  const log: string[] = []
  const logger = { write: (_level: string, event: string) => void log.push(event) }
  const clock = new SimulatedClock()
  const table = { recent: () => [], put: () => undefined } as unknown as TaskTable
  const store = new TaskStore({ table, logger, clock })
  const tasks: Task[] = []
  store.changed.on((task) => void tasks.push(task))
  const asked = Promise.withResolvers<never>()
  const reader = { refreshStatus: () => asked.promise, refreshItem: () => asked.promise }
  const integration = readIntegration({ integrationKey: 'INT-2' })
  const runner = new TaskRunner({
    store,
    registry: { find: storedServer, get: storedServer },
    connections: {
      get: () => {
        throw new TypeError('of our own')
      },
    },
    directory: { get: () => ({ integration }) } as unknown as TaskRunnerOptions['directory'],
    effects: new EffectReader(reader, logger, clock),
    copyGuard: { refusal: () => null },
    logger,
    clock,
    pollMs: 100,
  })
  return { runner, tasks, log, failStatus: asked.reject }
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

it('a fault of our own ends the task as unknown, with words, and is in the log', async () => {
  const { runner, tasks, log, failStatus } = scene()
  runner.begin('start', [{ serverId: 's', key: 'INT-2' }])
  failStatus(new Error('not read'))
  await settled()
  expect(tasks.at(-1)).toMatchObject({ state: 'ended', outcome: 'unknown' })
  expect(said(tasks.at(-1)?.failure)).toMatch(/./)
  expect(log).toContain('task broke')
})

it('nothing is said of a fault while Syncdeck is closing: the next start goes on with the task', async () => {
  const { runner, tasks, log, failStatus } = scene()
  runner.begin('start', [{ serverId: 's', key: 'INT-2' }])
  runner.close()
  failStatus(new Error('not read'))
  await settled()
  expect(tasks.at(-1)?.outcome).toBeNull()
  expect(log).not.toContain('task broke')
})
