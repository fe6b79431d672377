import { expect, it } from 'vitest'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { create, failure, othersCreate } from '../support/lost-write-scene.ts'
import { said } from '../support/said.ts'
import { addServer, serverInput, startJira, startMain } from '../support/services.ts'

/** A server in the list, and another Jira with the same keys, to whose address it is moved. */
async function scene() {
  const options = { synchronizations: 4, seed: 3, embedsStatus: true, taskDurationMs: 20 }
  const [here, there] = [await startJira(options), await startJira(options)]
  const main = startMain({ taskPollMs: 1 })
  const serverId = await addServer(main, here)
  await main.ask('synchronizations:refresh', { serverId })
  const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
  const move = () => main.ask('servers:update', { serverId, input: serverInput(there), credential })
  const ref = { serverId, key: 'INT-2' }
  const task = async () => (await main.ask('tasks:list', {}))[0]
  const ended = async () => {
    await until('the task has ended', async () => (await task())?.state === 'ended')
    return task()
  }
  return { here, there, main, serverId, ref, move, ended, jira: here }
}

/** What changes something. */
const writes = (jira: SimulatedJira): string[] =>
  jira.seen
    .filter(({ method }) => method !== 'GET')
    .flatMap(({ method, path }) => (path.includes('auth/1') ? [] : `${method} ${path}`))

const STATUS = '/integrations/INT-2/status'
const side = { baseUrl: 'https://moved.example', password: 'canary-typed', proxy: null }

it.each(['a stop', 'new passwords'])('%s is not sent where the address changed before it left', async (what) => {
  const { here, there, main, ref, move, ended } = await scene()
  here.entry('INT-2').status.status = 'RUNNING'
  there.entry('INT-2').status.status = 'RUNNING'
  here.faults.add({ path: STATUS, method: 'GET', times: 1, fault: { kind: 'hang' } })
  const before = here.requestsTo(STATUS).length
  if (what === 'a stop') await main.ask('synchronizations:stop', { targets: [ref] })
  else await main.ask('synchronizations:update-connection', { ref, form: { first: side, second: side } })
  await until('the state is asked for', () => here.requestsTo(STATUS).length === before + 1)
  await move()
  const task = await ended()
  expect(task).toMatchObject({ outcome: 'failed' })
  expect(said(task?.failure)).toContain('The address of the server has been changed since. Nothing was sent.')
  expect([writes(here), writes(there)]).toEqual([[], []])
})

it.each(['reset-before', 'reset-after'] as const)(
  'a stop whose answer was lost (%s) is not looked for at another address',
  async (kind) => {
    const { here, there, main, ref, move, ended } = await scene()
    here.entry('INT-2').status.status = 'RUNNING'
    there.entry('INT-2').status.status = 'STOPPED'
    here.faults.add({ path: '/integrations/INT-2/stop', fault: { kind } })
    await main.ask('synchronizations:stop', { targets: [ref] })
    await until('it was sent', () => here.requestsTo('/integrations/INT-2/stop').length === 1)
    // Nothing is shown before the move.
    here.faults.add({ path: STATUS, method: 'GET', fault: { kind: 'hang' } })
    await move()
    const task = await ended()
    expect(task).toMatchObject({ outcome: 'unknown' })
    expect(said(task?.failure)).toContain('The server has another address by now')
    expect(writes(there)).toEqual([])
  },
)

it('a task that is under way is not followed at another address', async () => {
  const { here, there, main, ref, move, ended } = await scene()
  here.entry('INT-2').status.status = 'RUNNING'
  here.faults.add({ path: '/async-tasks/', method: 'GET', fault: { kind: 'hang' } })
  await main.ask('synchronizations:stop', { targets: [ref] })
  await until('it is followed', () => here.seen.some(({ path }) => path.includes('/async-tasks/')))
  await move()
  expect(await ended()).toMatchObject({ outcome: 'unknown' })
  expect(there.seen.filter(({ path }) => path.includes('/async-tasks/'))).toEqual([])
})

it('what was kept at one address is not deleted at another', async () => {
  const { here, there, main, ref, move } = await scene()
  const path = `/connectors/${here.entry('INT-2').integration.firstConnector?.connectorKey ?? ''}/syncInformation`
  here.faults.add({ path, method: 'GET', times: 1, fault: { kind: 'hang' } })
  const deleted = failure(main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' }))
  await until('its links are read', () => here.requestsTo(path).length === 1)
  await move()
  expect(await deleted).toMatchObject({ code: 'server.moved' })
  expect([writes(here), writes(there)]).toEqual([[], []])
})

it('a deletion whose answer was lost is not shown by another address', async () => {
  const { here, there, main, ref, move } = await scene()
  there.api.entries.delete('INT-2')
  here.faults.add({ path: '/integrations/INT-2', method: 'DELETE', fault: { kind: 'reset-before' } })
  const deleted = failure(main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' }))
  await until('it was sent', () => here.requestsTo('/integrations/INT-2', 'DELETE').length === 1)
  here.faults.add({ path: '/integrations', method: 'GET', fault: { kind: 'hang' } })
  await move()
  expect(await deleted).toMatchObject({ isOutcomeUnknown: true })
  expect(here.api.entries.has('INT-2')).toBe(true)
})

it('a creation whose answer was lost is not found at another address', async () => {
  const { here, there, main, ref, move, jira } = await scene()
  othersCreate({ jira: there, main, ref }, 'INT-9')
  here.faults.add({ path: '/integrations', method: 'POST', fault: { kind: 'reset-before' } })
  const created = failure(create({ jira, main, ref }))
  await until('it was sent', () => here.requestsTo('/integrations', 'POST').length === 1)
  await move()
  expect(await created).toMatchObject({ isOutcomeUnknown: true })
  expect(writes(there)).toEqual([])
})

it('what was read at one address is no row of another: nothing is aimed at it', async () => {
  const { there, main, ref, move } = await scene()
  there.faults.add({ path: '/', fault: { kind: 'hang' } })
  await move()
  expect(await main.rows()).toEqual([])
  await expect(main.ask('synchronizations:stop', { targets: [ref] })).rejects.toMatchObject({
    data: { code: 'synchronization.unknown' },
  })
})

it('a link whose deletion was not answered is not looked for at another address, and a file is not imported there', async () => {
  const { here, there, main, ref, move } = await scene()
  const connectorKey = here.entry('INT-2').integration.firstConnector?.connectorKey ?? ''
  const connector = { ...ref, connectorKey }
  const read = await main.ask('connectors:links', connector)
  there.entry('INT-2').links.length = 0
  here.faults.add({ path: '/connectors', method: 'DELETE', fault: { kind: 'reset-before' } })
  const deleted = failure(main.ask('connectors:delete-link', { ref: connector, id: read?.links[0]?.id ?? '' }))
  await until('it was sent', () => here.requestsTo('/connectors', 'DELETE').length === 1)
  here.faults.add({ path: '/connectors', method: 'GET', fault: { kind: 'hang' } })
  await move()
  expect(await deleted).toMatchObject({ isOutcomeUnknown: true })
  expect(writes(there)).toEqual([])
})

it('a server keeps its address while a job is open for it', async () => {
  const { here, main, ref, move } = await scene()
  here.entry('INT-2').status.status = 'RUNNING'
  const { id } = await main.ask('jobs:plan-maintenance', { targets: [ref] })
  here.faults.add({ path: STATUS, method: 'GET', fault: { kind: 'hang' } })
  await main.ask('jobs:begin', { id })
  await expect(move()).rejects.toMatchObject({
    data: { code: 'input.invalid', fields: { address: expect.stringContaining('A job is still open') as string } },
  })
  expect(main.services.registry.get(ref.serverId).baseUrl).toBe(here.baseUrl)
})

it('a job that was planned for one address is forgotten with it', async () => {
  const { main, ref, move } = await scene()
  await main.ask('jobs:plan-maintenance', { targets: [ref] })
  await move()
  expect(await main.ask('jobs:list', {})).toEqual([])
})
