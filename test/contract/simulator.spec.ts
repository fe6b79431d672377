import { describe, expect, it } from 'vitest'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { account, ask, basic } from '../support/jira-by-hand.ts'
import { startJira } from '../support/services.ts'

/** Calls Backbone's API as a user; without one, as nobody. */
const call = (
  jira: SimulatedJira,
  user: string | null,
  method: string,
  path: string,
  headers: Record<string, string> = {},
) =>
  ask(jira, method, `/plugins/servlet/backbone-issue-sync/api/1${path}`, {
    ...(user !== null && { authorization: basic(user) }),
    ...(method !== 'GET' && { 'x-atlassian-token': 'no-check' }),
    ...headers,
  })

const start = (options: JiraOptions = {}) =>
  startJira({ synchronizations: 30, accounts: [account('admin'), account('other')], ...options })

describe('the simulated Jira', () => {
  it('is the same for the same seed, and another for another', async () => {
    const list = async (seed: number) => {
      const { json } = await call(await start({ seed, embedsStatus: true }), 'admin', 'GET', '/integrations')
      return (json() as unknown as { summary: string; status: { status: string } }[]).map(({ summary, status }) => [
        summary,
        status.status,
      ])
    }
    expect(await list(7)).toEqual(await list(7))
    expect(await list(7)).not.toEqual(await list(8))
  })

  it('counts failed log-ins, then demands a captcha even for the right password, until a person clears it', async () => {
    const jira = await start({ accounts: [account('admin', { password: 'right' })] })
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      const { status, headers } = await call(jira, 'admin', 'GET', '/integrations?os_authType=basic')
      expect([status, headers.get('x-seraph-loginreason')]).toEqual([401, 'AUTHENTICATED_FAILED'])
    }
    jira.logIn.account('admin').password = 'admin'
    const locked = await call(jira, 'admin', 'GET', '/integrations?os_authType=basic')
    expect([locked.status, locked.headers.get('x-authentication-denied-reason')]).toEqual([
      403,
      `CAPTCHA_CHALLENGE; login-url=${jira.baseUrl}/login.jsp`,
    ])
    jira.logIn.clearCaptcha('admin')
    expect((await call(jira, 'admin', 'GET', '/integrations')).status).toBe(200)
    expect(jira.failedLogIns('admin')).toBe(4)
  })

  /** Creates a synchronization as a user. */
  const create = (jira: SimulatedJira, user: string) => {
    const side = (projectKey: string, syncUser: string) => ({
      projectKey,
      connection: { application: { baseUrl: jira.baseUrl, user: syncUser, password: 'sync-secret' } },
    })
    const body = JSON.stringify({
      summary: 'New',
      description: '',
      firstConnector: side('PA', 'sync-here'),
      secondConnector: side('PB', 'sync-there'),
    })
    const headers = { authorization: basic(user), 'x-atlassian-token': 'no-check', 'content-type': 'application/json' }
    return ask(jira, 'POST', '/plugins/servlet/backbone-issue-sync/api/1/integrations', headers, body)
  }

  it.each(['admin', 'other'])('tells who created a synchronization, and its connectors: %s', async (user) => {
    const created = (await create(await start(), user)).json()
    for (const part of [created, created.firstConnector, created.secondConnector])
      expect(part).toMatchObject({ createdUser: user, lastModifiedUser: user })
  })

  it('shows the sync users that a synchronization was created with, and no password', async () => {
    const jira = await start()
    const created = await create(jira, 'admin')
    const usersOf = (json: Record<string, unknown>) =>
      ['firstConnector', 'secondConnector'].map(
        (name) => (json[name] as { connection: { application: { user: string } } }).connection.application.user,
      )
    expect(usersOf(created.json())).toEqual(['sync-here', 'sync-there'])
    const read = await call(jira, 'admin', 'GET', `/integrations/${String(created.json().integrationKey)}`)
    expect(usersOf(read.json())).toEqual(['sync-here', 'sync-there'])
    expect(created.text + read.text).not.toContain('sync-secret')
  })

  it('takes tokens, and refuses writes without the header against XSRF', async () => {
    const jira = await start()
    expect((await call(jira, null, 'GET', '/integrations', { authorization: 'Bearer admin-token' })).status).toBe(200)
    expect((await call(jira, null, 'GET', '/integrations', { authorization: 'Bearer wrong' })).status).toBe(401)
    const unchecked = await call(jira, 'admin', 'PUT', '/integrations/INT-2/stop', { 'x-atlassian-token': '' })
    expect([unchecked.status, unchecked.text]).toEqual([403, 'XSRF check failed'])
  })

  it('shows a task to the user who started it alone', async () => {
    const jira = await start({ taskDurationMs: 60_000 })
    const { id } = (await call(jira, 'admin', 'PUT', '/integrations/INT-2/stop')).json()
    expect((await call(jira, 'admin', 'GET', `/async-tasks/${String(id)}`)).status).toBe(200)
    expect((await call(jira, 'other', 'GET', `/async-tasks/${String(id)}`)).status).toBe(403)
    expect((await call(jira, 'admin', 'GET', '/async-tasks/UNKNOWN')).status).toBe(404)
  })

  it('lets a project administrator list a named project only, and read a task with the header prj only', async () => {
    const jira = await start({
      taskDurationMs: 60_000,
      accounts: [account('pa', { role: 'project-administrator', projects: ['AP'] })],
    })
    expect((await call(jira, 'pa', 'GET', '/integrations')).status).toBe(403)
    expect((await call(jira, 'pa', 'GET', '/integrations?projectKey=FS')).status).toBe(403)
    const [own] = (await call(jira, 'pa', 'GET', '/integrations?projectKey=AP')).json() as unknown as {
      integrationKey: string
    }[]
    const { id } = (await call(jira, 'pa', 'PUT', `/integrations/${own?.integrationKey ?? ''}/stop`)).json()
    expect((await call(jira, 'pa', 'GET', `/async-tasks/${String(id)}`)).status).toBe(403)
    expect((await call(jira, 'pa', 'GET', `/async-tasks/${String(id)}`, { prj: 'AP' })).status).toBe(200)
  })

  it.each([
    ['PUT', 'POST'],
    ['POST', 'PUT'],
  ] as const)('of a version that starts with %s refuses %s with 405', async (startVerb, other) => {
    const jira = await start({ startVerb })
    expect((await call(jira, 'admin', other, '/integrations/INT-2/start')).status).toBe(405)
    expect((await call(jira, 'admin', startVerb, '/integrations/INT-2/start')).status).toBe(200)
  })

  it('limits the rate of each user, and says how long to wait', async () => {
    let now = 0
    const jira = await start({ rateLimit: { capacity: 2, fillPerSecond: 0.1 }, now: () => now })
    const ask = async (user = 'admin') => {
      const { status, headers } = await call(jira, user, 'GET', '/health')
      return [status, headers.get('x-ratelimit-remaining'), headers.get('retry-after')]
    }
    expect([await ask(), await ask(), await ask()]).toEqual([
      [200, '1', '0'],
      [200, '0', '10'],
      [429, '0', '10'],
    ])
    expect(await ask('other')).toEqual([200, '1', '0'])
    now = 9999
    expect(await ask()).toEqual([429, '0', '1'])
    now = 10_000
    const { headers } = await call(jira, 'admin', 'GET', '/health')
    expect(['limit', 'fillrate', 'interval-seconds'].map((name) => headers.get(`x-ratelimit-${name}`))).toEqual([
      '2',
      '1',
      '10',
    ])
  })

  it('limits as a proxy does, without a word, where it has no headers', async () => {
    const jira = await start({ rateLimit: { capacity: 0, fillPerSecond: 1, hasHeaders: false } })
    const { status, headers } = await call(jira, 'admin', 'GET', '/health')
    expect([status, headers.get('retry-after'), headers.get('x-ratelimit-limit')]).toEqual([429, null, null])
  })

  it('changes a little with every drift, and nothing without', async () => {
    const jira = await start()
    const state = () =>
      JSON.stringify([...jira.api.entries.values()].map(({ status, conflicts }) => [status, conflicts]))
    const before = state()
    expect(state()).toBe(before)
    for (let step = 0; step < 20; step += 1) jira.drift()
    expect(state()).not.toBe(before)
  })
})
