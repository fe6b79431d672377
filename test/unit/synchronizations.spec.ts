import { describe, expect, it } from 'vitest'
import { said, spoken } from '../support/said.ts'
import type { SynchronizationRef, SynchronizationRow } from '../../src-contract/synchronizations.ts'
import { createTransport, type Transport, type TransportOptions } from '../../src-main/http/transport.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'

const rowsOf = async (main: TestMain): Promise<SynchronizationRow[]> => await main.rows()
const reachOf = async (main: TestMain) => (await main.ask('servers:list', {}))[0]?.reach

/** Lets answers to a path wait, one after the other as they come in, until each is let through. */
function holdingTransport(path: string): {
  readonly createTransport: typeof createTransport
  readonly held: (() => void)[]
} {
  const held: (() => void)[] = []
  return {
    held,
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          const response = await transport.send(request)
          if (request.url.pathname.endsWith(path)) await new Promise<void>((resolve) => held.push(resolve))
          return response
        },
      }
    },
  }
}

/** Puts another status of one synchronization into each list that arrives. */
function withListedStatus(key: string, status: () => object | null, options: TransportOptions): Transport {
  const transport = createTransport(options)
  return {
    close: () => transport.close(),
    send: async (request) => {
      const response = await transport.send(request)
      const given = status()
      if (given === null || !request.url.pathname.endsWith('/integrations')) return response
      const list = JSON.parse(response.body) as { integrationKey: string }[]
      return {
        ...response,
        body: JSON.stringify(list.map((item) => (item.integrationKey === key ? { ...item, status: given } : item))),
      }
    },
  }
}

describe('reading a server', () => {
  it('takes the state of one whose list has only one side, and whose status has both', async () => {
    const jira = await startJira({ synchronizations: 3 })
    const { integration } = jira.entry('INT-2')
    delete integration.secondConnector
    integration.distributed = true
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    expect(said((await rowsOf(main)).find(({ key }) => key === 'INT-2')?.state)).not.toBe('Not read yet')
    expect((await reachOf(main))?.gaps).toEqual([])
  })

  it('keeps what was read after a change where a list that was asked for before it arrives late', async () => {
    const jira = await startJira({ synchronizations: 3, embedsStatus: true })
    const { createTransport: holding, held } = holdingTransport('/integrations')
    const main = startMain({ createTransport: holding })
    const serverId = await addServer(main, jira)
    const first = main.ask('synchronizations:refresh', { serverId })
    await until('the first list waits', () => held.length === 1)
    held[0]?.()
    await first
    const second = main.services.reader.refresh(serverId)
    await until('the second list waits', () => held.length === 2)
    jira.entry('INT-2').integration.summary = 'Changed since'
    await main.services.reader.refreshItem({ serverId, key: 'INT-2' }, { isFresh: true })
    const shown = async () => (await rowsOf(main)).find(({ key }) => key === 'INT-2')?.summary
    expect(await shown()).toBe('Changed since')
    held[1]?.()
    await second
    expect(await shown()).toBe('Changed since')
  })

  it('takes one request where the list carries the status', async () => {
    const jira = await startJira({ synchronizations: 25, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    expect(await rowsOf(main)).toHaveLength(25)
    expect((await rowsOf(main)).every(({ state }) => said(state) !== 'Not read yet')).toBe(true)
    expect(jira.requestsTo('/integrations')).toHaveLength(1)
  })

  it('asks for each status where it does not', async () => {
    const jira = await startJira({ synchronizations: 25 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    expect((await rowsOf(main)).every(({ state }) => said(state) !== 'Not read yet')).toBe(true)
    expect(jira.requestsTo('/integrations/INT-2/status')).toHaveLength(1)
    expect(jira.requestsTo('/integrations')).toHaveLength(26)
  })

  it.each<[string, object]>([
    ['nothing of both sides', { status: '', firstConnector: {}, secondConnector: {} }],
    ['nothing of one side, and no word', { firstConnector: {} }],
    ['only what nobody knows', { state: 'x', firstConnector: { connectorKey: 'x' } }],
    ['a word alone', { status: 'RUNNING' }],
    ['a word and one side of two', { status: 'RUNNING', firstConnector: { online: true } }],
  ])('asks for the state of an item of which the list says %s, and keeps what is known', async (_name, status) => {
    const jira = await startJira({ synchronizations: 3, embedsStatus: true })
    let listed: object | null = null as object | null
    const main = startMain({ createTransport: (options) => withListedStatus('INT-2', () => listed, options) })
    const serverId = await addServer(main, jira)
    const ref = { serverId, key: 'INT-2' }
    Object.assign(jira.entry('INT-2').status.firstConnector ?? {}, { online: false })
    await main.ask('synchronizations:refresh', { serverId })
    await main.ask('synchronizations:detail', ref)
    const asked = jira.requestsTo('/integrations/INT-2/status').length
    listed = status
    for (let round = 1; round <= 2; round += 1) {
      await main.ask('synchronizations:refresh', { serverId })
      expect(jira.requestsTo('/integrations/INT-2/status')).toHaveLength(asked + round)
      expect((await rowsOf(main)).find(({ key }) => key === 'INT-2')?.health).toBe('error')
    }
  })

  it('reports nothing the second time when nothing changed, and only what changed after that', async () => {
    const jira = await startJira({ synchronizations: 25, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    await rowsOf(main)
    main.events.length = 0
    await main.ask('synchronizations:refresh', { serverId })
    await rowsOf(main)
    const deltas = () => main.events.filter(({ topic }) => topic === 'synchronizations:changed')
    expect(deltas()).toEqual([])
    jira.entry('INT-5').status.status = 'SOMETHING NEW'
    jira.api.entries.delete('INT-6')
    await main.ask('synchronizations:refresh', { serverId })
    await rowsOf(main)
    expect(spoken(deltas().map(({ payload }) => payload))).toMatchObject([
      {
        put: [{ key: 'INT-5', state: 'SOMETHING NEW', health: 'unknown' }],
        removed: [{ serverId, key: 'INT-6' }],
      },
    ])
  })

  it('joins a reading under way, or waits for its end and reads again if it must be fresh', async () => {
    const jira = await startJira({ synchronizations: 3, embedsStatus: true })
    const holding = holdingTransport('/integrations')
    const main = startMain({ createTransport: holding.createTransport })
    const serverId = await addServer(main, jira)
    const { reader } = main.services
    const early = reader.refresh(serverId)
    await until('the list was answered', () => holding.held.length === 1)
    jira.api.entries.delete('INT-2')
    const joined = reader.refresh(serverId)
    const fresh = [reader.refresh(serverId, { isFresh: true }), reader.refresh(serverId, { isFresh: true })]
    holding.held[0]?.()
    expect(await Promise.all([early, joined])).toEqual([true, true])
    expect((await rowsOf(main)).map(({ key }) => key)).toContain('INT-2')
    await until('the list was answered again', () => holding.held.length === 2)
    holding.held[1]?.()
    expect(await Promise.all(fresh)).toEqual([true, true])
    expect((await rowsOf(main)).map(({ key }) => key)).not.toContain('INT-2')
    expect(jira.requestsTo('/integrations', 'GET')).toHaveLength(2)
  })

  it('never takes over the answer to an earlier request for a state after that to a later one', async () => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const holding = holdingTransport('/integrations/INT-2/status')
    const main = startMain({ createTransport: holding.createTransport })
    const ref = { serverId: await addServer(main, jira), key: 'INT-2' }
    await main.ask('synchronizations:refresh', { serverId: ref.serverId })
    jira.entry('INT-2').status.status = 'EARLIER'
    const early = main.services.reader.refreshStatus(ref)
    await until('the state was answered', () => holding.held.length === 1)
    jira.entry('INT-2').status.status = 'LATER'
    await main.ask('synchronizations:refresh', { serverId: ref.serverId })
    holding.held[0]?.()
    await early
    expect(said((await rowsOf(main)).find(({ key }) => key === 'INT-2')?.state)).toBe('LATER')
  })

  it('of a project administrator asks once per project and merges', async () => {
    const account = {
      name: 'pa',
      password: 'pa',
      tokens: [],
      role: 'project-administrator',
      projects: ['AP', 'SUPP', 'FS'],
    } as const
    const jira = await startJira({ synchronizations: 60, embedsStatus: true, accounts: [account] })
    const main = startMain()
    const serverId = await addServer(main, jira, { user: 'pa', secret: 'pa', projectKeys: ['AP', 'SUPP'] })
    await main.ask('synchronizations:refresh', { serverId })
    const expected = [...jira.api.entries.values()].filter(({ integration }) =>
      ['AP', 'SUPP'].includes(integration.firstConnector.projectKey),
    )
    expect((await rowsOf(main)).map(({ key }) => key).sort()).toEqual(
      expected.map(({ integration }) => integration.integrationKey).sort(),
    )
    expect(jira.requestsTo('/integrations')).toHaveLength(2)
  })

  it('keeps the rows, and says since when, while the server is away and after a restart', async () => {
    const jira = await startJira({ synchronizations: 7, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    await jira.goOffline()
    await main.ask('synchronizations:refresh', { serverId })
    expect(await rowsOf(main)).toHaveLength(7)
    expect(await reachOf(main)).toMatchObject({ state: 'unreachable', error: { code: 'net.unreachable' } })
    await main.close()

    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect((await rowsOf(again)).map(({ source }) => source)).toEqual(Array(7).fill('cache'))
    expect((await reachOf(again))?.lastReadAt).toBeGreaterThan(0)
    await jira.start()
    await again.ask('synchronizations:refresh', { serverId })
    expect((await rowsOf(again)).map(({ source }) => source)).toEqual(Array(7).fill('live'))
    expect(await reachOf(again)).toMatchObject({ state: 'reachable', error: null })
  })

  it('survives unknown fields, missing fields and odd types', async () => {
    const jira = await startJira({ embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    const body = JSON.stringify([
      { integrationKey: 'INT-1', novelty: { deep: [1] }, status: { status: 7, firstConnector: 'odd' } },
      { integrationKey: 'INT-2', summary: null, firstConnector: null, status: {} },
      { summary: 'without a key' },
      'not an object',
      null,
    ])
    jira.faults.add({
      path: '/integrations',
      fault: { kind: 'answer', status: 200, headers: { 'Content-Type': 'application/json' }, body },
    })
    await main.ask('synchronizations:refresh', { serverId })
    expect((await rowsOf(main)).map(({ key, state, summary }) => [key, said(state), summary])).toEqual([
      ['INT-1', '7', ''],
      // Asked for its status, this server answers with the list again.
      ['INT-2', 'Not read yet', ''],
    ])
  })

  it('that fails in the middle keeps what was known', async () => {
    const jira = await startJira({ synchronizations: 5 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.faults.add({
      path: '/integrations',
      fault: { kind: 'answer', status: 200, body: '<html>Please sign in</html>' },
    })
    await main.ask('synchronizations:refresh', { serverId })
    expect(await rowsOf(main)).toHaveLength(5)
    expect((await main.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'intercepted' })
  })

  it('breaks off an answer of 10 MB where a small one is due, says so, and keeps what was known', async () => {
    const jira = await startJira({ synchronizations: 3 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const states = async () => (await rowsOf(main)).map(({ key, state }) => [key, said(state)])
    const before = await states()
    jira.faults.add({ path: '/integrations/INT-2/status', fault: { kind: 'large', bytes: 10_000_000 } })
    await main.ask('synchronizations:refresh', { serverId })
    expect(await reachOf(main)).toMatchObject({
      error: null,
      gaps: [expect.anything()],
    })
    expect(said((await reachOf(main))?.gaps[0])).toBe(
      'The state of INT-2 could not be read: The answer is larger than 2 MB.',
    )
    expect(await states()).toEqual(before)
  })

  it('of a synchronization of more than 2 MB is reported as such, and not fetched again in each round', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    const ref = { serverId: await addServer(main, jira), key: 'INT-2' }
    await main.ask('synchronizations:refresh', { serverId: ref.serverId })
    jira.entry('INT-2').integration.description = 'ab '.repeat(700_000)
    for (let round = 0; round < 3; round += 1) {
      expect(spoken(await main.ask('synchronizations:detail', ref))).toMatchObject({
        source: 'cache',
        problem: expect.stringContaining('is larger than 2 MB') as string,
      })
    }
    expect(jira.seen.filter(({ path }) => path.endsWith('/integrations/INT-2'))).toHaveLength(1)
  })

  it('marks a synchronization whose state could not be read, so that it does not look as fresh as the others', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.faults.add({ path: '/integrations/INT-2/status', fault: { kind: 'answer', status: 404, body: '' } })
    await main.ask('synchronizations:refresh', { serverId })
    expect((await rowsOf(main)).map(({ key, source }) => [key, source])).toEqual([
      ['INT-2', 'cache'],
      ['INT-3', 'live'],
    ])
    expect((await reachOf(main))?.error).toBeNull()
  })

  it('of a removed server does not bring its rows back', async () => {
    const jira = await startJira({ synchronizations: 5, latencyMs: 30 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    const reading = main.ask('synchronizations:refresh', { serverId })
    await until('the list is asked for', () => jira.seen.length > 0)
    await main.ask('servers:remove', { serverId })
    await reading
    expect(await rowsOf(main)).toEqual([])
  })
})

it.each([
  [
    'a state',
    '/INT-2/status',
    'refreshStatus',
    (jira: SimulatedJira): void => void (jira.entry('INT-2').status.status = 'NEWER'),
    (main: TestMain, ref: SynchronizationRef): string | undefined => main.services.directory.find(ref)?.status?.word,
    'NEWER',
  ],
  [
    'a synchronization',
    '/integrations/INT-2',
    'refreshItem',
    (jira: SimulatedJira): void => void (jira.entry('INT-2').integration.summary = 'Newer'),
    (main: TestMain, ref: SynchronizationRef): string | undefined =>
      main.services.directory.find(ref)?.integration.summary,
    'Newer',
  ],
] as const)(
  '%s that was asked for before a list is as old as that, whoever shares the answer later',
  async (_name, path, read, change, shown, newer) => {
    const { createTransport: holding, held } = holdingTransport(path)
    const jira = await startJira({ synchronizations: 3, seed: 3, embedsStatus: true })
    const main = startMain({ createTransport: holding })
    const ref = { serverId: await addServer(main, jira), key: 'INT-2' }
    const { reader } = main.services
    await reader.refresh(ref.serverId)
    const early = reader[read](ref)
    await until('it was answered', () => held.length === 1)
    change(jira)
    await reader.refresh(ref.serverId)
    expect(shown(main, ref)).toBe(newer)
    const shared = reader[read](ref)
    held[0]?.()
    await Promise.all([early, shared])
    expect(held).toHaveLength(1)
    expect(shown(main, ref)).toBe(newer)
  },
)

describe('a row', () => {
  it('has the sync user and the base URL of each side as listed, secrets masked, and nothing if nothing was said', async () => {
    const jira = await startJira({ synchronizations: 3 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    const { firstConnector, secondConnector } = jira.entry('INT-2').integration
    Object.assign(firstConnector.connection.application, {
      baseUrl: 'https://sync:canary-in-address@far.example/jira',
      user: 'turned\u202E',
    })
    Reflect.deleteProperty(secondConnector ?? {}, 'connection')
    await main.ask('synchronizations:refresh', { serverId })
    const sides = async (of: TestMain) => {
      const found = (await rowsOf(of)).find(({ key }) => key === 'INT-2')
      return [found?.first, found?.second]
    }
    const expected = [
      { baseUrl: 'https://••••••@far.example/jira', user: 'turned[U+202E]' },
      { baseUrl: '', user: '' },
    ]
    expect(await sides(main)).toMatchObject(expected)
    await main.close()
    expect(await sides(startMain({ folder: main.folder, keychain: main.keychain })), 'after a restart').toMatchObject(
      expected,
    )
  })
})

describe('a detail', () => {
  it('is read again, secrets masked, and comes from the cache while the server is unavailable', async () => {
    const jira = await startJira({ synchronizations: 3 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    Object.assign(jira.entry('INT-2').integration.firstConnector.connection.application, {
      password: 'leaked-by-the-server',
    })
    const live = await main.ask('synchronizations:detail', { serverId, key: 'INT-2' })
    expect(live).toMatchObject({
      key: 'INT-2',
      source: 'live',
      first: { user: 'backbone', sendQueue: { type: 'file' } },
    })
    expect(live.json).not.toContain('leaked-by-the-server')
    expect(JSON.parse(live.json)).toHaveProperty('firstConnector.configuration.sync.outgoingInterval', '5s')
    await jira.goOffline()
    const cached = await main.ask('synchronizations:detail', { serverId, key: 'INT-2' })
    expect(cached).toMatchObject({ source: 'cache', json: live.json, fetchedAt: live.fetchedAt })
  })

  it('of an unknown synchronization is an error in words', async () => {
    const main = startMain()
    await expect(main.ask('synchronizations:detail', { serverId: 'x', key: 'INT-1' })).rejects.toMatchObject({
      data: { code: 'synchronization.unknown' },
    })
  })
})
