import { createServer, request } from 'node:http'
import { createServer as createRawServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { say } from '../../src-main/text/say.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import { addServer, serverInput, startJira, startMain } from '../support/services.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { leadsElsewhere } from '../../src-main/http/redirects.ts'
import { judgeResponse } from '../../src-main/http/response-verdict.ts'
import { judgeServerInfo } from '../../src-main/http/jira-recognition.ts'
import { inspectAddress } from '../../src-main/servers/address.ts'
import { createTransport } from '../../src-main/http/transport.ts'

const closing: (() => void)[] = []
afterAll(() => closing.forEach((close) => close()))

async function listen(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close())
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

/** A server whose answers carry so many kilobytes of cookies. */
const withCookies = (kilobytes: number): Promise<URL> =>
  listen(
    createServer((_request, response) => {
      const lines = Array.from({ length: kilobytes }, (_, index) => `c${index}=${'x'.repeat(1_000)}; Path=/`)
      response.writeHead(200, { 'Set-Cookie': lines, Connection: 'close' }).end('[]')
    }),
  )

/** The address of a proxy that sets these cookies before Jira's own. */
const behindCookies = (jira: SimulatedJira, cookies: readonly string[]): Promise<URL> =>
  listen(
    createServer((asked, response) => {
      const { method, url = '', headers } = asked
      const passedOn = request(jira.baseUrl + url, { method, headers }, (answer) => {
        const setCookies = [...cookies, ...(answer.headers['set-cookie'] ?? [])]
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, 'set-cookie': setCookies })
        answer.pipe(response)
      })
      asked.pipe(passedOn)
    }),
  )

async function ask(url: URL, method: 'GET' | 'PUT' = 'GET'): Promise<HttpResponse | AppError> {
  const transport = createTransport({ caPem: '' })
  closing.push(() => transport.close())
  try {
    return await transport.send({ method, url, headers: {}, body: null, maxBytes: 1_000 })
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
}

it('headers with more cookies than Node accepts by default are read', async () => {
  const answer = await ask(await withCookies(200))
  expect(answer).toMatchObject({ status: 200, body: '[]' })
  expect('headers' in answer && answer.headers['set-cookie']).toHaveLength(200)
})

it.each([
  ['of a megabyte', [`big=${'x'.repeat(1_000_000)}; Path=/`]],
  ['in thousands', Array.from({ length: 3_000 }, (_, index) => `c${index}=x; Path=/`)],
])('a session is kept behind cookies %s, and the password goes once', async (_name, cookies) => {
  const jira = await startJira({ synchronizations: 2 })
  const main = startMain()
  const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
  const address = (await behindCookies(jira, cookies)).href
  const { id: serverId } = await main.ask('servers:add', { ...serverInput(jira, { address }), credential })
  const refresh = () => main.ask('synchronizations:refresh', { serverId })
  await refresh()
  await refresh()
  expect((await main.rows()).length).toBe(2)
  expect(jira.seen.filter(({ by }) => by === 'password')).toHaveLength(1)
})

it.each(['GET', 'PUT'] as const)(
  'headers beyond every measure are broken off, and it is said what they are (%s)',
  async (method) => {
    const failure = await ask(await withCookies(2_200), method)
    if (!(failure instanceof AppError)) throw new Error('It was accepted')
    expect(failure.code).toBe('http.body-too-large')
    expect(say(failure.data.message)).toBe('The answer’s headers are larger than 2 MB.')
    expect(failure.isAnswerLost).toBe(true)
  },
)

it('what is not HTTP is said to be so, and not to be out of reach', async () => {
  const url = await listen(createRawServer((socket) => socket.on('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))))
  const failure = await ask(url)
  if (!(failure instanceof AppError)) throw new Error('It was accepted')
  expect(say(failure.data.message)).toBe(`The answer from ${url.host} is not valid HTTP (HPE_INVALID_CONSTANT).`)
  expect(failure).toMatchObject({ code: 'net.unreachable', isAnswerLost: true })
})

function answerOverlong(jira: SimulatedJira, path: string): void {
  const headers = Object.fromEntries(Array.from({ length: 220 }, (_, index) => [`X-${index}`, 'x'.repeat(10_000)]))
  jira.faults.add({ path, fault: { kind: 'answer', status: 200, headers, body: '[]' } })
}

it.each([
  ['a password', 'basic', 'admin'],
  ['a token that was never accepted', 'token', 'admin-token'],
] as const)('%s whose answer has such headers goes no more, and it is said why', async (_name, kind, secret) => {
  const jira = await startJira({ synchronizations: 2 })
  answerOverlong(jira, '/integrations')
  const main = startMain()
  const serverId = await addServer(main, jira, { kind, secret })
  const refresh = () => main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
  await refresh()
  await refresh()
  const server = (await main.ask('servers:list', {}))[0]
  expect(server?.access).toMatchObject({ state: 'blocked', reason: 'overlong', attempts: 1 })
  expect(jira.requestsTo('/integrations')).toHaveLength(1)
  const error = server?.reach.error
  expect(error && say(error.message)).toMatch(/headers/)
  // It survives a restart.
  await main.close()
  const again = startMain({ folder: main.folder, keychain: main.keychain })
  expect((await again.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'overlong' })
})

/** A server whose readings go by this credential, and its gate. */
async function scene(options: JiraOptions = {}, credential: Parameters<typeof addServer>[2] = {}) {
  const jira = await startJira({ synchronizations: 2, ...options })
  const main = startMain()
  const serverId = await addServer(main, jira, credential)
  const refresh = () => main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
  return { jira, main, serverId, refresh, access: () => main.services.connections.gate(serverId).access }
}

it('a password that goes each time goes no more after such an answer, although it was accepted before', async () => {
  const { jira, refresh, access } = await scene({ hasSessions: false })
  await refresh()
  expect(access().state).toBe('ok')
  answerOverlong(jira, '/integrations')
  await refresh()
  const sent = jira.seen.filter(({ by }) => by === 'password').length
  await refresh()
  expect(access()).toMatchObject({ state: 'blocked', reason: 'overlong' })
  expect(jira.seen.filter(({ by }) => by === 'password')).toHaveLength(sent)
})

it('a password with such an answer is not tried for another entry either, once its own has left the list', async () => {
  const { jira, main, serverId, refresh } = await scene()
  const other = await addServer(main, jira)
  answerOverlong(jira, '/integrations')
  await refresh()
  await main.ask('servers:remove', { serverId })
  await main.ask('synchronizations:refresh', { serverId: other }).catch(() => undefined)
  expect((await main.ask('servers:list', {}))[0]?.access).toMatchObject({ state: 'blocked', reason: 'overlong' })
  expect(jira.seen.filter(({ by }) => by === 'password')).toHaveLength(1)
})

it('a token that was accepted a moment ago continues after such an answer', async () => {
  const { jira, refresh, access } = await scene({}, { kind: 'token', user: '', secret: 'admin-token' })
  await refresh()
  answerOverlong(jira, '/integrations')
  await refresh()
  expect(access().state).not.toBe('blocked')
  jira.faults.clear()
  await refresh()
  expect(access().state).toBe('ok')
})

it('such an answer to a request without a password closes nothing', async () => {
  const { jira, refresh, access } = await scene()
  answerOverlong(jira, '/rest/api/2/serverInfo')
  await refresh()
  expect(access().state).not.toBe('blocked')
  expect(jira.seen.filter(({ by }) => by === 'password')).toHaveLength(0)
})

it('what such an answer closed is open at another address', async () => {
  const { jira, main, serverId, refresh, access } = await scene()
  answerOverlong(jira, '/integrations')
  await refresh()
  expect(access()).toMatchObject({ state: 'blocked', reason: 'overlong' })
  await main.ask('servers:update', { serverId, input: serverInput(jira, { address: `${jira.baseUrl}/moved` }) })
  expect(access().state).not.toBe('blocked')
})

it('an address with an impossibly long host is not an address, wherever a server names it', async () => {
  const address = `https://${'S'.repeat(100_000)}`
  const base = new URL('https://jira.example')
  const redirect = { status: 302, headers: { location: address }, body: '' }
  expect(leadsElsewhere(redirect, base)).toBe(false)
  expect(await judgeServerInfo(redirect, base)).toEqual({ kind: 'stranger', status: 302 })
  const captcha = { 'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${address}` }
  expect(judgeResponse({ status: 403, headers: captcha, body: '' }, base)).toMatchObject({ loginUrl: null })
  const info = { baseUrl: address.slice(0, 65_000), version: '10.3.4', buildNumber: 1, serverTitle: 'Jira' }
  expect(await judgeServerInfo({ status: 200, headers: {}, body: JSON.stringify(info) }, base)).toMatchObject({
    kind: 'jira',
    ownBaseUrl: null,
  })
  expect(inspectAddress(address).baseUrl).toBeNull()
})
