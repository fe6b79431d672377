import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { said } from '../support/said.ts'
import { startMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

const SECRET = 'Kx7-secret'
const BASIC = Buffer.from(`admin:${SECRET}`).toString('base64')
const SERVER_INFO = {
  baseUrl: 'http://x',
  version: '9.12.0',
  versionNumbers: [9, 12, 0],
  buildNumber: 912000,
  deploymentType: 'Server',
  serverTitle: 'x',
}
const SIZE = 60_000_000

/** A body of 60 MB that is mostly one piece, as gzip makes it: a few hundred kB. */
const bomb = (head: string, piece: string, tail: string): Buffer =>
  gzipSync(
    Buffer.concat([
      Buffer.from(head),
      Buffer.alloc(Math.floor(SIZE / piece.length) * piece.length, piece),
      Buffer.from(tail),
    ]),
    { level: 1 },
  )

/** What is refused because of a bound, and how the bound is told. */
const BOMBS: Readonly<Record<string, readonly [make: () => Buffer, bound: RegExp]>> = {
  'levels without end, and the credential': [() => bomb('', '[', ` ${BASIC}`), /more than \S+ levels/],
  'very many objects, and the credential': [() => bomb('[', '{},', `{}] ${BASIC}`), /more than 50,000 items/],
  'nothing but addresses': [() => bomb('["', 'http://a:b@c ', '"]'), /a text of more than/],
  'nothing but the beginnings of addresses': [() => bomb('["', '://', '@"]'), /a text of more than/],
  'nothing but escaped at signs': [() => bomb('["', '\\u0040', '"]'), /a text of more than/],
  'nothing but the password': [() => bomb('["', SECRET, '"]'), /a text of more than/],
  'items full of coded letters': [
    () => bomb('[', `{"integrationKey":"INT-1","summary":"${'%53%41&#65; '.repeat(120)}"},`, '{}]'),
    /more than 300,000 places/,
  ],
}

/** The server at `address`, which knows its user, answers the list with `body` once `isOn`, and counts how often. */
async function bombingServer(body: Buffer, status: number): Promise<{ address: string; isOn: boolean; sent: number }> {
  const state = { address: '', isOn: false, sent: 0 }
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    const isNobody = request.headers.authorization === undefined && request.headers.cookie === undefined
    response.setHeader('x-ausername', isNobody ? 'anonymous' : 'admin')
    // Whoever demands a log-in, as a question may, is refused.
    if (isNobody && request.url?.includes('os_authType')) return void response.writeHead(401).end()
    if (request.url?.includes('serverInfo')) return void response.end(JSON.stringify(SERVER_INFO))
    if (isNobody) return void response.writeHead(401).end()
    if (request.url?.includes('auth/1/session')) return void response.end(JSON.stringify({ name: 'admin' }))
    if (!state.isOn || !request.url?.includes('/integrations')) return void response.end('[]')
    state.sent += 1
    response.writeHead(status, { 'content-encoding': 'gzip' })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  state.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

/** What came of reading the list once, and how often the rounds after that asked for it. */
async function readFrom(
  body: Buffer,
  status: number,
): Promise<{
  usedMs: number
  code: string | undefined
  words: string
  sent: number
  sentAgain: () => Promise<number>
}> {
  const server = await bombingServer(body, status)
  const main = startMain()
  const { id: serverId } = await main.ask('servers:add', {
    name: 'Test',
    address: server.address,
    apiPath: '',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
  })
  await setCredential(main, {
    serverId,
    credential: { kind: 'basic', user: 'admin', secret: SECRET },
    isSessionOnly: false,
  })
  await main.ask('synchronizations:refresh', { serverId })
  server.isOn = true
  const before = process.cpuUsage()
  await main.services.reader.refresh(serverId)
  const { user, system } = process.cpuUsage(before)
  const { error } = main.services.reachability.get(serverId)
  const sent = server.sent
  return {
    usedMs: (user + system) / 1000,
    code: error?.code,
    words: said(error?.message ?? null),
    sent,
    sentAgain: async () => {
      const already = server.sent
      await main.services.reader.refresh(serverId)
      return server.sent - already
    },
  }
}

it.each(Object.entries(BOMBS).map(([name, [make, bound]]) => ({ name, make, bound })))(
  'a list that holds $name is refused soon, for that, and not asked for again in the next round',
  async ({ make, bound }) => {
    const { usedMs, code, words, sent, sentAgain } = await readFrom(make(), 200)
    expect(words).toMatch(bound)
    expect(code).toBe('http.body-too-large')
    expect(sent).toBe(1)
    expect(await sentAgain()).toBe(0)
    expect(usedMs).toBeLessThan(patience(2000))
  },
  patience(60_000),
)

it(
  'a long list that is no JSON at its end is asked for once more, and then no longer in each round',
  async () => {
    const item = `{"integrationKey":"INT-1","summary":"${'a'.repeat(1500)}"},`
    const { usedMs, code, sent, sentAgain } = await readFrom(bomb('[', item, 'x]'), 200)
    expect(code).toBe('http.unexpected-body')
    expect(sent).toBe(1)
    expect(await sentAgain()).toBe(1)
    expect(await sentAgain()).toBe(0)
    expect(usedMs).toBeLessThan(patience(4000))
  },
  patience(60_000),
)

it(
  'of a refusal no more is waited for than is looked at, and it counts as one',
  async () => {
    const { usedMs, code } = await readFrom(bomb('<html>', '<a ', ''), 401)
    expect(code).toBe('auth.rejected')
    expect(usedMs).toBeLessThan(patience(500))
  },
  patience(60_000),
)
