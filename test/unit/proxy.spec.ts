import { X509Certificate } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createTransport } from '../../src-main/http/transport.ts'
import { worded, spoken } from '../support/said.ts'
import { exceptionFor, Proxies, readPacResult } from '../../src-main/http/proxy.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { makeCertificate } from '../support/certificates.ts'
import { startProxy, type ProxyServer } from '../support/proxy-server.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { startTinyproxy, type Tinyproxy } from '../support/tinyproxy.ts'
import { until } from '../../tools/until.ts'
import { say } from '../../src-main/text/say.ts'
import { message } from '../../src-contract/messages/message.ts'
import { setCredential } from '../support/set-credential.ts'

const proxies = (settings: Partial<Settings>, system = 'DIRECT') =>
  new Proxies({
    settings: { get: () => ({ ...defaultSettings, ...settings }) },
    resolveSystemProxy: async () => system,
    password: async () => 'pä:ss',
  })
const routeTo = async (address: string, settings: Partial<Settings>, system?: string) => {
  const { proxy, reason, about } = await proxies(settings, system).routeTo(new URL(address))
  return {
    proxy: proxy?.href ?? null,
    why: say(message(`diagnosis.route.${reason}`)) + (about === undefined ? '' : `: ${about}`),
  }
}

it('a system that does not say which proxy to use is not waited for without end', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const silent = new Proxies({
    settings: { get: () => ({ ...defaultSettings, proxyMode: 'system' }) },
    resolveSystemProxy: () => new Promise(() => undefined),
    password: async () => '',
  })
  const route = silent.routeTo(new URL('https://jira.example')).catch((error: unknown) => error)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await route).toMatchObject({ code: 'net.proxy', data: { message: { key: 'errors.proxy.silent' } } })
})

describe('the way to a server', () => {
  const manual = { proxyMode: 'manual', proxyAddress: 'http://proxy.example:3128' } as const

  it.each([
    [
      'direct without a proxy',
      'https://jira.example',
      { proxyMode: 'none' } as const,
      null,
      'Directly: the settings say not to use a proxy',
    ],
    [
      'by the proxy given',
      'https://jira.example',
      manual,
      'http://proxy.example:3128/',
      'Through the proxy from the settings: proxy.example:3128',
    ],
    [
      'direct for an exception',
      'https://jira.example',
      { ...manual, proxyExceptions: 'other.example, jira.example' },
      null,
      'Directly: an exception in the settings: jira.example',
    ],
    [
      'direct for what is below an exception',
      'https://jira.corp.example',
      { ...manual, proxyExceptions: '.corp.example' },
      null,
      'Directly: an exception in the settings: .corp.example',
    ],
    [
      'by the proxy for what only ends alike',
      'https://notcorp.example',
      { ...manual, proxyExceptions: '.corp.example' },
      'http://proxy.example:3128/',
      'Through the proxy from the settings: proxy.example:3128',
    ],
    ['direct to this computer', 'http://localhost:2990/jira', manual, null, 'Directly: the address is this computer'],
    [
      'direct where no address was entered',
      'https://jira.example',
      { ...manual, proxyAddress: '' },
      null,
      'Directly: no proxy is set',
    ],
    [
      'with user and password',
      'https://jira.example',
      { ...manual, proxyUser: 'me@corp' },
      'http://me%40corp:p%C3%A4%3Ass@proxy.example:3128/',
      'Through the proxy from the settings, with a user: proxy.example:3128',
    ],
    ['as the system says', 'https://jira.example', {}, null, 'Directly: the operating system has no proxy set'],
  ])('is %s, and says why', async (_name, address, settings, proxy, why) => {
    expect(await routeTo(address, settings)).toEqual({ proxy, why })
  })

  it.each([
    ['DIRECT', null],
    ['', null],
    ['PROXY proxy.example:8080; DIRECT', 'http://proxy.example:8080/'],
    ['HTTPS secure.example:443', 'https://secure.example/'],
    ['PROXY :; PROXY proxy.example:8080', 'http://proxy.example:8080/'],
    ['SOCKS5 old.example:1080; PROXY proxy.example:8080', 'http://proxy.example:8080/'],
  ])('is read from the system’s answer “%s”', (answer, expected) => {
    expect(readPacResult(answer).proxy?.href ?? null).toBe(expected)
  })

  it('of a kind that cannot be used is said, instead of going directly', () => {
    expect(() => readPacResult('SOCKS5 old.example:1080')).toThrow('SOCKS5 old.example:1080')
    expect(() => readPacResult('PROXY [broken')).toThrow('PROXY [broken')
  })

  it('knows exceptions with a star, in any case', () => {
    expect(exceptionFor('Jira.Corp.Example', '*.corp.example')).toBe('.corp.example')
    expect(exceptionFor('corp.example', '')).toBeNull()
  })
})

const HOST = 'jira.behind-proxy.example'

/** The main process whose only way to a server, known by a name of the proxy's, leads through a proxy. */
async function scene({
  isHttps = false,
  certificate,
  startsProxy,
}: {
  isHttps?: boolean
  certificate?: { key: string; cert: string }
  startsProxy: () => Promise<{ address: string }>
}) {
  const tls = isHttps ? (certificate ?? (await makeCertificate(HOST))) : undefined
  const jira = await startJira({ synchronizations: 3, ...(tls && { tls }) })
  const proxy = await startsProxy()
  const main = startMain()
  await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address })
  const address = jira.baseUrl.replace('127.0.0.1', HOST)
  const serverId = await addServer(main, jira, { address, caPem: tls?.cert ?? '' })
  const refresh = async () => {
    await main.ask('synchronizations:refresh', { serverId })
    const [server] = await main.ask('servers:list', {})
    return {
      count: server?.synchronizationCount,
      error: server?.reach.error ? worded(server.reach.error) : null,
      access: server?.access.state,
    }
  }
  const steps = async () =>
    spoken(await main.ask('servers:connections', { serverId })).map(({ isConnected, steps }) => ({
      isConnected,
      told: steps.map(({ message, about }) => (about === undefined ? message : `${message}: ${about}`)),
    }))
  const diagnose = async () => spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true }))
  return { jira, main, serverId, refresh, steps, diagnose, tls }
}

async function behindTinyproxy(
  options: {
    isHttps?: boolean
    certificate?: { key: string; cert: string }
    credentials?: string
    connectPorts?: readonly number[]
  } = {},
) {
  let proxy: Tinyproxy | null = null
  const made = await scene({
    ...options,
    startsProxy: async () => (proxy = await startTinyproxy({ hosts: [HOST], ...options })),
  })
  return { ...made, proxy: proxy as unknown as Tinyproxy }
}

describe('through a real forward proxy', () => {
  it.each([false, true])('a server is read by a name that only the proxy knows (https: %s)', async (isHttps) => {
    const { proxy, refresh, steps } = await behindTinyproxy({ isHttps })
    expect(await refresh()).toEqual({ count: 3, error: null, access: 'ok' })
    expect(proxy.log()).toMatch(
      isHttps ? /CONNECT jira\.behind-proxy\.example:/ : /GET http:\/\/jira\.behind-proxy\.example:/,
    )
    const [{ isConnected, told } = { isConnected: false, told: [] }] = await steps()
    expect(isConnected).toBe(true)
    expect(told[0]).toBe(`Through the proxy from the settings: ${proxy.host}`)
    if (isHttps)
      expect(told.join('\n')).toMatch(
        /1 added for this server\nThe proxy connects to the server\nTLSv1\.3, TLS_\w+; the certificate is trusted by this server’s own certificates: CN=jira\.behind-proxy\.example/,
      )
  })

  it('that the operating system names, a server is read; without a proxy it is not found', async () => {
    const proxy = await startTinyproxy({ hosts: [HOST] })
    const jira = await startJira({ synchronizations: 3 })
    const main = startMain({ systemProxy: `PROXY ${proxy.host}` })
    const serverId = await addServer(main, jira, { address: jira.baseUrl.replace('127.0.0.1', HOST) })
    await main.ask('synchronizations:refresh', { serverId })
    expect(await main.rows()).toHaveLength(3)
    expect(spoken(await main.ask('servers:connections', { serverId }))[0]?.steps[0]).toEqual({
      step: 'route',
      message: 'Through the operating system’s proxy',
      about: proxy.host,
    })
    await main.ask('settings:set', { proxyMode: 'none' })
    await main.ask('synchronizations:refresh', { serverId })
    expect((await main.ask('servers:list', {}))[0]?.reach.error?.code).toBe('net.dns')
    expect(spoken(await main.ask('servers:connections', { serverId }))[0]?.steps[0]?.message).toBe(
      'Directly: the settings say not to use a proxy',
    )
  })

  it.each([false, true])(
    'that wants a password is told as such (https: %s), never taken for Jira, and used once it has one',
    async (isHttps) => {
      const { jira, main, refresh, steps } = await behindTinyproxy({ isHttps, credentials: 'me:right' })
      expect(await refresh()).toMatchObject({
        error: { code: 'net.proxy', message: expect.stringContaining('requires a user name and a password') as string },
        access: 'unknown',
      })
      expect(jira.seen).toEqual([])
      await main.ask('settings:set', { proxyUser: 'me' })
      await main.ask('settings:set-proxy-password', { password: 'right' })
      expect(await refresh()).toEqual({ count: 3, error: null, access: 'ok' })
      expect((await steps()).map(({ isConnected }) => isConnected)).toEqual([true, false])
      expect(JSON.stringify([main.events, await steps()]) + main.log.join('')).not.toContain('right')
    },
  )

  it.each([
    [
      'that is not there',
      'ready',
      'vault.no-entry',
      'The keychain returned no password for the user “me” of the proxy.',
    ],
    [
      'in a keychain that is locked',
      'locked',
      'vault.locked',
      'The password of the proxy cannot be read. The keychain of this computer is locked.',
    ],
    [
      'in a keychain that is broken',
      'error',
      'vault.failed',
      'The password of the proxy cannot be read. The keychain of this computer answered with an error.',
    ],
  ] as const)('a password %s is told, and nothing is sent in its place', async (_name, state, code, message) => {
    const { main, proxy, serverId, refresh } = await behindTinyproxy({ credentials: 'me:right' })
    await setCredential(main, {
      serverId,
      credential: { kind: 'basic', user: 'admin', secret: 'admin' },
      isSessionOnly: true,
    })
    await main.ask('settings:set', { proxyUser: 'me' })
    main.keychain.state = state
    expect(await refresh()).toMatchObject({ error: { code, message }, access: 'unknown' })
    expect(proxy.log()).not.toContain('GET http')
  })

  it('a certificate that the user trusts is also enough behind it, whoever issued it', async () => {
    const certificate = await makeCertificate(HOST, { authority: await makeCertificate('Company CA') })
    const { refresh } = await behindTinyproxy({ isHttps: true, certificate })
    expect(await refresh()).toEqual({ count: 3, error: null, access: 'ok' })
  })

  it('that does not tunnel to this port is the proxy’s failure, and costs no log-in', async () => {
    const { jira, refresh, steps } = await behindTinyproxy({ isHttps: true, connectPorts: [443] })
    expect(await refresh()).toMatchObject({
      error: { code: 'net.proxy', message: expect.stringContaining('HTTP 403') as string },
      access: 'unknown',
    })
    expect(jira.seen).toEqual([])
    expect((await steps())[0]?.told.join()).toContain('The proxy answered with HTTP 403')
  })

  it('a server that the proxy does not reach is reported, and how often', async () => {
    const { jira, main, serverId, refresh } = await behindTinyproxy({ isHttps: true })
    await jira.goOffline()
    for (let count = 0; count < 2; count += 1) expect(await refresh()).toMatchObject({ error: { code: 'net.proxy' } })
    const [attempt] = spoken(await main.ask('servers:connections', { serverId }))
    expect(attempt).toMatchObject({ isConnected: false })
    expect(attempt?.count).toBeGreaterThan(1)
  })

  it('the diagnosis goes the same way, and shows a certificate that is not trusted from behind it', async () => {
    const { main, serverId, diagnose, tls } = await behindTinyproxy({ isHttps: true, credentials: 'me:right' })
    await main.ask('settings:set', { proxyUser: 'me' })
    await main.ask('settings:set-proxy-password', { password: 'right' })
    expect((await diagnose()).map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
      'address passed',
      'connection passed',
      'tls passed',
      'jira passed',
      'backbone passed',
      'login passed',
      'rights passed',
      'limits passed',
    ])
    const [server] = await main.ask('servers:list', {})
    const {
      name = '',
      baseUrl: address = '',
      apiPath = '',
      environment = 'test',
      projectKeys = [],
      allowPlainHttp = false,
    } = server ?? {}
    await main.ask('servers:update', {
      serverId,
      input: { name, address, apiPath, environment, projectKeys, allowPlainHttp, caPem: '' },
    })
    const failed = (await diagnose()).find(({ step }) => step === 'tls')
    expect(failed).toMatchObject({
      verdict: 'failed',
      code: 'tls.untrusted',
      certificate: { sha256: new X509Certificate(tls?.cert ?? '').fingerprint256, canBeTrusted: true },
    })
  })

  it('a write has a connection of its own, and where its answer is lost, that is found out about and not blamed on the proxy', async () => {
    const { jira, main, proxy, serverId, refresh } = await behindTinyproxy({ isHttps: true })
    await refresh()
    const [row] = (await main.rows()).filter(({ health }) => health !== 'stopped')
    jira.faults.add({ path: '/integrations/', method: 'PUT', times: 1, fault: { kind: 'reset-after' } })
    await main.ask('synchronizations:stop', { targets: [{ serverId, key: row?.key ?? '' }] })
    await until('the task ended', async () => (await main.ask('tasks:list', {}))[0]?.outcome !== null)
    expect((await main.ask('tasks:list', {}))[0]).toMatchObject({ outcome: 'succeeded' })
    expect(jira.requestsTo('/integrations/', 'PUT')).toHaveLength(1)
    // Its tunnel, besides the one of the readings.
    expect(proxy.log().match(/CONNECT jira/g)?.length).toBeGreaterThanOrEqual(2)
  })
})

async function behindOurs(
  options: Parameters<typeof startProxy>[0] & { isHttps?: boolean; isProxyTrusted?: boolean } = {},
) {
  let proxy: ProxyServer | null = null
  const made = await scene({ ...options, startsProxy: async () => (proxy = await startProxy(options)) })
  if (options.isProxyTrusted) {
    const [server] = await made.main.ask('servers:list', {})
    const {
      name = '',
      baseUrl: address = '',
      apiPath = '',
      environment = 'test',
      projectKeys = [],
      allowPlainHttp = false,
      caPem = '',
    } = server ?? {}
    await made.main.ask('servers:update', {
      serverId: made.serverId,
      input: {
        name,
        address,
        apiPath,
        environment,
        projectKeys,
        allowPlainHttp,
        caPem: `${caPem}\n${options.tls?.cert ?? ''}`,
      },
    })
  }
  return { ...made, proxy: proxy as unknown as ProxyServer }
}

/** What Tinyproxy does not do: speak TLS itself, answer with odd codes, and report the headers it got. */
describe('through a proxy', () => {
  it('over plain http a refusal is reported at once, however long its page takes', async () => {
    const proxy = createServer((_request, response) => {
      response.writeHead(407, { 'Proxy-Authenticate': 'Basic', 'Content-Length': '1000000' }).write('<html>')
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    const { port } = proxy.address() as AddressInfo
    const route = { proxy: new URL(`http://me:wrong@127.0.0.1:${port}`), reason: 'bySettingsWithUser' } as const
    const transport = createTransport({ caPem: '', routeTo: () => Promise.resolve(route) })
    await expect(
      transport.send({ method: 'GET', url: new URL('http://jira.example'), headers: {}, body: null, maxBytes: 1_000 }),
    ).rejects.toMatchObject({ code: 'net.proxy-refused' })
  })

  it.each([false, true])('a tunnel never carries the Jira password in the open (https: %s)', async (isHttps) => {
    const { proxy, refresh } = await behindOurs({ isHttps })
    expect(await refresh()).toEqual({ count: 3, error: null, access: 'ok' })
    expect(JSON.stringify(proxy.headers).includes('authorization')).toBe(!isHttps)
  })

  it.each([false, true])(
    'that is reached over TLS itself, both certificates are checked (https: %s)',
    async (isHttps) => {
      const tls = await makeCertificate()
      const untrusted = await behindOurs({ tls, isHttps })
      expect((await untrusted.refresh()).error).toMatchObject({
        code: 'net.proxy',
        message: expect.stringMatching(/^The certificate of the proxy .* is not trusted: it is self-signed/) as string,
      })
      const trusted = await behindOurs({ tls, isHttps, isProxyTrusted: true })
      expect(await trusted.refresh()).toEqual({ count: 3, error: null, access: 'ok' })
    },
  )

  it.each([200 + 1, 403, 502])(
    'that answers for a server with %i is the proxy’s failure, and costs no log-in',
    async (refusesWith) => {
      const { jira, refresh } = await behindOurs({ isHttps: true, refusesWith })
      expect(await refresh()).toMatchObject({ error: { code: 'net.proxy' }, access: 'unknown' })
      expect(jira.seen).toEqual([])
    },
  )

  it('that is not there is named instead of the server', async () => {
    const { main, refresh } = await behindOurs()
    await main.ask('settings:set', { proxyAddress: 'http://127.0.0.1:9' })
    expect((await refresh()).error).toMatchObject({
      code: 'net.proxy',
      message: 'The proxy 127.0.0.1:9 cannot be reached.',
    })
  })
})
