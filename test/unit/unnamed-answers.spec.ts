import { expect, it } from 'vitest'
import { createTransport } from '../../src-main/http/transport.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { filesBelow } from '../support/secrets.ts'
import { testConnection } from '../support/connection-tests.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'

/** Behind a proxy that takes out of answers who their user is, where visitors are let in: they are answered 200. */
const UNNAMED = { synchronizations: 4, stripsUserHeaders: true, isAnonymousAllowed: true } as const

const refresh = (main: TestMain, serverId: string) =>
  main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
const access = async (main: TestMain) => (await main.ask('servers:list', {}))[0]?.access
const passwords = (jira: SimulatedJira) => jira.seen.filter(({ user, by }) => user !== null && by === 'password')
const identities = (jira: SimulatedJira) => jira.requestsTo('/rest/auth/1/session', 'GET').length

const servers: [string, JiraOptions][] = [
  ['with sessions', {}],
  ['without sessions', { hasSessions: false }],
  ['whose cookies are taken out of answers', { strippedCookies: 'answers' }],
  ['whose cookies are taken out of requests', { strippedCookies: 'requests' }],
]

it.each(servers)('a wrong password is refused, once, where answers name nobody: %s', async (_name, options) => {
  const jira = await startJira({ ...UNNAMED, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira, { secret: 'wrong' })
  for (let round = 0; round < 4; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(1)
  expect(await main.rows()).toEqual([])
})

it.each(servers)('the right one is enough there, and what is read is believed: %s', async (_name, options) => {
  const jira = await startJira({ ...UNNAMED, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  expect(await access(main)).toEqual({ state: 'ok' })
  expect(await main.rows()).toHaveLength(4)
  expect(jira.failedLogIns('admin')).toBe(0)
})

it('the password goes once there, for the session that all requests use', async () => {
  const jira = await startJira(UNNAMED)
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(passwords(jira)).toHaveLength(1)
  expect((await main.ask('servers:list', {}))[0]?.sessionless).toBeNull()
})

it('several answers at once are vouched for together', async () => {
  const jira = await startJira({ ...UNNAMED, synchronizations: 30, latencyMs: 5 })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  const read = jira.seen.filter(({ path }) => path.startsWith('/integrations')).length
  expect(read).toBeGreaterThan(30)
  expect(identities(jira)).toBeLessThan(read * 0.7)
})

it.each(servers)(
  'a password that is changed in the middle costs one refusal, and what a visitor sees is not believed: %s',
  async (_name, options) => {
    const jira = await startJira({ ...UNNAMED, ...options, endsSessionsOnPasswordChange: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    const before = await main.rows()
    jira.logIn.account('admin').password = 'changed'
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected' })
    expect(jira.failedLogIns('admin')).toBe(1)
    expect((await main.rows()).map(({ key }) => key)).toEqual(before.map(({ key }) => key))
  },
)

it('one that is changed right after the question costs one refusal where it goes with each request, and no visitor’s answer is read', async () => {
  const jira = await startJira({ ...UNNAMED, hasSessions: false, servesRefused: true })
  const main = startMain({
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          const answer = await transport.send(request)
          if (request.url.pathname === '/rest/auth/1/session' && answer.status === 200)
            jira.logIn.account('admin').password = 'changed'
          return answer
        },
      }
    },
  })
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(1)
  expect((await main.ask('servers:list', {}))[0]?.reach.lastReadAt).toBeNull()
})

it.each([
  ['password', 'basic', 'admin'],
  ['token', 'token', 'admin-token'],
] as const)('what a visitor is told of one synchronization is not believed: %s', async (_name, kind, secret) => {
  const jira = await startJira(UNNAMED)
  const main = startMain()
  const serverId = await addServer(main, jira, { kind, secret })
  await refresh(main, serverId)
  const asked = identities(jira)
  const MARK = 'for-nobody-81c2'
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ status: 'STOPPED', message: MARK })
  // While this is set, anyone who asks who they are is told that they are nobody.
  jira.faults.add({
    path: '/integrations/INT-2',
    method: 'GET',
    times: 1,
    fault: { kind: 'answer', status: 200, headers, body },
  })
  jira.faults.add({
    path: '/rest/auth/1/session',
    times: 1,
    fault: { kind: 'answer', status: 401, headers, body: '{}' },
  })
  await main.ask('synchronizations:detail', { serverId, key: 'INT-2' }).catch(() => undefined)
  expect(identities(jira)).toBeGreaterThan(asked)
  await main.close()
  expect(JSON.stringify([main.events, main.log])).not.toContain(MARK)
  expect(filesBelow(main.folder).filter(({ bytes }) => bytes.includes(MARK))).toEqual([])
})

it('a token that is not known any more is refused, and removes nothing', async () => {
  const jira = await startJira(UNNAMED)
  const main = startMain()
  const serverId = await addServer(main, jira, { kind: 'token', secret: 'admin-token' })
  await refresh(main, serverId)
  expect(await main.rows()).toHaveLength(4)
  Object.assign(jira.logIn.account('admin'), { tokens: [] })
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected' })
  expect(await main.rows()).toHaveLength(4)
})

it('a write goes through there, once', async () => {
  const jira = await startJira(UNNAMED)
  jira.entry('INT-2').status.status = 'RUNNING'
  const main = startMain()
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  await main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
  await until('the task ends', async () => (await main.ask('tasks:list', {}))[0]?.state === 'ended')
  expect((await main.ask('tasks:list', {}))[0]?.outcome).toBe('succeeded')
  expect(jira.requestsTo('/integrations/INT-2/stop', 'PUT')).toHaveLength(1)
})

it.each(servers)('a server whose answers name their user is asked nothing more: %s', async (_name, options) => {
  const jira = await startJira({ synchronizations: 4, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  await refresh(main, serverId)
  expect(identities(jira)).toBe(0)
})

it('a node that does not know the session is not believed, whatever another one answers next', async () => {
  const jira = await startJira({ ...UNNAMED, nodes: 2, stickiness: 'none', givesVisitorsSessions: false })
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 4; round += 1) {
    await refresh(main, serverId)
    expect(await main.rows()).toHaveLength(4)
  }
  expect(jira.failedLogIns('admin')).toBe(0)
})

it.each([
  ['says all', { stripsUserHeaders: false }],
  ['names its user, and does not say how the log-in went', { stripsUserHeaders: 'reason' }],
  ['names nobody', {}],
  ['names nobody, and refuses visitors', { isAnonymousAllowed: false }],
] satisfies [string, JiraOptions][])(
  'a password that is changed costs one refusal where it goes beside a session, when that is over: a server that %s',
  async (_name, options) => {
    const jira = await startJira({ ...UNNAMED, hasWebSudo: true, ...options })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    expect(await main.rows()).toHaveLength(4)
    jira.logIn.account('admin').password = 'changed'
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(jira.failedLogIns('admin')).toBeLessThanOrEqual(1)
    jira.cluster.endSessions()
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected' })
    expect(jira.failedLogIns('admin')).toBe(1)
  },
)

it.each(servers)(
  'a captcha that others brought costs one refusal where a proxy takes all of Jira’s own headers out, and is told: %s',
  async (_name, options) => {
    const jira = await startJira({ synchronizations: 4, stripsUserHeaders: 'all', ...options })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    expect(await main.rows()).toHaveLength(4)
    for (let attempt = 0; attempt < 3; attempt += 1) jira.logIn.attempt('admin', 'wrong')
    jira.cluster.endSessions()
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'captcha', attempts: 1 })
    expect(jira.failedLogIns('admin')).toBe(3 + 1)
  },
)

it.each([
  [403, ''],
  [200, '[]'],
])(
  'a refusal that visitors do not meet costs one failed log-in where answers name nobody, whatever it says: %i',
  async (status, body) => {
    const jira = await startJira(UNNAMED)
    let isOdd = false
    const main = startMain({
      createTransport: (options) => {
        const transport = createTransport(options)
        return {
          close: () => transport.close(),
          send: async (request) => {
            const answer = await transport.send(request)
            const isRefused = isOdd && request.headers.authorization !== undefined && answer.status === 401
            return isRefused ? { status, headers: {}, body } : answer
          },
        }
      },
    })
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    isOdd = true
    jira.logIn.account('admin').password = 'changed'
    jira.cluster.endSessions()
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'unanswered', attempts: 1 })
    expect(jira.failedLogIns('admin')).toBe(1)
  },
)

it('where answers begin to name nobody, a session beside a password that was changed does not speak for it', async () => {
  const options = { synchronizations: 4, hasWebSudo: true, stripsUserHeaders: false }
  const jira = await startJira(options)
  const main = startMain()
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  expect(await main.rows()).toHaveLength(4)
  options.stripsUserHeaders = true
  jira.logIn.account('admin').password = 'changed'
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected' })
  // That of the question whose the data is: it goes without a session, by which the data itself was served.
  expect(jira.failedLogIns('admin')).toBe(1)
})

it.each([
  ['password', 'basic', 'admin'],
  ['token', 'token', 'admin-token'],
] as const)(
  'where nobody says whose the answers are, that is told, and not that Backbone is not there: %s',
  async (_name, kind, secret) => {
    const jira = await startJira(UNNAMED)
    const main = startMain()
    const serverId = await addServer(main, jira, { kind, secret })
    await refresh(main, serverId)
    jira.faults.add({ path: '/rest/auth/1/session', fault: { kind: 'answer', status: 404, body: '' } })
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    const [server] = await main.ask('servers:list', {})
    expect(server?.reach.error).toMatchObject({
      code: 'auth.unanswered',
      message: { key: 'errors.answer.whoseUnsaid', values: { status: 404 } },
    })
    expect(server?.reach.gaps ?? []).toEqual([])
    const { step } = await testConnection(startMain(), jira, { credential: { kind, user: 'admin', secret } })
    expect([step('backbone')?.verdict, step('login')?.code]).toEqual(['passed', 'auth.unanswered'])
  },
)
