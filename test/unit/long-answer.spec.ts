import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, it, onTestFinished } from 'vitest'
import { JiraClient } from '../../src-main/http/jira-client.ts'
import { secretPattern, strikeSecrets } from '../../src-main/http/strike-secrets.ts'
import { createTransport } from '../../src-main/http/transport.ts'
import { systemClock } from '../../src-main/clock.ts'
import { patience } from '../../tools/patience.ts'
import { openGate } from '../support/open-gate.ts'
import { leastStretch, processorTime } from '../support/processor-time.ts'

const SECRET = 'Kx7-long-secret'
const CREDENTIAL = { kind: 'basic', user: 'admin', secret: SECRET } as const
const COUNT = 24_000

/** A server on its own thread, so that its work is not counted: it answers one request with a long list. */
async function longServer(): Promise<string> {
  const code = `
    const { createServer } = require('node:http')
    const { parentPort, workerData } = require('node:worker_threads')
    const text = (index) => 'ünder a roof '.repeat(100)
    const items = Array.from({ length: workerData.count }, (_, index) => ({ key: 'INT-' + index, text: text(index), address: 'https://anna:pw' + index + '@jira.example/', header: index % 1000 === 999 ? workerData.header : '' }))
    const body = Buffer.from(JSON.stringify(items))
    const server = createServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      if (request.url.includes('os_authType') && request.headers.authorization === undefined) return response.writeHead(401).end()
      if (request.url.includes('serverInfo')) return response.end('{"version":"10.3.4","deploymentType":"Server","serverTitle":"Jira"}')
      response.setHeader('x-ausername', 'admin')
      response.end(request.url.includes('/list') ? body : '[]')
    })
    // The measured code may take longer than Node keeps an idle connection.
    server.keepAliveTimeout = 120_000
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`
  const header = `Basic ${Buffer.from(`admin:${SECRET}`).toString('base64')} of ${SECRET}`
  const worker = new Worker(code, { eval: true, workerData: { count: COUNT, header } })
  onTestFinished(() => void worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  return `http://127.0.0.1:${port}`
}

it(
  'an answer of 32 MB is decoded, struck and parsed in slices between which everything else has its turn',
  async () => {
    const client = new JiraClient({
      baseUrl: await longServer(),
      apiPath: '/api',
      gate: openGate(),
      transport: createTransport({ caPem: '' }),
      credential: async () => CREDENTIAL,
      limit: () => 6,
      clock: systemClock,
      random: () => 0,
    })
    onTestFinished(() => client.close())
    // Code loaded and compiled for the first request does not belong to the answer.
    await client.read({ path: '/first' })
    let list: { key: string; text: string; address: string; header: string }[] = []
    const reading = async (): Promise<void> => {
      list = (await client.read({
        path: '/list',
        maxBytes: 64 * 1_048_576,
        bounds: { maxValues: 3_000_000 },
      })) as typeof list
    }
    await reading()
    expect(list).toHaveLength(COUNT)
    expect(list[COUNT - 1]).toEqual({
      key: `INT-${COUNT - 1}`,
      text: 'ünder a roof '.repeat(100),
      address: 'https://••••••@jira.example/',
      header: 'Basic •••••• of ••••••',
    })
    expect(list.filter(({ header }) => header !== '').every(({ header }) => header === 'Basic •••••• of ••••••')).toBe(
      true,
    )
    expect(list.some(({ address }) => address.includes('anna'))).toBe(false)

    // What a part of the same takes in one go, on this computer and now.
    const body = Buffer.from(JSON.stringify(list))
    const inOneGo = await processorTime(() =>
      strikeSecrets({ status: 200, headers: {}, body: body.toString('utf8') }, secretPattern(CREDENTIAL)),
    )
    const limit = inOneGo.longest / 2
    expect(await leastStretch(limit, reading)).toBeLessThan(limit)
  },
  patience(30_000),
)
