import { describe, expect, it } from 'vitest'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import { testConnection, verdictsOf } from '../support/connection-tests.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { spoken } from '../support/said.ts'
import { describeLimits } from '../../src-main/diagnosis/test-step-words.ts'

const SERVER_INFO = '/rest/api/2/serverInfo'

/** What was asked, below the API, and as whom. */
const asked = (jira: SimulatedJira): unknown[] => jira.seen.map(({ path, by }) => [path, by])
const ONCE = [
  [SERVER_INFO, null],
  ['/health', null],
  // With an address that says how to log in, which Jira refuses if it gets that far.
  [SERVER_INFO, null],
  ['/integrations', 'password'],
  [expect.stringMatching(/^\/integrations\/INT-\d+\/status$/), 'session'],
]

describe('asks nothing twice: the version, whether queries arrive, the list, and for the session something small', () => {
  it('of a saved server', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 3 })]
    const serverId = await addServer(main, jira)
    const steps = spoken(
      await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false }),
    )
    expect(verdictsOf(steps)).toMatchObject({ login: 'passed', rights: 'passed' })
    // After that it is read, as whenever a log-in was accepted.
    expect(asked(jira).slice(0, ONCE.length)).toEqual(ONCE)
  })

  it('of typed data, and then the session is ended', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 3 })]
    expect((await testConnection(main, jira)).verdicts).toMatchObject({ login: 'passed', rights: 'passed' })
    expect(asked(jira)).toEqual([...ONCE, ['/rest/auth/1/session', 'session']])
  })
})

describe('nothing comes back of what a server heard before the test', () => {
  const SECRET = 'Ruby-7-slippers'

  it.each([
    ['with its log-in', true],
    ['without one', false],
  ])('of a saved server, %s', async (_name, withLogIn) => {
    const jira = await startJira({
      accounts: [{ name: 'admin', password: SECRET, tokens: [], role: 'system-administrator', projects: [] }],
    })
    const main = startMain()
    const serverId = await addServer(main, jira, { secret: SECRET })
    jira.faults.add({
      path: SERVER_INFO,
      fault: {
        kind: 'answer',
        status: 500,
        headers: { 'X-Told': SECRET },
        body: `Lately I was told ${SECRET}, as ${btoa(`admin:${SECRET}`)}`,
      },
    })
    const steps = spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn, isLogInForced: false }))
    expect(steps.find(({ step }) => step === 'jira')?.serverText).toContain('Lately I was told')
    expect(JSON.stringify([steps, main.events])).not.toMatch(
      new RegExp(`${SECRET}|${btoa(`admin:${SECRET}`).slice(0, 12)}`),
    )
  })

  it('the cookie of the session that is open there', async () => {
    const jira = await startJira({ synchronizations: 1 })
    const main = startMain()
    const serverId = await addServer(main, jira)
    spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false }))
    const cookies =
      main.services.connections.get(serverId).session.cookies.header(new URL(jira.baseUrl), { withSession: true }) ?? ''
    const [, session = ''] = /JSESSIONID=([^;]+)/.exec(cookies) ?? []
    expect(session.length).toBeGreaterThan(8)
    jira.faults.add({
      path: SERVER_INFO,
      fault: { kind: 'answer', status: 500, headers: { 'X-Told': session }, body: `Lately I was told ${session}` },
    })
    const steps = spoken(
      await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false }),
    )
    expect(steps.find(({ step }) => step === 'jira')?.serverText).toContain('Lately I was told')
    expect(JSON.stringify([steps, main.events])).not.toContain(session)
  })

  it('of one that is tested with another password', async () => {
    const jira = await startJira()
    const main = startMain()
    const serverId = await addServer(main, jira, { secret: SECRET })
    jira.faults.add({
      path: SERVER_INFO,
      fault: { kind: 'answer', status: 500, body: `Lately I was told ${SECRET} and Another-8-word` },
    })
    const { step } = await testConnection(main, jira, {
      serverId,
      credential: { kind: 'basic', user: 'admin', secret: 'Another-8-word' },
    })
    expect(step('jira')?.serverText).toContain('Lately')
    expect(step('jira')?.serverText).not.toMatch(/Ruby|Another/)
  })
})

it.each([
  [{ 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '90' }, '90 of 100 requests left'],
  [
    {
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '90',
      'x-ratelimit-interval-seconds': '60',
      'x-ratelimit-fillrate': '10',
    },
    '90 of 100 requests left; 10 are added every 60 s',
  ],
  [{ 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': 'many' }, 'Jira reports no request limit'],
  [{}, 'Jira reports no request limit'],
])('of a rate limit only numbers are told: %j', (headers, words) => {
  expect(spoken(describeLimits({ status: 200, headers }))).toMatchObject({ verdict: 'passed', message: words })
})
