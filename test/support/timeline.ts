import fc from 'fast-check'
import { createRandom } from '../../src-simulator/random.ts'
import { MemoryKeychain } from './memory-keychain.ts'
import { scratchFolder } from './scratch.ts'
import { startMain, type TestMain } from './services.ts'
import { settled, SimulatedClock } from './simulated-clock.ts'
import { simulatedHost, SimulatedNetwork, type SimulatedHost } from './simulated-network.ts'

/**
 * The whole main process on a simulated clock and network, through random orders of what can happen to it. What is promised
 * of the auth gate and the monitor has to hold whatever happens when.
 */
const HOSTS = 3

const host = fc.nat(HOSTS - 1)
/** What can happen to it. */
export const happening = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 10, max: 120_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mode' as const), host, mode: fc.constantFrom('up', 'down', 'silent', 'limited', 'loses-answers' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('password-changes' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('user-enters' as const), host, isRight: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('user-tries' as const), host }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refresh' as const), host }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('detail' as const), host, index: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('start' as const), host, index: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), host, isPaused: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hidden' as const), isHidden: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('limit' as const), limit: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('interval' as const), seconds: fc.constantFrom(10, 30, 60) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sleep' as const), ms: fc.integer({ min: 1_000, max: 86_400_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clock-is-set' as const), ms: fc.integer({ min: -172_800_000, max: 172_800_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
)
export type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

/** The main process, its hosts and its users. `violations` is what was seen that must never be. */
export class World {
  readonly clock = new SimulatedClock()
  readonly hosts: SimulatedHost[] = [simulatedHost(4, true), simulatedHost(5, false), simulatedHost(12, false)]
  readonly #byName = new Map(this.hosts.map((value, index) => [`jira${index}.example`, value]))
  readonly #keychain = new MemoryKeychain()
  readonly #folder = scratchFolder()
  readonly #random: () => number
  readonly ids: string[] = []
  #lowered = { from: 0, until: 0 }
  /** Refusals that users and servers may cause, by host. */
  readonly allowed: number[] = Array.from({ length: HOSTS }, () => 0)
  readonly starts: number[] = Array.from({ length: HOSTS }, () => 0)
  readonly violations: string[] = []
  main: TestMain

  constructor(seed: number) {
    const random = createRandom(seed)
    this.#random = () => random.next()
    this.main = this.#start()
  }

  /** The limit, and what it was before as long as requests that it let in may still wait at the gate or for the rate limit. */
  get limit(): number {
    const { requestsPerServer } = this.main.services.settings.get()
    return this.clock.elapsed() < this.#lowered.until ? Math.max(this.#lowered.from, requestsPerServer) : requestsPerServer
  }

  async setLimit(limit: number): Promise<void> {
    if (limit < this.limit) this.#lowered = { from: this.limit, until: this.clock.elapsed() + 60_000 }
    await this.main.ask('settings:set', { requestsPerServer: limit })
  }

  async prepare(): Promise<void> {
    for (const name of this.#byName.keys()) {
      const { id } = await this.main.ask('servers:add', { name, address: `http://${name}`, apiPath: '/api', environment: 'test', projectKeys: [], caPem: '', allowPlainHttp: true })
      this.ids.push(id)
      await this.enter(this.ids.length - 1, 'right')
    }
  }

  async enter(index: number, secret: string): Promise<void> {
    this.allowed[index] = (this.allowed[index] ?? 0) + 1
    this.host(index).logIns.forget()
    await this.main.ask('credentials:set', { serverId: this.ids[index] ?? '', credential: { kind: 'basic', user: 'admin', secret }, isSessionOnly: false })
  }

  /** Those that left while the old password counted as accepted cannot know of the change; nobody else may be refused for it. */
  changePassword(index: number): void {
    const target = this.host(index)
    this.allowed[index] = (this.allowed[index] ?? 0) + (target.logIns.isProven(this.clock.elapsed()) || target.underWay > 0 ? this.limit : 1)
    target.password = `changed ${this.clock.elapsed()}`
  }

  host(index: number): SimulatedHost {
    const found = this.hosts[index]
    if (found === undefined) throw new Error(`There is no host ${index}`)
    return found
  }

  ref(index: number, item: number): { serverId: string; key: string } {
    return { serverId: this.ids[index] ?? '', key: `INT-${item}` }
  }

  /** Does something as a user does it, who reads the error and goes on. */
  act(work: () => Promise<unknown>): void {
    void work().catch(() => undefined)
  }

  async restart(): Promise<void> {
    await this.main.close()
    await settled()
    for (const target of this.hosts) target.logIns.restart()
    this.main = this.#start()
  }

  #start(): TestMain {
    const network = new SimulatedNetwork({
      clock: this.clock,
      hosts: this.#byName,
      random: this.#random,
      onSend: (target) => {
        if (target.underWay > this.limit) this.violations.push(`${target.underWay} requests at once, allowed ${this.limit}`)
      },
      onViolation: (words) => this.violations.push(words),
    })
    const main = startMain({ folder: this.#folder, keychain: this.#keychain, clock: this.clock, random: this.#random, createTransport: () => network.transport(), taskPollMs: 1000 })
    main.services.watching.start()
    main.services.tasks.resume()
    return main
  }
}

/** Lets it happen. */
export async function apply(world: World, happening: Happening): Promise<void> {
  const { main, clock } = world
  switch (happening.kind) {
    case 'wait':
      return clock.advance(happening.ms)
    case 'mode':
      world.host(happening.host).mode = happening.mode as SimulatedHost['mode']
      return
    case 'password-changes':
      return world.changePassword(happening.host)
    case 'user-enters':
      return world.enter(happening.host, happening.isRight ? world.host(happening.host).password : 'wrong')
    case 'user-tries':
      world.allowed[happening.host] = (world.allowed[happening.host] ?? 0) + 1
      return world.act(() => world.host(happening.host).logIns.allowOne(main.ask('servers:try-once', { serverId: world.ids[happening.host] ?? '' })))
    case 'refresh':
      return world.act(() => main.ask('synchronizations:refresh', { serverId: world.ids[happening.host] ?? '' }))
    case 'detail':
      return world.act(() => main.ask('synchronizations:detail', world.ref(happening.host, happening.index)))
    case 'start':
      world.starts[happening.host] = (world.starts[happening.host] ?? 0) + 1
      return world.act(() => main.ask('synchronizations:start', { targets: [world.ref(happening.host, happening.index)] }))
    case 'pause':
      return void (await main.ask('servers:pause', { serverId: world.ids[happening.host] ?? '', isPaused: happening.isPaused }))
    case 'hidden':
      return main.services.monitor.setHidden(happening.isHidden)
    case 'limit':
      return world.setLimit(happening.limit)
    case 'interval':
      return void (await main.ask('settings:set', { refreshIntervalSeconds: happening.seconds }))
    case 'sleep':
      main.services.monitor.stop()
      main.services.connections.disconnectAll()
      clock.jump(happening.ms)
      return main.services.monitor.start()
    case 'clock-is-set':
      return clock.jump(happening.ms)
    case 'restart':
      return world.restart()
  }
}

/** Everything is well again, as far as users and servers can make it so. */
export async function heal(world: World): Promise<void> {
  const { main } = world
  for (const [index, target] of world.hosts.entries()) {
    target.mode = 'up'
    await main.ask('servers:pause', { serverId: world.ids[index] ?? '', isPaused: false })
    await world.enter(index, target.password)
  }
  main.services.monitor.setHidden(false)
  await world.setLimit(6)
  await main.ask('settings:set', { refreshIntervalSeconds: 30 })
  // What is being waited for from before may take its time-outs, and a server that failed its longest back-off.
  await world.clock.advance(400_000)
}


/** Lets everything happen, sees to it that all is well again, and looks at what came of it; returns what must not be, in words. */
export async function liveThrough(happenings: readonly Happening[], seed: number): Promise<string[]> {
  const world = new World(seed)
  await world.prepare()
  for (const one of happenings) await apply(world, one)
  await heal(world)
  const found = [...new Set(world.violations)]
  for (const [index, target] of world.hosts.entries()) {
    const [allowed, starts] = [world.allowed[index] ?? 0, world.starts[index] ?? 0]
    if (target.refused > allowed) found.push(`host ${index} refused ${target.refused} log-ins, ${allowed} may be`)
    if (target.writes.length > starts) found.push(`host ${index} got ${target.writes.length} writes, of ${starts} that were asked for`)
    target.gaps.clear()
  }
  await world.clock.advance(900_000)
  for (const [index, target] of world.hosts.entries()) {
    for (const [most, path] of [[2 * 30_000, '/status'], [2 * 300_000, '/conflicts'], [2 * 300_000, '']] as const) {
      const starved = target.keys.filter((key) => !((target.gaps.get(`/integrations/${key}${path}`) ?? Infinity) <= most))
      if (starved.length > 0) found.push(`host ${index}: ${starved.join(', ')}${path} waited for longer than ${most / 1000} s`)
    }
  }
  for (const { reach } of await world.main.ask('servers:list', {})) if ((reach.lastReadAt ?? 0) > world.clock.now()) found.push('a reading of the future')
  await world.main.close()
  return found
}
