import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { JiraClient, type JiraClientOptions } from '../../src-main/http/jira-client.ts'
import { createTransport, type HttpRequest } from '../../src-main/http/transport.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import type { FaultKind } from '../../src-simulator/faults.ts'
import { until } from '../../tools/until.ts'
import { openGate } from '../support/open-gate.ts'
import { startJira } from '../support/services.ts'

const API = '/plugins/servlet/backbone-issue-sync/api/1'

function clientOf(
  jira: SimulatedJira,
  secret = 'admin',
  gate = openGate(),
  transport = createTransport({ caPem: '' }),
  more: Partial<JiraClientOptions> = {},
): JiraClient {
  return new JiraClient({
    ...more,
    baseUrl: jira.baseUrl,
    apiPath: API,
    gate,
    transport,
    credential: () => Promise.resolve({ kind: 'basic', user: 'admin', secret }),
    limit: () => 6,
    clock: systemClock,
    random: () => 0,
  })
}

async function start(options: JiraOptions = {}): Promise<{ jira: SimulatedJira; client: JiraClient }> {
  const jira = await startJira({ synchronizations: 40, ...options })
  return { jira, client: clientOf(jira) }
}

/** With a client whose credential was accepted already. */
async function startLoggedIn(options: JiraOptions = {}): Promise<{ jira: SimulatedJira; client: JiraClient }> {
  const started = await start(options)
  await started.client.read({ path: '/integrations' })
  started.jira.seen.length = 0
  return started
}

describe('reads', () => {
  it('are tried again when the connection breaks or a proxy answers for the server', async () => {
    const { jira, client } = await startLoggedIn()
    jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'reset-before' } })
    jira.faults.add({
      path: '/integrations',
      times: 1,
      fault: { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' },
    })
    expect(await client.read({ path: '/integrations' })).toHaveLength(40)
    expect(jira.requestsTo('/integrations', 'GET')).toHaveLength(3)
  })

  it('give up after three tries, with words', async () => {
    const { jira, client } = await startLoggedIn()
    jira.faults.add({ path: '/integrations', fault: { kind: 'answer', status: 503, body: 'down' } })
    await expect(client.read({ path: '/integrations' })).rejects.toMatchObject({
      code: 'http.server-error',
      data: { serverText: 'down' },
    })
    expect(jira.requestsTo('/integrations')).toHaveLength(3)
  })

  it('that are the same and under way are one', async () => {
    const { jira, client } = await start({ latencyMs: 20 })
    await Promise.all(Array.from({ length: 10 }, () => client.read({ path: '/integrations' })))
    expect(jira.requestsTo('/integrations')).toHaveLength(1)
  })

  it('that must be fresh are sent again, and are shared from then on', async () => {
    const { jira, client } = await start({ latencyMs: 20 })
    const early = client.read({ path: '/integrations/INT-2' })
    const fresh = client.read({ path: '/integrations/INT-2', isFresh: true })
    await early
    const late = client.read({ path: '/integrations/INT-2' })
    expect(late).toBe(fresh)
    await late
    expect(jira.requestsTo('/integrations/INT-2')).toHaveLength(2)
  })

  it('never exceed the limit of simultaneous requests, and begin with one alone', async () => {
    const { jira, client } = await start({ latencyMs: 10 })
    const keys = [...jira.api.entries.keys()]
    await Promise.all(keys.map((key) => client.read({ path: `/integrations/${key}/status` })))
    expect(jira.peakConcurrency).toBeLessThanOrEqual(6)
    expect(jira.peakConcurrency).toBeGreaterThan(2)
  })

  it('wait for the rate limit and then continue', async () => {
    const { jira, client } = await start({ rateLimit: { capacity: 3, fillPerSecond: 20 } })
    const keys = [...jira.api.entries.keys()].slice(0, 6)
    const answers = await Promise.all(keys.map((key) => client.read({ path: `/integrations/${key}/status` })))
    expect(answers).toHaveLength(6)
  })

  it('that are called off reach the socket', async () => {
    const { jira, client } = await startLoggedIn()
    jira.faults.add({ path: '/integrations', fault: { kind: 'hang' } })
    const controller = new AbortController()
    const reading = client.read({ path: '/integrations', signal: controller.signal })
    setImmediate(() => controller.abort())
    await expect(reading).rejects.toMatchObject({ code: 'net.aborted' })
  })
})

describe('requests without a credential', () => {
  const health = (jira: SimulatedJira): URL => new URL(`${jira.baseUrl}${API}/health`)

  it('go over their own transport and carry nothing, within the same limit as all others', async () => {
    const { jira, client } = await start({ latencyMs: 10 })
    const keys = [...jira.api.entries.keys()].slice(0, 10)
    await Promise.all([
      ...keys.map((key) => client.read({ path: `/integrations/${key}/status` })),
      ...keys.map(() => client.anonymously(health(jira), createTransport({ caPem: '' }), 1000)),
    ])
    expect(jira.peakConcurrency).toBeLessThanOrEqual(6)
    expect(jira.requestsTo('/health').map(({ user }) => user)).toEqual(keys.map(() => null))
  })

  it('share the fate of the one that finds out whether the server is back', async () => {
    const { jira, client } = await start()
    await jira.goOffline()
    const sent: string[] = []
    const transport = createTransport({ caPem: '' })
    const counting = {
      ...transport,
      send: (request: HttpRequest) => (sent.push(request.url.pathname), transport.send(request)),
    }
    const ask = () => client.anonymously(health(jira), counting, 1000).catch((error: AppError) => error.code)
    for (let failures = 0; failures < 3; failures += 1) await ask()
    expect(await Promise.all(Array.from({ length: 5 }, ask))).toEqual(
      Array.from({ length: 5 }, () => 'net.unreachable'),
    )
    expect(sent).toHaveLength(4)
  })
})

describe('a wrong password', () => {
  it('is tried once by Jira, whatever the answers tell: its address says how the log-in is to be made', async () => {
    for (const options of [{}, { stripsUserHeaders: true }, { hasSessions: false }]) {
      const { jira } = await start(options)
      const client = clientOf(jira, 'wrong')
      await expect(client.read({ path: '/integrations', query: { projectKey: 'AP' } })).rejects.toThrow()
      expect(jira.failedLogIns('admin')).toBe(1)
      expect(jira.seen.filter(({ user }) => user !== null)).toHaveLength(1)
    }
  })

  it('costs one log-in, however many requests want to leave', async () => {
    const { jira } = await start()
    const client = clientOf(jira, 'wrong')
    const keys = [...jira.api.entries.keys()]
    const results = await Promise.allSettled(keys.map((key) => client.read({ path: `/integrations/${key}/status` })))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    expect(jira.failedLogIns('admin')).toBe(1)
    expect(jira.seen.filter(({ user }) => user !== null)).toHaveLength(1)
  })

  it('is noticed also where Jira answers 200 for an anonymous visitor; that body is not used', async () => {
    const { jira } = await start({ isAnonymousAllowed: true, servesRefused: true })
    await expect(clientOf(jira, 'wrong').read({ path: '/integrations' })).rejects.toMatchObject({
      code: 'auth.rejected',
    })
    expect(jira.failedLogIns('admin')).toBe(1)
  })
})

const LOG_IN_PAGE = '<html><form id="login-form"><input type="password" name="os_password"></form></html>'

describe('a log-in with an unknown outcome', () => {
  it.each<[string, FaultKind]>([
    ['the connection breaks', { kind: 'reset-before' }],
    ['the connection breaks after the server has judged it', { kind: 'reset-after' }],
    ['a proxy answers 502', { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' }],
    ['a proxy answers 504', { kind: 'answer', status: 504, body: '' }],
    ['the answer is cut off', { kind: 'cut', body: '[' }],
    ['it is refused with 400', { kind: 'answer', status: 400, body: 'no' }],
    ['it is refused with 403 and a log-in page', { kind: 'answer', status: 403, body: LOG_IN_PAGE }],
    ['it is refused with 407', { kind: 'answer', status: 407, body: '' }],
    ['it is refused with 419', { kind: 'answer', status: 419, body: '' }],
    ['it is refused with 440', { kind: 'answer', status: 440, body: '' }],
    [
      'the answer is 200 with text',
      { kind: 'answer', status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'Welcome' },
    ],
    [
      'the answer is 200 with a page behind a comment',
      { kind: 'answer', status: 200, headers: { 'Content-Type': 'text/plain' }, body: '\uFEFF<!-- x --><html>' },
    ],
  ])('is not repeated when %s, neither by itself nor by what is asked next', async (_name, fault) => {
    const { jira } = await start()
    const client = clientOf(jira, 'wrong')
    jira.faults.add({ path: '/integrations', fault })
    for (let round = 0; round < 4; round += 1) {
      await Promise.allSettled(
        [...jira.api.entries.keys()].slice(0, 3).map((key) => client.read({ path: `/integrations/${key}/status` })),
      )
    }
    expect(jira.seen.filter(({ user }) => user !== null)).toHaveLength(1)
  })

  it('was not one where the server was down: it is asked without the password until it answers', async () => {
    const { jira, client } = await start()
    jira.faults.add({
      path: '/rest/api/2/serverInfo',
      times: 4,
      fault: { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' },
    })
    await expect(client.read({ path: '/integrations' })).rejects.toMatchObject({ code: 'http.server-error' })
    await expect(
      client.write({ method: 'PUT', path: '/integrations/INT-2/stop', action: 'stop', object: 'INT-2' }),
    ).rejects.toMatchObject({
      isAnswerLost: false,
    })
    expect(jira.seen.every(({ user }) => user === null)).toBe(true)
    expect(await client.read({ path: '/integrations' })).toHaveLength(40)
  })

  it('is seen through when those who asked go away after it left', async () => {
    const { jira } = await start()
    const transport = createTransport({ caPem: '' })
    const answered = Promise.withResolvers<undefined>()
    let wasBrokenOff: boolean | undefined
    const client = clientOf(jira, 'admin', openGate(), {
      ...transport,
      close: () => transport.close(),
      send: async (request) => {
        const answer = await transport.send(request)
        if (request.url.pathname.endsWith('/integrations')) {
          await answered.promise
          wasBrokenOff = request.signal?.aborted
        }
        return answer
      },
    })
    const controller = new AbortController()
    const reading = client.read({ path: '/integrations', signal: controller.signal })
    await until('the log-in has left', () => jira.requestsTo('/integrations').length > 0)
    controller.abort()
    await expect(reading).rejects.toMatchObject({ code: 'net.aborted' })
    answered.resolve(undefined)
    await client.retire()
    expect(wasBrokenOff).toBe(false)
    expect(jira.requestsTo('/integrations')).toMatchObject([{ status: 200 }])
  })
})

it('a log-in whose turn comes in the moment in which its client is given up does not leave', async () => {
  const jira = await startJira({ synchronizations: 1 })
  const gate = openGate()
  const before = await gate.enter('alone')
  const client = clientOf(jira, 'admin', gate)
  const reading = client.read({ path: '/integrations' }).catch((error: AppError) => error.code)
  await new Promise(setImmediate)
  before.settle({ kind: 'accepted', isEachTime: true })
  await client.retire()
  expect(await reading).toBe('net.aborted')
  // Given when the previous one is over, whatever its result.
  await gate.enter('alone', AbortSignal.timeout(5_000))
  expect(jira.seen).toEqual([])
})

it('no password is sent where a single sign-on leads elsewhere', async () => {
  const { jira, client } = await start({ hasSingleSignOn: true })
  await expect(client.read({ path: '/integrations' })).rejects.toMatchObject({ code: 'auth.intercepted' })
  expect(jira.seen.map(({ user }) => user)).toEqual([null])
})

it.each<[string, JiraOptions, string]>([
  ['switches passwords off', { isBasicDisabled: true }, 'auth.method-off'],
  ['has a single sign-on in front', { hasSingleSignOn: true }, 'auth.intercepted'],
  ['lacks the app', { hasBackbone: false }, 'auth.intercepted'],
])('a Jira that %s is told apart', async (_name, options, code) => {
  const { client } = await start(options)
  const reading = client.read({ path: '/integrations' })
  await expect(reading).rejects.toMatchObject({ code: options.hasBackbone === false ? 'api.not-found' : code })
})

describe('writes', () => {
  it('that are called off before they left have no answer to lose, and do not leave later', async () => {
    const jira = await startJira()
    const transport = createTransport({ caPem: '' })
    let [isAsked, goOn] = [false, (): void => undefined]
    const held = new Promise<void>((resolve) => (goOn = resolve))
    const client = clientOf(jira, 'admin', openGate(), {
      ...transport,
      send: async (request) => {
        const answer = await transport.send(request)
        if (request.url.pathname.endsWith('/serverInfo')) {
          isAsked = true
          await held
        }
        return answer
      },
    })
    const writing = client.write({ method: 'PUT', path: '/integrations/INT-1/stop', action: 'stop', object: 'INT-1' })
    const told = expect(writing).rejects.toMatchObject({ code: 'net.unreachable', isAnswerLost: false })
    await until('the server is there', () => isAsked)
    const retired = client.retire()
    await told
    goOn()
    await retired
    expect(jira.requestsTo('/integrations/INT-1/stop')).toEqual([])
  })

  it('that are refused here are neither noted nor sent; others are', async () => {
    const { jira } = await start()
    const noted: string[] = []
    const refusal = new AppError('app.read-only', foreign('Nothing is written there.'))
    const client = clientOf(jira, 'admin', openGate(), createTransport({ caPem: '' }), {
      refuseWrite: ({ action }) => (action === 'stop' ? refusal : null),
      onWrite: ({ action }) => {
        noted.push(action)
        return () => undefined
      },
    })
    const write = (action: 'start' | 'stop') =>
      client.write({ method: 'PUT', path: `/integrations/INT-2/${action}`, action, object: 'INT-2' })
    await expect(write('stop')).rejects.toBe(refusal)
    expect(jira.seen).toEqual([])
    await write('start')
    expect(noted).toEqual(['start'])
  })

  it('carry the header against XSRF and are sent once', async () => {
    const { jira, client } = await start()
    expect(
      await client.write({ method: 'PUT', path: '/integrations/INT-2/stop', action: 'stop', object: 'INT-2' }),
    ).toMatchObject({ finished: false })
    expect(jira.requestsTo('/integrations/INT-2/stop', 'PUT')).toHaveLength(1)
  })

  it.each([
    ['the connection breaks before it is applied', { kind: 'reset-before' } as const],
    ['the connection breaks after it was applied', { kind: 'reset-after' } as const],
    ['a proxy answers for the server', { kind: 'answer', status: 504, body: '' } as const],
    ['the answer is cut off', { kind: 'cut', body: '{"id":' } as const],
  ])('are not repeated when %s, and the answer counts as lost', async (_name, fault) => {
    const { jira, client } = await startLoggedIn()
    jira.faults.add({ path: '/integrations/INT-2/stop', fault })
    await expect(
      client.write({ method: 'PUT', path: '/integrations/INT-2/stop', action: 'stop', object: 'INT-2' }),
    ).rejects.toMatchObject({
      isAnswerLost: true,
    })
    expect(jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
  })

  it('to a server that refuses connections were never sent', async () => {
    const { jira, client } = await start()
    await jira.goOffline()
    await expect(
      client.write({ method: 'PUT', path: '/integrations/INT-2/stop', action: 'stop', object: 'INT-2' }),
    ).rejects.toMatchObject({
      code: 'net.unreachable',
      isAnswerLost: false,
    })
  })

  it('were never sent where the question before the log-in failed, whatever came back', async () => {
    const { jira, client } = await start()
    jira.faults.add({ path: '/rest/api/2/serverInfo', fault: { kind: 'large', bytes: 2_000_000 } })
    await expect(
      client.write({ method: 'PUT', path: '/integrations/INT-2/stop', action: 'stop', object: 'INT-2' }),
    ).rejects.toMatchObject({ isAnswerLost: false })
    expect(jira.requestsTo('/integrations')).toEqual([])
  })
})

it.each([
  ['larger than the limit', { kind: 'large', bytes: 10_000_000 } as const, 'http.body-too-large'],
  ['JSON that was cut off', { kind: 'cut', body: '[{"integrationKey":' } as const, 'net.unreachable'],
  [
    'not JSON',
    { kind: 'answer', status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'hello' } as const,
    'http.unexpected-body',
  ],
])('an answer that is %s is a clear failure', async (_name, fault, code) => {
  const { jira, client } = await startLoggedIn()
  jira.faults.add({ path: '/integrations', fault })
  await expect(client.read({ path: '/integrations' })).rejects.toMatchObject({ code })
})
