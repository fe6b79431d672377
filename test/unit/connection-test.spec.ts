import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { CredentialInput } from '../../src-contract/credentials.ts'
import type { TestStep } from '../../src-contract/diagnosis.ts'
import type { JiraOptions, SimulatedJira } from '../../src-simulator/index.ts'
import { makeCertificate } from '../support/certificates.ts'
import { ADMIN, testConnection as run, TOKEN, withCredential, WRONG } from '../support/connection-tests.ts'
import { addServer, serverInput, startJira, startMain } from '../support/services.ts'

const API_PATH = '/plugins/servlet/backbone-issue-sync/api/1'
const SERVER_INFO = '/rest/api/2/serverInfo'
const PAGE = '<!DOCTYPE html><html><body>Welcome</body></html>'
const JSON_TYPE = { 'Content-Type': 'application/json' }
const infoOf = (baseUrl: string): string =>
  JSON.stringify({ baseUrl, version: '10.3.4', versionNumbers: [10, 3, 4], buildNumber: 1 })
const SIGNED = { 'X-AREQUESTID': '612x1x1' }

/** Lets a server listen while the test lasts; resolves with its origin. */
async function listen(server: Server, host = '127.0.0.1'): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  onTestFinished(() => void server.close())
  return `http://${host}:${(server.address() as AddressInfo).port}`
}

describe('the connection test', () => {
  it('passes step by step, reporting each as it goes, with one log-in and without a name', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 2 })]
    const { verdicts, step } = await run(main, jira)
    expect(verdicts).toEqual({
      address: 'passed',
      connection: 'passed',
      tls: 'warning',
      jira: 'passed',
      backbone: 'passed',
      login: 'passed',
      rights: 'passed',
      limits: 'passed',
    })
    expect(step('rights')?.message).toBe('2 synchronizations can be seen')
    expect(main.events.filter(({ topic }) => topic === 'servers:test-step').length).toBeGreaterThanOrEqual(7)
    expect(withCredential(jira)).toBe(1)
  })

  it.each<[string, JiraOptions, CredentialInput, TestStep['step'], object]>([
    [
      'a wrong password',
      {},
      WRONG,
      'login',
      { code: 'auth.rejected', message: 'Jira refused the user name and password' },
    ],
    [
      'a wrong token',
      {},
      { ...TOKEN, secret: 'wrong' },
      'login',
      { code: 'auth.rejected', message: 'Jira refused the token' },
    ],
    ['a captcha', { failuresBeforeCaptcha: 0 }, ADMIN, 'login', { code: 'auth.captcha' }],
    ['passwords switched off', { isBasicDisabled: true }, ADMIN, 'login', { code: 'auth.method-off' }],
    [
      'a user without rights',
      { accounts: [{ name: 'admin', password: 'admin', tokens: [], role: 'none', projects: [] }] },
      ADMIN,
      'rights',
      { code: 'auth.forbidden' },
    ],
    [
      'a project administrator without project keys',
      { accounts: [{ name: 'admin', password: 'admin', tokens: [], role: 'project-administrator', projects: ['AP'] }] },
      ADMIN,
      'rights',
      { code: 'auth.forbidden' },
    ],
  ])('names %s at its step, after one log-in', async (_name, options, credential, step, expected) => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, ...options })]
    expect((await run(main, jira, { credential })).step(step)).toMatchObject({ verdict: 'failed', ...expected })
    expect(withCredential(jira)).toBe(1)
  })

  it('names a server that is away, and skips what depends on it', async () => {
    const [main, jira] = [startMain(), await startJira()]
    await jira.goOffline()
    const { verdicts } = await run(main, jira)
    expect(verdicts).toEqual({
      address: 'passed',
      connection: 'failed',
      tls: 'skipped',
      jira: 'skipped',
      backbone: 'skipped',
      login: 'skipped',
      rights: 'skipped',
      limits: 'skipped',
    })
  })

  it('names a host that does not exist', async () => {
    const { step } = await run(startMain(), await startJira(), { input: { address: 'https://jira.nowhere.invalid' } })
    expect(step('address')).toMatchObject({ verdict: 'failed', code: 'net.dns' })
  })

  it('shows a certificate that is not trusted, sends nothing for it, and passes once it is; another one is refused again', async () => {
    const main = startMain()
    const own = await makeCertificate()
    const first = await startJira({ tls: own })
    const { certificate } = (await run(main, first)).step('tls') ?? {}
    expect(certificate).toMatchObject({
      subject: 'CN=127.0.0.1',
      issuer: 'CN=127.0.0.1',
      sha256: new X509Certificate(own.cert).fingerprint256,
    })
    const pinned = { input: { caPem: certificate?.pem ?? '' } }
    expect((await run(main, first, pinned)).verdicts).toMatchObject({ tls: 'passed', login: 'passed' })
    const second = await startJira({ tls: await makeCertificate() })
    const other = await run(main, second, pinned)
    expect(other.step('tls')).toMatchObject({ verdict: 'failed', code: 'tls.untrusted' })
    expect(other.step('tls')?.certificate?.sha256).not.toBe(certificate?.sha256)
    expect(second.seen).toEqual([])
    const foreign = await run(main, await startJira({ tls: await makeCertificate('other.example') }))
    expect(
      [certificate, other.step('tls')?.certificate, foreign.step('tls')?.certificate].map(
        (shown) => shown?.canBeTrusted,
      ),
    ).toEqual([true, true, false])
  })

  it('trusts a company’s own certificate authority only when it was given', async () => {
    const [main, certificate] = [startMain(), await makeCertificate()]
    const jira = await startJira({ tls: certificate })
    expect((await run(main, jira)).verdicts).toMatchObject({ tls: 'failed', login: 'skipped' })
    expect((await run(main, jira, { input: { caPem: certificate.cert } })).verdicts).toMatchObject({
      tls: 'passed',
      login: 'passed',
      rights: 'passed',
      limits: 'passed',
    })
  })
})

describe('no log-in leaves before Jira and Backbone were recognised', () => {
  it.each<[string, number, Record<string, string>, string, TestStep['code'], RegExp]>([
    ['a failing server', 500, {}, 'Out of memory', 'http.server-error', /HTTP 500/],
    ['a gateway', 503, {}, PAGE, 'http.server-error', /HTTP 503/],
    ['a welcome page', 200, {}, PAGE, 'auth.intercepted', /web page/],
    [
      'other data',
      200,
      { 'Content-Type': 'application/json' },
      '{"version":"1"}',
      'http.unexpected-body',
      /not the way Jira does/,
    ],
    [
      'another host',
      301,
      { Location: 'https://elsewhere.example/' },
      '',
      'http.redirected',
      /another host, elsewhere\.example/,
    ],
    [
      'a single sign-on',
      302,
      { Location: 'https://login.example/?goto=%2F' },
      '',
      'auth.intercepted',
      /single sign-on .* login\.example/,
    ],
    ['a single sign-on on the same host', 302, { Location: '/saml/begin' }, '', 'auth.intercepted', /log-in page/],
    [
      'a proxy that wants Kerberos',
      401,
      { 'WWW-Authenticate': 'Negotiate' },
      '',
      'auth.intercepted',
      /HTTP 401, it asks for Negotiate/,
    ],
    ['a demand to wait', 429, { 'Retry-After': '30' }, '', 'http.rate-limited', /limits requests/],
  ])('%s in place of Jira', async (_name, status, headers, body, code, message) => {
    const [main, jira] = [startMain(), await startJira()]
    jira.faults.add({ path: '/', fault: { kind: 'answer', status, headers, body } })
    const { step, verdicts } = await run(main, jira)
    expect(step('jira')).toMatchObject({ verdict: 'failed', code, message: expect.stringMatching(message) as string })
    expect(verdicts.login).toBe('skipped')
    expect(withCredential(jira)).toBe(0)
  })

  it.each<[string, number, Record<string, string>, string, TestStep['code']]>([
    ['a failing app', 500, SIGNED, PAGE, 'http.server-error'],
    ['a gateway', 502, {}, PAGE, 'http.server-error'],
    ['a page', 200, SIGNED, PAGE, 'auth.intercepted'],
    ['a single sign-on', 302, { Location: 'https://login.example/?SAMLRequest=1' }, '', 'auth.intercepted'],
    ['another host', 302, { Location: 'https://elsewhere.example/' }, '', 'http.redirected'],
    [
      'a proxy with a password of its own',
      401,
      { 'WWW-Authenticate': 'Basic realm="intranet"' },
      '',
      'auth.intercepted',
    ],
    ['nothing', 404, SIGNED, PAGE, 'api.not-found'],
  ])('%s in place of Backbone', async (_name, status, headers, body, code) => {
    const [main, jira] = [startMain(), await startJira()]
    for (const path of ['/health', '/integrations'])
      jira.faults.add({ path, fault: { kind: 'answer', status, headers, body } })
    const { step, verdicts } = await run(main, jira)
    expect(step('backbone')).toMatchObject({ verdict: 'failed', code })
    expect(verdicts).toMatchObject({ jira: 'passed', login: 'skipped' })
    expect(withCredential(jira)).toBe(0)
  })

  it.each<
    [string, Parameters<SimulatedJira['faults']['add']>[0][], Partial<Record<TestStep['step'], TestStep['verdict']>>]
  >([
    [
      'Jira hides its version from visitors',
      [{ path: SERVER_INFO, fault: { kind: 'answer', status: 403, headers: SIGNED, body: '' } }],
      { jira: 'warning' },
    ],
    [
      'a proxy hides Jira’s version from visitors',
      [{ path: SERVER_INFO, fault: { kind: 'answer', status: 403, body: PAGE } }],
      { jira: 'warning' },
    ],
    [
      'the health page says what nobody documented',
      [
        {
          path: '/health',
          fault: { kind: 'answer', status: 200, headers: { 'Content-Type': 'text/plain' }, body: 'alive' },
        },
      ],
      {},
    ],
    [
      'the app has no health page, and refuses visitors',
      [{ path: '/health', fault: { kind: 'answer', status: 404, headers: SIGNED, body: PAGE } }],
      {},
    ],
    [
      'the app sends visitors to Jira’s page for logging in',
      [
        {
          path: '/health',
          fault: { kind: 'answer', status: 302, headers: { Location: '/login.jsp?os_destination=1' }, body: '' },
        },
      ],
      {},
    ],
  ])('but does where %s', async (_name, faults, expected) => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1 })]
    for (const fault of faults) jira.faults.add(fault)
    const { verdicts } = await run(main, jira)
    expect(verdicts).toMatchObject({
      jira: 'passed',
      backbone: 'passed',
      login: 'passed',
      rights: 'passed',
      ...expected,
    })
    expect(withCredential(jira)).toBe(1)
  })

  it('a refusal that nobody signed can be gone past by the user’s word, for that one attempt', async () => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1 })]
    jira.faults.add({ path: SERVER_INFO, fault: { kind: 'answer', status: 403, body: PAGE } })
    jira.faults.add({ path: '/health', fault: { kind: 'answer', status: 403, body: PAGE } })
    expect((await run(main, jira)).step('login')).toMatchObject({ verdict: 'skipped', mayLogInAnyway: true })
    expect(withCredential(jira)).toBe(0)
    expect((await run(main, jira, { isLogInForced: true })).verdicts).toMatchObject({
      login: 'passed',
      rights: 'passed',
    })
    expect(withCredential(jira)).toBe(1)
  })

  it('behind a single sign-on the user may send a token, encrypted, and never a password', async () => {
    const certificate = await makeCertificate()
    const [main, jira] = [
      startMain(),
      await startJira({ synchronizations: 1, hasSingleSignOn: true, tls: certificate }),
    ]
    const input = { caPem: certificate.cert }
    expect((await run(main, jira, { input })).step('login')?.mayLogInAnyway).toBeUndefined()
    expect((await run(main, jira, { input, isLogInForced: true })).verdicts.login).toBe('skipped')
    expect((await run(main, jira, { input, credential: TOKEN })).step('login')).toMatchObject({
      verdict: 'skipped',
      mayLogInAnyway: true,
    })
    expect(withCredential(jira)).toBe(0)
    expect((await run(main, jira, { input, credential: TOKEN, isLogInForced: true })).verdicts).toMatchObject({
      login: 'passed',
      rights: 'passed',
    })

    const plain = await startJira({ synchronizations: 1, hasSingleSignOn: true })
    expect((await run(main, plain, { credential: TOKEN, isLogInForced: true })).verdicts.login).toBe('skipped')
    expect(withCredential(plain)).toBe(0)
  })
})

describe('another address is found and offered', () => {
  /** A Jira that speaks HTTPS, and a server on plain HTTP at the same host that points to it. */
  async function behindRedirect(target: (jira: SimulatedJira) => string, options: JiraOptions = {}) {
    const certificate = await makeCertificate()
    const jira = await startJira({ synchronizations: 1, tls: certificate, ...options })
    const plain = await startJira()
    plain.faults.add({
      path: '/',
      fault: { kind: 'answer', status: 301, headers: { Location: target(jira) }, body: '' },
    })
    return { jira, plain, caPem: certificate.cert }
  }

  it.each<[string, JiraOptions, (jira: SimulatedJira) => string]>([
    ['to the same path', {}, (jira) => `${jira.baseUrl}${SERVER_INFO}`],
    ['to the path with Jira’s context', { contextPath: '/jira' }, (jira) => `${jira.baseUrl}${SERVER_INFO}`],
    ['to its start page', { contextPath: '/jira' }, (jira) => `${jira.baseUrl}/secure/Dashboard.jspa`],
    ['to its root', { contextPath: '/jira' }, (jira) => new URL('/', jira.baseUrl).href],
  ])(
    'where http:// redirects to https:// %s; the password does not travel in plain text',
    async (_name, options, target) => {
      const main = startMain()
      const { jira, plain, caPem } = await behindRedirect(target, options)
      const { step, verdicts } = await run(main, plain, { input: { caPem } })
      expect(step('jira')).toMatchObject({
        verdict: 'failed',
        code: 'http.redirected',
        offer: { address: jira.baseUrl },
      })
      expect(verdicts.login).toBe('skipped')
      expect([withCredential(plain), withCredential(jira)]).toEqual([0, 0])
      expect((await run(main, plain, { input: { caPem, address: jira.baseUrl } })).verdicts).toMatchObject({
        tls: 'passed',
        login: 'passed',
      })
    },
  )

  it('also where its certificate is not trusted yet', async () => {
    const { jira, plain } = await behindRedirect(({ baseUrl }) => `${baseUrl}${SERVER_INFO}`)
    expect((await run(startMain(), plain)).step('jira')).toMatchObject({
      verdict: 'failed',
      offer: { address: jira.baseUrl },
    })
  })

  it('where Jira on plain http names an encrypted address of the same host as its own', async () => {
    const certificate = await makeCertificate()
    const [main, jira] = [startMain(), await startJira({ tls: certificate })]
    const plain = await startJira({ synchronizations: 1, statedBaseUrl: jira.baseUrl })
    const input = { caPem: certificate.cert }
    const { step } = await run(main, plain, { input })
    expect(step('jira')).toMatchObject({ verdict: 'warning', offer: { address: jira.baseUrl } })
    expect(step('login')).toMatchObject({ verdict: 'skipped', mayLogInAnyway: true })
    expect(withCredential(plain)).toBe(0)
    expect((await run(main, plain, { input, isLogInForced: true })).verdicts.login).toBe('passed')
  })

  it.each([
    ['cannot be reached', 'https://127.0.0.1:1'],
    ['is not trusted', null],
  ])('also where that one %s: no password over plain http but by the user’s word', async (_name, unreachable) => {
    const [main, jira] = [startMain(), await startJira({ tls: await makeCertificate() })]
    const own = unreachable ?? jira.baseUrl
    const plain = await startJira({ synchronizations: 1, statedBaseUrl: own })
    const { step } = await run(main, plain)
    expect(step('jira')).toMatchObject({
      verdict: 'warning',
      message: `Jira 10.3.4, which gives its own address as ${own}`,
      offer: { address: own },
    })
    expect(step('login')).toMatchObject({
      verdict: 'skipped',
      message: 'Not tried, so that the password does not travel in plain text',
      mayLogInAnyway: true,
    })
    expect(withCredential(plain)).toBe(0)
    expect((await run(main, plain, { isLogInForced: true })).verdicts.login).toBe('passed')
  })

  it.each([
    ['and is found', true],
    ['which is not trusted yet', false],
  ])('where only Backbone’s health page redirects to https:// on the same host, %s', async (_name, isTrusted) => {
    const certificate = await makeCertificate()
    const [jira, plain] = [
      await startJira({ tls: certificate, contextPath: '/jira' }),
      await startJira({ synchronizations: 1, contextPath: '/jira' }),
    ]
    plain.faults.add({
      path: '/health',
      fault: { kind: 'answer', status: 301, headers: { Location: `${jira.baseUrl}${API_PATH}/health` }, body: '' },
    })
    const { step, verdicts } = await run(startMain(), plain, { input: isTrusted ? { caPem: certificate.cert } : {} })
    const message = isTrusted
      ? `The server redirects: Jira is at ${jira.baseUrl}`
      : `The server redirects to ${jira.baseUrl}`
    expect(step('backbone')).toMatchObject({
      verdict: 'failed',
      code: 'http.redirected',
      message,
      offer: { address: jira.baseUrl },
    })
    expect(verdicts.login).toBe('skipped')
    expect([withCredential(plain), withCredential(jira)]).toEqual([0, 0])
  })

  it.each([
    ['the usual one is missing', '/jira', ''],
    ['another one is typed', '/jira', '/confluence'],
    ['there is none', '', '/jira'],
  ])('where the context path is wrong: %s', async (_name, contextPath, typed) => {
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, contextPath })]
    const { step } = await run(main, jira, { input: { address: new URL(jira.baseUrl).origin + typed } })
    expect(step('jira')).toMatchObject({ verdict: 'failed', code: 'api.not-found', offer: { address: jira.baseUrl } })
    expect(withCredential(jira)).toBe(0)
  })

  it('but never on another host, which is reported but not contacted', async () => {
    const [main, jira, other] = [startMain(), await startJira(), await startJira({ host: '127.0.0.2' })]
    jira.faults.add({
      path: '/',
      fault: { kind: 'answer', status: 302, headers: { Location: `${other.baseUrl}${SERVER_INFO}` }, body: '' },
    })
    const told = (await run(main, jira)).step('jira')
    expect(told?.message).toContain('127.0.0.2')
    expect(told?.offer).toBeUndefined()
    expect([withCredential(jira), other.seen.length]).toEqual([0, 0])
  })

  it('by the context path that Jira calls its own, where several lead to it', async () => {
    const origin = await listen(
      createServer((request, response) => {
        const isThere = /^\/(jira|tracker)\/rest\/api\/2\/serverInfo$/.test(request.url ?? '')
        response.writeHead(isThere ? 200 : 404, JSON_TYPE)
        response.end(isThere ? infoOf(`http://${request.headers.host ?? ''}/tracker`) : '')
      }),
    )
    const { step } = await run(startMain(), await startJira(), { input: { address: origin } })
    expect(step('jira')?.offer).toEqual({ address: `${origin}/tracker` })
  })

  it('and an address on another host that Jira calls its own is mentioned, and not asked', async () => {
    let connections = 0
    const other = (
      await listen(
        createServer().on('connection', (socket) => ((connections += 1), socket.destroy())),
        '127.0.0.2',
      )
    ).replace('http:', 'https:')
    const [main, jira] = [startMain(), await startJira({ synchronizations: 1, statedBaseUrl: other })]
    const { step, verdicts } = await run(main, jira)
    expect(step('jira')).toMatchObject({
      verdict: 'passed',
      advice: expect.stringContaining(`gives its own address as ${other}`) as string,
    })
    expect(verdicts.login).toBe('passed')
    expect(connections).toBe(0)
  })
})

describe('a context path that bears the name of a page', () => {
  it.each(['/issues', '/projects', '/browse', '/secure', '/a/plugins'])(
    '%s is used where Jira answers there, and is stored so',
    async (contextPath) => {
      const [main, jira] = [startMain(), await startJira({ synchronizations: 1, contextPath })]
      for (const address of [jira.baseUrl, `${jira.baseUrl}/browse/AP-1`, `${jira.baseUrl}/secure/Dashboard.jspa`]) {
        const { step, verdicts } = await run(main, jira, { input: { address } })
        expect(step('address')).toMatchObject({ verdict: 'passed', message: jira.baseUrl, baseUrl: jira.baseUrl })
        expect(verdicts.login).toBe('passed')
        expect(await main.ask('servers:inspect-address', { address, askTrusting: '' })).toMatchObject({
          baseUrl: jira.baseUrl,
          candidates: [],
        })
      }
      const serverId = await addServer(main, jira, { isAddressExact: true })
      await main.ask('synchronizations:refresh', { serverId })
      expect(await main.rows()).toHaveLength(1)
      await main.ask('servers:update', { serverId, input: serverInput(jira, { name: 'Renamed' }) })
      expect((await main.ask('servers:list', {}))[0]?.baseUrl).toBe(jira.baseUrl)
    },
  )

  it.each(['/issues/?jql=project%20%3D%20AP', '/projects', '/browse/AP-12', '/secure/Dashboard.jspa'])(
    '%s of a Jira without one is still taken for its page',
    async (page) => {
      const [main, jira] = [startMain(), await startJira({ synchronizations: 1, contextPath: '/jira' })]
      const address = jira.baseUrl + page
      const { step, verdicts } = await run(main, jira, { input: { address } })
      expect(step('address')?.message).toBe(jira.baseUrl)
      expect(verdicts.login).toBe('passed')
      expect((await main.ask('servers:inspect-address', { address, askTrusting: '' })).baseUrl).toBe(jira.baseUrl)
    },
  )

  it('is left as understood where nobody can be asked', async () => {
    const [main, jira] = [startMain(), await startJira()]
    await jira.goOffline()
    expect(
      (await main.ask('servers:inspect-address', { address: `${jira.baseUrl}/issues`, askTrusting: '' })).baseUrl,
    ).toBe(jira.baseUrl)
  })
})
