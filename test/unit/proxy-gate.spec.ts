import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { said, spoken } from '../support/said.ts'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { findingOfAnswer, findingOfTunnel, isProxyRefusal } from '../../src-main/http/proxy.ts'
import type { ProxyPass } from '../../src-main/http/proxy-pass.ts'
import { makeCertificate } from '../support/certificates.ts'
import { attempt, codeOf, enter, proxyGateScene as scene } from '../support/proxy-gate-scene.ts'
import { startProxy } from '../support/proxy-server.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { startTinyproxy } from '../support/tinyproxy.ts'
import { setCredential } from '../support/set-credential.ts'

describe('the gate of a proxy', () => {
  it('lets one go at a time, also once one was accepted: the password may become another at any moment', async () => {
    const { gate, kept } = scene()
    const left: string[] = []
    const send = async (target: string): Promise<ProxyPass> => {
      const pass = await enter(gate, target)
      left.push(target)
      return pass
    }
    const passes = ['a:80', 'b:80', 'b:80', 'c:80'].map(send)
    for (const [index, pass] of passes.entries()) {
      ;(await pass).settle('accepted')
      expect(left).toHaveLength(index + 1)
      expect(kept.state).toBeNull()
    }
  })

  it('is closed by the first refusal for all, reports it once, and a restart finds it closed', async () => {
    const { gate, told, restart } = scene()
    const first = await enter(gate)
    const others = [attempt(gate), attempt(gate)]
    first.settle('refused')
    expect(await Promise.all([...others, attempt(gate), attempt(restart())])).toEqual(
      Array(4).fill('net.proxy-refused'),
    )
    expect(told).toEqual(['The proxy proxy.example:3128 refused the user “me” or its password.'])
  })

  it('is not opened by an answer that was on its way when it closed, nor is the user’s attempt over by it', async () => {
    const { gate, clock } = scene()
    ;(await enter(gate)).settle('accepted')
    const [late, lost] = [await enter(gate, 'slow.example:443'), enter(gate, 'other.example:443')]
    await clock.advance(2_000)
    ;(await lost).settle('refused')
    late.settle('accepted')
    expect(await attempt(gate)).toBe('net.proxy-refused')
    await clock.advance(10_000)
    gate.allowOnce()
    const tried = await enter(gate)
    expect(late.settle('lost')).toBeNull()
    tried.settle('accepted')
    expect(await attempt(gate)).toBe('entered')
  })

  it('lets out one attempt of the user’s, ten seconds apart, and only its success opens it', async () => {
    const { gate, clock, restart } = scene()
    ;(await enter(gate)).settle('refused')
    expect(() => gate.allowOnce()).toThrow('Wait 10 s')
    await clock.advance(10_000)
    gate.allowOnce()
    expect(await attempt(restart())).toBe('net.proxy-refused')
    const tried = await enter(gate)
    const waiting = attempt(gate)
    tried.settle('inconclusive')
    expect([await waiting, await attempt(gate)]).toEqual(['net.proxy-refused', 'net.proxy-refused'])
    await clock.advance(10_000)
    gate.allowOnce()
    const last = enter(gate)
    await clock.advance(2_000)
    ;(await last).settle('accepted')
    expect([await attempt(gate), await attempt(restart())]).toEqual(['entered', 'entered'])
  })

  it('is opened by another password, and what the old one meets is of no account then', async () => {
    const { gate, kept } = scene()
    const late = await enter(gate)
    const old = gate.logIn()
    gate.reset()
    expect(await codeOf(old.enter('jira.example:443'))).toBe('net.aborted')
    late.settle('refused')
    expect(await attempt(gate)).toBe('entered')
    expect(kept.state).toEqual({ unanswered: 1, block: null, unclear: null })
  })

  it('closes after two attempts with an unknown outcome, even if Syncdeck ended during them', async () => {
    const { gate, restart, told } = scene()
    ;(await enter(gate)).settle('lost')
    expect(await attempt(gate)).toBe('entered')
    expect(await attempt(restart())).toBe('net.proxy-refused')
    const second = scene()
    for (let count = 0; count < 2; count += 1) (await enter(second.gate)).settle('lost')
    expect(await attempt(second.gate)).toBe('net.proxy-refused')
    expect([...told, ...second.told]).toEqual([
      'It is not known whether the proxy proxy.example:3128 accepts the password of “me”: no answer said so.',
    ])
  })

  it('counts nothing that never left, and those who wait share its fate', async () => {
    const { gate, kept } = scene()
    for (let count = 0; count < 20; count += 1) {
      const first = await enter(gate)
      const waiting = attempt(gate)
      first.settle('unsent', new AppError('net.proxy', foreign('not there')))
      expect(await waiting).toBe('net.proxy')
    }
    expect([await attempt(gate), kept.state?.block]).toEqual(['entered', null])
  })

  it('sends nothing that was not accepted since the start and cannot be stored, and continues once it can', async () => {
    const { gate, kept, restart, clock } = scene()
    kept.isFull = true
    expect(await attempt(gate)).toBe('storage.failed')
    expect(await attempt(gate)).toBe('storage.failed')
    kept.isFull = false
    const first = await enter(gate)
    const waiting = attempt(gate)
    kept.isFull = true
    first.settle('unsent')
    expect(await waiting).toBe('storage.failed')
    kept.isFull = false
    ;(await enter(gate)).settle('accepted')
    await clock.advance(6_000)
    kept.isFull = true
    expect(await attempt(gate)).toBe('entered')
    kept.isFull = false
    const again = restart()
    ;(await enter(again)).settle('refused')
    await clock.advance(10_000)
    kept.isFull = true
    expect(() => again.allowOnce()).toThrow('full')
    expect(await attempt(again)).toBe('net.proxy-refused')
  })

  it('slows down where a password that was accepted meets silence: fewer than any lock-out counts', async () => {
    const { gate, clock } = scene()
    ;(await enter(gate)).settle('accepted')
    let sent = 0
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000)
      await enter(gate).then(
        (pass) => {
          sent += 1
          pass.settle('lost')
        },
        () => undefined,
      )
    }
    expect(sent).toBeLessThanOrEqual(8)
    gate.allowOnce()
    ;(await enter(gate)).settle('accepted')
    expect(await attempt(gate)).toBe('entered')
  })

  it('lets one for another server go beside one that is kept waiting, and never a third', async () => {
    const { gate, clock } = scene()
    ;(await enter(gate)).settle('accepted')
    const slow = await enter(gate, 'slow.example:443')
    const left: string[] = []
    const others = ['slow.example:443', 'one.example:443', 'two.example:443'].map(async (target) => {
      const pass = await enter(gate, target)
      left.push(target)
      return pass
    })
    await clock.advance(1_999)
    expect(left).toEqual([])
    await clock.advance(1)
    expect(left).toEqual(['one.example:443'])
    await clock.advance(60_000)
    expect(left).toEqual(['one.example:443'])
    ;(await others[1])?.settle('accepted')
    ;(await others[2])?.settle('accepted')
    expect(left).toEqual(['one.example:443', 'two.example:443'])
    slow.settle('accepted')
    ;(await others[0])?.settle('refused')
    expect(await attempt(gate)).toBe('net.proxy-refused')
  })

  it('lets nothing go beside one that is kept waiting before the password was accepted', async () => {
    const { gate, clock } = scene()
    const slow = await enter(gate, 'slow.example:443')
    const other = attempt(gate, 'other.example:443')
    await clock.advance(60_000)
    slow.settle('refused')
    expect(await other).toBe('net.proxy-refused')
  })

  it('what was broken off holds nobody up where the password was accepted, and is no attempt of the others', async () => {
    const { gate } = scene()
    ;(await enter(gate)).settle('accepted')
    for (let count = 0; count < 5; count += 1) {
      const broken = await enter(gate)
      const other = enter(gate)
      broken.settle(count % 2 === 0 ? 'abandoned' : 'unsent')
      ;(await other).settle('abandoned')
    }
    expect(await attempt(gate)).toBe('entered')
  })

  it('what was lost says nothing where one that left later was accepted', async () => {
    const { gate, clock } = scene()
    ;(await enter(gate)).settle('accepted')
    for (let count = 0; count < 5; count += 1) {
      const hanging = await enter(gate, 'hanging.example:80')
      await clock.advance(2_000)
      ;(await enter(gate, 'other.example:80')).settle('accepted')
      hanging.settle('lost')
    }
    expect(await attempt(gate)).toBe('entered')
  })
})

describe('who demands a password over plain http', () => {
  it.each([
    ['a proxy, by 407', 407, { 'proxy-authenticate': 'Basic realm="x"' }, true],
    [
      'Tinyproxy, of a wrong password',
      401,
      { server: 'tinyproxy/1.11.1', 'www-authenticate': 'Basic realm="Tinyproxy"' },
      true,
    ],
    [
      'a proxy that names itself in its challenge alone',
      401,
      { 'www-authenticate': 'Basic realm="Company Proxy"' },
      true,
    ],
    ['a proxy that refuses a password by 403', 403, { 'proxy-authenticate': 'Basic realm="x"' }, true],
    ['a proxy that forbids a server', 403, { server: 'squid/6.1' }, false],
    ['Jira behind a proxy that adds its demand to everything', 200, { 'proxy-authenticate': 'Basic' }, false],
    ['Squid, by a header of its own', 401, { 'x-squid-error': 'ERR_CACHE_ACCESS_DENIED 0' }, true],
    ['Jira', 401, { 'www-authenticate': 'OAuth realm="https%3A%2F%2Fjira.example"' }, false],
    [
      'Jira, whose name happens to be that of a proxy',
      401,
      { 'www-authenticate': 'OAuth realm="http://proxy.example"' },
      false,
    ],
    [
      'Jira, by the header of its filter',
      401,
      { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED', server: 'haproxy' },
      false,
    ],
    ['a Jira with an odd code', 407, { 'x-arequestid': '1x2x3' }, false],
    ['a server that says nothing about itself', 401, {}, false],
    ['nobody', 200, { server: 'tinyproxy' }, false],
  ])('is %s', (_name, status, headers, isProxy) => {
    expect(isProxyRefusal({ status, headers })).toBe(isProxy)
  })
})

it.each([
  [429, {}, 'inconclusive'],
  [429, { 'x-arequestid': '1x2x3' }, 'accepted'],
  [
    429,
    {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-fillrate': '1',
      'x-ratelimit-interval-seconds': '1',
    },
    'accepted',
  ],
  [400, {}, 'diverted'],
  [401, {}, 'inconclusive'],
  [401, { 'www-authenticate': 'Basic realm="Restricted area (nginx)"' }, 'inconclusive'],
  [401, { 'www-authenticate': 'Basic realm="protected-area"' }, 'accepted'],
  [401, { 'www-authenticate': 'OAuth realm="https%3A%2F%2Fjira.example"' }, 'accepted'],
  [403, {}, 'diverted'],
  [403, { 'content-type': 'text/html' }, 'diverted'],
  [403, { 'content-type': 'application/json' }, 'inconclusive'],
  [403, { 'x-ausername': 'me' }, 'accepted'],
  [404, { 'content-type': 'text/html' }, 'diverted'],
  [404, { 'x-anodeid': 'node1' }, 'accepted'],
  [302, { location: 'http://portal.example/' }, 'diverted'],
  [302, { location: 'login.jsp', 'x-arequestid': '1x2x3' }, 'accepted'],
  [418, {}, 'diverted'],
  [451, {}, 'diverted'],
  [502, {}, 'inconclusive'],
  [502, { 'content-type': 'application/json' }, 'inconclusive'],
  [502, { 'x-arequestid': '1x2x3' }, 'accepted'],
  [200, {}, 'diverted'],
  [200, { 'content-type': 'text/html' }, 'diverted'],
  [200, { 'content-type': 'text/html', 'x-ausername': 'me' }, 'accepted'],
  [200, { 'content-type': 'application/json;charset=UTF-8' }, 'accepted'],
  [204, {}, 'inconclusive'],
  [200, { 'content-length': '0' }, 'inconclusive'],
] as const)('over plain http %i with %o finds its password %s', (status, headers, finding) => {
  expect(findingOfAnswer({ status, headers })).toBe(finding)
})

it.each([
  [200, {}, false, 'accepted'],
  [200, {}, true, 'diverted'],
  [200, { 'content-type': 'text/html' }, false, 'diverted'],
  [302, {}, false, 'diverted'],
  [403, {}, false, 'diverted'],
  [403, { 'proxy-authenticate': 'Basic' }, false, 'refused'],
  [407, {}, false, 'refused'],
  [401, {}, false, 'refused'],
  [429, {}, false, 'inconclusive'],
  [503, {}, false, 'inconclusive'],
] as const)(
  'an answer to CONNECT, %i with %o (a page behind it: %s), finds its password %s',
  (status, headers, hasPage, finding) => {
    expect(findingOfTunnel({ status, headers }, hasPage)).toBe(finding)
  },
)

/** The main process with three servers behind one proxy that knows their names, and a password for it. */
async function threeServers(
  proxy: { address: string },
  { password, isHttps = false }: { password: string; isHttps?: boolean },
) {
  const main = startMain()
  await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address, proxyUser: 'me' })
  await main.ask('settings:set-proxy-password', { password })
  const jiras = await Promise.all(
    [1, 2, 3].map(async (number) => {
      const host = `jira-${number}.example`
      const tls = isHttps ? await makeCertificate(host) : undefined
      const jira = await startJira({ synchronizations: 3, ...(tls && { tls }) })
      await addServer(main, jira, {
        name: host,
        address: jira.baseUrl.replace('127.0.0.1', host),
        caPem: tls?.cert ?? '',
      })
      return jira
    }),
  )
  return { main, jiras }
}

const rounds = async (main: TestMain, count: number): Promise<void> => {
  for (let round = 0; round < count; round += 1) await main.ask('synchronizations:refresh', { serverId: null })
}
const errorsOf = async (main: TestMain): Promise<unknown[]> =>
  (await main.ask('servers:list', {})).map(({ reach, access }) => `${reach.error?.code ?? 'none'} ${access.state}`)
const REFUSED = ['net.proxy-refused unknown', 'net.proxy-refused unknown', 'net.proxy-refused unknown']
const GOOD = ['none ok', 'none ok', 'none ok']

describe('three servers behind a proxy, with a wrong password for it', () => {
  it.each([false, true])(
    'are one refusal, whatever is refreshed, over a restart; the right password is enough then (https: %s)',
    async (isHttps) => {
      const proxy = await startProxy({ credentials: 'me:right' })
      const { main, jiras } = await threeServers(proxy, { password: 'wrong', isHttps })
      await rounds(main, 4)
      expect(await errorsOf(main)).toEqual(REFUSED)
      await main.close()
      const again = startMain({ folder: main.folder, keychain: main.keychain })
      await rounds(again, 2)
      const [server] = await again.ask('servers:list', {})
      expect(said(server?.reach.error?.message)).toBe(`The proxy ${proxy.host} refused the user “me” or its password.`)
      await again.ask('servers:diagnose', { testId: 't', serverId: server?.id ?? '', withLogIn: true })
      expect(proxy.headers).toHaveLength(1)
      expect(jiras.flatMap(({ seen }) => seen)).toEqual([])
      await again.ask('settings:set-proxy-password', { password: 'right' })
      await rounds(again, 1)
      expect(await errorsOf(again)).toEqual(GOOD)
    },
  )

  it.each([false, true])(
    'are one refusal where the proxy says 403 and demands another log-in (https: %s)',
    async (isHttps) => {
      const proxy = await startProxy({ credentials: 'me:right', deniesWith: 403 })
      const { main } = await threeServers(proxy, { password: 'wrong', isHttps })
      await rounds(main, 4)
      expect(await errorsOf(main)).toEqual(REFUSED)
      expect(proxy.headers).toHaveLength(1)
    },
  )

  it.each([
    [403, false],
    [403, true],
    [502, false],
    [502, true],
  ])(
    'are heard twice where the proxy refuses them by %i without a word, over a restart (https: %s)',
    async (deniesWith, isHttps) => {
      const proxy = await startProxy({ credentials: 'me:right', deniesWith, isSilent: true })
      const { main } = await threeServers(proxy, { password: 'wrong', isHttps })
      await rounds(main, 4)
      expect(await errorsOf(main)).toEqual(REFUSED)
      await main.close()
      const again = startMain({ folder: main.folder, keychain: main.keychain })
      await rounds(again, 2)
      expect(proxy.headers).toHaveLength(2)
      await again.ask('settings:set-proxy-password', { password: 'right' })
      await rounds(again, 1)
      expect(await errorsOf(again)).toEqual(GOOD)
    },
  )

  it.each([false, true])(
    'are one refusal where the proxy says 401 as Tinyproxy does, which is not Jira’s (https: %s)',
    async (isHttps) => {
      const proxy = await startTinyproxy({
        hosts: ['jira-1.example', 'jira-2.example', 'jira-3.example'],
        credentials: 'me:right',
      })
      const { main } = await threeServers(proxy, { password: 'wrong', isHttps })
      await rounds(main, 3)
      expect(await errorsOf(main)).toEqual(REFUSED)
      expect(proxy.log().match(/Request \(file descriptor/g)).toHaveLength(1)
    },
  )

  it('are one notice, and not one for each', async () => {
    const proxy = await startProxy({ credentials: 'me:right' })
    const { main } = await threeServers(proxy, { password: 'wrong' })
    await rounds(main, 4)
    main.services.notifications.flush()
    expect(spoken(await main.ask('notifications:list', {}))).toMatchObject([
      {
        kind: 'server-blocked',
        title: 'The proxy needs action',
        text: expect.stringContaining(`The proxy ${proxy.host} refused the user “me”`) as string,
      },
    ])
  })

  it('of another proxy have nothing to do with it: the password does not follow to a new address, or another user', async () => {
    const [first, second] = [
      await startProxy({ credentials: 'me:right' }),
      await startProxy({ credentials: 'me:right' }),
    ]
    const { main } = await threeServers(first, { password: 'right' })
    await rounds(main, 1)
    await main.ask('settings:set', { proxyAddress: second.address })
    await rounds(main, 1)
    await main.ask('settings:set', { proxyAddress: first.address, proxyUser: 'you' })
    await rounds(main, 1)
    expect(second.headers).toEqual([])
    expect(JSON.stringify(first.headers)).not.toContain(Buffer.from('you:').toString('base64').slice(0, 5))
    expect(await errorsOf(main)).toEqual(Array(3).fill('vault.no-entry ok'))
    expect([...main.keychain.entries.keys()].filter((name) => name.includes('proxy'))).toEqual([])
  })
})

describe('a refusal by Jira itself', () => {
  it.each([false, true])(
    'behind a proxy that accepted its password closes Jira’s gate alone (https: %s)',
    async (isHttps) => {
      const proxy = await startProxy({ credentials: 'me:right' })
      const { main } = await threeServers(proxy, { password: 'right', isHttps })
      const [first] = await main.ask('servers:list', {})
      await setCredential(main, {
        serverId: first?.id ?? '',
        credential: { kind: 'basic', user: 'admin', secret: 'wrong' },
        isSessionOnly: false,
      })
      await rounds(main, 2)
      expect((await main.ask('servers:list', {})).map(({ access }) => access.state)).toEqual(['blocked', 'ok', 'ok'])
    },
  )
})

/** Accepts every connection, and handles the first bytes as asked. */
async function startDeafProxy(hear: (socket: Socket) => void) {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      count += 1
      hear(socket)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => count }
}

describe('a proxy whose answers are lost', () => {
  it.each([false, true])('hears an unproven password twice at most, over restarts (https: %s)', async (isHttps) => {
    const proxy = await startDeafProxy((socket) => socket.resetAndDestroy())
    const { main } = await threeServers(proxy, { password: 'perhaps', isHttps })
    await rounds(main, 3)
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    await rounds(again, 2)
    expect(proxy.heard()).toBe(2)
    expect(await errorsOf(again)).toEqual(REFUSED)
  })
})
