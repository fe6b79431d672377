import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { withCredential } from '../support/connection-tests.ts'
import { movableClock } from '../support/movable-clock.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

const PAGE = { 'content-type': 'text/html' }

/** A server that answers everything alike, what it was asked, and whether a credential came. */
async function startStranger(status: number, headers: Record<string, string>, body = '<html>Welcome</html>') {
  const seen: string[] = []
  const heard: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    heard.push(request.headers.authorization ?? '')
    request.setEncoding('utf8').on('data', (text: string) => heard.push(text))
    request.on('end', () => response.writeHead(status, headers).end(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, heard }
}

const SECRET = 'pw-Geheim-1'

/** The server of that address with a credential, read three times. */
async function read(main: TestMain, address: string, kind: 'basic' | 'token') {
  const { id: serverId } = await main.ask('servers:add', {
    name: 'T',
    address,
    apiPath: '',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
  })
  const credential = { kind, user: kind === 'basic' ? 'admin' : '', secret: SECRET }
  await setCredential(main, { serverId, credential, isSessionOnly: false })
  for (let round = 0; round < 3; round += 1) await main.ask('synchronizations:refresh', { serverId })
  return serverId
}

const stateOf = async (main: TestMain) => {
  const [server] = await main.ask('servers:list', {})
  return { access: server?.access, error: server?.reach.error }
}

const STRANGERS: [string, number, Record<string, string>, string?][] = [
  ['leads to a log-in on the same host', 302, { location: '/sso/login?goto=x' }],
  ['leads to another path of the same host', 302, { location: '/tracker/rest/api/2/serverInfo' }],
  ['leads to another host', 302, { location: 'https://login.example/' }],
  ['asks for a password of its own', 401, { 'www-authenticate': 'Basic realm="Restricted area (nginx)"' }],
  ['asks by Kerberos', 401, { 'www-authenticate': 'Negotiate' }],
  ['refuses visitors', 403, PAGE],
  ['shows a page', 200, PAGE],
  ['says something else in JSON', 200, { 'content-type': 'application/json' }, '{"version":"1.0"}'],
  ['is a teapot', 418, {}],
]

const BARE: [string, (path: string) => readonly [number, string]][] = [
  ['refuses visitors everything, without a sign of Jira’s', () => [401, '']],
  ['refuses visitors everything in JSON', () => [403, '{"message":"Forbidden"}']],
  ['tells a version alone', (path) => (path.endsWith('/serverInfo') ? [200, '{"version":"9.12.0"}'] : [401, ''])],
  ['knows Backbone’s API alone', (path) => (path.includes('/integrations') ? [401, '<html>Log in</html>'] : [404, ''])],
]

it.each(STRANGERS)('no password goes to a server that %s', async (_name, status, headers, body) => {
  const stranger = await startStranger(status, headers, body)
  const main = startMain()
  await read(main, stranger.address, 'basic')
  expect(await stateOf(main)).toMatchObject({
    access: { state: 'blocked', reason: 'intercepted' },
    error: { code: 'auth.intercepted' },
  })
  expect(stranger.heard.join('')).toBe('')
  // Nothing is asked again before the user acts.
  expect(stranger.seen.filter((request) => request.endsWith('/serverInfo'))).toHaveLength(1)
})

it.each(BARE)('a password goes to a server that %s: it may be a Jira behind something', async (_name, answer) => {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization ?? '')
    request.setEncoding('utf8').on('data', (text: string) => heard.push(text))
    const [status, body] = answer(request.url ?? '')
    request.on('end', () => response.writeHead(status).end(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const main = startMain()
  await read(main, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'basic')
  const secrets = heard.filter((text) => text !== '')
  // Refused, or answered by something else: tried once in any case.
  expect(secrets).toHaveLength(1)
  expect((await stateOf(main)).access?.state).toBe('blocked')
})

it('the user may have a reason to send the password to such a server nevertheless', async () => {
  const stranger = await startStranger(302, { location: '/sso/login' })
  const { clock, moveOn } = movableClock()
  const main = startMain({ clock })
  const serverId = await read(main, stranger.address, 'basic')
  moveOn(10_000)
  await main.ask('servers:try-once', { serverId }).catch(() => undefined)
  expect(stranger.heard.join('')).toContain(SECRET)
})

it('a token goes past what stands before Jira, as single sign-ons let it', async () => {
  const stranger = await startStranger(302, { location: '/sso/login' })
  await read(startMain(), stranger.address, 'token')
  expect(stranger.heard.join('')).toContain(SECRET)
})

it('no password goes where no Jira is found, as while it starts; it goes once Jira is there, without an act', async () => {
  const jira = await startJira({ synchronizations: 3 })
  jira.faults.add({ path: '/', fault: { kind: 'answer', status: 404, body: '<html>Not deployed</html>' } })
  const main = startMain()
  const serverId = await addServer(main, jira)
  for (let round = 0; round < 3; round += 1) {
    await main.ask('synchronizations:refresh', { serverId })
    expect(await stateOf(main)).toMatchObject({
      access: { state: 'unknown' },
      error: { code: 'auth.intercepted', message: { key: 'errors.answer.noJira' } },
    })
  }
  expect(withCredential(jira)).toBe(0)
  jira.faults.clear()
  await main.ask('synchronizations:refresh', { serverId })
  expect(await stateOf(main)).toMatchObject({ access: { state: 'ok' }, error: null })
  expect(await main.rows()).toHaveLength(3)
})

it('where something hides the version alone, Jira is recognised by what it refuses itself', async () => {
  const jira = await startJira({ synchronizations: 3 })
  jira.faults.add({
    path: '/rest/api/2/serverInfo',
    method: 'GET',
    fault: { kind: 'answer', status: 403, body: '<html>Firewall</html>' },
  })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  expect(await stateOf(main)).toMatchObject({ access: { state: 'ok' }, error: null })
})
