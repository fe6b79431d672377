import { describe, expect, it } from 'vitest'
import { isException, Proxies, readPacResult } from '../../src-main/http/proxy.ts'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { makeCertificate } from '../support/certificates.ts'
import { startProxy } from '../support/proxy-server.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

const proxies = (settings: Partial<Settings>, system = 'DIRECT') =>
  new Proxies({ settings: () => ({ ...defaultSettings, ...settings }), resolveSystemProxy: async () => system, password: async () => 'pä:ss' })
const routeOf = async (address: string, settings: Partial<Settings>, system?: string) => (await proxies(settings, system).routeFor(new URL(address)))?.href ?? null

describe('the way to a server', () => {
  const manual = { proxyMode: 'manual', proxyAddress: 'http://proxy.example:3128' } as const

  it.each([
    ['direct without a proxy', 'https://jira.example', { proxyMode: 'none' } as const, null],
    ['by the proxy given', 'https://jira.example', manual, 'http://proxy.example:3128/'],
    ['direct for an exception', 'https://jira.example', { ...manual, proxyExceptions: 'other.example, jira.example' }, null],
    ['direct for what is below an exception', 'https://jira.corp.example', { ...manual, proxyExceptions: '.corp.example' }, null],
    ['by the proxy for what only ends alike', 'https://notcorp.example', { ...manual, proxyExceptions: '.corp.example' }, 'http://proxy.example:3128/'],
    ['direct to this computer', 'http://localhost:2990/jira', manual, null],
    ['direct where no address was entered', 'https://jira.example', { ...manual, proxyAddress: '' }, null],
    ['with user and password', 'https://jira.example', { ...manual, proxyUser: 'me@corp' }, 'http://me%40corp:p%C3%A4%3Ass@proxy.example:3128/'],
  ])('is %s', async (_name, address, settings, expected) => {
    expect(await routeOf(address, settings)).toBe(expected)
  })

  it.each([
    ['DIRECT', null],
    ['', null],
    ['PROXY proxy.example:8080; DIRECT', 'http://proxy.example:8080/'],
    ['HTTPS secure.example:443', 'https://secure.example/'],
    ['SOCKS5 old.example:1080; PROXY proxy.example:8080', 'http://proxy.example:8080/'],
  ])('is read from the system’s answer “%s”', (answer, expected) => {
    expect(readPacResult(answer)?.href ?? null).toBe(expected)
  })

  it('of a kind that cannot be used is said, instead of going directly', () => {
    expect(() => readPacResult('SOCKS5 old.example:1080')).toThrow('SOCKS5 old.example:1080')
  })

  it('knows exceptions with a star, in any case', () => {
    expect(isException('Jira.Corp.Example', '*.corp.example')).toBe(true)
    expect(isException('corp.example', '')).toBe(false)
  })
})

/** The main process whose only way to a server, known by a name of the proxy's, leads through a proxy. */
async function scene(options: Parameters<typeof startProxy>[0] & { isHttps?: boolean; isProxyTrusted?: boolean } = {}) {
  const tls = options.isHttps ? await makeCertificate('jira.behind-proxy.example') : undefined
  const jira = await startJira({ synchronizations: 3, ...(tls && { tls }) })
  const proxy = await startProxy(options)
  const main = startMain()
  await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address })
  const address = jira.baseUrl.replace('127.0.0.1', 'jira.behind-proxy.example')
  const serverId = await addServer(main, jira, { address, caPem: [tls?.cert ?? '', options.isProxyTrusted ? (options.tls?.cert ?? '') : ''].join('\n') })
  const refresh = async () => {
    await main.ask('synchronizations:refresh', { serverId })
    const [server] = await main.ask('servers:list', {})
    return { count: server?.synchronizationCount, error: server?.reach.error, access: server?.access.state }
  }
  return { jira, proxy, main, serverId, refresh }
}

describe('through a real proxy', () => {
  it.each([false, true])('a server is read (https: %s), and a tunnel never carries the Jira password in the open', async (isHttps) => {
    const { proxy, refresh } = await scene({ isHttps })
    expect(await refresh()).toEqual({ count: 3, error: null, access: 'ok' })
    expect(proxy.seen[0]).toMatch(isHttps ? /^CONNECT jira\.behind-proxy\.example:/ : /^GET http:\/\/jira\.behind-proxy\.example:/)
    if (isHttps) expect(JSON.stringify(proxy.headers)).not.toContain('authorization')
  })

  it.each([false, true])('that is reached over TLS itself, both certificates are checked (https: %s)', async (isHttps) => {
    const tls = await makeCertificate()
    const untrusted = await scene({ tls, isHttps })
    expect((await untrusted.refresh()).error).toMatchObject({ code: 'net.proxy', message: expect.stringMatching(/^The certificate of the proxy .* is not trusted: it is self-signed/) as string })
    const trusted = await scene({ tls, isHttps, isProxyTrusted: true })
    expect(await trusted.refresh()).toEqual({ count: 3, error: null, access: 'ok' })
  })

  it.each([false, true])('that wants a password is told as such (https: %s), never taken for Jira, and used once it has one', async (isHttps) => {
    const { jira, main, refresh } = await scene({ isHttps, credentials: 'me:right' })
    expect(await refresh()).toMatchObject({ error: { code: 'net.proxy', message: expect.stringContaining('demands a user and a password') as string }, access: 'unknown' })
    expect(jira.seen).toEqual([])
    await main.ask('settings:set', { proxyUser: 'me' })
    await main.ask('settings:set-proxy-password', { password: 'right' })
    expect(await refresh()).toEqual({ count: 3, error: null, access: 'ok' })
    expect(JSON.stringify(main.events) + main.log.join('')).not.toContain('right')
  })

  it.each([200 + 1, 403, 502])('that answers for a server with %i is the proxy’s failure, and costs no log-in', async (refusesWith) => {
    const { jira, refresh } = await scene({ isHttps: true, refusesWith })
    expect(await refresh()).toMatchObject({ error: { code: 'net.proxy' }, access: 'unknown' })
    expect(jira.seen).toEqual([])
  })

  it('that is not there is named instead of the server', async () => {
    const { main, refresh } = await scene()
    await main.ask('settings:set', { proxyAddress: 'http://127.0.0.1:9' })
    expect((await refresh()).error).toMatchObject({ code: 'net.proxy', message: 'The proxy 127.0.0.1:9 cannot be reached.' })
  })

  it('the connection test goes the same way', async () => {
    const { main, serverId, proxy } = await scene({ isHttps: true })
    const [server] = await main.ask('servers:list', {})
    const { name = '', baseUrl: address = '', apiPath = '', environment = 'test', caPem = '', projectKeys = [], allowPlainHttp = false } = server ?? {}
    const steps = await main.ask('servers:test', { testId: 't', serverId, credential: null, input: { name, address, apiPath, environment, caPem, projectKeys, allowPlainHttp } })
    expect(steps.find(({ step }) => step === 'rights')?.verdict).toBe('passed')
    expect(proxy.seen.length).toBeGreaterThan(0)
  })
})
