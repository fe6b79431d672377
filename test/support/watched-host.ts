import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { startMain, type TestMain } from './services.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { SimulatedNetwork, type SimulatedHost } from './simulated-network.ts'
import { setCredential } from './set-credential.ts'

/** The main process on a simulated clock, with one server that is read from now on. */
export async function watchedHost(host: SimulatedHost, settings: Partial<Settings> = {}) {
  const clock = new SimulatedClock()
  let sent = 0
  const network = new SimulatedNetwork({
    clock,
    hosts: new Map([['jira.example', host]]),
    random: () => 0.5,
    onSend: () => void (sent += 1),
  })
  const main: TestMain = startMain({ clock, random: () => 0.5, createTransport: () => network.transport() })
  await main.ask('settings:set', { ...defaultSettings, ...settings })
  const { id } = await main.ask('servers:add', {
    name: 'Vienna',
    address: 'http://jira.example',
    apiPath: '/api',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
  })
  await setCredential(main, {
    serverId: id,
    credential: { kind: 'basic', user: 'admin', secret: 'right' },
    isSessionOnly: false,
  })
  main.services.watching.start()
  /** Lets time pass; returns how many requests left in it. */
  const sentIn = async (ms: number): Promise<number> => {
    const before = sent
    await clock.advance(ms)
    return sent - before
  }
  const server = async () => (await main.ask('servers:list', {}))[0]
  const reach = async () => (await server())?.reach
  return { clock, main, host, id, sentIn, server, reach }
}
