import { describe, expect, it } from 'vitest'
import { judgeResponse } from '../../src-main/http/response-verdict.ts'
import { judgeSession } from '../../src-main/http/session-verdict.ts'
import { withCredential } from '../support/connection-tests.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

const BASE = new URL('https://jira.example/jira')
const OURS = { 'x-ausername': 'admin', 'x-seraph-loginreason': 'OK' }
const led = (location: string, headers = {}, status = 302) => ({ status, headers: { location, ...headers }, body: '' })
const serverOf = async (main: TestMain) => (await main.ask('servers:list', {}))[0]

describe('a Jira that leads everybody to a page of its own', () => {
  it.each([
    ['while it starts', '/jira/startup.jsp?returnTo=%2F', 'startup.jsp'],
    ['with a problem of its own', 'https://jira.example/jira/secure/errors.jsp', 'secure/errors.jsp'],
  ])('%s is told as not ready, and nothing is found out about a log-in', (_name, location, page) => {
    expect(judgeSession(led(location), BASE, 'admin')).toBe('inconclusive')
    expect(judgeResponse(led(location), BASE, { user: 'admin', isJson: false })).toMatchObject({
      kind: 'failed',
      isAuthenticated: false,
      error: { code: 'http.server-error', message: { values: { page } } },
    })
  })

  it('is another’s page where it is elsewhere', () => {
    expect(judgeSession(led('https://other.example/startup.jsp'), BASE, 'admin')).toBe('intercepted')
  })

  it('closes no gate and ends no session: it is read again once it is ready, without an act', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const before = withCredential(jira)
    const starting = { status: 302, headers: { Location: '/startup.jsp?returnTo=%2F' }, body: '' }
    jira.faults.add({ path: '/', fault: { kind: 'answer', ...starting } })
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(await serverOf(main)).toMatchObject({
      access: { state: 'ok' },
      reach: { error: { code: 'http.server-error' } },
    })
    jira.cluster.endSessions()
    jira.faults.clear()
    await main.ask('synchronizations:refresh', { serverId })
    expect(await serverOf(main)).toMatchObject({ access: { state: 'ok' }, sessionless: null, reach: { error: null } })
    expect(withCredential(jira)).toBe(before + 1)
  })

  it('gets no password while it is not ready, and the gate stays open', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    const starting = { status: 302, headers: { Location: '/startup.jsp?returnTo=%2F' }, body: '' }
    jira.faults.add({ path: '/', fault: { kind: 'answer', ...starting } })
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect((await serverOf(main))?.access.state).toBe('unknown')
    expect(withCredential(jira)).toBe(0)
    jira.faults.clear()
    await main.ask('synchronizations:refresh', { serverId })
    expect(await serverOf(main)).toMatchObject({ access: { state: 'ok' }, reach: { error: null } })
  })
})

describe('a redirect within the own origin that is said to be for our user', () => {
  it.each<[string, ReturnType<typeof led>, string]>([
    ['is about what was asked for', led('/jira/plugins/servlet/other/', OURS), 'ours'],
    ['is so with any status', led('/jira/plugins/servlet/other/', OURS, 301), 'ours'],
    ['ends the session where it leads to a log-in', led('/jira/login.jsp', OURS), 'over'],
    ['ends it where that is said by a status for what was done', led('/jira/login.jsp', OURS, 303), 'over'],
    ['ends it where it says nothing of the log-in', led('/jira/other/', { 'x-ausername': 'admin' }), 'over'],
    ['is intercepted where it leads elsewhere', led('https://other.example/', OURS), 'intercepted'],
  ])('%s', (_name, response, verdict) => {
    expect(judgeSession(response, BASE, 'admin')).toBe(verdict)
  })

  it('accepts a password, and fails that request alone', () => {
    expect(judgeResponse(led('/jira/other/?secret=1', OURS), BASE, { user: 'admin', isJson: false })).toMatchObject({
      kind: 'failed',
      isAuthenticated: true,
      error: { code: 'http.unexpected-body', serverText: 'HTTP 302 → /jira/other/' },
    })
  })

  it('neither ends the session nor closes the gate', async () => {
    const jira = await startJira({ synchronizations: 4 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    const before = withCredential(jira)
    const [key = ''] = jira.api.entries.keys()
    const headers = { Location: '/plugins/servlet/other/', 'X-AUSERNAME': 'admin', 'X-Seraph-LoginReason': 'OK' }
    jira.faults.add({ path: `/integrations/${key}/status`, fault: { kind: 'answer', status: 302, headers, body: '' } })
    const { api } = main.services.connections.get(serverId)
    for (let time = 0; time < 3; time += 1)
      await expect(api.status(key)).rejects.toMatchObject({ code: 'http.unexpected-body' })
    await main.ask('synchronizations:refresh', { serverId })
    expect(await serverOf(main)).toMatchObject({ access: { state: 'ok' }, sessionless: null })
    expect(withCredential(jira)).toBe(before)
  })
})
