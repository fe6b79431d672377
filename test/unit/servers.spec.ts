import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { TestStep } from '../../src-contract/servers.ts'
import type { JiraOptions } from '../../src-simulator/index.ts'
import { systemClock } from '../../src-main/clock.ts'
import { makeCertificate } from '../support/certificates.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'

const accessOf = async (main: TestMain, id: string) => (await main.ask('servers:list', {})).find((server) => server.id === id)?.access

describe('the list of servers', () => {
  it('survives a restart in the user’s order, without any secret in its files', async () => {
    const jira = await startJira()
    const main = startMain()
    const first = await addServer(main, jira, { name: 'First' })
    const second = await addServer(main, jira, { name: 'Second' })
    await main.ask('servers:reorder', { serverIds: [second, first] })
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect((await again.ask('servers:list', {})).map(({ name }) => name)).toEqual(['Second', 'First'])
  })

  it('allows two servers with the same address, and marks both', async () => {
    const jira = await startJira()
    const main = startMain()
    await addServer(main, jira)
    await addServer(main, jira)
    expect((await main.ask('servers:list', {})).map(({ sharesAddress }) => sharesAddress)).toEqual([true, true])
  })

  it('drops the password when the address leads to another host', async () => {
    const [jira, other] = [await startJira(), await startJira()]
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('servers:update', { serverId, input: serverInput(other) })
    expect((await main.ask('servers:list', {}))[0]).toMatchObject({ baseUrl: other.baseUrl, credential: null })
    expect(main.keychain.entries.size).toBe(0)
  })

  it('keeps the password when only the name or the context path changes', async () => {
    const jira = await startJira()
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('servers:update', { serverId, input: serverInput(jira, { name: 'Other', address: `${jira.baseUrl}/ctx` }) })
    expect((await main.ask('servers:list', {}))[0]?.credential).toMatchObject({ user: 'admin', kept: 'keychain' })
  })

  it('removes a server’s entry from the keychain with it', async () => {
    const jira = await startJira()
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('servers:remove', { serverId })
    await until('the entry is gone', () => main.keychain.entries.size === 0)
    await expect(main.ask('servers:remove', { serverId })).rejects.toMatchObject({ data: { code: 'server.unknown' } })
  })

  it.each([
    ['an empty name', { name: '  ' }, 'name'],
    ['a name of 2,000 characters', { name: 'x'.repeat(2000) }, 'name'],
    ['a project key with a space', { projectKeys: ['A B'] }, 'projectKeys.0'],
    ['something that is no certificate', { caPem: 'hello' }, 'caPem'],
    ['an address with a password in it', { address: 'https://a:b@jira.example' }, 'address'],
    ['a scheme that is not the web’s', { address: 'javascript:alert(1)' }, 'address'],
    ['http:// without the explicit yes', { address: 'http://jira.example', allowPlainHttp: false }, 'allowPlainHttp'],
  ])('refuses %s at its field', async (_name, change, field) => {
    const jira = await startJira()
    const main = startMain()
    const adding = main.ask('servers:add', serverInput(jira, change))
    await expect(adding).rejects.toMatchObject({ data: { fields: { [field]: expect.stringMatching(/\w/) as string } } })
    expect(await main.ask('servers:list', {})).toEqual([])
  })
})

describe('credentials', () => {
  it('that the keychain refuses change nothing, and can be kept for the session', async () => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const main = startMain()
    main.keychain.state = 'locked'
    const { id } = await main.ask('servers:add', serverInput(jira))
    const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
    await expect(main.ask('credentials:set', { serverId: id, credential, isSessionOnly: false })).rejects.toMatchObject({
      data: { code: 'vault.locked' },
    })
    expect((await main.ask('servers:list', {}))[0]?.credential).toBeNull()
    await main.ask('credentials:set', { serverId: id, credential, isSessionOnly: true })
    await main.ask('synchronizations:refresh', { serverId: id })
    expect((await main.rows())).toHaveLength(2)
    await main.close()

    const again = startMain({ folder: main.folder, keychain: main.keychain })
    expect((await again.ask('servers:list', {}))[0]?.credential).toMatchObject({ kept: 'missing' })
    await again.ask('synchronizations:refresh', { serverId: id })
    expect((await again.ask('servers:list', {}))[0]?.reach.error).toMatchObject({ code: 'auth.missing' })
  })

  it('that cannot be read send nothing to the server, and are not forgotten', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    const id = await addServer(main, jira)
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    main.keychain.state = 'locked'
    jira.seen.length = 0
    await again.ask('synchronizations:refresh', { serverId: id })
    expect((await again.ask('servers:list', {}))[0]?.reach.error).toMatchObject({ code: 'vault.locked' })
    expect(jira.seen).toHaveLength(0)
    main.keychain.state = 'ready'
    await again.ask('synchronizations:refresh', { serverId: id })
    expect((await again.rows())).toHaveLength(2)
  })

  it('may hold any characters, and a token works as well', async () => {
    const secret = '  pässwörd:with € and "quotes"  '
    const account = { name: 'ädmin', password: secret, tokens: ['tök€n'.normalize()], role: 'system-administrator', projects: [] } as const
    const jira = await startJira({ synchronizations: 1, accounts: [{ ...account, tokens: ['token-1'] }] })
    const main = startMain()
    await addServer(main, jira, { user: 'ädmin', secret })
    await addServer(main, jira, { kind: 'token', user: '', secret: 'token-1' })
    await main.ask('synchronizations:refresh', { serverId: null })
    expect((await main.rows())).toHaveLength(2)
  })
})

describe('a wrong password', () => {
  it('with 40 synchronizations, refreshes and a restart is one failed log-in', async () => {
    const jira = await startJira({ synchronizations: 40 })
    const main = startMain()
    const id = await addServer(main, jira, { secret: 'wrong' })
    main.services.monitor.start()
    await until('the gate is closed', async () => (await accessOf(main, id))?.state === 'blocked')
    await main.ask('synchronizations:refresh', { serverId: null })
    await main.ask('synchronizations:refresh', { serverId: id })
    await expect(main.ask('servers:try-once', { serverId: id })).rejects.toMatchObject({ data: { code: 'auth.too-soon' } })
    await main.close()

    const again = startMain({ folder: main.folder, keychain: main.keychain })
    again.services.monitor.start()
    await again.ask('synchronizations:refresh', { serverId: null })
    expect(await accessOf(again, id)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
    expect(jira.failedLogIns('admin')).toBe(1)

    await again.ask('credentials:set', { serverId: id, credential: { kind: 'basic', user: 'admin', secret: 'admin' }, isSessionOnly: false })
    await again.ask('synchronizations:refresh', { serverId: id })
    expect(await accessOf(again, id)).toEqual({ state: 'ok' })
    expect(jira.failedLogIns('admin')).toBe(1)
  })

  it('behind a captcha offers the log-in page, and opens after “Test once”', async () => {
    let now = Date.now()
    const jira = await startJira({ synchronizations: 3, failuresBeforeCaptcha: 1 })
    const main = startMain({ clock: { ...systemClock, now: () => now } })
    const id = await addServer(main, jira, { secret: 'wrong' })
    await main.ask('synchronizations:refresh', { serverId: id })
    now += 11_000
    await expect(main.ask('servers:try-once', { serverId: id })).rejects.toMatchObject({ data: { code: 'auth.captcha' } })
    await main.ask('links:open', { serverId: id, target: 'login' })
    expect(main.opened).toEqual([`${jira.baseUrl}/login.jsp`])
    jira.logIn.clearCaptcha('admin')
    jira.logIn.account('admin').password = 'wrong'
    now += 11_000
    await main.ask('servers:try-once', { serverId: id })
    expect(await accessOf(main, id)).toEqual({ state: 'ok' })
    expect((await main.rows())).toHaveLength(3)
  })
})

const verdicts = (steps: readonly TestStep[]): Record<string, string> => Object.fromEntries(steps.map(({ step, verdict }) => [step, verdict]))

describe('the connection test', () => {
  const test = async (main: TestMain, options: JiraOptions, more: { secret?: string; input?: object } = {}) => {
    const jira = await startJira({ synchronizations: 2, ...options })
    const credential = { kind: 'basic', user: 'admin', secret: more.secret ?? 'admin' } as const
    const steps = await main.ask('servers:test', { testId: 't', input: serverInput(jira, more.input), serverId: null, credential })
    return { jira, steps, verdicts: verdicts(steps), find: (name: string) => steps.find(({ step }) => step === name) }
  }

  it('passes step by step, reporting each as it goes, with one log-in', async () => {
    const main = startMain()
    const { jira, verdicts: result, find } = await test(main, {})
    expect(result).toEqual({ address: 'passed', connection: 'passed', tls: 'warning', jira: 'passed', backbone: 'passed', login: 'passed', rights: 'passed', limits: 'passed' })
    expect(find('rights')?.message).toBe('2 synchronizations can be seen')
    expect(main.events.filter(({ topic }) => topic === 'servers:test-step').length).toBeGreaterThanOrEqual(7)
    expect(jira.seen.filter(({ user }) => user === 'admin')).toHaveLength(1)
  })

  it.each<[string, JiraOptions, object, string, string]>([
    ['a wrong password', {}, { secret: 'wrong' }, 'login', 'auth.rejected'],
    ['a captcha', { failuresBeforeCaptcha: 0 }, {}, 'login', 'auth.captcha'],
    ['passwords switched off', { isBasicDisabled: true }, {}, 'login', 'auth.method-off'],
    ['single sign-on', { hasSingleSignOn: true }, {}, 'login', 'auth.intercepted'],
    ['a Jira without the app', { hasBackbone: false }, {}, 'backbone', 'api.not-found'],
    ['a wrong context path', { contextPath: '/jira' }, { strip: true }, 'backbone', 'api.not-found'],
    ['a user without rights', { accounts: [{ name: 'admin', password: 'admin', tokens: [], role: 'none', projects: [] }] }, {}, 'rights', 'auth.forbidden'],
    ['a project administrator without project keys', { accounts: [{ name: 'admin', password: 'admin', tokens: [], role: 'project-administrator', projects: ['AP'] }] }, {}, 'rights', 'auth.forbidden'],
  ])('names %s at its step', async (_name, options, more, step, code) => {
    const main = startMain()
    const jira = await startJira({ synchronizations: 1, ...options })
    const { secret = 'admin', strip = false } = more as { secret?: string; strip?: boolean }
    const input = serverInput(jira, strip ? { address: new URL(jira.baseUrl).origin } : {})
    const steps = await main.ask('servers:test', { testId: 't', input, serverId: null, credential: { kind: 'basic', user: 'admin', secret } })
    expect(steps.find((found) => found.step === step)).toMatchObject({ verdict: 'failed', code })
    expect(jira.seen.filter(({ user }) => user === 'admin').length).toBeLessThanOrEqual(1)
  })

  it('names a server that is away, and skips what depends on it', async () => {
    const main = startMain()
    const jira = await startJira()
    await jira.goOffline()
    const steps = await main.ask('servers:test', { testId: 't', input: serverInput(jira), serverId: null, credential: null })
    expect(verdicts(steps)).toEqual({ address: 'passed', connection: 'failed', tls: 'skipped', jira: 'skipped', backbone: 'skipped', login: 'skipped', rights: 'skipped', limits: 'skipped' })
  })

  it('names a host that does not exist', async () => {
    const main = startMain()
    const input = serverInput(await startJira(), { address: 'https://jira.nowhere.invalid' })
    const steps = await main.ask('servers:test', { testId: 't', input, serverId: null, credential: null })
    expect(steps.find(({ step }) => step === 'address')).toMatchObject({ verdict: 'failed', code: 'net.dns' })
  })

  it('refuses a second attempt with a refused password within ten seconds', async () => {
    const main = startMain()
    const { jira } = await test(main, {}, { secret: 'wrong' })
    const credential = { kind: 'basic', user: 'admin', secret: 'wrong too' } as const
    const steps = await main.ask('servers:test', { testId: 't2', input: serverInput(jira), serverId: null, credential })
    expect(steps.find(({ step }) => step === 'login')).toMatchObject({ verdict: 'skipped', code: 'auth.too-soon' })
    expect(jira.failedLogIns('admin')).toBe(1)
  })

  it('shows a certificate that is not trusted, sends nothing for it, and passes once it is; another one is refused again', async () => {
    const main = startMain()
    const own = await makeCertificate()
    const { certificate } = (await test(main, { tls: own })).find('tls') ?? {}
    expect(certificate).toMatchObject({ subject: 'CN=127.0.0.1', issuer: 'CN=127.0.0.1', sha256: new X509Certificate(own.cert).fingerprint256 })
    const pinned = await test(main, { tls: own }, { input: { caPem: certificate?.pem ?? '' } })
    expect(pinned.verdicts).toMatchObject({ tls: 'passed', login: 'passed' })
    const other = await test(main, { tls: await makeCertificate() }, { input: { caPem: certificate?.pem ?? '' } })
    expect(other.find('tls')).toMatchObject({ verdict: 'failed', code: 'tls.untrusted' })
    expect(other.find('tls')?.certificate?.sha256).not.toBe(certificate?.sha256)
    expect(other.jira.seen).toEqual([])
    const foreign = await test(main, { tls: await makeCertificate('other.example') })
    expect([certificate, other.find('tls')?.certificate, foreign.find('tls')?.certificate].map((shown) => shown?.canBeTrusted)).toEqual([true, true, false])
  })

  it('trusts a company’s own certificate authority only when it was given', async () => {
    const main = startMain()
    const certificate = await makeCertificate()
    const untrusted = await test(main, { tls: certificate })
    expect(untrusted.find('tls')).toMatchObject({ verdict: 'failed', code: 'tls.untrusted' })
    expect(untrusted.verdicts.login).toBe('skipped')
    const trusted = await test(main, { tls: certificate }, { input: { caPem: certificate.cert } })
    expect(trusted.verdicts).toMatchObject({ tls: 'passed', login: 'passed', rights: 'passed', limits: 'passed' })
  })
})
