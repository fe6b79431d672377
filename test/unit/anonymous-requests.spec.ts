import { expect, it } from 'vitest'
import type { ErrorCode } from '../../src-contract/errors.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { JiraClient } from '../../src-main/http/jira-client.ts'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import type { Transport } from '../../src-main/http/transport.ts'
import { openGate } from '../support/open-gate.ts'
import { settled, SimulatedClock } from '../support/simulated-clock.ts'

const OWN = 'http://jira.example'
const SERVER_INFO =
  '{"version":"10.3.4","deploymentType":"Server","serverTitle":"Jira","baseUrl":"http://jira.example"}'
const info: HttpResponse = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: SERVER_INFO,
}

/** A client that logs in with a token, and what each request of its own was. */
function scene() {
  const clock = new SimulatedClock()
  const sent: string[] = []
  const client = new JiraClient({
    baseUrl: OWN,
    apiPath: '/api',
    gate: openGate(clock),
    transport: {
      send: async ({ url }) => {
        sent.push(url.pathname)
        if (!url.pathname.startsWith('/api')) return info
        return {
          status: 200,
          headers: {
            'content-type': 'application/json',
            'x-ausername': 'admin',
          },
          body: '{}',
        }
      },
      close: () => undefined,
    },
    credential: async () => ({ kind: 'token', user: '', secret: 'right' }),
    limit: () => 6,
    clock,
    random: () => 0,
  })
  return { clock, client, sent }
}

/** What answers an anonymous request. */
const answering = (answer: () => Promise<HttpResponse>): Transport => ({
  send: answer,
  close: () => undefined,
})
const URL_OF = {
  own: new URL(`${OWN}/rest/api/2/serverInfo`),
  other: new URL('http://proxy.example/'),
}

it('a demand to wait holds every request, what is left for anonymous visitors holds none', async () => {
  const { clock, client, sent } = scene()
  await client.read({ path: '/first' })
  const left = {
    'x-ratelimit-limit': '10',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-interval-seconds': '60',
  }
  await client.anonymously(
    URL_OF.own,
    answering(async () => ({ ...info, headers: left })),
    1_000,
  )
  await client.read({ path: '/second' })
  const headers = { ...left, 'retry-after': '30' }
  await client.anonymously(
    URL_OF.own,
    answering(async () => ({ ...info, status: 429, headers })),
    1_000,
  )
  await expect(client.read({ path: '/third' })).rejects.toMatchObject({
    code: 'http.rate-limited',
  })
  await clock.advance(31_000)
  await client.read({ path: '/third' })
  expect(sent.filter((path) => path.startsWith('/api'))).toEqual(['/api/first', '/api/second', '/api/third'])
})

it('an anonymous answer that was received elsewhere a moment ago spares the log-in its own', async () => {
  const [asking, told] = [scene(), scene()]
  await asking.client.read({ path: '/first' })
  expect(asking.sent).toEqual(['/rest/api/2/serverInfo', '/api/first'])
  told.client.heardAnonymously(info)
  await told.client.read({ path: '/first' })
  expect(told.sent).toEqual(['/api/first'])
})

it('failures on this server let one request out at a time; those on another do not, nor what was called off', async () => {
  const { client } = scene()
  const fail = async (url: URL, code: ErrorCode): Promise<void> => {
    const failing = answering(() => Promise.reject(new AppError(code, foreign('It failed.'))))
    for (let count = 0; count < 3; count += 1)
      await expect(client.anonymously(url, failing, 1_000)).rejects.toMatchObject({ code })
  }
  /** How many of two leave before one is answered; both are, in the end. */
  const leavingAtOnce = async (): Promise<number> => {
    const answer = Promise.withResolvers<HttpResponse>()
    let count = 0
    const transport = answering(() => {
      count += 1
      return answer.promise
    })
    const both = [1, 2].map(() => client.anonymously(URL_OF.own, transport, 1_000))
    await settled()
    const left = count
    answer.resolve(info)
    await Promise.all(both)
    return left
  }
  await fail(URL_OF.other, 'net.unreachable')
  expect(await leavingAtOnce()).toBe(2)
  await fail(URL_OF.own, 'net.aborted')
  expect(await leavingAtOnce()).toBe(2)
  await fail(URL_OF.own, 'net.unreachable')
  await client.anonymously(
    URL_OF.other,
    answering(async () => info),
    1_000,
  )
  expect(await leavingAtOnce()).toBe(1)
  expect(await leavingAtOnce()).toBe(2)
})
