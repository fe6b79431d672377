import { expect, it } from 'vitest'
import type { EventMessage, EventPayload } from '../../src-contract/contract.ts'
import { createTransport, type HttpRequest } from '../../src-main/http/transport.ts'
import { until } from '../../tools/until.ts'
import { testConnection, withCredential, WRONG } from '../support/connection-tests.ts'
import { heldBack } from '../support/held-back.ts'
import { movableClock } from '../support/movable-clock.ts'
import { settled } from '../support/simulated-clock.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

it('a test of the form with the stored password, and a reading of another entry of the account, cost one refusal', async () => {
  const jira = await startJira({ synchronizations: 2, latencyMs: 30 })
  let onPassword = (): Promise<void> => Promise.resolve()
  const main = startMain({
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          if (request.headers.authorization !== undefined) await onPassword()
          return transport.send(request)
        },
      }
    },
  })
  const tested = await addServer(main, jira, { name: 'North' })
  const read = await addServer(main, jira, { name: 'South' })
  await main.ask('synchronizations:refresh', { serverId: null })
  jira.logIn.account('admin').password = 'changed'
  jira.cluster.endSessions()

  const readings: Promise<unknown>[] = []
  onPassword = async () => {
    if (readings.length > 0) return
    const before = jira.seen.length
    readings.push(main.ask('synchronizations:refresh', { serverId: read }).catch(() => undefined))
    // Then the other entry has to log in as well, while this password is under way.
    await until('its session is over', () => jira.seen.slice(before).some(({ status }) => status !== 0))
  }
  const { step } = await testConnection(main, jira, {
    serverId: tested,
    credential: null,
    input: { projectKeys: ['NORTH'] },
  })
  await Promise.all(readings)
  expect(step('login')?.code).toBe('auth.rejected')
  const access = (await main.ask('servers:list', {})).map((server) => server.access)
  expect(access).toEqual([1, 2].map(() => expect.objectContaining({ state: 'blocked', reason: 'rejected' }) as unknown))
  expect(jira.failedLogIns('admin')).toBe(1)
})

it('a diagnosis under way while the same password is refused for another entry does not send it as well', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const isFirstQuestion = ({ url }: HttpRequest): boolean => url.pathname.endsWith('/serverInfo')
  const { createTransport, hold, isHeld, letGo } = heldBack('answer', isFirstQuestion)
  const { clock, moveOn } = movableClock()
  const main = startMain({ createTransport, clock })
  const diagnosed = await addServer(main, jira, { name: 'North' })
  const read = await addServer(main, jira, { name: 'South' })
  await main.ask('synchronizations:refresh', { serverId: null })
  jira.logIn.account('admin').password = 'changed'
  jira.cluster.endSessions()

  hold()
  const diagnosis = main.ask('servers:diagnose', { testId: 't', serverId: diagnosed, withLogIn: true })
  await until('it waits for its first answer', isHeld)
  await main.ask('synchronizations:refresh', { serverId: read }).catch(() => undefined)
  expect(jira.failedLogIns('admin')).toBe(1)
  // By now another attempt could be made, if the user asked for one.
  moveOn(30_000)
  letGo()
  const steps = await diagnosis
  expect(steps.find(({ step }) => step === 'login')).toMatchObject({ verdict: 'failed', code: 'auth.rejected' })
  expect(jira.failedLogIns('admin')).toBe(1)

  moveOn(11_000)
  await main.ask('servers:diagnose', { testId: 't', serverId: diagnosed, withLogIn: true })
  expect(jira.failedLogIns('admin')).toBe(2)
})

it('a typed password does not go if the same one, saved meanwhile, was refused', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const isFirstQuestion = ({ url }: HttpRequest): boolean => url.pathname.endsWith('/serverInfo')
  const { createTransport, hold, isHeld, letGo } = heldBack('answer', isFirstQuestion)
  const { clock, moveOn } = movableClock()
  const main = startMain({ createTransport, clock })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })

  hold()
  const test = testConnection(main, jira, { serverId, credential: WRONG })
  await until('it waits for its first answer', isHeld)
  await setCredential(main, { serverId, credential: WRONG, isSessionOnly: false })
  await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
  expect(jira.failedLogIns('admin')).toBe(1)
  moveOn(30_000)
  letGo()
  expect((await test).step('login')).toMatchObject({ verdict: 'failed', code: 'auth.rejected' })
  expect(jira.failedLogIns('admin')).toBe(1)
})

it('a test under way when Syncdeck quits sends no password any more', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const isFirstQuestion = ({ url }: HttpRequest): boolean => url.pathname.endsWith('/serverInfo')
  const { createTransport, hold, isHeld, letGo } = heldBack('answer', isFirstQuestion)
  const main = startMain({ createTransport })
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const input = { projectKeys: ['NORTH'] }
  hold()
  const test = testConnection(main, jira, { serverId, credential: null, input }).catch(() => null)
  await until('its first question is there', isHeld)
  const before = withCredential(jira)
  const closed = main.close()
  letGo()
  await closed
  await test
  expect(withCredential(jira)).toBe(before)
})

it('the session that a test under way opens is ended when Syncdeck quits', async () => {
  const jira = await startJira({ synchronizations: 2 })
  const hasPassword = ({ headers }: HttpRequest): boolean => headers.authorization !== undefined
  const { createTransport, hold, isHeld, letGo } = heldBack('answer', hasPassword)
  const main = startMain({ createTransport })
  hold()
  const test = testConnection(main, jira).catch(() => null)
  await until('the server has opened it', isHeld)
  expect(jira.cluster.countSessions('admin')).toBe(1)
  const closed = main.close()
  letGo()
  await closed
  expect(jira.cluster.countSessions('admin')).toBe(0)
  await test
})

it('a password that was only typed waits until no other of the account is under way', async () => {
  const jira = await startJira({ synchronizations: 2, latencyMs: 30 })
  let underWay = 0
  let most = 0
  let onPassword = (): Promise<unknown> => Promise.resolve()
  const main = startMain({
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: async (request) => {
          if (request.headers.authorization === undefined) return transport.send(request)
          underWay += 1
          most = Math.max(most, underWay)
          await onPassword()
          return transport.send(request).finally(() => (underWay -= 1))
        },
      }
    },
  })
  const serverId = await addServer(main, jira)
  const tests: ReturnType<typeof testConnection>[] = []
  const isAtLogIn = ({ topic, payload }: EventMessage): boolean => {
    const { step } = (topic === 'servers:test-step' ? payload : {}) as Partial<EventPayload<'servers:test-step'>>
    return step?.step === 'login' && step.verdict === 'running'
  }
  onPassword = async () => {
    if (tests.length > 0) return
    tests.push(testConnection(main, jira, { serverId, credential: WRONG }))
    await until('the test is about to log in', () => main.events.some(isAtLogIn))
    await settled()
  }
  await main.ask('synchronizations:refresh', { serverId })
  const { step } = (await Promise.all(tests))[0] ?? {}
  expect([step?.('login')?.code, jira.failedLogIns('admin'), most]).toEqual(['auth.rejected', 1, 1])
})
