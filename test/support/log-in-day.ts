import { createRandom } from '../../src-simulator/random.ts'
import { MemoryKeychain } from './memory-keychain.ts'
import { scratchFolder } from './scratch.ts'
import { startMain } from './services.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { simulatedHost, SimulatedNetwork } from './simulated-network.ts'
import { setCredential } from './set-credential.ts'

/** The result of watching one server for a while, as the server counted it. */
export interface LogInDay {
  readonly logIns: number
  readonly refused: number
  /** Answers to requests for lists, states, details and conflicts. */
  readonly requests: number
}

/**
 * Watches one server that keeps sessions and embeds no states for this many simulated hours, every 30 s as by default,
 * while nobody does anything.
 */
export async function watchForHours(synchronizations: number, hours: number): Promise<LogInDay> {
  const clock = new SimulatedClock()
  const random = createRandom(1)
  const host = simulatedHost(synchronizations, false)
  let requests = 0
  const network = new SimulatedNetwork({
    clock,
    hosts: new Map([['jira.example', host]]),
    random: () => random.next(),
    onSend: () => (requests += 1),
  })
  const main = startMain({
    folder: scratchFolder(),
    keychain: new MemoryKeychain(),
    clock,
    random: () => random.next(),
    createTransport: () => network.transport(),
  })
  const { id: serverId } = await main.ask('servers:add', {
    name: 'Watched',
    address: 'http://jira.example',
    apiPath: '/api',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
  })
  await setCredential(main, {
    serverId,
    credential: { kind: 'basic', user: 'admin', secret: 'right' },
    isSessionOnly: false,
  })
  main.services.watching.start()
  await clock.advance(hours * 3_600_000)
  const { loggedIn: logIns, refused } = host
  await main.close()
  return { logIns, refused, requests }
}
