import { describe, expect, it } from 'vitest'
import type { TestStep } from '../../src-contract/diagnosis.ts'
import type { Sessionless } from '../../src-main/http/session.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { testConnection as run, withCredential } from '../support/connection-tests.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { spoken } from '../support/said.ts'

/** Syncdeck at its start, if that was found out about the server before. */
async function remembering(jira: SimulatedJira, known: Sessionless) {
  const before = startMain()
  const serverId = await addServer(before, jira)
  before.services.registry.rememberSessionless(serverId, known)
  await before.close()
  return { main: startMain({ folder: before.folder, keychain: before.keychain }), serverId }
}

describe('tells how the log-in is made, and sends the password once for it', () => {
  const live = (jira: SimulatedJira): number => jira.cluster.countSessions('admin')
  const cases: [string, JiraOptions, TestStep['verdict'], RegExp][] = [
    ['by a session', {}, 'passed', /the session’s cookie was enough/],
    ['without: Jira opens none', { hasSessions: false }, 'warning', /without sessions: .* contained no session cookie/],
    [
      'without: a proxy takes cookies from answers',
      { strippedCookies: 'answers' },
      'warning',
      /without sessions: .* contained no session cookie/,
    ],
    [
      'without: a proxy takes cookies from requests',
      { strippedCookies: 'requests' },
      'warning',
      /without sessions: it did not recognise the session cookie/,
    ],
    [
      'without: administrators are asked again',
      { hasWebSudo: true },
      'warning',
      /without sessions: it asks for the password again/,
    ],
    [
      'without: administrators are led to a page that asks again',
      { hasWebSudo: true, webSudoRedirects: true },
      'warning',
      /without sessions: it asks for the password again/,
    ],
  ]

  it.each(cases)('%s; nothing is stored of what was typed', async (_name, options, verdict, message) => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, ...options })]
    const { step, verdicts } = await run(main, jira)
    expect(step('login')).toMatchObject({ verdict, message: expect.stringMatching(message) as string })
    if (verdict === 'warning') expect(step('login')?.advice).toMatch(/one at a time .* personal access token/)
    expect(verdicts.rights).toBe('passed')
    expect(withCredential(jira)).toBe(1)
    expect(await main.ask('servers:list', {})).toEqual([])
  })

  const sessions: [string, JiraOptions][] = [
    ['is of use', {}],
    ['is of none, because administrators are asked again', { hasWebSudo: true }],
  ]
  it.each(sessions)('ends the session that a test of typed data opened, where it %s', async (_name, options) => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, ...options })]
    await run(main, jira)
    expect([jira.requestsTo('/rest/auth/1/session', 'DELETE').length, live(jira)]).toEqual([1, 0])
  })

  it.each(cases)(
    'and so does a diagnosis, whose finding is remembered: %s',
    async (_name, options, verdict, message) => {
      const [main, jira] = [startMain(), await startJira({ synchronizations: 1, ...options })]
      const serverId = await addServer(main, jira)
      const diagnose = async () =>
        spoken(
          await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false }),
        ).find(({ step }) => step === 'login')
      expect(await diagnose()).toMatchObject({ verdict, message: expect.stringMatching(message) as string })
      expect(main.services.connections.session(serverId).sessionless === null).toBe(verdict === 'passed')
      expect(jira.requestsTo('/rest/auth/1/session', 'DELETE')).toHaveLength(0)
    },
  )

  it('a diagnosis tries sessions again where there were none, and uses one that is open', async () => {
    const jira = await startJira({ synchronizations: 1 })
    const { main, serverId } = await remembering(jira, { since: Date.now(), reason: 'not-kept' })
    expect((await main.ask('servers:list', {}))[0]?.sessionless).not.toBeNull()
    const diagnose = async () =>
      spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false })).find(
        ({ step }) => step === 'login',
      )
    expect((await diagnose())?.message).toMatch(/cookie was enough/)
    expect((await main.ask('servers:list', {}))[0]?.sessionless).toBeNull()
    expect((await diagnose())?.message).toMatch(/through the session that was already open; the password was not sent/)
    expect(withCredential(jira)).toBe(1)
  })

  const failures: [string, (jira: SimulatedJira) => void][] = [
    ['whose password is refused', (jira) => void (jira.logIn.account('admin').password = 'changed')],
    ['that is not answered', (jira) => jira.faults.add({ path: '/integrations', fault: { kind: 'reset-before' } })],
    [
      'that a gateway answers',
      (jira) => jira.faults.add({ path: '/integrations', fault: { kind: 'answer', status: 502, body: '' } }),
    ],
    ['that never left, because nothing answers at all', (jira) => void jira.goOffline()],
  ]
  it.each(failures)('a diagnosis %s leaves what was known of sessions, with its date', async (_name, fail) => {
    const jira = await startJira({ synchronizations: 1, hasSessions: false })
    const known = { since: Date.now() - 3 * 86_400_000, reason: 'asks-again' } as const
    const { main, serverId } = await remembering(jira, known)
    fail(jira)
    await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false })
    expect((await main.ask('servers:list', {}))[0]?.sessionless).toEqual(known)
    expect(main.services.registry.get(serverId).sessionless).toEqual(known)
  })

  it('where the rights are missing as well', async () => {
    const [main, jira] = [
      startMain(),
      await startJira({ accounts: [{ name: 'admin', password: 'admin', tokens: [], role: 'none', projects: [] }] }),
    ]
    const { step, verdicts } = await run(main, jira)
    expect(step('login')?.message).toMatch(/cookie was enough/)
    expect(verdicts.rights).toBe('failed')
    expect(live(jira)).toBe(0)
  })
})
