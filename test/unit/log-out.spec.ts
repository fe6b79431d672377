import { expect, it } from 'vitest'
import { createTransport, type TransportOptions } from '../../src-main/http/transport.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { makeCertificate } from '../support/certificates.ts'
import {
  addServer,
  serverInput,
  startJira,
  startMain,
  type TestMain,
  type TestMainOptions,
} from '../support/services.ts'

const live = (jira: SimulatedJira): number => jira.cluster.countSessions('admin')
const logOuts = (jira: SimulatedJira): number => jira.requestsTo('/rest/auth/1/session', 'DELETE').length

async function scene(options: JiraOptions = {}, mainOptions: TestMainOptions = {}) {
  const jira = await startJira({ synchronizations: 5, ...options })
  const main = startMain(mainOptions)
  const serverId = await addServer(main, jira)
  const refresh = (): Promise<unknown> => main.ask('synchronizations:refresh', { serverId })
  return { jira, main, serverId, refresh }
}

/** How stopping a synchronization ended. */
async function stop(main: TestMain, serverId: string): Promise<unknown> {
  await main.ask('synchronizations:stop', { targets: [{ serverId, key: 'INT-2' }] })
  const outcome = async () => (await main.ask('tasks:list', {})).find(({ state }) => state === 'ended')?.outcome
  await until('it has ended', async () => (await outcome()) !== undefined)
  return outcome()
}

it('a server that asks for the password again opens one session for all requests, which is ended at the end', async () => {
  const { jira, main, refresh } = await scene({ hasWebSudo: true })
  await refresh()
  await refresh()
  expect(jira.seen.filter(({ by }) => by === 'password').length).toBeGreaterThan(5)
  expect(live(jira)).toBe(1)
  await main.close()
  expect([live(jira), logOuts(jira)]).toEqual([0, 1])
})

it('a session that was left because of somebody else’s answer is ended at the end', async () => {
  const { jira, main, serverId, refresh } = await scene()
  await refresh()
  jira.faults.add({
    path: '/integrations',
    fault: {
      kind: 'answer',
      status: 200,
      headers: { 'X-AUSERNAME': 'eve', 'Content-Type': 'application/json' },
      body: '[]',
    },
  })
  await refresh()
  expect(main.services.connections.gate(serverId).access).toMatchObject({ state: 'blocked', reason: 'intercepted' })
  expect(main.services.connections.session(serverId).lease).toBeNull()
  jira.faults.clear()
  expect(live(jira)).toBe(1)
  await main.close()
  expect(live(jira)).toBe(0)
})

it('a session that is over is not ended again', async () => {
  const { jira, main, refresh } = await scene()
  await refresh()
  jira.cluster.endSessions()
  await refresh()
  await main.close()
  expect([live(jira), logOuts(jira)]).toEqual([0, 1])
})

it('logging out trusts the certificates that are trusted now, not those of the log-in', async () => {
  const trusted: string[] = []
  const { jira, main, serverId, refresh } = await scene(
    {},
    {
      createTransport: (options) => {
        trusted.push(options.caPem)
        return createTransport(options)
      },
    },
  )
  await refresh()
  const { cert } = await makeCertificate()
  await main.ask('servers:update', { serverId, input: serverInput(jira, { caPem: cert }) })
  expect(live(jira)).toBe(1)
  await main.close()
  expect(live(jira)).toBe(0)
  expect(trusted.at(-1)?.trim()).toBe(cert.trim())
})

it('where the balancer goes by the session’s cookie, a password without sessions stays on its node, and its tasks are followed', async () => {
  const { jira, main, serverId, refresh } = await scene({
    hasWebSudo: true,
    nodes: 2,
    stickiness: 'JSESSIONID',
    taskDurationMs: 300,
  })
  await refresh()
  expect(await stop(main, serverId)).toBe('succeeded')
  expect(jira.requestsTo('/async-tasks').map(({ status }) => status)).not.toContain(404)
})

/** Holds back the answers to log-ins, as a slow network does, until they are let through. */
function slowLogIns() {
  const waiting: (() => void)[] = []
  let isOver = false
  return {
    waiting,
    letThrough: (): void => {
      isOver = true
      for (const go of waiting.splice(0)) go()
    },
    createTransport: (options: TransportOptions) => {
      const transport = createTransport(options)
      return {
        ...transport,
        send: async (request: Parameters<typeof transport.send>[0]) => {
          const answer = await transport.send(request)
          if (!isOver && 'authorization' in request.headers) await new Promise<void>((go) => waiting.push(go))
          return answer
        },
      }
    },
  }
}

async function logInUnderWay() {
  const slow = slowLogIns()
  const { jira, main, serverId, refresh } = await scene({}, { createTransport: slow.createTransport })
  void refresh().catch(() => undefined)
  await until('the server has opened a session', () => slow.waiting.length === 1)
  expect(live(jira)).toBe(1)
  return { jira, main, serverId, slow }
}

it('a session opened by a log-in that is answered after the address changed is ended', async () => {
  const { jira, main, serverId, slow } = await logInUnderWay()
  await main.ask('servers:update', { serverId, input: serverInput(jira, { address: `${jira.baseUrl}/moved` }) })
  slow.letThrough()
  await until('it is ended', () => live(jira) === 0)
  expect(logOuts(jira)).toBe(1)
  expect(main.services.connections.session(serverId).lease).toBeNull()
})

it('quitting waits for the end of a session that is opened only then, of an address that is no longer used', async () => {
  const { jira, main, serverId, slow } = await logInUnderWay()
  await main.ask('servers:update', { serverId, input: serverInput(jira, { address: `${jira.baseUrl}/moved` }) })
  const closed = main.close()
  slow.letThrough()
  await closed
  expect([live(jira), logOuts(jira)]).toEqual([0, 1])
})
