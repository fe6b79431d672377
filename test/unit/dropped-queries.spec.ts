import { expect, it } from 'vitest'
import type { JiraOptions } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { testConnection, WRONG } from '../support/connection-tests.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

/** Behind a proxy that takes the query out of every address, and so what says how to log in: Jira then tries a password in the header twice. */
const DROPPED = { synchronizations: 4, dropsQueries: true } as const

const servers: [string, JiraOptions][] = [
  ['with sessions', {}],
  ['without sessions', { hasSessions: false }],
  ['whose cookies are taken out of answers', { strippedCookies: 'answers' }],
  ['whose cookies are taken out of requests', { strippedCookies: 'requests' }],
  ['that asks administrators again', { hasWebSudo: true }],
  ['whose answers name nobody', { stripsUserHeaders: true }],
  ['whose answers name nobody, where visitors are let in', { stripsUserHeaders: true, isAnonymousAllowed: true }],
]

const refresh = (main: TestMain, serverId: string) =>
  main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
const access = async (main: TestMain) => (await main.ask('servers:list', {}))[0]?.access

it.each(servers)('a wrong password is refused once where the address loses its query: %s', async (_name, options) => {
  const jira = await startJira({ ...DROPPED, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira, { secret: 'wrong' })
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(1)
})

it.each(servers)('one that is changed later is refused once, too: %s', async (_name, options) => {
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

it.each(servers)('a captcha is told, for one refusal: %s', async (_name, options) => {
  const jira = await startJira({ ...DROPPED, ...options })
  for (let attempt = 0; attempt < 3; attempt += 1) jira.logIn.attempt('admin', 'wrong')
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 3; round += 1) await refresh(main, serverId)
  expect(await access(main)).toMatchObject({ state: 'blocked', reason: 'captcha', attempts: 1 })
  expect(jira.failedLogIns('admin')).toBe(3 + 1)
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
