import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createTransport } from '../../src-main/http/transport.ts'
import { findSecrets } from '../support/secrets.ts'

const SECRET = 'pröxy-Secret/7f3a+91c2'

it('a proxy’s password is struck from the error page of a proxy over plain http', async () => {
  const proxy = createServer((request, response) => {
    const header = request.headers['proxy-authorization'] ?? 'none'
    const [, password = ''] = Buffer.from(header.replace('Basic ', ''), 'base64').toString('utf8').split(':')
    response
      .writeHead(503, { 'x-sent': header })
      .end(`<p>Bad gateway: ${header}, ${password}, ${encodeURIComponent(password)}</p>`)
  })
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void proxy.close())
  const way = new URL(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
  way.username = 'proxy-user'
  way.password = SECRET
  const transport = createTransport({ caPem: '', routeTo: async () => ({ proxy: way, reason: 'bySettings' }) })
  onTestFinished(() => transport.close())
  const answer = await transport.send({
    method: 'GET',
    url: new URL('http://jira.example/rest'),
    headers: {},
    body: null,
    maxBytes: 10_000,
  })
  expect(answer.status).toBe(503)
  expect(answer.body).toMatch(/^<p>Bad gateway: Basic .+<\/p>$/)
  expect(findSecrets({ SECRET }, [{ name: 'answer', bytes: Buffer.from(JSON.stringify(answer)) }])).toEqual([])
})
