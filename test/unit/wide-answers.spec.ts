import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { MASK } from '../../src-contract/masking.ts'
import { systemClock } from '../../src-main/clock.ts'
import { JiraClient } from '../../src-main/http/jira-client.ts'
import { createTransport } from '../../src-main/http/transport.ts'
import { openGate } from '../support/open-gate.ts'

const SECRET = 'canary-Pä55/ÿ'

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const little = (text: string): Buffer => Buffer.from(text, 'utf16le')
const WIDE: readonly [string, string, (text: string) => Buffer][] = [
  ['by its type', 'text/plain; charset=UTF-16LE', little],
  ['by its type, big-endian', 'text/plain;charset="utf-16"', (text) => little(text).swap16()],
  ['by a mark', 'text/html', (text) => little(`\ufeff${text}`)],
  ['by a mark, big-endian', 'text/html', (text) => little(`\ufeff${text}`).swap16()],
  ['by its zeros', '', little],
  ['by its zeros, big-endian', '', (text) => little(text).swap16()],
]

async function answerTo(type: string, status: number, body: Buffer) {
  const baseUrl = await serve((request, response) => {
    if (request.url?.includes('serverInfo') === true)
      return response
        .writeHead(200, { 'content-type': 'application/json', 'x-ausername': 'anonymous' })
        .end('{"version":"10.3.4","deploymentType":"Server","serverTitle":"Jira"}')
    return response.writeHead(status, { 'content-type': type }).end(body)
  })
  const gate = openGate()
  const client = new JiraClient({
    baseUrl,
    apiPath: '/api',
    gate,
    transport: createTransport({ caPem: '' }),
    credential: () => Promise.resolve({ kind: 'basic', user: 'anna', secret: SECRET }),
    limit: () => 1,
    clock: systemClock,
    random: () => 0,
  })
  onTestFinished(() => client.close())
  const failure: unknown = await client.read({ path: '/integrations' }).catch((error: unknown) => error)
  return { failure, gate }
}

it.each(WIDE)(
  'an answer in UTF-16, told %s, is read, and what it says of the password is struck',
  async (_how, type, wide) => {
    const { failure } = await answerTo(
      type,
      400,
      wide(`No ${SECRET} here, ${Buffer.from(`anna:${SECRET}`).toString('base64')}`),
    )
    expect(failure).toMatchObject({ data: { serverText: `No ${MASK} here, ${MASK}` } })
  },
)

it('a page for logging in is known in UTF-16 as well', async () => {
  const page = little('\ufeff<html><form><input type="password"></form></html>')
  const { gate } = await answerTo('text/html', 403, page)
  expect(gate.access).toMatchObject({ state: 'blocked', reason: 'rejected' })
})

it('a type that names UTF-16 in vain changes nothing', async () => {
  const { failure } = await answerTo('text/plain; charset=utf-16', 400, Buffer.from(`No ${SECRET} here`))
  expect(failure).toMatchObject({ data: { serverText: `No ${MASK} here` } })
})

it('an answer beyond a limit of less than a megabyte is not reported as larger than 0 MB', async () => {
  const url = new URL(await serve((_request, response) => response.end('x'.repeat(70_000))))
  const transport = createTransport({ caPem: '' })
  await expect(transport.send({ method: 'GET', url, headers: {}, body: null, maxBytes: 65_536 })).rejects.toMatchObject(
    { data: { message: { key: 'errors.body.tooLargeSmall', values: { kilobytes: 64 } } } },
  )
})
