import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { patience } from '../../tools/patience.ts'
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

const BOMBS: Readonly<Record<string, () => Buffer>> = {
  'levels without end, and the credential': () => bomb('', '[', ` ${BASIC}`),
  'very many objects, and the credential': () => bomb('[', '{},', `{}] ${BASIC}`),
  'nothing but addresses': () => bomb('["', 'http://a:b@c ', '"]'),
  'nothing but the beginnings of addresses': () => bomb('["', '://', '@"]'),
  'nothing but escaped at signs': () => bomb('["', '\\u0040', '"]'),
  'nothing but the password': () => bomb('["', SECRET, '"]'),
}

/** The server at `address` answers the list with `body` once `isOn`, and counts how often. */
async function bombingServer(body: Buffer, status: number): Promise<{ address: string; isOn: boolean; sent: number }> {
  const state = { address: '', isOn: false, sent: 0 }
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    const isNobody = request.headers.authorization === undefined && request.headers.cookie === undefined
    if (isNobody && request.url?.includes('os_authType')) return void response.writeHead(401).end()
    if (request.url?.includes('serverInfo')) return void response.end(JSON.stringify(SERVER_INFO))
    response.setHeader('x-ausername', 'admin')
    if (!state.isOn) return void response.end('[]')
    state.sent += 1
    response.writeHead(status, { 'content-encoding': 'gzip' })
    response.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  state.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

async function readFrom(
  body: Buffer,
  status: number,
): Promise<{ usedMs: number; code: string | undefined; sentAgain: number }> {
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
  const { sent } = server
  await main.services.reader.refresh(serverId)
  return {
    usedMs: (user + system) / 1000,
    code: main.services.reachability.get(serverId).error?.code,
    sentAgain: server.sent - sent,
  }
}

it.each(Object.entries(BOMBS))(
  'an answer that holds %s is refused soon, and not asked for again in the next round',
  async (_name, make) => {
    const { usedMs, code, sentAgain } = await readFrom(make(), 200)
    expect(code).toBe('http.body-too-large')
    expect(sentAgain).toBe(0)
    expect(usedMs).toBeLessThan(patience(2000))
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
