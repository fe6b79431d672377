import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Settings } from '../../src-contract/settings.ts'
import { TrustGuard, type Question } from '../../src-main/security/trust-guard.ts'
import type { StoredServer } from '../../src-main/storage/server-table.ts'
import { makeCertificate } from '../support/certificates.ts'
import { startProxy } from '../support/proxy-server.ts'
import { addServer, serverInput, startJira, startMain } from '../support/services.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'

/** A server with a stored password, and whatever a script in the page may ask for. */
async function scene(answers: (message: string) => boolean | Promise<boolean>, { hasCredential = true } = {}) {
  const tls = await makeCertificate()
  const jira = await startJira({ synchronizations: 2, tls })
  const asked: { message: string; detail: string }[] = []
  const main = startMain({
    confirm: async (question) => {
      asked.push(question)
      return answers(question.message)
    },
  })
  const serverId = hasCredential
    ? await addServer(main, jira, { caPem: tls.cert })
    : (await main.ask('servers:add', serverInput(jira, { caPem: tls.cert }))).id
  const input = (caPem: string) => serverInput(jira, { caPem })
  const stored = async () => (await main.ask('servers:list', {}))[0]?.caPem
  return { main, jira, tls, asked, serverId, input, stored }
}

const NO = { data: { code: 'input.invalid', message: 'Not changed, because you did not confirm it.' } }

describe('another certificate for a server with a stored password', () => {
  it('is trusted only when a person agrees, who is shown what it is; the page cannot', async () => {
    const other = await makeCertificate('Evil CA')
    const { main, serverId, input, tls, asked, stored } = await scene(() => false)
    const both = `${tls.cert}\n${other.cert}`
    await expect(main.ask('servers:update', { serverId, input: input(both) })).rejects.toMatchObject({
      data: { fields: { caPem: NO.data.message } },
    })
    expect(await stored()).toBe(tls.cert.trim())
    expect(asked).toHaveLength(1)
    expect(asked[0]?.message).toBe('Trust another certificate for “Test Jira”?')
    for (const words of [
      'CN=Evil CA',
      new X509Certificate(other.cert).fingerprint256,
      'can answer in place of 127.0.0.1',
      'password of admin',
    ])
      expect(asked[0]?.detail).toContain(words)
  })

  it('is not tried with the stored password before that', async () => {
    const { main, serverId, input, jira, tls } = await scene(() => false)
    const other = await makeCertificate('Evil CA')
    jira.seen.length = 0
    await expect(
      main.ask('servers:test', {
        testId: 't',
        serverId,
        input: testInput(input(`${tls.cert}\n${other.cert}`)),
        credential: null,
      }),
    ).rejects.toMatchObject(NO)
    expect(jira.seen).toEqual([])
  })

  it('is asked about once: a test and the saving after it are one decision', async () => {
    const { main, serverId, input, tls, asked, stored } = await scene(() => true)
    const both = `${tls.cert}\n${(await makeCertificate('Company CA')).cert}`.trim()
    await main.ask('servers:test', { testId: 't', serverId, input: testInput(input(both)), credential: null })
    await main.ask('servers:update', { serverId, input: input(both) })
    expect(asked).toHaveLength(1)
    expect(await stored()).toBe(both)
  })

  it('need not be asked about where it is the same in another layout, fewer, or no password is stored', async () => {
    const { main, serverId, input, tls, asked } = await scene(() => false)
    await main.ask('servers:update', {
      serverId,
      input: input(`\n# of the server\n${tls.cert.replaceAll('\n', '\r\n')}\n`),
    })
    await main.ask('servers:update', { serverId, input: input('') })
    const without = await scene(() => false, { hasCredential: false })
    await without.main.ask('servers:update', {
      serverId: without.serverId,
      input: without.input((await makeCertificate('CA')).cert),
    })
    expect([...asked, ...without.asked]).toEqual([])
  })

  it('cannot lay out the question by its names', async () => {
    const { main, serverId, asked, jira, tls } = await scene(() => false)
    await main.ask('servers:update', {
      serverId,
      input: serverInput(jira, { name: 'Good\u2028server\u202E, never mind', caPem: tls.cert }),
    })
    await main
      .ask('servers:update', {
        serverId,
        input: serverInput(jira, { caPem: `${tls.cert}\n${(await makeCertificate('X')).cert}` }),
      })
      .catch(() => undefined)
    expect(asked[0]?.message).toBe('Trust another certificate for “Good server , never mind”?')
  })
})

describe('another proxy, where passwords are stored', () => {
  it('is used only when a person agrees; until then nothing reaches it', async () => {
    const proxy = await startProxy()
    const { main, asked } = await scene(() => false)
    await expect(main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address })).rejects.toMatchObject({
      data: { ...NO.data, fields: { proxyAddress: NO.data.message } },
    })
    await main.ask('synchronizations:refresh', { serverId: null })
    expect(await main.ask('settings:get', {})).toMatchObject({ proxyMode: 'system', proxyAddress: '' })
    expect(proxy.seen).toEqual([])
    expect(asked.map(({ message }) => message)).toEqual([`Send everything through the proxy ${proxy.host}?`])
    expect(asked[0]?.detail).toContain('requests to 127.0.0.1')
  })

  it('is asked about when it comes into use, not when its address is merely noted; once since the start', async () => {
    const { main, asked } = await scene(() => true)
    await main.ask('settings:set', { proxyAddress: 'http://one.example:3128' })
    expect(asked).toEqual([])
    for (const proxyMode of ['manual', 'none', 'manual', 'system'] as const)
      await main.ask('settings:set', { proxyMode })
    await main.ask('settings:set', { proxyExceptions: '.example', proxyUser: 'me', density: 'comfortable' })
    expect(asked.map(({ message }) => message)).toEqual(['Send everything through the proxy one.example:3128?'])
  })

  it('cannot be exchanged while the question is open, and there is one question at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { main, asked } = await scene(() => promise)
    await main.ask('settings:set', { proxyAddress: 'http://good.example:3128' })
    const switched = main.ask('settings:set', { proxyMode: 'manual' })
    await main.ask('settings:set', { proxyAddress: 'http://evil.example:3128' })
    await expect(main.ask('settings:set', { proxyMode: 'manual' })).rejects.toMatchObject(NO)
    resolve(true)
    await expect(switched).rejects.toMatchObject(NO)
    expect(await main.ask('settings:get', {})).toMatchObject({ proxyMode: 'system' })
    expect(asked).toHaveLength(1)
  })

  it('cannot be exchanged by a second change in the same moment', async () => {
    const { main, asked } = await scene(() => true)
    await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: 'http://good.example:3128' })
    await main.ask('settings:set', { proxyMode: 'none' })
    const change = main.services.trust
    const { settings } = main.services
    await Promise.allSettled(
      [{ proxyMode: 'manual' as const }, { proxyAddress: 'http://evil.example:3128' }].map((given) =>
        change.settings(given, () => settings.set(given)),
      ),
    )
    expect(asked).toHaveLength(2)
  })

  it('need not be asked about where no password is stored', async () => {
    const { main, asked } = await scene(() => false, { hasCredential: false })
    await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: 'http://one.example:3128' })
    expect(asked).toEqual([])
  })

  it('that can read passwords, because a server is reached by http://, is said to', async () => {
    const { main, asked } = await scene(() => false)
    const plain = await startJira({ synchronizations: 1 })
    await addServer(main, plain)
    await main
      .ask('settings:set', { proxyMode: 'manual', proxyAddress: 'http://one.example:3128' })
      .catch(() => undefined)
    expect(asked[0]?.detail).toContain(
      `It can read those of ${new URL(plain.baseUrl).host}, whose address begins with http://.`,
    )
  })
})

/** A guard of these servers alone, whose user always agrees. */
function guardOf(...servers: StoredServer[]) {
  const asked: Question[] = []
  const settings = { proxyMode: 'system', proxyAddress: '' } as Settings
  const guard = new TrustGuard({
    settings: { get: () => settings },
    registry: { all: () => servers },
    clock: new SimulatedClock(),
    confirm: async (question) => asked.push(question) > 0,
  })
  const proxy = (host: string): Promise<void> =>
    guard.settings({ proxyMode: 'manual', proxyAddress: `http://${host}.example:3128` }, () => undefined)
  return { guard, asked, settings, proxy }
}

describe('the question', () => {
  /** As long as a certificate, and none. */
  const unreadable = (letter: string): string =>
    `-----BEGIN CERTIFICATE-----\n${letter.repeat(64)}\n-----END CERTIFICATE-----`

  it('is about one server: the same certificate for another one is another question', async () => {
    const [one, two] = [storedServer('one'), storedServer('two')]
    const { guard, asked } = guardOf(one, two)
    const { cert } = await makeCertificate('Company CA')
    for (const server of [one, two, one, two]) await guard.authorities(server, cert)
    expect(asked.map(({ message }) => message)).toEqual([
      'Trust another certificate for “one”?',
      'Trust another certificate for “two”?',
    ])
  })

  it('names five certificates, and how many more there are; what cannot be read is said to be so', async () => {
    const { guard, asked } = guardOf(storedServer('s'))
    await guard.authorities(storedServer('s'), [...'ABCDEFG'].map(unreadable).join('\n'))
    expect(asked[0]?.message).toBe('Trust 7 other certificates for “s”?')
    expect(asked[0]?.detail.split('\n\n')).toEqual([
      ...Array.from({ length: 5 }, () => 'A certificate that cannot be read.'),
      '… and 2 more.',
      'Whoever holds their key can answer in place of jira.example, and is sent the password of admin that is stored for it.',
      expect.stringContaining('compared the fingerprint'),
    ])
    await guard.authorities(storedServer('s'), [...'GAB'].map(unreadable).join('\n'))
    await guard.authorities(storedServer('s'), unreadable('H'))
    expect(asked).toHaveLength(2)
  })

  it('says whether a token or a password is stored, and whose, in one line of bounded length', async () => {
    const { guard, asked } = guardOf()
    await guard.authorities(
      storedServer('a', { credential: { kind: 'token', user: '', kept: 'keychain' } }),
      unreadable('A'),
    )
    await guard.authorities(
      storedServer('b', { credential: { kind: 'basic', user: `an\nna${'x'.repeat(300)}`, kept: 'keychain' } }),
      unreadable('A'),
    )
    expect(asked[0]?.detail).toContain('is sent the token that is stored')
    expect(asked[1]?.detail).toContain(`is sent the password of an na${'x'.repeat(155)} that is stored`)
  })

  it('shows a certificate whose names have parts and hold line ends in two lines and its fingerprint', async () => {
    const { guard, asked } = guardOf()
    const organization = 'Good CA\nissued by somebody else'
    await guard.authorities(storedServer('s'), (await makeCertificate('jira.example', { organization })).cert)
    expect(asked[0]?.detail.split('\n\n')[0]?.split('\n')).toHaveLength(3)
  })

  it('names the hosts a proxy would see, once each and at most five', async () => {
    const servers = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'a'].map((host, index) =>
      storedServer(String(index), { baseUrl: `https://${host}.example/jira` }),
    )
    const { proxy, asked } = guardOf(...servers)
    await proxy('one')
    expect(asked[0]?.detail).toContain(
      'requests to a.example, b.example, c.example, d.example, e.example and 2 more, for which',
    )
  })

  it('is not asked about the demonstration’s servers, and another part of a proxy’s address is the same proxy', async () => {
    const demo = storedServer('demo', { isDemo: true })
    const alone = guardOf(demo)
    await alone.proxy('one')
    await alone.guard.authorities(demo, unreadable('A'))
    expect(alone.asked).toEqual([])
    const { guard, asked, settings } = guardOf(demo, storedServer('s', { baseUrl: 'https://real.example' }))
    await guard.settings({ proxyMode: 'manual', proxyAddress: 'http://one.example:3128/' }, () => undefined)
    expect(asked[0]?.detail).toContain('requests to real.example, for which')
    Object.assign(settings, { proxyMode: 'manual', proxyAddress: 'http://two.example:3128' })
    await guard.settings({ proxyAddress: 'http://two.example:3128/' }, () => undefined)
    expect(asked).toHaveLength(1)
  })
})

describe('a page that asks again and again', () => {
  /** A guard of one server with a password, whose user gives these answers. */
  function nagged(answer: () => boolean) {
    const clock = new SimulatedClock()
    let asked = 0
    const settings = { proxyMode: 'system', proxyAddress: '' } as Settings
    const guard = new TrustGuard({
      settings: { get: () => settings },
      registry: { all: () => [storedServer('s')] },
      clock,
      confirm: async () => {
        asked += 1
        return answer()
      },
    })
    const ask = (host = 'evil'): Promise<string> =>
      guard
        .settings({ proxyMode: 'manual', proxyAddress: `http://${host}.example:3128` }, () => undefined)
        .then(
          () => 'yes',
          (error: Error) => error.message,
        )
    return { clock, ask, asked: () => asked }
  }

  it('after a no is refused unasked for ten seconds, whatever it asks for, and then twice as long each time, up to an hour', async () => {
    const { clock, ask, asked } = nagged(() => false)
    const pauses: number[] = []
    for (let question = 1; question <= 12; question += 1) {
      expect(await ask()).toBe('Not changed, because you did not confirm it.')
      const from = clock.elapsed()
      expect(await ask('other')).toMatch(
        /^Not changed, because you did not confirm it; you can try again in [\d,]+ s\.$/,
      )
      const seconds = Number(/in ([\d,]+) s/.exec(await ask())?.[1]?.replaceAll(',', ''))
      await clock.advance(seconds * 1000 - 1)
      await ask()
      expect(asked()).toBe(question)
      await clock.advance(1)
      pauses.push(Math.round((clock.elapsed() - from) / 1000))
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600])
  })

  it('makes no difference to a person who says yes', async () => {
    const answers = [false, true, true, false]
    const { clock, ask, asked } = nagged(() => answers.shift() ?? true)
    await ask('one')
    await clock.advance(10_000)
    expect([await ask('one'), await ask('two')]).toEqual(['yes', 'yes'])
    await ask('three')
    await clock.advance(10_000)
    expect([await ask('three'), asked()]).toEqual(['yes', 5])
  })
})

function testInput({ name: _name, environment: _environment, ...rest }: ReturnType<typeof serverInput>) {
  return rest
}
