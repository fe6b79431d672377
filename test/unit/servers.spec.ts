import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { setCredential } from '../support/set-credential.ts'

const accessOf = async (main: TestMain, id: string) =>
  (await main.ask('servers:list', {})).find((server) => server.id === id)?.access

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
    await main.ask('servers:update', {
      serverId,
      input: serverInput(jira, { name: 'Other', address: `${jira.baseUrl}/ctx` }),
    })
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
    ['an API path that leads elsewhere', { apiPath: '/a/%2e%2e/b' }, 'apiPath'],
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
  it('are reported with the server that they were entered with, from the first moment', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    const told = new Set<string | undefined>()
    main.services.registry.changed.on(() => void told.add(main.services.registry.all()[0]?.credential?.user))
    const id = await addServer(main, jira)
    expect([...told]).toEqual(['admin'])
    await main.ask('synchronizations:refresh', { serverId: id })
    expect(await main.rows()).toHaveLength(2)
  })

  it('for another host hold with its address from the same moment, however long the keychain takes', async () => {
    const [jira, other] = [await startJira({ synchronizations: 2 }), await startJira({ synchronizations: 3 })]
    const main = startMain()
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    other.logIn.account('admin').password = 'for the other'
    let answer = (): void => undefined
    vi.spyOn(main.keychain, 'set').mockImplementationOnce(async (owner, secret) => {
      await new Promise<void>((resolve) => (answer = resolve))
      main.keychain.entries.set(owner, secret)
    })
    const told = new Set<string>()
    const note = (): void => {
      const [server] = main.services.registry.all()
      told.add(`${server?.credential?.user} at ${server?.baseUrl}`)
    }
    main.services.registry.changed.on(note)
    note()
    const credential = { kind: 'basic', user: 'admin', secret: 'for the other' } as const
    const moving = main.ask('servers:update', { serverId, input: serverInput(other), credential })
    await until('the keychain is asked', () => vi.mocked(main.keychain.set).mock.calls.length > 0)
    main.services.connections.disconnectAll()
    jira.cluster.endSessions()
    await main.ask('synchronizations:refresh', { serverId })
    answer()
    expect(await moving).toMatchObject({ baseUrl: other.baseUrl, credential: { user: 'admin', kept: 'keychain' } })
    await main.ask('synchronizations:refresh', { serverId })
    expect(await main.rows()).toHaveLength(3)
    expect([...told]).toEqual([`admin at ${jira.baseUrl}`, `admin at ${other.baseUrl}`])
    expect([jira.failedLogIns('admin'), other.failedLogIns('admin')]).toEqual([0, 0])
  })

  it('for another host that the keychain refuses leave the server where it was', async () => {
    const [jira, other] = [await startJira({ synchronizations: 2 }), await startJira()]
    const main = startMain()
    const serverId = await addServer(main, jira)
    const credential = { kind: 'basic', user: 'other', secret: 'other' } as const
    main.keychain.state = 'locked'
    await expect(main.ask('servers:update', { serverId, input: serverInput(other), credential })).rejects.toMatchObject(
      { data: { code: 'vault.locked' } },
    )
    expect((await main.ask('servers:list', {}))[0]).toMatchObject({
      baseUrl: jira.baseUrl,
      credential: { user: 'admin' },
    })
    await main.ask('synchronizations:refresh', { serverId })
    expect([(await main.rows()).length, other.seen.length]).toEqual([2, 0])
  })

  it('for another host, kept for the session, leave nothing of the earlier ones in the keychain', async () => {
    const [jira, other] = [await startJira(), await startJira({ synchronizations: 3 })]
    const main = startMain()
    const serverId = await addServer(main, jira)
    const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
    await main.ask('servers:update', { serverId, input: serverInput(other), credential, isSessionOnly: true })
    expect([...main.keychain.entries]).toEqual([])
    await main.ask('synchronizations:refresh', { serverId })
    expect(await main.rows()).toHaveLength(3)
  })

  it('that no header can carry prevent adding a server, and are reported at their field', async () => {
    const jira = await startJira()
    const main = startMain()
    await expect(addServer(main, jira, { kind: 'token', secret: 'copied\u200b' })).rejects.toMatchObject({
      data: { fields: { 'credential.secret': expect.stringMatching(/\w/) as string } },
    })
    expect(await main.ask('servers:list', {})).toEqual([])
  })

  it('of a server that cannot be stored are not left in the keychain', async () => {
    const jira = await startJira()
    const main = startMain()
    vi.spyOn(main.services.registry, 'add').mockImplementationOnce(() => {
      throw new Error('The disk is full')
    })
    await expect(addServer(main, jira)).rejects.toBeDefined()
    expect([...main.keychain.entries]).toEqual([])
    await addServer(main, jira)
    expect([...main.keychain.entries]).toHaveLength(1)
  })

  it('that the keychain refuses let no server be added, and leave nothing behind', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const main = startMain()
    main.keychain.state = 'locked'
    await expect(addServer(main, jira)).rejects.toMatchObject({ data: { code: 'vault.locked' } })
    expect(await main.ask('servers:list', {})).toEqual([])
    main.keychain.state = 'ready'
    const id = await addServer(main, jira)
    expect(await main.ask('servers:list', {})).toHaveLength(1)
    await main.ask('synchronizations:refresh', { serverId: id })
    expect(await main.rows()).toHaveLength(2)
  })

  it('that the keychain refuses change nothing, and can be kept for the session', async () => {
    const jira = await startJira({ synchronizations: 2, embedsStatus: true })
    const main = startMain()
    main.keychain.state = 'locked'
    const { id } = await main.ask('servers:add', serverInput(jira))
    const credential = { kind: 'basic', user: 'admin', secret: 'admin' } as const
    await expect(setCredential(main, { serverId: id, credential, isSessionOnly: false })).rejects.toMatchObject({
      data: { code: 'vault.locked' },
    })
    expect((await main.ask('servers:list', {}))[0]?.credential).toBeNull()
    await setCredential(main, { serverId: id, credential, isSessionOnly: true })
    await main.ask('synchronizations:refresh', { serverId: id })
    expect(await main.rows()).toHaveLength(2)
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
    expect(await again.rows()).toHaveLength(2)
  })

  it('may hold any characters that Jira reads, and a token works as well', async () => {
    const secret = '  pässwörd:with £ and "quotes"  '
    const account = {
      name: 'ädmin',
      password: secret,
      tokens: ['tök€n'.normalize()],
      role: 'system-administrator',
      projects: [],
    } as const
    const jira = await startJira({ synchronizations: 1, accounts: [{ ...account, tokens: ['token-1'] }] })
    const main = startMain()
    await addServer(main, jira, { user: 'ädmin', secret })
    await addServer(main, jira, { kind: 'token', user: '', secret: 'token-1' })
    await main.ask('synchronizations:refresh', { serverId: null })
    expect(await main.rows()).toHaveLength(2)
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
    await expect(main.ask('servers:try-once', { serverId: id })).rejects.toMatchObject({
      data: { code: 'auth.too-soon' },
    })
    await main.close()

    const again = startMain({ folder: main.folder, keychain: main.keychain })
    again.services.monitor.start()
    await again.ask('synchronizations:refresh', { serverId: null })
    expect(await accessOf(again, id)).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
    expect(jira.failedLogIns('admin')).toBe(1)

    await setCredential(again, {
      serverId: id,
      credential: { kind: 'basic', user: 'admin', secret: 'admin' },
      isSessionOnly: false,
    })
    await again.ask('synchronizations:refresh', { serverId: id })
    expect(await accessOf(again, id)).toEqual({ state: 'ok' })
    expect(jira.failedLogIns('admin')).toBe(1)
  })

  it('behind a captcha offers the log-in page, and opens after “Test once”', async () => {
    let later = 0
    const jira = await startJira({ synchronizations: 3, failuresBeforeCaptcha: 1 })
    const main = startMain({
      clock: { ...systemClock, now: () => systemClock.now() + later, elapsed: () => systemClock.elapsed() + later },
    })
    const id = await addServer(main, jira, { secret: 'wrong' })
    await main.ask('synchronizations:refresh', { serverId: id })
    later += 11_000
    await expect(main.ask('servers:try-once', { serverId: id })).rejects.toMatchObject({
      data: { code: 'auth.captcha' },
    })
    await main.ask('links:open', { serverId: id, target: 'login' })
    expect(main.opened).toEqual([`${jira.baseUrl}/login.jsp`])
    jira.logIn.clearCaptcha('admin')
    jira.logIn.account('admin').password = 'wrong'
    later += 11_000
    await main.ask('servers:try-once', { serverId: id })
    expect(await accessOf(main, id)).toEqual({ state: 'ok' })
    expect(await main.rows()).toHaveLength(3)
  })
})
