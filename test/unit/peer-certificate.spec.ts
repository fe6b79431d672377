import { createServer as createTcpServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { expect, it, onTestFinished } from 'vitest'
import { readServerCertificate } from '../../src-main/http/peer-certificate.ts'
import { makeCertificate } from '../support/certificates.ts'

const DIRECT = { proxy: null, reason: 'none' } as const

async function portOf(server: Server, host: string): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done))
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

it.each(['127.0.0.1', '::1'])('the certificate of a server at %s is shown, trusted or not', async (host) => {
  const port = await portOf(createServer(await makeCertificate(host, { organization: 'Own' })), host)
  const url = new URL(`https://${host === '::1' ? `[${host}]` : host}:${port}/`)
  const shown = await readServerCertificate(url, DIRECT, '')
  expect(shown).toMatchObject({ canBeTrusted: true, subject: expect.stringContaining(host) })
  expect(shown?.pem).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+\n-----END CERTIFICATE-----$/)
})

it.each([
  ['for another host', () => makeCertificate('other.example')],
  ['that has expired', () => makeCertificate('127.0.0.1', { from: 0, until: Date.now() - 60_000 })],
  ['that is not valid yet', () => makeCertificate('127.0.0.1', { from: Date.now() + 3_600_000 })],
])('one %s cannot be trusted', async (_name, make) => {
  const port = await portOf(createServer(await make()), '127.0.0.1')
  expect(await readServerCertificate(new URL(`https://127.0.0.1:${port}/`), DIRECT, '')).toMatchObject({
    canBeTrusted: false,
  })
})

it('there is none where nobody listens, where no secure connection is spoken, and behind a proxy that is not there', async () => {
  const closed = createTcpServer()
  const port = await portOf(closed, '127.0.0.1')
  await new Promise((done) => closed.close(done))
  const nobody = new URL(`https://127.0.0.1:${port}/`)
  expect(await readServerCertificate(nobody, DIRECT, '')).toBeNull()
  const speaker = createTcpServer((socket) =>
    socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  )
  const plain = new URL(`https://127.0.0.1:${await portOf(speaker, '127.0.0.1')}/`)
  expect(await readServerCertificate(plain, DIRECT, '')).toBeNull()
  const route = { proxy: new URL(`http://127.0.0.1:${port}`), reason: 'bySettings' } as const
  expect(await readServerCertificate(plain, route, '')).toBeNull()
})
