import { describe, expect, it } from 'vitest'
import { makeCertificate } from '../support/certificates.ts'
import { startProxy } from '../support/proxy-server.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'

/**
 * The main process with so many servers behind one proxy that knows their names, and the right password for it or
 * another.
 */
async function behind(
  proxy: { address: string },
  { password, isHttps, servers = 3 }: { password: string; isHttps: boolean; servers?: number },
) {
  const main = startMain()
  await main.ask('settings:set', { proxyMode: 'manual', proxyAddress: proxy.address, proxyUser: 'me' })
  await main.ask('settings:set-proxy-password', { password })
  for (let number = 1; number <= servers; number += 1) {
    const host = `jira-${number}.example`
    const tls = isHttps ? await makeCertificate(host) : undefined
    const jira = await startJira({ synchronizations: 12, ...(tls && { tls }) })
    await addServer(main, jira, {
      name: host,
      address: jira.baseUrl.replace('127.0.0.1', host),
      caPem: tls?.cert ?? '',
    })
  }
  return main
}

const rounds = async (main: TestMain, count: number): Promise<void> => {
  for (let round = 0; round < count; round += 1) await main.ask('synchronizations:refresh', { serverId: null })
}
const statesOf = async (main: TestMain): Promise<string[]> => {
  const servers = await main.ask('servers:list', {})
  return [...new Set(servers.map(({ reach, access }) => `${reach.error?.code ?? 'none'} ${access.state}`))]
}

/** What proxies say to a password that is wrong, besides 407. */
const WORDS = [200, 302, 400, 403, 404, 418, 451]
const HOW_AND_WHERE = WORDS.flatMap((status) => [[status, false] as const, [status, true] as const])

describe('a proxy password that becomes another under way', () => {
  it.each([false, true])('is refused once, whatever is under way for six servers (https: %s)', async (isHttps) => {
    const proxy = await startProxy({ credentials: 'me:right' })
    const main = await behind(proxy, { password: 'right', isHttps, servers: 6 })
    await rounds(main, 1)
    expect(await statesOf(main)).toEqual(['none ok'])
    // Over plain http in the middle of a round; tunnels all have to be opened anew.
    proxy.changePassword('me:another', isHttps ? 0 : 20)
    await rounds(main, 3)
    await main.close()
    const again = startMain({ folder: main.folder, keychain: main.keychain })
    await rounds(again, 2)
    expect(proxy.denied()).toBe(1)
    expect(await statesOf(again)).toEqual(['net.proxy-refused unknown'])
    await again.ask('settings:set-proxy-password', { password: 'another' })
    await rounds(again, 1)
    expect(await statesOf(again)).toEqual(['none ok'])
  })

  it.each(HOW_AND_WHERE)(
    'is heard twice where the proxy refuses it by %i without a word, and no server’s password is blamed (https: %s)',
    async (deniesWith, isHttps) => {
      const proxy = await startProxy({ credentials: 'me:right', deniesWith, isSilent: true })
      const main = await behind(proxy, { password: 'right', isHttps })
      await rounds(main, 1)
      proxy.changePassword('me:another', isHttps ? 0 : 5)
      await rounds(main, 3)
      await main.close()
      const again = startMain({ folder: main.folder, keychain: main.keychain })
      await rounds(again, 2)
      expect(proxy.denied()).toBe(2)
      expect(await statesOf(again)).toEqual(['net.proxy-refused unknown'])
      await again.ask('settings:set-proxy-password', { password: 'another' })
      await rounds(again, 1)
      expect(await statesOf(again)).toEqual(['none ok'])
    },
  )
})

describe('a proxy password that is wrong', () => {
  it.each(HOW_AND_WHERE)(
    'is heard twice where the proxy refuses it by %i without a word, and told as the proxy’s failure (https: %s)',
    async (deniesWith, isHttps) => {
      const proxy = await startProxy({ credentials: 'me:right', deniesWith, isSilent: true })
      const main = await behind(proxy, { password: 'wrong', isHttps })
      await rounds(main, 3)
      expect(await statesOf(main)).toEqual(['net.proxy-refused unknown'])
      await main.close()
      const again = startMain({ folder: main.folder, keychain: main.keychain })
      await rounds(again, 3)
      expect(proxy.denied()).toBe(2)
      await again.ask('settings:set-proxy-password', { password: 'right' })
      await rounds(again, 1)
      expect(await statesOf(again)).toEqual(['none ok'])
    },
  )

  it('is not heard again at once where there is one server alone, and it is told why nothing is sent meanwhile', async () => {
    const proxy = await startProxy({ credentials: 'me:right', deniesWith: 200, isSilent: true })
    const main = await behind(proxy, { password: 'wrong', isHttps: false, servers: 1 })
    await rounds(main, 3)
    const [server] = await main.ask('servers:list', {})
    expect(server?.reach.error?.message).toMatchObject({ key: 'errors.proxy.heldUnsaid' })
    expect([proxy.denied(), server?.access.state]).toEqual([1, 'unknown'])
  })
})
