import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AppError } from '../../src-main/errors/app-error.ts'
import type { ProxyFinding } from '../../src-main/http/proxy-pass.ts'
import { mapNetworkError } from '../../src-main/http/network-error.ts'
import { createTransport, type HttpRequest } from '../../src-main/http/transport.ts'

const UPGRADE = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'
const RESPONSE_MS = 200

/** Somebody who says this to every request, and nothing after it. */
async function startSpeaker(words: string, heard: () => void = () => undefined): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(words)
      heard()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The result of a write to a server, and the gate of the proxy in front of it. */
async function write(
  speaker: string,
  isProxy: boolean,
  { responseMs = 60_000, ...more }: Partial<HttpRequest> & { responseMs?: number } = {},
) {
  const findings: ProxyFinding[] = []
  const logIn = {
    version: 1,
    enter: () => Promise.resolve({ settle: (finding: ProxyFinding) => (findings.push(finding), null) }),
  }
  const route = { proxy: new URL(`http://me:perhaps@${speaker}`), reason: 'bySettingsWithUser', logIn } as const
  const longMs = 60_000
  const transport = createTransport({
    caPem: '',
    ...(isProxy && { routeTo: () => Promise.resolve(route) }),
    timeoutsMs: {
      lookup: longMs,
      connect: longMs,
      secureConnect: longMs,
      send: longMs,
      response: responseMs,
      request: longMs,
    },
  })
  onTestFinished(() => transport.close())
  const url = new URL(isProxy ? 'http://jira.example/' : `http://${speaker}/`)
  const failure = await transport.send({ method: 'PUT', url, headers: {}, body: '{}', maxBytes: 1_000, ...more }).then(
    () => null,
    (error: AppError) => error,
  )
  return { code: failure?.code, key: failure?.data.message.key, isAnswerLost: failure?.isAnswerLost, findings }
}

describe.each([
  ['a server', false],
  ['a proxy over plain http', true],
])('%s', (_who, isProxy) => {
  it.each([
    ['that asks for it', UPGRADE],
    ['and goes on', `${UPGRADE}${'x'.repeat(1_000)}`],
    ['without a word', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['before an answer', 'HTTP/1.1 101 X\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
  ])('which changes to another protocol, %s, has not answered, and is not waited for', async (_how, words) => {
    expect(await write(await startSpeaker(words), isProxy)).toEqual({
      code: 'net.unreachable',
      key: 'errors.network.switched',
      isAnswerLost: true,
      findings: isProxy ? ['lost'] : [],
    })
  })

  it.each([
    ['nothing', ''],
    ['only that it is at work', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('which says %s may have done what it was sent', async (_what, words) => {
    expect(await write(await startSpeaker(words), isProxy, { responseMs: RESPONSE_MS })).toEqual({
      code: 'net.timeout',
      key: 'errors.network.timeout',
      isAnswerLost: true,
      findings: isProxy ? ['lost'] : [],
    })
  })
})

describe('what a proxy over plain http learns of its password', () => {
  it('is nothing where what was sent is called off, but not that it never left', async () => {
    const caller = new AbortController()
    const speaker = await startSpeaker('', () => caller.abort())
    expect(await write(speaker, true, { signal: caller.signal })).toMatchObject({
      code: 'net.aborted',
      findings: ['abandoned'],
    })
  })

  it('is that it never left where the request itself cannot be sent', async () => {
    const headers = { 'x-odd': 'two\nlines' }
    expect(await write(await startSpeaker(''), true, { headers })).toMatchObject({
      code: 'net.unreachable',
      isAnswerLost: false,
      findings: ['unsent'],
    })
  })
})

describe('a network that cannot be reached', () => {
  const broken = (code: string, syscall: string): Error =>
    Object.assign(new Error(`${syscall} ${code}`), { code, syscall })

  it.each(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN'])(
    'before there was a connection sent nothing; while an answer is waited for it may have (%s)',
    (code) => {
      const isLost = (syscall: string): boolean => mapNetworkError(broken(code, syscall), 'jira.example').isAnswerLost
      expect([isLost('connect'), isLost('read'), isLost('write')]).toEqual([false, true, true])
    },
  )
})
