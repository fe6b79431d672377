import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import { JiraClient, type ApiCall } from '../../src-main/http/jira-client.ts'
import { Session, type Sessionless } from '../../src-main/http/session.ts'
import { judgeSession } from '../../src-main/http/session-verdict.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { createTransport } from '../../src-main/http/transport.ts'
import { patience } from '../../tools/patience.ts'
import { until } from '../../tools/until.ts'
import { openGate } from '../support/open-gate.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

const API = '/plugins/servlet/backbone-issue-sync/api/1'

async function scene(
  options: JiraOptions & { kind?: 'basic' | 'token'; onAnswer?: (path: string) => Promise<void> } = {},
) {
  const time = { passed: 0 }
  const { kind = 'basic', onAnswer = () => Promise.resolve(), ...jiraOptions } = options
  const transport = createTransport({ caPem: '' })
  const jira = await startJira({ synchronizations: 30, ...jiraOptions })
  const remembered: (Sessionless | null)[] = []
  const noted: string[] = []
  const sent: Readonly<Record<string, string>>[] = []
  const baseUrl = new URL(jira.baseUrl)
  const session = new Session({
    baseUrl,
    clock: { now: () => systemClock.now() + time.passed, elapsed: () => systemClock.elapsed() + time.passed },
    store: { load: () => null, save: (value) => void remembered.push(value) },
  })
  const client = new JiraClient({
    baseUrl: jira.baseUrl,
    apiPath: API,
    gate: openGate(),
    session,
    transport: {
      close: () => transport.close(),
      send: async (request) => {
        sent.push(request.headers)
        const answer = await transport.send(request)
        await onAnswer(request.url.pathname)
        return answer
      },
    },
    credential: () =>
      Promise.resolve({
        kind,
        user: 'admin',
        secret: kind === 'token' ? 'admin-token' : jira.logIn.account('admin').password,
      }),
    limit: () => 6,
    clock: systemClock,
    random: () => 0,
    onWrite: (call: ApiCall) => (failure) =>
      void noted.push(`${call.method} ${(failure as { code?: string } | null)?.code ?? 'accepted'}`),
  })
  const keys = [...jira.api.entries.keys()]
  const readAll = () => Promise.all(keys.map((key) => client.read({ path: `/integrations/${key}/status` })))
  return { jira, client, session, remembered, noted, sent, readAll, time }
}

const by = (jira: SimulatedJira) => jira.seen.filter(({ by: way }) => way !== null).map(({ by: way }) => way)
const endSessions = (jira: SimulatedJira): void => {
  for (const { sessions } of jira.cluster.nodes) sessions.endAll()
}

describe('a password', () => {
  it('is sent once, alone, and then the session’s cookie goes with every request', async () => {
    const { jira, readAll } = await scene({ latencyMs: 5 })
    await readAll()
    await readAll()
    expect(by(jira).filter((way) => way === 'password')).toHaveLength(1)
    expect(by(jira)[0]).toBe('password')
    expect(by(jira).filter((way) => way === 'session')).toHaveLength(59)
    expect(jira.peakConcurrency).toBeGreaterThan(2)
  })

  it('is sent once whatever Tomcat is told to call the session’s cookie', async () => {
    const { jira, session, readAll } = await scene({ sessionCookieName: 'JIRASID' })
    await readAll()
    await readAll()
    expect(by(jira).filter((way) => way === 'password')).toHaveLength(1)
    expect(session.sessionless).toBeNull()
  })

  it('is sent once more when the session is over, whatever was under way; reads are repeated', async () => {
    const { jira, readAll } = await scene({ latencyMs: 5 })
    await readAll()
    endSessions(jira)
    expect(await readAll()).toHaveLength(30)
    expect(by(jira).filter((way) => way === 'password')).toHaveLength(2)
    expect(jira.failedLogIns('admin')).toBe(0)
  })

  it('that was changed while many requests were under way costs one failed log-in', async () => {
    const { jira, client, readAll } = await scene({ latencyMs: 5, endsSessionsOnPasswordChange: true })
    await readAll()
    const old = jira.logIn.account('admin').password
    const stubborn = new JiraClient({
      baseUrl: jira.baseUrl,
      apiPath: API,
      gate: openGate(),
      transport: createTransport({ caPem: '' }),
      credential: () => Promise.resolve({ kind: 'basic', user: 'admin', secret: old }),
      limit: () => 12,
      clock: systemClock,
      random: () => 0,
    })
    const keys = [...jira.api.entries.keys()]
    await stubborn.read({ path: '/integrations' })
    const reading = Promise.allSettled(keys.map((key) => stubborn.read({ path: `/integrations/${key}` })))
    jira.logIn.account('admin').password = 'another'
    await reading
    await Promise.allSettled(keys.map((key) => stubborn.read({ path: `/integrations/${key}/status` })))
    expect(jira.failedLogIns('admin')).toBe(1)
    client.close()
  })
})

it.each<[string, JiraOptions, number]>([
  ['that keeps sessions', {}, 6],
  ['whose sessions end with the password', { endsSessionsOnPasswordChange: true }, 6],
  ['that keeps none', { hasSessions: false }, 1],
  ['whose cookies a proxy takes away', { strippedCookies: 'requests' }, 1],
])(
  'a password that is changed in the middle of reading 120 synchronizations, six at a time, is refused once: a server %s',
  { timeout: patience(60_000) },
  async (_name, options, atATime) => {
    const jira = await startJira({ synchronizations: 120, latencyMs: 3, ...options })
    const main = startMain()
    const serverId = await addServer(main, jira)
    const refresh = () => main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(main.services.settings.get().requestsPerServer).toBe(6)
    await refresh()
    expect(await main.rows()).toHaveLength(120)
    jira.peakConcurrency = 0
    const before = jira.seen.length
    const reading = refresh()
    await until('it is in the middle', () => jira.seen.length >= before + 40)
    expect(jira.peakConcurrency).toBe(atATime)
    jira.logIn.account('admin').password = 'changed meanwhile'
    endSessions(jira)
    await reading
    for (let round = 0; round < 2; round += 1) await refresh()
    expect((await main.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'rejected' })
    expect(jira.failedLogIns('admin')).toBe(1)
  },
)

it('what may go by the session alone never carries the password: not before there is one, and not when it is over', async () => {
  const { jira, client } = await scene()
  const bySession = () => client.read({ path: '/integrations', isFresh: true, isBySessionOnly: true })
  await expect(bySession()).rejects.toMatchObject({ code: 'auth.session-over' })
  expect(jira.seen).toEqual([])
  await client.read({ path: '/integrations' })
  await bySession()
  expect(by(jira)).toEqual(['password', 'session'])
  endSessions(jira)
  await expect(bySession()).rejects.toMatchObject({ code: 'auth.session-over' })
  expect(by(jira)).toEqual(['password', 'session'])
})

it('a late answer to a session that is over does not put a visitor’s cookie in place of the next one', async () => {
  const late = Promise.withResolvers<undefined>()
  const waiting: string[] = []
  let isLate = false
  const { jira, client, session, remembered } = await scene({
    onAnswer: async (path) => {
      if (!isLate || !path.endsWith('/INT-3/status') || waiting.length > 0) return
      waiting.push(path)
      await late.promise
    },
  })
  await client.read({ path: '/integrations' })
  await client.read({ path: '/integrations/INT-2/status' })
  endSessions(jira)
  isLate = true
  const slow = client.read({ path: '/integrations/INT-3/status' })
  await until('the late answer is on its way', () => waiting.length === 1)
  await client.read({ path: '/integrations/INT-2/status' })
  const present = session.lease
  late.resolve(undefined)
  await slow
  await client.read({ path: '/integrations/INT-4/status' })
  expect(session.lease).toBe(present)
  expect(by(jira).filter((way) => way === 'password')).toHaveLength(2)
  expect(remembered).toEqual([])
})

it('a write that was refused because the session was over is sent once more, and both are recorded', async () => {
  const { jira, client, noted, readAll } = await scene()
  await readAll()
  endSessions(jira)
  expect(
    await client.write({ method: 'PUT', path: '/integrations/INT-2/stop', action: 'stop', object: 'INT-2' }),
  ).toMatchObject({ finished: false })
  expect(noted).toEqual(['PUT auth.session-over', 'PUT accepted'])
  expect(jira.requestsTo('/integrations/INT-2/stop').map(({ status }) => status)).toEqual([401, 200])
})

it.each<[string, JiraOptions, string]>([
  ['opens none', { hasSessions: false }, 'no-cookie'],
  ['has a proxy that strips cookies from answers', { strippedCookies: 'answers' }, 'no-cookie'],
  ['has a proxy that strips cookies from requests', { strippedCookies: 'requests' }, 'not-kept'],
  ['asks administrators again', { hasWebSudo: true }, 'asks-again'],
  ['leads administrators to the page that asks again', { hasWebSudo: true, webSudoRedirects: true }, 'asks-again'],
])(
  'a server that %s is remembered, and gets the password with one request at a time',
  async (_name, options, reason) => {
    const { jira, session, remembered, readAll, time } = await scene({ latencyMs: 2, ...options })
    expect(await readAll()).toHaveLength(30)
    expect(session.sessionless).toMatchObject({ reason })
    // What a restart looks like too has to be found twice.
    expect(remembered).toHaveLength(reason === 'not-kept' ? 0 : 1)
    time.passed += 61_000
    expect(await readAll()).toHaveLength(30)
    expect(remembered).toMatchObject([{ reason }])
    jira.peakConcurrency = 0
    expect(await readAll()).toHaveLength(30)
    expect(jira.peakConcurrency).toBe(1)
    expect(jira.failedLogIns('admin')).toBe(0)
  },
)

it('a restart of the server right after the log-in is not remembered against it', async () => {
  const { jira, client, session, remembered, readAll, time } = await scene()
  await client.read({ path: '/integrations' })
  endSessions(jira)
  expect(await readAll()).toHaveLength(30)
  expect(session.sessionless).toMatchObject({ reason: 'not-kept' })
  time.passed += 61_000
  expect(await readAll()).toHaveLength(30)
  expect(session.sessionless).toBeNull()
  expect(session.isConfirmed).toBe(true)
  // What ends then is a session that was kept.
  endSessions(jira)
  await readAll()
  expect(session.sessionless).toBeNull()
  expect(remembered).toEqual([])
})

it('a server whose sessions keep ending is used without them: for a minute, and if that continues, for a week', async () => {
  const { jira, session, remembered, readAll, time } = await scene()
  const endsTwice = async (): Promise<void> => {
    for (let round = 0; round < 3; round += 1) {
      await readAll()
      endSessions(jira)
    }
  }
  await endsTwice()
  expect(await readAll()).toHaveLength(30)
  expect(session.sessionless).toMatchObject({ reason: 'ends-often' })
  expect(remembered).toEqual([])
  time.passed += 61_000
  await endsTwice()
  expect(await readAll()).toHaveLength(30)
  expect(remembered).toMatchObject([{ reason: 'ends-often' }])
})

it('sessions that end often are tried again after a minute, and kept if they last then', async () => {
  const { jira, session, remembered, readAll, time } = await scene()
  for (let round = 0; round < 3; round += 1) {
    await readAll()
    endSessions(jira)
  }
  for (let hour = 0; hour < 3; hour += 1) {
    time.passed += 3_600_000
    await readAll()
    expect(session.sessionless).toBeNull()
    time.passed += 3_600_000
    endSessions(jira)
  }
  await readAll()
  endSessions(jira)
  await readAll()
  expect(session.sessionless).toMatchObject({ reason: 'ends-often' })
  expect(remembered).toEqual([])
})

it('answers for nobody are not believed: a session that ended in the middle is asked for again', async () => {
  const { jira, client, readAll } = await scene({ isAnonymousAllowed: true })
  await readAll()
  endSessions(jira)
  expect(await client.read({ path: '/integrations' })).toHaveLength(30)
})

it('a token never goes with a session’s cookie, and needs no session', async () => {
  const { jira, sent, readAll } = await scene({ kind: 'token', nodes: 2, stickiness: 'ROUTEID' })
  await readAll()
  await readAll()
  expect(new Set(by(jira))).toEqual(new Set(['token']))
  const besides = sent.filter(({ authorization }) => authorization?.startsWith('Bearer ')).map(({ cookie }) => cookie)
  expect([...new Set(besides)]).toEqual([expect.stringMatching(/^ROUTEID=\.node\d$/)])
  expect(jira.refusedTokens).toBe(0)
})

it('a gateway’s failure does not show that a session is kept', async () => {
  const { jira, client, session } = await scene({ strippedCookies: 'requests' })
  await client.read({ path: '/integrations' })
  jira.faults.add({ path: '/integrations/INT-2', fault: { kind: 'answer', status: 502, body: '' } })
  await expect(client.read({ path: '/integrations/INT-2' })).rejects.toMatchObject({ code: 'http.server-error' })
  expect(session.isConfirmed).toBe(false)
  await client.read({ path: '/integrations/INT-3' })
  expect(session.sessionless).toMatchObject({ reason: 'not-kept' })
})

it('without sessions is tried again after a week', () => {
  let now = Date.now()
  const session = new Session({
    baseUrl: new URL('https://jira.example'),
    clock: { now: () => now, elapsed: () => now },
    store: { load: () => ({ since: now, reason: 'no-cookie' }), save: () => undefined },
  })
  now += 6 * 86_400_000
  expect(session.sessionless).not.toBeNull()
  now += 2 * 86_400_000
  expect(session.sessionless).toBeNull()
})

it('a password that is asked for again although it was accepted is no wrong one: what else there is to read is read', async () => {
  const jira = await startJira({ synchronizations: 4 })
  const asksAgain = { 'X-AUSERNAME': 'admin', 'X-Seraph-LoginReason': 'OK', 'Content-Type': 'application/json' }
  jira.faults.add({
    path: '/integrations/INT-3/status',
    fault: { kind: 'answer', status: 401, headers: asksAgain, body: '{"message":"This resource requires WebSudo."}' },
  })
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 2; round += 1) await main.ask('synchronizations:refresh', { serverId })
  expect((await main.ask('servers:list', {}))[0]).toMatchObject({
    access: { state: 'ok' },
    sessionless: { reason: 'asks-again' },
  })
  expect(jira.requestsTo('/integrations/INT-3/status', 'GET').length).toBeGreaterThan(0)
  expect(jira.requestsTo('/integrations/INT-5/status', 'GET')).toHaveLength(2)
  expect(jira.failedLogIns('admin')).toBe(0)
})

/** Where Jira redirects a session that has to enter the password again. */
const WEB_SUDO = '/jira/secure/admin/WebSudoAuthenticate!default.jspa?webSudoDestination=%2Fplugins'

describe('what an answer says of a session', () => {
  const base = new URL('https://jira.example/jira')
  it.each([
    [{ status: 200, headers: { 'x-ausername': 'admin' }, body: '[]' }, 'ours'],
    [{ status: 200, headers: { 'x-seraph-loginreason': 'OK' }, body: '[]' }, 'ours'],
    [{ status: 200, headers: { 'x-seraph-loginreason': 'OK, OK' }, body: '[]' }, 'ours'],
    [{ status: 200, headers: { 'x-seraph-loginreason': 'ok' }, body: '[]' }, 'ours'],
    [{ status: 200, headers: { 'x-seraph-loginreason': ['OK', 'OK'] }, body: '[]' }, 'ours'],
    [{ status: 200, headers: { 'x-ausername': 'admin, admin' }, body: '[]' }, 'ours'],
    [{ status: 200, headers: { 'x-ausername': 'admin', 'x-seraph-loginreason': 'OUT, OK' }, body: '[]' }, 'over'],
    [{ status: 200, headers: { 'x-ausername': 'admin', 'x-seraph-loginreason': 'ok' }, body: '[]' }, 'ours'],
    [{ status: 200, headers: {}, body: '[]' }, 'over'],
    [{ status: 200, headers: { 'x-seraph-loginreason': '' }, body: '[]' }, 'over'],
    [{ status: 200, headers: { 'x-ausername': 'admin, eve' }, body: '[]' }, 'another-user'],
    [{ status: 401, headers: { 'x-ausername': 'admin', 'x-seraph-loginreason': 'OK, OK' }, body: '' }, 'asks-again'],
    [{ status: 200, headers: { 'x-ausername': 'anonymous' }, body: '[]' }, 'over'],
    [{ status: 200, headers: { 'x-ausername': 'eve' }, body: '[]' }, 'another-user'],
    [{ status: 401, headers: {}, body: '' }, 'over'],
    [{ status: 401, headers: { 'x-ausername': 'admin', 'x-seraph-loginreason': 'OK' }, body: '' }, 'asks-again'],
    [{ status: 302, headers: { location: '/jira/login.jsp' }, body: '' }, 'over'],
    [{ status: 302, headers: { 'x-ausername': 'admin', location: WEB_SUDO }, body: '' }, 'asks-again'],
    [{ status: 302, headers: { location: WEB_SUDO }, body: '' }, 'asks-again'],
    [{ status: 302, headers: { 'x-ausername': 'anonymous', location: WEB_SUDO }, body: '' }, 'over'],
    [{ status: 303, headers: { 'x-ausername': 'admin', location: WEB_SUDO }, body: '' }, 'over'],
    [{ status: 302, headers: { location: `https://login.example${WEB_SUDO}` }, body: '' }, 'intercepted'],
    [{ status: 302, headers: { location: `/jira/login.jsp?os_destination=${WEB_SUDO}` }, body: '' }, 'over'],
    [{ status: 302, headers: { location: 'https://login.example/' }, body: '' }, 'intercepted'],
    [{ status: 502, headers: {}, body: '' }, 'inconclusive'],
    [{ status: 404, headers: {}, body: '' }, 'inconclusive'],
    [{ status: 502, headers: { 'x-ausername': 'admin' }, body: '' }, 'ours'],
    [{ status: 404, headers: { 'x-ausername': 'anonymous' }, body: '' }, 'over'],
  ])('%j is %s', (response, verdict) => {
    expect(judgeSession(response, base, 'admin')).toBe(verdict)
  })

  it.each(['Doe, Jane', 'Doe%2C%20Jane'])('a name may hold a comma: %s', (name) => {
    const response = { status: 200, headers: { 'x-ausername': name }, body: '[]' }
    expect(judgeSession(response, base, 'doe, jane')).toBe('ours')
  })
})

it.each([
  ['quits', async (main: ReturnType<typeof startMain>) => main.close()],
  [
    'removes the server',
    async (main: ReturnType<typeof startMain>, serverId: string) =>
      void (await main.ask('servers:remove', { serverId })),
  ],
  [
    'enters another credential',
    async (main: ReturnType<typeof startMain>, serverId: string) =>
      void (await setCredential(main, {
        serverId,
        credential: { kind: 'token', user: '', secret: 'admin-token' },
        isSessionOnly: true,
      })),
  ],
])('the session is ended on the server when the user %s', async (_name, act) => {
  const jira = await startJira({ synchronizations: 3 })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  expect(jira.cluster.nodes[0]?.sessions.count('admin')).toBe(1)
  await act(main, serverId)
  await expect.poll(() => jira.cluster.nodes[0]?.sessions.count('admin')).toBe(0)
  expect(JSON.stringify([main.events, main.log])).not.toMatch(/JSESSIONID/i)
})

it.each([302, 307, 308])(
  'redirects are not followed: neither a body nor a header goes elsewhere (%i)',
  async (status) => {
    const { jira, client } = await scene()
    const other = await startJira({ host: '127.0.0.2' })
    await client.read({ path: '/integrations' })
    jira.faults.add({
      path: '/integrations/INT-2',
      fault: { kind: 'answer', status, headers: { Location: `${other.baseUrl}${API}/integrations/INT-2` }, body: '' },
    })
    await expect(
      client.write({
        method: 'PUT',
        path: '/integrations/INT-2',
        json: { password: 'secret' },
        action: 'update',
        object: 'INT-2',
      }),
    ).rejects.toMatchObject({ code: 'auth.intercepted' })
    await expect(client.read({ path: '/integrations/INT-2' })).rejects.toMatchObject({ code: 'auth.intercepted' })
    expect(other.seen).toEqual([])
  },
)

it.each([
  ['the log-in', async () => undefined],
  [
    'a request by its session',
    async (main: TestMain, serverId: string) => main.ask('synchronizations:refresh', { serverId }),
  ],
])('setting another password breaks off requests with the old one: %s', async (_what, logIn) => {
  const jira = await startJira({ synchronizations: 3 })
  const signals: (AbortSignal | undefined)[] = []
  const main = startMain({
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        ...transport,
        send: (request) => {
          signals.push(request.signal)
          return transport.send(request)
        },
      }
    },
  })
  const serverId = await addServer(main, jira)
  await logIn(main, serverId)
  const before = jira.requestsTo('/integrations').length
  jira.faults.add({ path: '/integrations', fault: { kind: 'hang' } })
  let isOver = false
  void main.ask('synchronizations:refresh', { serverId }).finally(() => (isOver = true))
  await until('it is under way', () => jira.requestsTo('/integrations').length > before)
  const last = signals.at(-1)
  await setCredential(main, {
    serverId,
    credential: { kind: 'basic', user: 'admin', secret: 'another' },
    isSessionOnly: true,
  })
  // At once: on its own it would also end, when its time is up.
  expect(last?.aborted).toBe(true)
  await until('it is over', () => isOver)
  expect(main.services.connections.gate(serverId).access.state).toBe('unknown')
})
