import { describe, expect, it } from 'vitest'
import { createTransport } from '../../src-main/http/transport.ts'
import { until } from '../../tools/until.ts'
import { create, expectOnePost, failure, othersCreate, scene, type Scene } from '../support/lost-write-scene.ts'
import { said, spoken } from '../support/said.ts'

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
