import { expect, it } from 'vitest'
import { MASK } from '../../src-contract/masking.ts'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import { notRemembered, Session } from '../../src-main/http/session.ts'
import { SentSecrets } from '../../src-main/http/sent-secrets.ts'
import { transmit } from '../../src-main/http/transmission.ts'
import { timesYardstick } from '../support/processor-time.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const EARLIER = '0A1B2C3D4E5F60718293A4B5C6D7E8F9'
const NOW = 'F9E8D7C6B5A493827160F5E4D3C2B1A0'

/** A session, and requests with its cookie that are answered as said. */
function scene(secret = 'a password') {
  const clock = new SimulatedClock()
  const session = new Session({ baseUrl: new URL('https://jira.example/jira'), clock, store: notRemembered() })
  const sent = new SentSecrets(clock)
  const open = (id: string): void => {
    session.cookies.keep({ headers: { 'set-cookie': [`JSESSIONID=${id}; Path=/`] } }, session.resource, {
      withSession: true,
    })
    session.begin(session.resource, true)
  }
  const ask = (answer: HttpResponse): Promise<HttpResponse> =>
    transmit(
      { transport: { send: () => Promise.resolve(answer), close: () => undefined }, session, sent },
      {
        request: { method: 'GET', url: session.resource, headers: {}, maxBytes: 1_000 },
        credential: { kind: 'basic', user: 'admin', secret },
        onAnswer: () => undefined,
      },
      { cookie: session.cookies.header(session.resource, { withSession: true }) },
      AbortSignal.timeout(60_000),
    )
  return { session, open, ask }
}

it('what a server says of an earlier session, which may still exist there, is struck', async () => {
  const { session, open, ask } = scene()
  open(EARLIER)
  // As after another user's answer: the session is left, and not ended.
  session.drop()
  open(NOW)
  const body = JSON.stringify({ errorMessages: [`${EARLIER} is not ${NOW}`] })
  const answer = await ask({ status: 400, headers: { location: `/x;jsessionid=${EARLIER}` }, body })
  expect(answer).toMatchObject({ headers: { location: `/x;jsessionid=${MASK}` } })
  expect(answer.body).toBe(JSON.stringify({ errorMessages: [`${MASK} is not ${MASK}`] }))
})

it('a user’s name is left where a cookie says it too', async () => {
  const { open, ask } = scene()
  open('admin')
  const answer = await ask({ status: 200, headers: { 'x-ausername': 'admin' }, body: '' })
  expect(answer.headers).toEqual({ 'x-ausername': 'admin' })
})

it('a cookie that is renewed with each answer costs little, whatever the password is made of', async () => {
  const { open, ask } = scene('a1!b2?c3#é')
  open(NOW)
  const body = JSON.stringify([{ integrationKey: 'INT-2', status: { status: 'RUNNING' } }])
  const inYardsticks = await timesYardstick(async () => {
    for (let number = 1_000; number < 1_200; number += 1)
      await ask({ status: 200, headers: { 'set-cookie': [`AWSALB=${'aZ0+/'.repeat(20)}${number}; Path=/`] }, body })
  })
  expect(inYardsticks).toBeLessThan(40)
})
