import { describe, expect, it } from 'vitest'
import { jiraAnswer } from '../support/jira-answer.ts'
import { spoken, type Spoken } from '../support/said.ts'
import type { ConnectionForm, Draft, NewSynchronization } from '../../src-contract/editing.ts'
import type { Task } from '../../src-contract/tasks.ts'
import { draftValues } from '../../src-contract/draft-values.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'

interface Scene {
  jira: SimulatedJira
  main: TestMain
  ref: { serverId: string; key: string }
  draft: Draft
}

const NO_QUERY = {}
const word = (value: string) => ({ value, isNegated: false })

/** A server with a centralized INT-2, and a draft that renames it. */
async function scene(options: JiraOptions = {}): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, seed: 3, taskDurationMs: 15, ...options })
  const main = startMain()
  const ref = { serverId: await addServer(main, jira), key: 'INT-2' }
  await main.ask('synchronizations:refresh', { serverId: ref.serverId })
  const known = main.services.directory.find(ref)
  if (known === null) throw new Error('INT-2 was not read')
  expect(known.integration.isDistributed).toBe(false)
  return {
    jira,
    main,
    ref,
    draft: { base: draftValues(known.integration) as Draft['base'], values: { summary: 'Renamed' } },
  }
}

async function ended(main: TestMain, id: string): Promise<Spoken<Task>> {
  let found: Task | undefined
  await until('the task ends', async () => {
    found = (await main.ask('tasks:list', {})).find((task) => task.id === id && task.state === 'ended')
    return found !== undefined
  })
  return spoken(found as Task)
}

async function apply({ main, ref, draft }: Scene, change: Partial<Draft> = {}, passwords = {}): Promise<Spoken<Task>> {
  const result = await main.ask('synchronizations:apply-edit', { ref, draft: { ...draft, ...change }, passwords })
  if (result.kind !== 'started') throw new Error('It was changed on the server')
  return ended(main, result.taskId)
}

describe('applying a draft', () => {
  it('sends only what was changed, follows the task, and shows what the server then has', async () => {
    const stage = await scene()
    expect(await apply(stage)).toMatchObject({ operation: 'update', outcome: 'succeeded' })
    expect(stage.jira.requestsTo('/integrations/INT-2', 'PUT').map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { integrationKey: 'INT-2', summary: 'Renamed' },
    ])
    expect((await stage.main.rows()).find(({ key }) => key === 'INT-2')?.summary).toBe('Renamed')
  })

  it('shows what it will send, secrets masked, and a command line without them', async () => {
    const { main, ref, draft } = await scene()
    const passwords = { 'firstConnector.connection.application.password': 'hunter2' }
    const preview = await main.ask('synchronizations:preview-edit', {
      ref,
      draft: { ...draft, values: { summary: "It's" } },
      passwords,
    })
    expect(preview.method).toBe('PUT')
    expect(preview.address).toMatch(/\/api\/1\/integrations\/INT-2$/)
    expect(JSON.parse(preview.body)).toEqual({
      integrationKey: 'INT-2',
      summary: "It's",
      firstConnector: { connection: { application: { password: '••••••' } } },
    })
    expect(preview.curl).toContain(`'{"integrationKey":"INT-2","summary":"It'\\''s"`)
    expect(preview.curl + preview.body).not.toContain('hunter2')
  })

  it('sends nothing when somebody else has changed a field in the meantime, and returns both versions', async () => {
    const stage = await scene()
    stage.jira.entry('INT-2').integration.summary = 'Theirs'
    stage.jira.entry('INT-2').integration.description = 'Also theirs'
    const { main, ref, draft } = stage
    const result = await main.ask('synchronizations:apply-edit', { ref, draft, passwords: {} })
    expect(result).toMatchObject({
      kind: 'changed-on-server',
      conflicts: [
        { field: 'summary', base: draft.base.summary, server: 'Theirs', draft: 'Renamed' },
        { field: 'description', server: 'Also theirs', draft: null },
      ],
    })
    expect(stage.jira.requestsTo('/integrations/INT-2', 'PUT')).toEqual([])
  })

  it('continues when somebody else made the very same change', async () => {
    const stage = await scene()
    stage.jira.entry('INT-2').integration.summary = 'Renamed'
    expect(await apply(stage)).toMatchObject({ outcome: 'succeeded' })
  })

  it('says which fields the server kept as they were', async () => {
    const stage = await scene()
    const task = await apply(stage, { values: { summary: 'Renamed', 'firstConnector.projectKey': 'OTHER' } })
    expect(task).toMatchObject({
      outcome: 'succeeded',
      message: expect.stringContaining('kept its own value of the first project key') as string,
    })
  })

  it('whose answer is lost after it was applied is found out about by reading, with one request', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2', method: 'PUT', times: 1, fault: { kind: 'reset-after' } })
    expect(await apply(stage)).toMatchObject({
      outcome: 'succeeded',
      message: expect.stringContaining('as intended') as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2', 'PUT')).toHaveLength(1)
  })

  it('whose answer is lost before it was applied is unknown, and not repeated', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2', method: 'PUT', times: 1, fault: { kind: 'reset-before' } })
    expect(await apply(stage)).toMatchObject({
      outcome: 'unknown',
      failure: expect.stringContaining('other values of the name') as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2', 'PUT')).toHaveLength(1)
  })

  it.each([
    [400, '{"message":"summary: is too long"}', 'HTTP 400', 'summary: is too long'],
    [409, 'It is being configured', 'HTTP 409', 'It is being configured'],
    [403, '', 'no right', ''],
  ])('that the server refuses with %i ends with its words', async (status, body, words, serverText) => {
    const stage = await scene()
    stage.jira.faults.add({
      path: '/integrations/INT-2',
      method: 'PUT',
      fault: jiraAnswer(body, status),
    })
    expect(await apply(stage)).toMatchObject({
      outcome: 'refused',
      failure: expect.stringContaining(words) as string,
      serverText,
    })
  })

  it('that fails on the server as a task shows the failure', async () => {
    const stage = await scene()
    stage.jira.api.failNextTask('The mapping is locked')
    expect(await apply(stage)).toMatchObject({ outcome: 'failed', failure: 'The mapping is locked' })
  })
})

describe('drafts', () => {
  it('survive a restart, and go with their server; passwords have no place in them', async () => {
    const { main, ref, draft } = await scene()
    await main.ask('drafts:set', { ref, draft })
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect(await again.ask('drafts:list', {})).toEqual([{ ...ref, draft }])
    const withPassword = {
      ...draft,
      values: { 'firstConnector.connection.application.password': 'x' },
    } as unknown as Draft
    await expect(again.ask('drafts:set', { ref, draft: withPassword })).rejects.toMatchObject({
      data: { code: 'ipc.invalid-args' },
    })
    await again.ask('servers:remove', { serverId: ref.serverId })
    expect(await again.ask('drafts:list', {})).toEqual([])
  })
})

describe('the connection of a synchronization', () => {
  const form: ConnectionForm = {
    first: {
      baseUrl: 'https://first.example',
      password: 'canary-first',
      proxy: { proxyUri: 'proxy:3128', username: 'u', password: 'canary-proxy' },
    },
    second: { baseUrl: 'https://second.example', password: 'canary-second', proxy: null },
  }

  it('is updated with both sides, and the passwords are nowhere afterwards', async () => {
    const { main, ref, jira } = await scene()
    jira.entry('INT-2').status.status = 'STOPPED'
    await main.ask('synchronizations:refresh', { serverId: ref.serverId })
    const { taskId } = await main.ask('synchronizations:update-connection', { ref, form })
    expect(await ended(main, taskId)).toMatchObject({
      operation: 'connection',
      outcome: 'succeeded',
      message: expect.stringContaining('It was stopped before, and is RUNNING now.') as string,
    })
    expect(jira.entry('INT-2').integration.firstConnector.connection.application.baseUrl).toBe('https://first.example')
    const everything = JSON.stringify([
      main.events,
      main.log,
      await main.ask('audit:list', NO_QUERY),
      await main.ask('tasks:list', {}),
    ])
    expect(everything).not.toMatch(/canary/)
  })

  it('of both sides needs both sides', async () => {
    const { main, ref } = await scene()
    await expect(
      main.ask('synchronizations:update-connection', { ref, form: { ...form, second: null } }),
    ).rejects.toMatchObject({ data: { code: 'input.invalid' } })
  })

  it.each([
    ['an empty password', { ...form.first, password: '' }, 'form.first.password'],
    ['an address that is none', { ...form.first, baseUrl: 'nowhere' }, 'form.first.baseUrl'],
    ['a scheme that is not the web’s', { ...form.first, baseUrl: 'javascript:alert(1)' }, 'form.first.baseUrl'],
  ])('is refused with %s, at its field', async (_name, first, field) => {
    const { main, ref } = await scene()
    const updating = main.ask('synchronizations:update-connection', { ref, form: { ...form, first } })
    await expect(updating).rejects.toMatchObject({ data: { fields: { [field]: expect.any(String) as string } } })
  })
})

describe('a new synchronization', () => {
  const side = (projectKey: string) => ({
    projectKey,
    baseUrl: 'https://jira.example',
    user: 'backbone',
    password: 'canary-new',
  })
  const input: NewSynchronization = { summary: 'New', description: '', first: side('PA'), second: side('PB') }

  it('is created, read and, where wanted, started', async () => {
    const { main, ref, jira } = await scene()
    const { key } = await main.ask('synchronizations:create', { serverId: ref.serverId, input, isStarted: true })
    expect((await main.rows()).map((row) => row.key)).toContain(key)
    await until('it runs', () => jira.entry(key).status.status === 'RUNNING')
    expect(jira.requestsTo('/integrations', 'POST')).toHaveLength(1)
  })

  it('that is refused is reported at the field that the server names', async () => {
    const { main, ref, jira } = await scene()
    jira.faults.add({
      path: '/integrations',
      method: 'POST',
      fault: jiraAnswer({ message: 'secondConnector.projectKey: there is no such project' }, 400),
    })
    await expect(
      main.ask('synchronizations:create', { serverId: ref.serverId, input, isStarted: false }),
    ).rejects.toMatchObject({
      data: {
        code: 'api.refused',
        fields: { 'second.projectKey': expect.stringContaining('no such project') as string },
      },
    })
  })
})

describe('deleting', () => {
  it('needs the typed key, keeps a copy, and takes the row away only then', async () => {
    const { main, ref, jira } = await scene()
    await expect(main.ask('synchronizations:delete', { ref, typedKey: 'INT-3' })).rejects.toMatchObject({
      data: { code: 'input.invalid' },
    })
    expect(jira.requestsTo('/integrations/INT-2', 'DELETE')).toEqual([])
    await main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' })
    expect((await main.rows()).map((row) => row.key)).not.toContain('INT-2')
    const [snapshot] = await main.ask('snapshots:list', {})
    expect(snapshot).toMatchObject({ key: 'INT-2', serverName: 'Test Jira' })
    const { json } = await main.ask('snapshots:get', { id: snapshot?.id ?? '' })
    expect(JSON.parse(json)).toHaveProperty('firstConnector.configuration.sync')
    expect(await main.ask('snapshots:export', { id: snapshot?.id ?? '' })).toEqual({ path: '/saved/INT-2.json' })
  })

  it('that the server refuses keeps the row', async () => {
    const { main, ref, jira } = await scene()
    jira.faults.add({ path: '/integrations/INT-2', method: 'DELETE', fault: jiraAnswer('', 403) })
    await expect(main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' })).rejects.toMatchObject({
      data: { code: 'auth.forbidden' },
    })
    expect((await main.rows()).map((row) => row.key)).toContain('INT-2')
  })

  it('whose answer is lost is found out about by reading', async () => {
    const { main, ref, jira } = await scene()
    jira.faults.add({ path: '/integrations/INT-2', method: 'DELETE', times: 1, fault: { kind: 'reset-after' } })
    await main.ask('synchronizations:delete', { ref, typedKey: 'INT-2' })
    expect(jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
  })
})

describe('the audit trail', () => {
  it('names every write with who, where, what and its outcome, and survives a restart', async () => {
    const stage = await scene()
    await apply(stage)
    stage.jira.faults.add({ path: '/integrations/INT-3/stop', fault: { kind: 'reset-before' } })
    await stage.main.ask('synchronizations:stop', { targets: [{ ...stage.ref, key: 'INT-3' }] })
    for (const outcome of ['succeeded', 'unknown'] as const)
      await until(
        'both tasks have ended',
        async () => (await stage.main.ask('audit:list', { outcome: { wanted: [outcome] } })).length === 1,
      )
    await stage.main.close()
    const again = startMain({ folder: stage.main.folder, keychain: stage.main.keychain })
    expect(spoken(await again.ask('audit:list', NO_QUERY))).toMatchObject([
      {
        action: 'Stop',
        object: 'INT-3',
        outcome: 'unknown',
        user: 'admin',
        serverName: 'Test Jira',
        method: 'PUT',
        body: '',
      },
      {
        action: 'Change',
        object: 'INT-2',
        outcome: 'succeeded',
        body: '{"integrationKey":"INT-2","summary":"Renamed"}',
      },
    ])
    expect(await again.ask('audit:list', { words: [word('renamed'), word('int-2')] })).toHaveLength(1)
    expect(await again.ask('audit:list', { words: [word('100%')] })).toHaveLength(0)
  })

  it('notes a write that never left, and cannot be changed afterwards', async () => {
    const { main, ref, jira } = await scene()
    await jira.goOffline()
    // Kept connections have been found dead by this; what follows is refused before it can be sent.
    await main.ask('synchronizations:refresh', { serverId: ref.serverId })
    await main.ask('synchronizations:stop', { targets: [ref] })
    await until(
      'the attempt has ended',
      async () => (await main.ask('audit:list', { outcome: { wanted: ['not-sent'] } })).length === 1,
    )
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(`${main.folder}/state.db`)
    for (const sql of [
      "UPDATE audit_attempt SET user = 'x'",
      'DELETE FROM audit_attempt',
      'DELETE FROM audit_outcome',
    ]) {
      expect(() => database.exec(sql)).toThrow(/append-only/)
    }
    database.close()
  })

  it('notes a write as not sent that waited for the keychain in vain', async () => {
    const { main, ref, jira } = await scene()
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    main.keychain.state = 'locked'
    await again.ask('synchronizations:stop', { targets: [ref] })
    await until(
      'the attempt has ended',
      async () => (await again.ask('audit:list', { outcome: { wanted: ['not-sent'] } })).length === 1,
    )
    expect(jira.requestsTo('/integrations/INT-2/stop')).toEqual([])
  })

  it('is exported as a table whose cells no spreadsheet takes for formulas', async () => {
    const stage = await scene()
    const name = '=HYPERLINK("http://evil")'
    const input = {
      name,
      address: stage.jira.baseUrl,
      apiPath: '',
      environment: 'test',
      projectKeys: [],
      caPem: '',
      allowPlainHttp: true,
    } as const
    await stage.main.ask('servers:update', { serverId: stage.ref.serverId, input: { ...input, projectKeys: [] } })
    await apply(stage)
    await stage.main.ask('audit:export', { query: NO_QUERY, format: 'csv' })
    const csv = stage.main.saved.get('syncdeck-activity.csv') ?? ''
    expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`)
    expect(csv.split('\r\n')[0]).toBe('Time,Server,Jira user,Action,Object,Outcome,Details,Method,Address,Body')
  })
})
