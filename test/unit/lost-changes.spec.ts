import { describe, expect, it } from 'vitest'
import { spoken, type Spoken } from '../support/said.ts'
import type { ConnectionForm, Draft } from '../../src-contract/editing.ts'
import type { Task } from '../../src-contract/tasks.ts'
import { draftValues } from '../../src-contract/draft-values.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly ref: { readonly serverId: string; readonly key: string }
  readonly base: Draft['base']
}

async function scene(options: JiraOptions = {}): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, seed: 3, taskDurationMs: 15, ...options })
  const main = startMain()
  const ref = { serverId: await addServer(main, jira), key: 'INT-2' }
  await main.ask('synchronizations:refresh', { serverId: ref.serverId })
  const known = main.services.directory.get(ref)
  return { jira, main, ref, base: draftValues(known.integration) as Draft['base'] }
}

async function ended({ main }: Scene, id: string | undefined): Promise<Spoken<Task>> {
  const find = async (): Promise<Task | undefined> =>
    (await main.ask('tasks:list', {})).find((task) => task.id === id && task.state === 'ended')
  await until('the task ends', async () => (await find()) !== undefined)
  const task = await find()
  if (task === undefined) throw new Error('The task is gone')
  return spoken(task)
}

const LOST = [
  ['before it took effect', { kind: 'reset-before' } as const],
  ['after it took effect', { kind: 'reset-after' } as const],
] as const

const PASSWORD = 'canary-sync'

function connection(
  { base }: Scene,
  changed: { readonly url?: boolean; readonly proxy?: readonly ('first' | 'second')[] },
): ConnectionForm {
  const proxy = { proxyUri: 'proxy:3128', username: 'u', password: 'canary-proxy' }
  const side = (name: 'first' | 'second'): ConnectionForm['first'] => ({
    baseUrl:
      changed.url === true
        ? `https://${name}.example`
        : (base[`${name}Connector.connection.application.baseUrl`] ?? ''),
    password: PASSWORD,
    proxy: changed.proxy?.includes(name) === true ? proxy : null,
  })
  return { first: side('first'), second: side('second') }
}

describe.each(LOST)('a connection whose answer was lost %s', (when, fault) => {
  const lose = async (stage: Scene, form: ConnectionForm): Promise<Spoken<Task>> => {
    stage.jira.faults.add({ path: '/integrations/INT-2/applicationConnection', times: 1, fault })
    const { taskId } = await stage.main.ask('synchronizations:update-connection', { ref: stage.ref, form })
    const task = await ended(stage, taskId)
    expect(stage.jira.requestsTo('/integrations/INT-2/applicationConnection')).toHaveLength(1)
    expect(JSON.stringify(task)).not.toContain('canary')
    return task
  }

  it.each<[string, Parameters<typeof connection>[1], RegExp]>([
    [
      'the passwords alone',
      {},
      /it cannot be determined whether the server accepted the password of the first sync user and the password of the second sync user/,
    ],
    [
      'the proxy of the first side',
      { proxy: ['first'] },
      /the password of the second sync user and the proxy of the first side/,
    ],
    ['the proxy of the second side', { proxy: ['second'] }, /and the proxy of the second side/],
    ['both proxies', { proxy: ['first', 'second'] }, /the proxy of the first side and the proxy of the second side/],
  ])('is unknown where nothing shows it: %s', async (_name, changed, words) => {
    const stage = await scene()
    const task = await lose(stage, connection(stage, changed))
    expect(task).toMatchObject({ outcome: 'unknown', message: null })
    expect(task.failure).toMatch(words)
    expect(task.failure).toMatch(/was not repeated.*Check in Backbone whether both sides are online/)
  })

  it('says what is known about new base URLs, and that the passwords are not', async () => {
    const stage = await scene()
    const task = await lose(stage, connection(stage, { url: true }))
    expect(task.outcome).toBe('unknown')
    if (when === 'after it took effect')
      expect(task.failure).toMatch(
        /shows the new first base URL and second base URL; it cannot be determined whether it accepted the password of/,
      )
    else
      expect(task.failure).toMatch(
        /shows other values of the first base URL and the second base URL; the request may still take effect/,
      )
  })
})

describe.each(LOST)('an edit whose answer was lost %s', (when, fault) => {
  const lose = async (
    stage: Scene,
    values: Draft['values'],
    passwords: Record<string, string> = {},
  ): Promise<Spoken<Task>> => {
    stage.jira.faults.add({ path: '/integrations/INT-2', method: 'PUT', times: 1, fault })
    const result = await stage.main.ask('synchronizations:apply-edit', {
      ref: stage.ref,
      draft: { base: stage.base, values },
      passwords,
    })
    if (result.kind !== 'started') throw new Error('It was changed on the server')
    return ended(stage, result.taskId)
  }
  const password = { 'secondConnector.connection.application.password': PASSWORD }

  it('is unknown for a password alone', async () => {
    const task = await lose(await scene(), {}, password)
    expect(task).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining(
        'it cannot be determined whether the server accepted the password of the second sync user',
      ) as string,
    })
  })

  it('is unknown for a password beside a name, and says what happened to the name', async () => {
    const task = await lose(await scene(), { summary: 'Renamed' }, password)
    expect(task.outcome).toBe('unknown')
    expect(task.failure).toMatch(
      when === 'after it took effect'
        ? /shows the new name; it cannot be determined whether it accepted the password/
        : /shows other values of the name/,
    )
  })

  it('is done for several fields only where all of them changed, and show it', async () => {
    const task = await lose(await scene(), {
      summary: 'Renamed',
      description: 'Described',
      'firstConnector.connection.application.baseUrl': 'https://new.example',
    })
    expect(task.outcome).toBe(when === 'after it took effect' ? 'succeeded' : 'unknown')
  })

  it('is not done where one of several fields was kept as it was', async () => {
    const task = await lose(await scene(), { summary: 'Renamed', 'firstConnector.projectKey': 'OTHER' })
    expect(task.outcome).toBe('unknown')
    expect(task.failure).toMatch(
      when === 'after it took effect'
        ? /other values of the first project key, but the new name/
        : /other values of the name and the first project key/,
    )
  })

  it('is unknown where the server showed the same before it was sent', async () => {
    const stage = await scene()
    stage.jira.entry('INT-2').integration.summary = 'Renamed'
    expect(await lose(stage, { summary: 'Renamed' })).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining('it already did so before') as string,
    })
  })
})

describe.each(LOST)('a start whose answer was lost %s', (_when, fault) => {
  it('is unknown where it ran before', async () => {
    const stage = await scene()
    stage.jira.entry('INT-2').status.status = 'RUNNING'
    await stage.main.ask('synchronizations:refresh', { serverId: stage.ref.serverId })
    stage.jira.faults.add({ path: '/integrations/INT-2/start', times: 1, fault })
    const { taskIds } = await stage.main.ask('synchronizations:start', { targets: [stage.ref] })
    expect(await ended(stage, taskIds[0])).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining('is RUNNING, but it already was before') as string,
    })
  })
})

describe.each([
  ['start', 'STOPPED', 'RUNNING'],
  ['stop', 'RUNNING', 'STOPPED'],
] as const)('a %s that was lost before it took effect', (operation, shown, wanted) => {
  const lose = async (stage: Scene) => {
    const { status } = stage.jira.entry('INT-2')
    status.status = shown
    await stage.main.ask('synchronizations:refresh', { serverId: stage.ref.serverId })
    stage.jira.faults.add({ path: `/integrations/INT-2/${operation}`, times: 1, fault: { kind: 'reset-before' } })
    return { status, begin: () => stage.main.ask(`synchronizations:${operation}`, { targets: [stage.ref] }) }
  }

  it('is not reported as done if somebody else has done it since the last reading', async () => {
    const stage = await scene()
    const { status, begin } = await lose(stage)
    status.status = wanted
    const { taskIds } = await begin()
    expect(await ended(stage, taskIds[0])).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining(`is ${wanted}, but it already was before`) as string,
    })
  })

  it('is not reported as done if the state before could not be read', async () => {
    const stage = await scene()
    const { status, begin } = await lose(stage)
    const fault = { kind: 'answer', status: 403, body: 'no' } as const
    stage.jira.faults.add({ path: '/integrations/INT-2/status', times: 1, fault })
    status.status = wanted
    const { taskIds } = await begin()
    expect(await ended(stage, taskIds[0])).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining(`is ${wanted}, but its earlier state is not known`) as string,
    })
  })
})

describe('what is read after a write', () => {
  it('never reports a change from what was known before, if it cannot be read', async () => {
    const stage = await scene()
    const { main, ref, base, jira } = stage
    const result = await main.ask('synchronizations:apply-edit', {
      ref,
      draft: { base, values: { summary: 'Renamed' } },
      passwords: {},
    })
    await until('it was sent', () => jira.requestsTo('/integrations/INT-2', 'PUT').length === 1)
    jira.faults.add({ path: '/integrations/INT-2', method: 'GET', fault: { kind: 'answer', status: 403, body: '' } })
    const task = await ended(stage, result.kind === 'started' ? result.taskId : '')
    expect(task).toMatchObject({
      outcome: 'succeeded',
      message: expect.stringMatching(/^Successfully.*Its state afterwards could not be read\.$/) as string,
    })
  })

  it('comes from a request sent after it, whatever was requested before', async () => {
    const stage = await scene()
    const { main, ref, jira } = stage
    // The request made now, before the write, is never answered completely.
    jira.faults.add({ path: '/integrations/INT-2', method: 'GET', times: 1, fault: { kind: 'slow-body' } })
    void main.services.reader.refreshItem(ref).catch(() => undefined)
    await until('it was asked', () => jira.requestsTo('/integrations/INT-2', 'GET').length === 1)
    const { taskId } = await main.ask('synchronizations:update-connection', {
      ref,
      form: connection(stage, { url: true }),
    })
    expect((await ended(stage, taskId)).outcome).toBe('succeeded')
    expect(main.services.directory.get(ref).integration.first?.baseUrl).toBe('https://first.example')
  })
})
