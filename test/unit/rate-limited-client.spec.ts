import { expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { JiraClient, type WriteCall } from '../../src-main/http/jira-client.ts'
import type { Transport } from '../../src-main/http/transport.ts'
import { openGate } from '../support/open-gate.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const putTo = (path: string): WriteCall => ({ method: 'PUT', path, action: 'update', object: 'INT-2' })

/** A client whose server gives these answers for each path, one after the other, and `{}` from then on. */
function scene(
  answers: Record<string, number[]>,
  {
    onSend = () => undefined,
    headers = {},
    knock = [],
    onDisk = () => Promise.resolve(),
  }: {
    onSend?: (path: string) => void
    headers?: Record<string, string>
    knock?: number[]
    onDisk?: () => Promise<void>
  } = {},
) {
  const clock = new SimulatedClock()
  const sent: string[] = []
  const told: { code: string | undefined; hasLeft: boolean }[] = []
  const transport: Transport = {
    send: async ({ method, url }) => {
      if (!url.pathname.startsWith('/api'))
        return {
          status: knock.shift() ?? 200,
          headers: {},
          body: '{"version":"10.3.4","deploymentType":"Server","serverTitle":"Jira"}',
        }
      sent.push(`${method} ${url.pathname}`)
      onSend(url.pathname)
      return {
        status: answers[url.pathname]?.shift() ?? 200,
        headers: { 'content-type': 'application/json', 'x-ausername': 'admin', ...headers },
        body: '{}',
      }
    },
    close: () => undefined,
  }
  const client = new JiraClient({
    baseUrl: 'http://jira.example',
    apiPath: '/api',
    gate: openGate(clock),
    transport,
    // A token: the consequences of a password that may not have been accepted are shown elsewhere.
    credential: async () => ({ kind: 'token', user: '', secret: 'right' }),
    limit: () => 6,
    clock,
    random: () => 0,
    onDisk,
    onWrite: () => (failure, hasLeft) => void told.push({ code: (failure as AppError | null)?.code, hasLeft }),
  })
  return { clock, client, sent, told }
}

it('a 429 does not count as one of a reading’s three tries, as long as the server accepts others', async () => {
  const { clock, client, sent } = scene(
    { '/api/b': [429, 429, 429, 429, 429, 503, 503, 200] },
    {
      onSend: (path) => {
        // Another reading waits while this one is refused, as in a round.
        if (path === '/api/b') void client.read({ path: `/other-${sent.length}` })
      },
    },
  )
  await client.read({ path: '/first' })
  let answer: unknown
  void client.read({ path: '/b' }).then((value) => (answer = value))
  // In steps: on a busy machine an answer is read in several turns, and simulated time must not run ahead of it.
  for (let second = 0; second < 600 && answer === undefined; second += 1) await clock.advance(1_000)
  expect(answer).toEqual({})
  expect(sent.filter((path) => path === 'GET /api/b')).toHaveLength(8)
})

it('a server that only says 429 is reported after three', async () => {
  const { clock, client, sent } = scene({ '/api/b': Array.from({ length: 99 }, () => 429) })
  await client.read({ path: '/first' })
  const b = expect(client.read({ path: '/b' })).rejects.toMatchObject({ code: 'http.rate-limited' })
  await clock.advance(30_000)
  await b
  expect(sent.filter((path) => path === 'GET /api/b')).toHaveLength(3)
})

const JIRAS_OWN = {
  'x-ratelimit-limit': '10',
  'x-ratelimit-remaining': '0',
  'x-ratelimit-fillrate': '1',
  'x-ratelimit-interval-seconds': '1',
  'retry-after': '1',
}

it('a write that Jira’s own rate limiter refuses is sent once more, but not again; each sending is reported', async () => {
  const { clock, client, sent, told } = scene({ '/api/w': [429, 200], '/api/v': [429, 429] }, { headers: JIRAS_OWN })
  await client.read({ path: '/first' })
  const first = client.write(putTo('/w'))
  await clock.advance(5_000)
  expect(await first).toEqual({})
  const second = expect(client.write(putTo('/v'))).rejects.toMatchObject({
    code: 'http.rate-limited',
  })
  await clock.advance(60_000)
  await second
  expect(sent.slice(1)).toEqual(['PUT /api/w', 'PUT /api/w', 'PUT /api/v', 'PUT /api/v'])
  expect(told).toHaveLength(4)
})

it.each([
  ['says nothing else', {}],
  ['says when to come back', { 'retry-after': '1' }],
  ['tells half an account', { ...JIRAS_OWN, 'x-ratelimit-fillrate': '' }],
])(
  'a 429 that %s may come of a gateway that had passed the write on: it is not sent again, and its answer is lost',
  async (_name, headers) => {
    const { clock, client, sent } = scene({ '/api/w': [429, 200] }, { headers })
    await client.read({ path: '/first' })
    const write = expect(client.write(putTo('/w'))).rejects.toMatchObject({
      code: 'http.rate-limited',
      isAnswerLost: true,
    })
    await clock.advance(60_000)
    await write
    expect(sent.filter((path) => path.startsWith('PUT'))).toHaveLength(1)
  },
)

it('a write that waits for a limit and is never sent is reported as not sent', async () => {
  // The request before the credential is refused with 429, and nothing follows it.
  const { clock, client, sent, told } = scene({}, { knock: [429, 429] })
  const write = expect(client.write(putTo('/w'))).rejects.toMatchObject({
    code: 'http.rate-limited',
    isAnswerLost: false,
  })
  await clock.advance(60_000)
  await write
  expect([sent, told]).toEqual([
    [],
    [
      { code: 'http.rate-limited', hasLeft: false },
      { code: 'http.rate-limited', hasLeft: false },
    ],
  ])
})

it('a write leaves when what is noted of it is on the disk, and not before', async () => {
  let reached = (): void => undefined
  const disk = new Promise<void>((resolve) => (reached = resolve))
  const { clock, client, sent } = scene({}, { onDisk: () => disk })
  await client.read({ path: '/first' })
  const write = client.write(putTo('/w'))
  await clock.advance(60_000)
  expect(sent).toEqual(['GET /api/first'])
  reached()
  await clock.advance(1_000)
  await write
  expect(sent).toEqual(['GET /api/first', 'PUT /api/w'])
})

it('a write that the disk cannot record is not sent, and reported as such', async () => {
  const full = new AppError('storage.failed', foreign('full'))
  const { client, sent, told } = scene({}, { onDisk: () => Promise.reject(full) })
  await expect(client.write(putTo('/w'))).rejects.toBe(full)
  expect([sent, told]).toEqual([[], [{ code: 'storage.failed', hasLeft: false }]])
})
