import { describe, expect, it } from 'vitest'
import { LogOuts } from '../../src-main/http/log-out.ts'
import { notRemembered, Session } from '../../src-main/http/session.ts'
import { createTransport, type Transport, type TransportOptions } from '../../src-main/http/transport.ts'
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
import { SimulatedClock, settled } from '../support/simulated-clock.ts'

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
  expect((await main.ask('servers:list', {}))[0]?.sessionless).toMatchObject({ reason: 'asks-again' })
  expect(jira.seen.filter(({ status }) => status === 200).length).toBeGreaterThan(5)
  expect(live(jira)).toBe(1)
  await main.close()
  expect([live(jira), logOuts(jira)]).toEqual([0, 1])
})

it('what tries again while everything is being closed sends nothing, and begins no log-in', async () => {
  const { jira, main, refresh } = await scene()
  await refresh()
  const sent = jira.seen.length
  const closing = main.close()
  await refresh().catch(() => undefined)
  await closing
  expect(jira.seen.slice(sent).map(({ method }) => method)).toEqual(['DELETE'])
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
  expect(main.services.connections.gate(serverId).access).toMatchObject({ state: 'blocked', reason: 'another-user' })
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

describe('log-outs from a server that does not answer them', () => {
  function stage() {
    const clock = new SimulatedClock()
    const logOuts = new LogOuts(clock)
    const baseUrl = new URL('https://jira.example/jira')
    const session = new Session({ baseUrl, clock, store: notRemembered() })
    /** An answer to a log-in opens a session. */
    const open = (id: string): void => {
      const headers = { 'set-cookie': [`JSESSIONID=${id}; Path=/`] }
      session.cookies.keep({ headers }, session.resource, { withSession: true })
      session.begin(session.resource, true)
    }
    const connections = { made: 0, closed: 0 }
    const connect = (): Transport => {
      connections.made += 1
      return {
        send: ({ signal }) => new Promise((_resolve, reject) => signal?.addEventListener('abort', reject)),
        close: () => void (connections.closed += 1),
      }
    }
    return { clock, logOuts, session, open, connections, connect }
  }

  it('are given up after a second', async () => {
    const { clock, logOuts, session, open, connections, connect } = stage()
    open('first')
    void logOuts.leave(session, connect)
    await clock.advance(999)
    expect(connections).toEqual({ made: 1, closed: 0 })
    await clock.advance(1)
    expect(connections).toEqual({ made: 1, closed: 1 })
    expect(clock.pending).toBe(0)
  })

  it('keep quitting waiting for a second, however late one of them begins', async () => {
    const { clock, logOuts, session, open, connections, connect } = stage()
    open('first')
    void logOuts.leave(session, connect)
    await clock.advance(500)
    let isOver = false
    void logOuts.ended().then(() => (isOver = true))
    await clock.advance(400)
    open('late')
    // The first is given up.
    await clock.advance(599)
    expect(connections).toEqual({ made: 2, closed: 1 })
    expect(isOver).toBe(false)
    await clock.advance(1)
    await settled()
    expect(connections).toEqual({ made: 2, closed: 2 })
    expect(isOver).toBe(true)
    expect(clock.pending).toBe(0)
  })

  it('are not begun where no session is open', async () => {
    const { logOuts, session, connections, connect } = stage()
    await logOuts.leave(session, connect)
    await logOuts.ended()
    expect(connections.made).toBe(0)
  })
})
