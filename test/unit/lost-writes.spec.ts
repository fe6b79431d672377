import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { NewSynchronization } from '../../src-contract/editing.ts'
import { createTransport } from '../../src-main/http/transport.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { runUntilKilled } from '../support/run-until-killed.ts'
import { addServer, startJira, startMain, type TestMain, type TestMainOptions } from '../support/services.ts'
import { said, spoken, type Spoken } from '../support/said.ts'
import type { Notification } from '../../src-contract/notifications.ts'

const WRITE_AND_HANG = resolve(import.meta.dirname, '../support/write-and-hang.ts')

interface Scene {
  readonly jira: SimulatedJira
  readonly main: TestMain
  readonly ref: { readonly serverId: string; readonly key: string }
}

async function scene(options: JiraOptions = {}, mainOptions: TestMainOptions = {}, user = 'admin'): Promise<Scene> {
  const jira = await startJira({ synchronizations: 3, seed: 3, embedsStatus: true, ...options })
  const main = startMain(mainOptions)
  const serverId = await addServer(
    main,
    jira,
    user === 'token' ? { kind: 'token', user: '', secret: 'admin-token' } : {},
  )
  await main.ask('synchronizations:refresh', { serverId })
  return { jira, main, ref: { serverId, key: 'INT-2' } }
}

const side = (projectKey: string) => ({
  projectKey,
  baseUrl: `https://${projectKey.toLowerCase()}.example/jira`,
  user: 'backbone',
  password: 'canary-new',
})
const input: NewSynchronization = { summary: 'New', description: '', first: side('PA'), second: side('PB') }

const create = async ({ main, ref }: Scene): Promise<{ key: string; note: string }> => {
  const { key, note } = await main.ask('synchronizations:create', { serverId: ref.serverId, input, isStarted: true })
  return { key, note: said(note) }
}
const failure = async (
  asking: Promise<unknown>,
): Promise<{ code: string; message: string; advice?: string; isOutcomeUnknown?: boolean }> =>
  asking.then(
    () => Promise.reject(new Error('It succeeded')),
    (error: { data: never }) => error.data,
  )

/** Somebody else creates one like ours, but for what `change` does to it. */
function othersCreate(
  { jira }: Scene,
  key: string,
  change: (made: ReturnType<SimulatedJira['entry']>['integration']) => void = () => undefined,
): void {
  const made = structuredClone(jira.entry('INT-2'))
  const { integration } = made
  Object.assign(integration, { integrationKey: key, summary: 'New', createdUser: 'admin' })
  for (const [connector, { projectKey, baseUrl, user }] of [
    [integration.firstConnector, side('PA')],
    [integration.secondConnector, side('PB')],
  ] as const) {
    if (connector === undefined) throw new Error('INT-2 needs two sides')
    connector.projectKey = projectKey
    connector.connection.application = { baseUrl, user }
  }
  change(integration)
  jira.api.put(made)
}

/** Nothing was started, and nothing was sent twice. */
function expectOnePost({ jira }: Scene): void {
  expect(jira.requestsTo('/integrations', 'POST')).toHaveLength(1)
  expect(jira.seen.filter(({ path }) => path.endsWith('/start'))).toEqual([])
}

describe('a creation whose answer is lost', () => {
  it('is found in the list where it took effect, and is not started', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-after' } })
    const { key, note } = await create(stage)
    expect(stage.jira.entry(key).integration.summary).toBe('New')
    expect(note).toMatch(/answer was lost.*was not started/)
    expect((await stage.main.rows()).map((row) => row.key)).toContain(key)
    expectOnePost(stage)
    expect(await stage.main.ask('tasks:list', {})).toEqual([])
  })

  it('is found where it takes effect only after the answer was given up', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-before' } })
    const creating = create(stage)
    await until('it was looked for in vain', async () => (await stage.main.ask('notifications:list', {})).length === 1)
    othersCreate(stage, 'INT-9')
    expect(await creating).toMatchObject({ key: 'INT-9', note: expect.stringContaining('was not started') as string })
    expectOnePost(stage)
  })

  it.each<[string, Parameters<typeof othersCreate>[2]]>([
    ['made by somebody else', (made) => (made.createdUser = 'jdoe')],
    ['with another name', (made) => (made.summary = 'New too')],
    ['of another first project', (made) => (made.firstConnector.projectKey = 'PX')],
    ['of another second project', (made) => Object.assign(made.secondConnector ?? {}, { projectKey: 'PX' })],
    [
      'with another first base URL',
      (made) => (made.firstConnector.connection.application.baseUrl = 'https://other.example'),
    ],
    [
      'with another second base URL',
      (made) => Object.assign(made.secondConnector?.connection.application ?? {}, { baseUrl: 'https://other.example' }),
    ],
  ])('does not take one for it that is %s, and names it', async (_name, change) => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'hang' } })
    const creating = failure(create(stage))
    await until('it was sent', () => stage.jira.requestsTo('/integrations', 'POST').length === 1)
    othersCreate(stage, 'INT-9', change)
    stage.main.services.connections.disconnectAll()
    const data = await creating
    expect(data).toMatchObject({
      isOutcomeUnknown: true,
      message: expect.stringMatching(/not known whether “New” was created\. New since then.*INT-9 “New/) as string,
      advice: expect.stringContaining('not repeated') as string,
    })
    expectOnePost(stage)
  })

  it('does not choose between two that are both like it', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'hang' } })
    const creating = failure(create(stage))
    await until('it was sent', () => stage.jira.requestsTo('/integrations', 'POST').length === 1)
    othersCreate(stage, 'INT-9')
    othersCreate(stage, 'INT-10')
    stage.main.services.connections.disconnectAll()
    expect((await creating).message).toMatch(/INT-9 “New” \(created by admin\), INT-10/)
    expectOnePost(stage)
  })

  it('does not take one for it that was made since the list was last shown, but before the request', async () => {
    const stage = await scene()
    othersCreate(stage, 'INT-9')
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-before' } })
    expect(await failure(create(stage))).toMatchObject({
      isOutcomeUnknown: true,
      message: expect.stringContaining('Nothing new has appeared in the list so far') as string,
    })
    expectOnePost(stage)
  })

  it('is not known where the list left something out, which may be what seems to be new', async () => {
    const stage = await scene()
    stage.jira.entry('INT-3').integration.integrationKey = ''
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-after' } })
    expect((await failure(create(stage))).message).toMatch(/New since then and similar/)
    expectOnePost(stage)
  })

  it('is not known with a token, which does not reveal our name in Jira', async () => {
    const stage = await scene({}, {}, 'token')
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-after' } })
    expect((await failure(create(stage))).message).toMatch(/New since then and similar: INT-\d+ “New”/)
    expectOnePost(stage)
  })

  it('is not sent where the list cannot be read before', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'GET', fault: { kind: 'answer', status: 403, body: '' } })
    expect(await failure(create(stage))).toMatchObject({ code: 'auth.forbidden' })
    expect(stage.jira.requestsTo('/integrations', 'POST')).toEqual([])
  })
})

describe('of two creations of ours that are alike', () => {
  const lose = ({ jira }: Scene, kind: 'reset-before' | 'hang-after' | 'reset-after' = 'reset-before'): void =>
    jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind } })
  const sent = ({ jira }: Scene): number => jira.requestsTo('/integrations', 'POST').length

  it('the one that was lost does not take for its own what the other made later', async () => {
    const stage = await scene()
    lose(stage)
    const lost = failure(create(stage))
    await until('it was looked for in vain', async () => (await stage.main.ask('notifications:list', {})).length === 1)
    const { key } = await create(stage)
    expect(await lost).toMatchObject({
      isOutcomeUnknown: true,
      message: expect.stringContaining('Nothing new has appeared in the list so far') as string,
    })
    expect(stage.jira.entry(key).integration.summary).toBe('New')
  })

  it('sent at once, only the one that was answered is done', async () => {
    const stage = await scene()
    lose(stage)
    const both = await Promise.allSettled([create(stage), create(stage)])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('the one that was lost waits to see what the other made, whose answer has not come', async () => {
    const stage = await scene()
    lose(stage)
    const lost = failure(create(stage))
    await until('it was looked for in vain', async () => (await stage.main.ask('notifications:list', {})).length === 1)
    lose(stage, 'hang-after')
    void create(stage).catch(() => undefined)
    await until('the other was sent', () => sent(stage) === 2)
    expect(await lost).toMatchObject({
      isOutcomeUnknown: true,
      message: expect.stringMatching(/New since then and similar: INT-/) as string,
    })
  })

  it('both lost, one of which took effect, neither is done', async () => {
    const stage = await scene()
    lose(stage)
    lose(stage, 'reset-after')
    for (const { isOutcomeUnknown } of await Promise.all([failure(create(stage)), failure(create(stage))]))
      expect(isOutcomeUnknown).toBe(true)
  })
})

describe('a deletion whose answer is lost', () => {
  const remove = ({ main, ref }: Scene): Promise<unknown> =>
    main.ask('synchronizations:delete', { ref, typedKey: ref.key })

  it('is done where it shows later that it took effect', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2', method: 'DELETE', times: 1, fault: { kind: 'reset-before' } })
    const removing = remove(stage)
    await until('it was looked for', async () => (await stage.main.ask('notifications:list', {})).length === 1)
    stage.jira.api.entries.delete('INT-2')
    await removing
    expect((await stage.main.rows()).map(({ key }) => key)).not.toContain('INT-2')
    expect((await stage.main.ask('notifications:list', {})).map(({ title }) => said(title))).toContain(
      'INT-2 was deleted on Test Jira',
    )
  })

  it('is not known if it is still there, and is also reported to a user who closed the dialog', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2', method: 'DELETE', times: 1, fault: { kind: 'reset-before' } })
    expect(await failure(remove(stage))).toMatchObject({
      isOutcomeUnknown: true,
      message: expect.stringMatching(/not known.*still there/) as string,
    })
    expect(stage.jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
    expect(spoken((await stage.main.ask('notifications:list', {}))[0])).toMatchObject({
      kind: 'write-unknown',
      title: 'It is not known whether INT-2 is being deleted on Test Jira',
    })
  })

  it('is not known where the server finds nothing because the app is being started', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations/INT-2', method: 'DELETE', times: 1, fault: { kind: 'reset-before' } })
    const removing = failure(remove(stage))
    await until('it was sent', () => stage.jira.requestsTo('/integrations/INT-2', 'DELETE').length === 1)
    stage.jira.faults.add({
      path: '/integrations/INT-2',
      method: 'GET',
      fault: { kind: 'answer', status: 404, body: '' },
    })
    expect(await removing).toMatchObject({ isOutcomeUnknown: true })
  })

  it('is not taken for done because of what was asked before it', async () => {
    const held: (() => void)[] = []
    const holding: typeof createTransport = (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          const response = await transport.send(request)
          if (held.length === 0 && request.url.pathname.endsWith('/integrations') && isHolding)
            await new Promise<void>((resolve) => held.push(resolve))
          return response
        },
      }
    }
    let isHolding = false
    const stage = await scene({}, { createTransport: holding })
    isHolding = true
    const early = stage.main.services.reader.refresh(stage.ref.serverId)
    await until('the list was answered', () => held.length === 1)
    const removing = remove(stage)
    await until('it was sent', () => stage.jira.requestsTo('/integrations/INT-2', 'DELETE').length === 1)
    held[0]?.()
    await Promise.all([early, removing])
    expect((await stage.main.rows()).map(({ key }) => key)).not.toContain('INT-2')
  })
})

describe('what the end of Syncdeck cut off', () => {
  /** Asks for a write whose answer never comes, and ends as a crash does: nothing more is noted. */
  const cutOff = async (stage: Scene, path: string, method: string, ask: () => Promise<unknown>): Promise<void> => {
    stage.jira.faults.add({ path, method, fault: { kind: 'hang' } })
    void ask().catch(() => undefined)
    await until('it was sent', () => stage.jira.requestsTo(path, method).length === 1)
    stage.jira.faults.clear()
    await stage.main.close()
  }
  const again = (stage: Scene): TestMain => {
    const main = startMain({ folder: stage.main.folder, keychain: stage.main.keychain })
    main.services.resume()
    return main
  }
  const told = async (main: TestMain): Promise<Spoken<Notification>[]> => {
    await until(
      'every write has an outcome',
      async () => (await main.ask('audit:list', { outcome: { wanted: ['pending'] } })).length === 0,
    )
    return spoken(await main.ask('notifications:list', {}))
  }

  it('a creation is reported at the next start, once, with similar ones; none is mistaken for it', async () => {
    const stage = await scene()
    await cutOff(stage, '/integrations', 'POST', () => create(stage))
    othersCreate(stage, 'INT-9')
    const main = again(stage)
    expect(await told(main)).toMatchObject([
      {
        title: 'It is not known whether “New” was created on Test Jira',
        text: expect.stringMatching(/quit before.*INT-9 “New”.*not repeated/) as string,
        tone: 'bad',
      },
    ])
    expect(main.told).toHaveLength(1)
    await main.close()
    expect(await told(again({ ...stage, main }))).toHaveLength(1)
    expectOnePost(stage)
  })

  it('a creation is not reported with what another one made, nor is another reported as done with what it may have made', async () => {
    const stage = await scene()
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'hang' } })
    void create(stage).catch(() => undefined)
    await until('it was sent', () => stage.jira.requestsTo('/integrations', 'POST').length === 1)
    const { key } = await create(stage)
    await stage.main.close()
    const main = again(stage)
    const [first] = await told(main)
    expect(first).toMatchObject({ text: expect.not.stringContaining(key) as string })
    stage.jira.faults.add({ path: '/integrations', method: 'POST', times: 1, fault: { kind: 'reset-after' } })
    expect(await failure(create({ ...stage, main }))).toMatchObject({ isOutcomeUnknown: true })
  })

  it.each([
    ['took effect', true, ['INT-2 was deleted on Test Jira']],
    ['did not take effect', false, ['It is not known whether INT-2 is being deleted on Test Jira']],
  ])('a deletion that %s is told at the next start as what it was', async (_name, hasEffect, titles) => {
    const stage = await scene()
    await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
      stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
    )
    if (hasEffect) stage.jira.api.entries.delete('INT-2')
    expect((await told(again(stage))).map(({ title }) => title)).toEqual(titles)
    expect(stage.jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)
  })

  it('a deletion that takes effect only after the next start is reported as still there, and then as done', async () => {
    const stage = await scene()
    await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
      stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
    )
    const main = again(stage)
    await until('it was looked for', async () => (await main.ask('notifications:list', {})).length === 1)
    expect(spoken(await main.ask('notifications:list', {}))).toMatchObject([
      { kind: 'write-unknown', text: expect.stringContaining('still there') as string },
    ])
    stage.jira.api.entries.delete('INT-2')
    expect((await told(main)).map(({ title }) => title)).toContain('INT-2 was deleted on Test Jira')
  })

  it.each([
    ['creation', 'POST', '/integrations', 'It is not known whether “New” was created on Test Jira'],
    ['deletion', 'DELETE', '/integrations/INT-2', 'It is not known whether INT-2 is being deleted on Test Jira'],
  ])('a %s is told at the next start after a kill, and is not sent again', async (what, method, path, title) => {
    const stage = await scene()
    await stage.main.close()
    writeFileSync(join(stage.main.folder, 'keychain.json'), JSON.stringify([...stage.main.keychain.entries]))
    stage.jira.faults.add({ path, method, fault: { kind: 'hang' } })
    const isTime = (): boolean => stage.jira.requestsTo(path, method).length === 1
    expect(await runUntilKilled(WRITE_AND_HANG, [stage.main.folder, what], { lines: 2, ms: 0, isTime })).toMatchObject({
      failure: '',
    })
    stage.jira.faults.clear()
    expect((await told(again(stage))).map((notification) => notification.title)).toEqual([title])
    expect(stage.jira.requestsTo(path, method)).toHaveLength(1)
  })

  it('is reported at once if the server cannot be asked', async () => {
    const stage = await scene()
    await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
      stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
    )
    await stage.jira.goOffline()
    expect(await told(again(stage))).toMatchObject([
      {
        title: 'It is not known whether INT-2 is being deleted on Test Jira',
        text: expect.stringContaining('could not be read') as string,
      },
    ])
  })

  it.each(['', '/integrations'])(
    'a resync is reported as not known, a stop by its task (Jira at “%s”)',
    async (path) => {
      const stage = await scene({ contextPath: path })
      const { connectorKey } = stage.jira.entry('INT-2').integration.firstConnector
      const resync = { jql: '', fieldMappings: ['summary'], responsibility: false, sendStatusField: false }
      await cutOff(stage, `/connectors/${connectorKey}/resync`, 'POST', () =>
        stage.main.ask('connectors:resync', { ref: { ...stage.ref, connectorKey }, resync }),
      )
      const main = again(stage)
      expect(await told(main)).toMatchObject([{ title: `Outcome unknown: “Resync” of ${connectorKey} on Test Jira` }])
      // The log-in is known to be right by then: one with an unknown outcome is not repeated.
      await main.ask('synchronizations:refresh', { serverId: stage.ref.serverId })
      await cutOff({ ...stage, main }, '/integrations/INT-2/stop', 'PUT', () =>
        main.ask('synchronizations:stop', { targets: [stage.ref] }),
      )
      const last = again({ ...stage, main })
      expect((await told(last)).filter(({ title }) => title.includes('INT-2'))).toEqual([])
      await until('the task is told', async () => (await last.ask('tasks:list', {}))[0]?.state === 'ended')
    },
  )

  it.each(['server', 'synchronization'])(
    'a deletion is told at the next start although its %s is snoozed',
    async (what) => {
      const stage = await scene()
      const { serverId } = stage.ref
      const key = what === 'server' ? null : 'INT-2'
      await stage.main.ask('snoozes:set', { serverId, key, until: null, reason: 'noisy' })
      await cutOff(stage, '/integrations/INT-2', 'DELETE', () =>
        stage.main.ask('synchronizations:delete', { ref: stage.ref, typedKey: 'INT-2' }),
      )
      const main = again(stage)
      await until('it is told', async () => (await main.ask('notifications:list', {})).length === 1)
    },
  )

  it('each of six creations on one server is told at the next start', async () => {
    const stage = await scene()
    const names = [1, 2, 3, 4, 5, 6].map((number) => `New ${number}`)
    stage.jira.faults.add({ path: '/integrations', method: 'POST', fault: { kind: 'hang' } })
    for (const summary of names)
      void stage.main
        .ask('synchronizations:create', {
          serverId: stage.ref.serverId,
          input: { ...input, summary },
          isStarted: false,
        })
        .catch(() => undefined)
    await until('they were sent', () => stage.jira.requestsTo('/integrations', 'POST').length === names.length)
    stage.jira.faults.clear()
    await stage.main.close()
    const main = again(stage)
    const untold = async (): Promise<string[]> => {
      const all = JSON.stringify(spoken(await main.ask('notifications:list', {})))
      return names.filter((name) => !all.includes(name))
    }
    await until('each is told', async () => (await untold()).length === 0)
  })
})
