import { describe, expect, it } from 'vitest'
import { spoken, type Spoken } from '../support/said.ts'
import type { Task } from '../../src-contract/tasks.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { said } from '../support/said.ts'

interface Scene {
  jira: SimulatedJira
  main: TestMain
  serverId: string
}

async function scene(options: JiraOptions = {}): Promise<Scene> {
  const jira = await startJira({ synchronizations: 4, taskDurationMs: 20, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  return { jira, main, serverId }
}

async function ended(main: TestMain, id: string | undefined): Promise<Spoken<Task>> {
  let found: Task | undefined
  await until('the task ends', async () => {
    found = (await main.ask('tasks:list', {})).find((task) => task.id === id && task.state === 'ended')
    return found !== undefined
  })
  return spoken(found as Task)
}

const begin = async (
  { main, serverId }: Scene,
  operation: 'start' | 'stop' | 'restart',
  key = 'INT-2',
): Promise<string | undefined> =>
  (await main.ask(`synchronizations:${operation}`, { targets: [{ serverId, key }] })).taskIds[0]

const stateOf = async ({ main }: Scene, key = 'INT-2'): Promise<string | undefined> =>
  said((await main.rows()).find((row) => row.key === key)?.state)

describe('starting and stopping', () => {
  it('is followed from the click to the state that the server then shows', async () => {
    const stage = await scene()
    expect(await ended(stage.main, await begin(stage, 'stop'))).toMatchObject({
      outcome: 'succeeded',
      operation: 'stop',
      serverName: 'Test Jira',
    })
    expect(await stateOf(stage)).toBe('Stopped')
    expect(await ended(stage.main, await begin(stage, 'start'))).toMatchObject({
      outcome: 'succeeded',
      message: 'Successfully started the integration.',
    })
    expect(await stateOf(stage)).toBe('Running')
    expect(stage.jira.requestsTo('/integrations/INT-2/start', 'PUT')).toHaveLength(1)
  })

  it('restarts by stopping, waiting and starting', async () => {
    const stage = await scene()
    expect(await ended(stage.main, await begin(stage, 'restart'))).toMatchObject({
      outcome: 'succeeded',
      operation: 'restart',
    })
    const writes = stage.jira.seen.filter(({ method }) => method === 'PUT').map(({ path }) => path)
    expect(writes).toEqual(['/integrations/INT-2/stop', '/integrations/INT-2/start'])
  })

  it('does not start again what could not be stopped', async () => {
    const stage = await scene()
    stage.jira.api.failNextTask('The queue is busy')
    expect(await ended(stage.main, await begin(stage, 'restart'))).toMatchObject({
      outcome: 'failed',
      failure: 'The queue is busy',
      step: 'stop',
    })
    expect(stage.jira.requestsTo('/integrations/INT-2/start')).toHaveLength(0)
  })

  it('finds the verb of an older version, and remembers it', async () => {
    const stage = await scene({ startVerb: 'POST' })
    await ended(stage.main, await begin(stage, 'stop'))
    await ended(stage.main, await begin(stage, 'start'))
    expect(
      stage.jira.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    ).toEqual(['PUT /integrations/INT-2/stop', 'POST /integrations/INT-2/stop', 'POST /integrations/INT-2/start'])
    expect(stage.main.services.registry.get(stage.serverId).startVerb).toBe('POST')
  })

  const writesOf = ({ jira }: Scene): string[] =>
    jira.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)

  it.each([
    ['anybody says that the verb is not allowed (405)', { kind: 'answer', status: 405, body: '' }],
    ['anybody says that the verb is not known (501)', { kind: 'answer', status: 501, body: '' }],
    ['Jira says that there is nothing (404)', jiraAnswer('', 404)],
  ] as const)('is sent by the other verb where %s', async (_words, fault) => {
    const stage = await scene({ startVerb: 'POST' })
    stage.jira.faults.add({ path: '/integrations/INT-2/stop', method: 'PUT', fault })
    expect(await ended(stage.main, await begin(stage, 'stop'))).toMatchObject({ outcome: 'succeeded' })
    expect(writesOf(stage)).toEqual(['PUT /integrations/INT-2/stop', 'POST /integrations/INT-2/stop'])
  })

  it.each([
    ['somebody before Jira says 404', 404],
    ['somebody before Jira says 429', 429],
  ])('is not sent by the other verb where %s, which may have passed it on', async (_words, status) => {
    const stage = await scene()
    stage.jira.faults.add({
      path: '/integrations/INT-2/stop',
      times: 1,
      fault: { kind: 'answer-after', status, body: '<html>A gateway</html>' },
    })
    expect(await ended(stage.main, await begin(stage, 'stop'))).toMatchObject({ outcome: 'succeeded' })
    expect(writesOf(stage)).toEqual(['PUT /integrations/INT-2/stop'])
  })

  it('works for a project administrator, who names the project', async () => {
    const account = {
      name: 'admin',
      password: 'admin',
      tokens: [],
      role: 'project-administrator',
      projects: ['AP'],
    } as const
    const jira = await startJira({ synchronizations: 40, taskDurationMs: 20, accounts: [account] })
    const main = startMain()
    const serverId = await addServer(main, jira, { projectKeys: ['AP'] })
    await main.ask('synchronizations:refresh', { serverId })
    const key = (await main.rows())[0]?.key
    expect(await ended(main, await begin({ jira, main, serverId }, 'stop', key))).toMatchObject({
      outcome: 'succeeded',
    })
  })

  it('reports progress only where it moves', async () => {
    const stage = await scene({ reportsProgress: true, taskDurationMs: 200 })
    const id = await begin(stage, 'stop')
    await until(
      'progress is seen',
      async () => ((await stage.main.ask('tasks:list', {})).find((task) => task.id === id)?.progress ?? 0) > 0,
    )
    await ended(stage.main, id)
    const still = await scene({ reportsProgress: false, taskDurationMs: 100 })
    const other = await begin(still, 'stop')
    expect(await ended(still.main, other)).toMatchObject({ progress: null })
  })

  it('of many at once gives each its own task, and repeats of one in the same call none', async () => {
    const stage = await scene()
    const refs = ['INT-2', 'INT-3', 'INT-4', 'INT-2'].map((key) => ({ serverId: stage.serverId, key }))
    const { taskIds } = await stage.main.ask('synchronizations:stop', { targets: refs })
    expect(taskIds).toHaveLength(3)
    for (const id of taskIds) expect(await ended(stage.main, id)).toMatchObject({ outcome: 'succeeded' })
  })

  it('of one click is a batch, and stays one over a restart', async () => {
    const stage = await scene()
    const refs = ['INT-2', 'INT-3'].map((key) => ({ serverId: stage.serverId, key }))
    await stage.main.ask('synchronizations:stop', { targets: refs })
    await ended(stage.main, await begin(stage, 'stop', 'INT-4'))
    const batches = async (main: Scene['main']): Promise<number> =>
      new Set((await main.ask('tasks:list', {})).map(({ batchId }) => batchId)).size
    expect(await batches(stage.main)).toBe(2)
    await stage.main.close()
    const main = startMain({ folder: stage.main.folder, keychain: stage.main.keychain })
    expect((await main.ask('tasks:list', {})).length).toBe(3)
    expect(await batches(main)).toBe(2)
  })

  it('of something unknown is refused before anything is sent', async () => {
    const stage = await scene()
    await expect(begin(stage, 'stop', 'INT-999')).rejects.toMatchObject({ data: { code: 'synchronization.unknown' } })
    expect(await stage.main.ask('tasks:list', {})).toEqual([])
  })
})

describe('when something goes wrong', () => {
  it('a refusal ends the task with the server’s words', async () => {
    const stage = await scene()
    stage.jira.faults.add({
      path: '/integrations/INT-2/start',
      fault: jiraAnswer({ message: 'It is being configured' }, 409),
    })
    expect(await ended(stage.main, await begin(stage, 'start'))).toMatchObject({
      outcome: 'refused',
      failure: 'The server refused the request (HTTP 409).',
      serverText: 'It is being configured',
    })
  })

  it('a server’s own error message is reported, with what was read afterwards', async () => {
    const stage = await scene()
    stage.jira.entry('INT-2').status.status = 'RUNNING'
    stage.jira.faults.add({
      path: '/integrations/INT-2/stop',
      fault: { kind: 'answer', status: 500, body: '<html><h1>Out of memory</h1></html>' },
    })
    const task = await ended(stage.main, await begin(stage, 'stop'))
    expect(task).toMatchObject({
      outcome: 'unknown',
      serverText: 'Out of memory',
      failure: expect.stringMatching(/HTTP 500.*RUNNING.*not repeated/) as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
  })

  it.each([
    ['was applied', { kind: 'reset-after' } as const, 'succeeded', 'as intended'],
    ['was not applied', { kind: 'reset-before' } as const, 'unknown', 'not repeated'],
  ])('a lost answer to a request that %s is resolved by reading', async (_name, fault, outcome, words) => {
    const stage = await scene()
    stage.jira.entry('INT-2').status.status = 'RUNNING'
    stage.jira.faults.add({ path: '/integrations/INT-2/stop', times: 1, fault })
    const task = await ended(stage.main, await begin(stage, 'stop'))
    expect(task.outcome).toBe(outcome)
    expect(`${task.message} ${task.failure}`).toContain(words)
    expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
  })

  it('a task that the server forgot is lost, never done', async () => {
    const stage = await scene({ taskDurationMs: 60_000 })
    const id = await begin(stage, 'stop')
    await until('it runs', async () =>
      (await stage.main.ask('tasks:list', {})).some((task) => task.state === 'running'),
    )
    for (const { tasks } of stage.jira.cluster.nodes) tasks.forget()
    expect(await ended(stage.main, id)).toMatchObject({
      outcome: 'lost',
      failure: expect.stringContaining('no longer knows') as string,
    })
  })

  it('a task that is not found once the session is over may be on another node, and is unknown', async () => {
    const stage = await scene({ taskDurationMs: 60_000 })
    const id = await begin(stage, 'stop')
    await until('it runs', async () =>
      (await stage.main.ask('tasks:list', {})).some((task) => task.state === 'running'),
    )
    stage.jira.cluster.restart()
    expect(await ended(stage.main, id)).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringMatching(/cannot be found: Jira was restarted.*may still take effect/) as string,
    })
  })

  it('a server that is away for a while is waited for', async () => {
    const stage = await scene({ taskDurationMs: 100 })
    const id = await begin(stage, 'stop')
    await until('it runs', async () =>
      (await stage.main.ask('tasks:list', {})).some((task) => task.state === 'running'),
    )
    await stage.jira.goOffline()
    await until('it waits', async () => (await stage.main.ask('tasks:list', {})).some((task) => task.waiting !== null))
    await stage.jira.start()
    expect(await ended(stage.main, id)).toMatchObject({ outcome: 'succeeded', waiting: null })
  })

  it('removing the server ends watching, and says that the task continues', async () => {
    const stage = await scene({ taskDurationMs: 60_000 })
    const id = await begin(stage, 'stop')
    await until('it runs', async () =>
      (await stage.main.ask('tasks:list', {})).some((task) => task.state === 'running'),
    )
    await stage.main.ask('servers:remove', { serverId: stage.serverId })
    expect(await ended(stage.main, id)).toMatchObject({
      outcome: 'interrupted',
      message: expect.stringContaining('continues') as string,
    })
  })
})

describe('after a restart of Syncdeck', () => {
  const restart = async (stage: Scene): Promise<Scene> => {
    await stage.main.close()
    const main = startMain({ folder: stage.main.folder, keychain: stage.main.keychain })
    main.services.tasks.resume()
    return { ...stage, main }
  }

  it('a running task is still watched', async () => {
    const stage = await scene({ taskDurationMs: 150 })
    const id = await begin(stage, 'stop')
    await until('it runs', async () =>
      (await stage.main.ask('tasks:list', {})).some((task) => task.state === 'running'),
    )
    const again = await restart(stage)
    expect(await ended(again.main, id)).toMatchObject({ outcome: 'succeeded' })
    expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
  })

  it.each(['stop', 'restart'] as const)('a %s that had not left is told as not sent', async (operation) => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2/status', times: 1, fault: { kind: 'hang' } })
    const before = stage.jira.requestsTo('/integrations/INT-2/status').length
    const id = await begin(stage, operation)
    await until('the state before is read', () => stage.jira.requestsTo('/integrations/INT-2/status').length > before)
    const again = await restart(stage)
    expect(await ended(again.main, id)).toMatchObject({
      outcome: 'interrupted',
      message: 'Nothing was sent: Syncdeck was closed first.',
    })
    expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toEqual([])
  })

  it('a half-done restart is not started again automatically', async () => {
    const stage = await scene({ taskDurationMs: 150 })
    const id = await begin(stage, 'restart')
    await until('it runs', async () =>
      (await stage.main.ask('tasks:list', {})).some((task) => task.state === 'running'),
    )
    const again = await restart(stage)
    expect(await ended(again.main, id)).toMatchObject({ outcome: 'interrupted' })
    expect(stage.jira.requestsTo('/integrations/INT-2/start')).toHaveLength(0)
  })

  it('a request that was under way is found out about by reading', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2/stop', fault: { kind: 'hang' } })
    const id = await begin(stage, 'stop')
    await until('it was sent', () => stage.jira.requestsTo('/integrations/INT-2/stop').length === 1)
    stage.jira.entry('INT-2').status.status = 'STOPPED'
    const again = await restart(stage)
    expect(await ended(again.main, id)).toMatchObject({
      outcome: 'succeeded',
      message: expect.stringContaining('as intended') as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
  })
})

it('ended tasks can be cleared away; running ones stay', async () => {
  const stage = await scene()
  await ended(stage.main, await begin(stage, 'stop'))
  stage.jira.faults.add({ path: '/integrations/INT-3/stop', fault: { kind: 'hang' } })
  await begin(stage, 'stop', 'INT-3')
  await stage.main.ask('tasks:clear-ended', {})
  expect((await stage.main.ask('tasks:list', {})).map(({ key }) => key)).toEqual(['INT-3'])
})

describe('the activity', () => {
  const activity = async ({ main }: Scene) =>
    (await main.ask('audit:list', {})).map(({ action, outcome, details }) => [said(action), outcome, said(details)])

  it('reports the outcome of what was sent, as its task does', async () => {
    const stage = await scene()
    stage.jira.api.failNextTask('The queue is busy')
    await ended(stage.main, await begin(stage, 'stop'))
    expect(await activity(stage)).toEqual([['Stop', 'failed', 'The queue is busy']])
    await ended(stage.main, await begin(stage, 'restart'))
    expect((await activity(stage)).slice(0, 2)).toEqual([
      ['Start', 'succeeded', ''],
      ['Stop', 'succeeded', ''],
    ])
    await stage.main.ask('tasks:clear-ended', {})
    expect(await activity(stage)).toHaveLength(3)
  })
})
