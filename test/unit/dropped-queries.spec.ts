import { expect, it } from 'vitest'
import { createTransport, type HttpRequest } from '../../src-main/http/transport.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { testConnection, WRONG } from '../support/connection-tests.ts'
import { movableClock } from '../support/movable-clock.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

/**
 * Behind a proxy that takes the query out of every address, and so what says how to log in: Jira then tries a password
 * in the header twice.
 */
const DROPPED = { synchronizations: 4, dropsQueries: true } as const

const UNNAMED = { stripsUserHeaders: true, isAnonymousAllowed: true } as const

const withSessions: [string, JiraOptions][] = [
  ['with sessions', {}],
  ['where visitors are let in', { isAnonymousAllowed: true }],
]
const withoutSessions: [string, JiraOptions][] = [
  ['without sessions', { hasSessions: false }],
  ['whose cookies are taken out of answers', { strippedCookies: 'answers' }],
  ['whose cookies are taken out of requests', { strippedCookies: 'requests' }],
  ['that asks administrators again', { hasWebSudo: true }],
]
const unnamed: [string, JiraOptions][] = [
  ['whose answers name nobody', { stripsUserHeaders: true }],
  ['whose answers name nobody, where visitors are let in', UNNAMED],
  ['whose answers name nobody, without sessions', { ...UNNAMED, hasSessions: false }],
  ['whose answers name nobody, that asks administrators again', { ...UNNAMED, hasWebSudo: true }],
]
const tryingOne = [...withSessions, ...withoutSessions]

const refresh = (main: TestMain, serverId: string) =>
  main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
const access = async (main: TestMain) => (await main.ask('servers:list', {}))[0]?.access
const inHeaders = (jira: SimulatedJira) => jira.seen.filter(({ by }) => by === 'password').length
const logIns = (jira: SimulatedJira) => jira.requestsTo('/rest/auth/1/session', 'POST').length

/** Transports that report each request once it is answered. */
const heard =
  (tell: (request: HttpRequest) => void): typeof createTransport =>
  (options) => {
    const transport = createTransport(options)
    return {
      close: () => transport.close(),
      send: async (request) => {
        const answer = await transport.send(request)
        tell(request)
        return answer
      },
    }
  }

it.each(tryingOne)('a wrong password is refused once where the address loses its query: %s', async (_name, options) => {
  const jira = await startJira({ ...DROPPED, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira, { secret: 'wrong' })
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(1)
})

it.each(withSessions)('one that is changed later is refused once, too: %s', async (_name, options) => {
  const jira = await startJira({ ...DROPPED, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 2; round += 1) await refresh(main, serverId)
  expect(await access(main)).toEqual({ state: 'ok' })
  expect(await main.rows()).toHaveLength(4)
  expect(jira.failedLogIns('admin')).toBe(0)
  jira.logIn.account('admin').password = 'changed'
  jira.cluster.endSessions()
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(1)
  expect(await main.rows()).toHaveLength(4)
})

it.each(tryingOne)('a captcha is told, for one refusal: %s', async (_name, options) => {
  const jira = await startJira({ ...DROPPED, ...options })
  for (let attempt = 0; attempt < 3; attempt += 1) jira.logIn.attempt('admin', 'wrong')
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'captcha', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(3 + 1)
})

it.each(tryingOne)(
  'one that is changed is refused once where a proxy that loses queries has come in between, and once more where it is tried once: %s',
  async (_name, options) => {
    const { clock, moveOn } = movableClock()
    const now: { -readonly [K in keyof JiraOptions]: JiraOptions[K] } = { synchronizations: 4, ...options }
    const jira = await startJira(now)
    const main = startMain({ clock })
    const serverId = await addServer(main, jira)
    await refresh(main, serverId)
    expect(await main.rows()).toHaveLength(4)
    now.dropsQueries = true
    jira.logIn.account('admin').password = 'changed'
    jira.cluster.endSessions()
    moveOn(60_000)
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked' })
    expect(jira.failedLogIns('admin')).toBeLessThanOrEqual(1)
    moveOn(10_000)
    await main.ask('servers:try-once', { serverId }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBeLessThanOrEqual(2)
    expect(await main.rows()).toHaveLength(4)
  },
)

it('a proxy that is set while requests go with a password is looked at before the next', async () => {
  const now: { -readonly [K in keyof JiraOptions]: JiraOptions[K] } = { synchronizations: 4, hasSessions: false }
  const jira = await startJira(now)
  const main = startMain()
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  now.dropsQueries = true
  jira.logIn.account('admin').password = 'changed'
  main.services.connections.disconnectAll()
  await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked' })
  expect(jira.failedLogIns('admin')).toBeLessThanOrEqual(1)
})

it.each([...withoutSessions, ...unnamed])(
  'no password goes with requests, and a token is advised: %s',
  async (_name, options) => {
    const jira = await startJira({ ...DROPPED, ...options })
    const main = startMain()
    const serverId = await addServer(main, jira)
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'token-needed' })
    const before = logIns(jira)
    expect(before).toBeLessThanOrEqual(2)
    await main.close()
    const again = startMain({ folder: main.folder })
    await refresh(again, serverId)
    expect(await access(again)).toMatchObject({ state: 'blocked', reason: 'token-needed' })
    expect([inHeaders(jira), logIns(jira), jira.failedLogIns('admin')]).toEqual([0, before, 0])
    const credential = { kind: 'token', user: '', secret: 'admin-token' } as const
    await setCredential(again, { serverId, credential, isSessionOnly: true })
    await refresh(again, serverId)
    expect(await access(again)).toEqual({ state: 'ok' })
    expect(await again.rows()).toHaveLength(4)
  },
)

it.each([...tryingOne, ...unnamed])(
  'one that is changed right after the log-in is refused once, and nothing for a visitor is believed: %s',
  async (_name, options) => {
    const jira = await startJira({ ...DROPPED, ...options, servesRefused: true, endsSessionsOnPasswordChange: true })
    const main = startMain({
      createTransport: heard(({ url, method }) => {
        if (method === 'POST' && url.pathname === '/rest/auth/1/session')
          jira.logIn.account('admin').password = 'changed'
      }),
    })
    const serverId = await addServer(main, jira)
    for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
    expect(await access(main)).toMatchObject({ state: 'blocked' })
    expect(jira.failedLogIns('admin')).toBeLessThanOrEqual(1)
    expect(await main.rows()).toEqual([])
  },
)

it.each<[string, JiraOptions, JiraOptions]>([
  ['cookies come', { strippedCookies: 'answers' }, {}],
  ['names come', { stripsUserHeaders: true }, {}],
  ['queries come', { hasSessions: false }, { hasSessions: false, dropsQueries: false }],
])('“Test once” tries anew, where %s through at last', async (_name, before, after) => {
  const { clock, moveOn } = movableClock()
  const options: JiraOptions = { ...DROPPED, ...before }
  const jira = await startJira(options)
  const main = startMain({ clock })
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'token-needed' })
  Object.assign(options, { strippedCookies: undefined, stripsUserHeaders: undefined, ...after })
  moveOn(10_000)
  await main.ask('servers:try-once', { serverId })
  expect(await access(main)).toEqual({ state: 'ok' })
  expect(await main.rows()).toHaveLength(4)
  expect(jira.failedLogIns('admin')).toBe(0)
})

it('“Test once” tries a session where only one will do, for whatever reason the gate was closed', async () => {
  const { clock, moveOn } = movableClock()
  const options: JiraOptions = { synchronizations: 4, strippedCookies: 'answers' }
  const jira = await startJira(options)
  const main = startMain({ clock })
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'reset-after' } })
  await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'unanswered' })
  Object.assign(options, { strippedCookies: undefined, dropsQueries: true })
  moveOn(10_000)
  await main.ask('servers:try-once', { serverId })
  expect(await access(main)).toEqual({ state: 'ok' })
  expect(jira.failedLogIns('admin')).toBe(0)
})

it('a session that ends at once, as when Jira restarts, is opened again', async () => {
  const jira = await startJira(DROPPED)
  let isRestarting = true
  const main = startMain({
    createTransport: heard(({ url, method }) => {
      if (!isRestarting || method !== 'POST' || url.pathname !== '/rest/auth/1/session') return
      isRestarting = false
      jira.cluster.endSessions()
    }),
  })
  const serverId = await addServer(main, jira)
  await refresh(main, serverId)
  expect(await access(main)).toEqual({ state: 'ok' })
  expect(await main.rows()).toHaveLength(4)
  expect([inHeaders(jira), logIns(jira)]).toEqual([0, 2])
})

const HIDDEN = ['/rest/api/2/serverInfo', '/rest/auth/1/session']
const hide = (jira: SimulatedJira, status: number, paths: readonly string[]) => {
  for (const path of paths) jira.faults.add({ path, method: 'GET', fault: { kind: 'answer', status, body: '' } })
}

it.each([
  ['Jira hides its version from visitors', 401, HIDDEN.slice(0, 1)],
  ['a proxy hides Jira’s version from visitors', 403, HIDDEN.slice(0, 1)],
  ['a proxy hides all that is Jira’s own from visitors', 403, HIDDEN],
] as const)('a wrong password is refused once where the query is lost, and %s', async (_name, status, paths) => {
  const jira = await startJira(DROPPED)
  hide(jira, status, paths)
  const main = startMain()
  const serverId = await addServer(main, jira, { secret: 'wrong' })
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect([logIns(jira), jira.failedLogIns('admin')]).toEqual([1, 1])
})

it.each([
  ['with sessions', HIDDEN.slice(0, 1), {}],
  ['without sessions', HIDDEN.slice(0, 1), { hasSessions: false }],
  ['whose answers name nobody', HIDDEN.slice(0, 1), UNNAMED],
  ['that hides all that is its own, with sessions', HIDDEN, {}],
] as const)(
  'the right one is enough where a proxy hides Jira’s version: a server %s',
  async (_name, paths, options) => {
    const jira = await startJira({ synchronizations: 4, ...options })
    hide(jira, 403, paths)
    const main = startMain()
    const serverId = await addServer(main, jira)
    for (let round = 0; round < 2; round += 1) await refresh(main, serverId)
    expect(await access(main)).toEqual({ state: 'ok' })
    expect(await main.rows()).toHaveLength(4)
    expect(logIns(jira)).toBe(paths === HIDDEN ? 1 : 0)
  },
)

it('a node that does not know the session is not believed where answers name nobody: a token is advised', async () => {
  const jira = await startJira({ ...DROPPED, ...UNNAMED, nodes: 2, stickiness: 'none', givesVisitorsSessions: false })
  hide(jira, 403, HIDDEN.slice(0, 1))
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 4; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'token-needed' })
  expect((await main.ask('servers:list', {}))[0]?.reach.lastReadAt).toBeNull()
})

it.each([500, 503])('no password leaves before that was found out: the question is answered %i', async (status) => {
  const jira = await startJira({ synchronizations: 4 })
  let isOdd = true
  const main = startMain({
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          const answer = await transport.send(request)
          const isQuestion = request.url.search !== '' && request.headers.authorization === undefined
          return isOdd && isQuestion ? { status, headers: {}, body: '' } : answer
        },
      }
    },
  })
  const serverId = await addServer(main, jira, { secret: 'wrong' })
  await refresh(main, serverId)
  expect([inHeaders(jira), logIns(jira), jira.failedLogIns('admin')]).toEqual([0, 0, 0])
  expect((await access(main))?.state).not.toBe('blocked')
  isOdd = false
  await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect([logIns(jira), jira.failedLogIns('admin')]).toEqual([0, 1])
})

it('the right one logs in once there, and once more when the session is over; a write behind that is done once', async () => {
  const jira = await startJira(DROPPED)
  jira.entry('INT-2').status.status = 'RUNNING'
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 1, failed: 0 })
  jira.cluster.endSessions()
  await main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
  await until('the task ends', async () => (await main.ask('tasks:list', {}))[0]?.state === 'ended')
  expect((await main.ask('tasks:list', {}))[0]?.outcome).toBe('succeeded')
  expect(jira.requestsTo('/integrations/INT-2/stop').filter(({ status }) => status === 200)).toHaveLength(1)
  expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 2, failed: 0 })
  await main.close()
  expect(jira.cluster.countSessions('admin')).toBe(0)
})

it('a test of typed data costs one refusal there', async () => {
  const jira = await startJira(DROPPED)
  const { step } = await testConnection(startMain(), jira, { credential: WRONG })
  expect(step('login')?.code).toBe('auth.rejected')
  expect(jira.failedLogIns('admin')).toBe(1)
})

it('a server is asked for that once for each password, without it, and no token asks', async () => {
  const jira = await startJira({ synchronizations: 4 })
  const main = startMain()
  const serverId = await addServer(main, jira)
  const asked = () => jira.requestsTo('/rest/api/2/serverInfo').map(({ by, status }) => [by, status])
  for (let round = 0; round < 3; round += 1) {
    await refresh(main, serverId)
    jira.cluster.endSessions()
  }
  expect(asked().filter(([, status]) => status === 401)).toEqual([[null, 401]])
  const another = await startJira()
  await refresh(main, await addServer(main, another, { kind: 'token', secret: 'admin-token' }))
  expect(another.requestsTo('/rest/api/2/serverInfo').map(({ status }) => status)).toEqual([200])
})
