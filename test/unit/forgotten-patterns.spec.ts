import { expect, it } from 'vitest'
import { secretPattern } from '../../src-main/http/strike-secrets.ts'
import { addServer, serverInput, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

type Act = (main: TestMain, serverId: string) => Promise<unknown>

const basic = (secret: string) => ({ kind: 'basic', user: 'admin', secret }) as const

it.each<[string, Act]>([
  ['its server is removed', (main, serverId) => main.ask('servers:remove', { serverId })],
  [
    'another takes its place',
    (main, serverId) => setCredential(main, { serverId, credential: basic('another'), isSessionOnly: true }),
  ],
  [
    'its server is another one now',
    async (main, serverId) =>
      main.ask('servers:update', { serverId, input: serverInput(await startJira({ synchronizations: 0 })) }),
  ],
  [
    'the user of the proxy is another',
    async (main) => {
      await main.ask('settings:set', { proxyAddress: 'http://proxy.example:3128', proxyUser: 'me' })
      await main.ask('settings:set', { proxyUser: 'you' })
    },
  ],
  [
    'a test of what was typed is over',
    async (main) => {
      const { name: _name, environment: _environment, ...input } = serverInput(await startJira({ synchronizations: 0 }))
      await main.ask('servers:test', { testId: 'a', input, serverId: null, credential: basic('typed') })
    },
  ],
])('what was made of a password to find it in answers is not kept where %s', async (_when, act) => {
  const jira = await startJira({ synchronizations: 1 })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const pattern = secretPattern(basic('a password'))
  expect(secretPattern(basic('a password'))).toBe(pattern)
  await act(main, serverId)
  expect(secretPattern(basic('a password'))).not.toBe(pattern)
})
