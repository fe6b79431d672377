import { describe, expect, it } from 'vitest'
import { createTransport } from '../../src-main/http/transport.ts'
import { until } from '../../tools/until.ts'
import { testConnection, verdictsOf, withCredential } from '../support/connection-tests.ts'
import { heldBack } from '../support/held-back.ts'
import { movableClock } from '../support/movable-clock.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

const access = async (main: TestMain) => (await main.ask('servers:list', {})).map((server) => server.access)

/** The gate of a server was closed by a test of the form with the stored password, while its own session lives. */
async function closedBesideSession(spoil: (jira: Awaited<ReturnType<typeof startJira>>) => void, reason: string) {
  const jira = await startJira({ synchronizations: 2 })
  const { clock, moveOn } = movableClock()
  const main = startMain({ clock })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  spoil(jira)
  await testConnection(main, jira, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
  expect(await access(main)).toMatchObject([{ state: 'blocked', reason }])
  expect(main.services.connections.session(serverId).lease).not.toBeNull()
  return { jira, main, serverId, moveOn }
}

const closedByChange = () =>
  closedBesideSession((jira) => (jira.logIn.account('admin').password = 'changed'), 'rejected')

describe('a gate that was closed while the session of its server lives', () => {
  it('is opened by “Test once” where the password is right again: it is sent, once', async () => {
    const { jira, main, serverId, moveOn } = await closedByChange()
    jira.logIn.account('admin').password = 'admin'
    const before = withCredential(jira)
    moveOn(11_000)
    await main.ask('servers:try-once', { serverId })
    expect(await access(main)).toEqual([{ state: 'ok' }])
    expect(withCredential(jira)).toBe(before + 1)
    await main.ask('synchronizations:refresh', { serverId })
    expect(withCredential(jira)).toBe(before + 1)
  })

  it('stays closed after “Test once” where it is still wrong, though the session would be answered', async () => {
    const { jira, main, serverId, moveOn } = await closedByChange()
    moveOn(11_000)
    await expect(main.ask('servers:try-once', { serverId })).rejects.toMatchObject({ data: { code: 'auth.rejected' } })
    expect(await access(main)).toMatchObject([{ state: 'blocked', reason: 'rejected', attempts: 2 }])
    expect(jira.failedLogIns('admin')).toBe(2)
  })

  it('is opened by a diagnosis, which says so', async () => {
    const { jira, main, serverId, moveOn } = await closedByChange()
    jira.logIn.account('admin').password = 'admin'
    moveOn(11_000)
    const steps = await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true, isLogInForced: false })
    expect(verdictsOf(steps)).toMatchObject({ login: 'passed', rights: 'passed' })
    expect(await access(main)).toEqual([{ state: 'ok' }])
  })

  it('is opened where the captcha that closed it was answered in the browser', async () => {
    const { jira, main, serverId, moveOn } = await closedBesideSession((server) => {
      for (let time = 0; time < 3; time += 1) server.logIn.attempt('admin', 'mistyped by somebody else')
    }, 'captcha')
    jira.logIn.clearCaptcha('admin')
    moveOn(11_000)
    await main.ask('servers:try-once', { serverId })
    expect(await access(main)).toEqual([{ state: 'ok' }])
  })

  it('is opened where a late answer to the session before had closed it', async () => {
    const jira = await startJira({ synchronizations: 5 })
    const { clock, moveOn } = movableClock()
    const { promise, resolve } = Promise.withResolvers<undefined>()
    let [isAwaited, isHeld] = [false, false]
    const main = startMain({
      clock,
      createTransport: (options) => {
        const transport = createTransport(options)
        return {
          close: () => transport.close(),
          send: async (request) => {
            const answer = await transport.send(request)
            if (!isAwaited || isHeld || !request.url.pathname.endsWith('/integrations')) return answer
            isHeld = true
            await promise
            return { ...answer, status: 302, headers: { location: 'https://login.example/' }, body: '' }
          },
        }
      },
    })
    const serverId = await addServer(main, jira)
    const { api, gate, session } = main.services.connections.get(serverId)
    await api.list()
    const key = [...jira.api.entries.keys()][0] ?? ''
    await api.status(key)
    isAwaited = true
    const late = api.list().catch((error: unknown) => error)
    await until('the answer is kept', () => isHeld)
    jira.cluster.endSessions()
    await api.status(key)
    resolve(undefined)
    await late
    expect([gate.access.state, session.lease === null]).toEqual(['blocked', false])
    moveOn(11_000)
    await main.ask('servers:try-once', { serverId })
    expect(gate.access).toEqual({ state: 'ok' })
  })

  it('is opened while a reading that the session was enough for is not answered yet', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const { clock, moveOn } = movableClock()
    const {
      createTransport: held,
      hold,
      isHeld,
      letGo,
    } = heldBack('answer', ({ url }) => url.pathname.endsWith('/integrations'))
    const main = startMain({ clock, createTransport: held })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    hold()
    const reading = main.services.connections.get(serverId).api.list()
    await until('it waits for its answer', isHeld)
    jira.logIn.account('admin').password = 'changed'
    await testConnection(main, jira, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
    jira.logIn.account('admin').password = 'admin'
    moveOn(11_000)
    const attempt = main.ask('servers:try-once', { serverId })
    await until('it is opened', async () => (await access(main))[0]?.state === 'ok')
    letGo()
    await Promise.all([reading, attempt])
  })
})
