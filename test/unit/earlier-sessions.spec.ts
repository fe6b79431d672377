import { expect, it } from 'vitest'
import { MASK } from '../../src-contract/masking.ts'
import { notRemembered, Session } from '../../src-main/http/session.ts'
import { SentSecrets } from '../../src-main/http/sent-secrets.ts'
import { transmit } from '../../src-main/http/transmission.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'

const EARLIER = '0A1B2C3D4E5F60718293A4B5C6D7E8F9'
const NOW = 'F9E8D7C6B5A493827160F5E4D3C2B1A0'

it('what a server says of an earlier session, which may still exist there, is struck', async () => {
  const clock = new SimulatedClock()
  const session = new Session({ baseUrl: new URL('https://jira.example/jira'), clock, store: notRemembered() })
  const open = (id: string): void => {
    session.cookies.keep({ headers: { 'set-cookie': [`JSESSIONID=${id}; Path=/`] } }, session.resource, {
      withSession: true,
    })
    session.begin(session.resource, true)
  }
  open(EARLIER)
  // As after another user's answer: the session is left, and not ended.
  session.drop()
  open(NOW)
  const body = JSON.stringify({ errorMessages: [`${EARLIER} is not ${NOW}`] })
  const answer = await transmit(
    {
      transport: {
        send: async () => ({ status: 400, headers: { location: `/x;jsessionid=${EARLIER}` }, body }),
        close() {},
      },
      session,
      sent: new SentSecrets(clock),
    },
    {
      request: { method: 'GET', url: session.resource, headers: {}, maxBytes: 1_000 },
      credential: { kind: 'basic', user: 'admin', secret: 'a password' },
      onAnswer: () => undefined,
    },
    { cookie: session.cookies.header(session.resource, { withSession: true }) },
    AbortSignal.timeout(1_000),
  )
  expect(answer).toMatchObject({ headers: { location: `/x;jsessionid=${MASK}` } })
  expect(answer.body).toBe(JSON.stringify({ errorMessages: [`${MASK} is not ${MASK}`] }))
})
