import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { createRandom } from '../../src-simulator/random.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startMain, type TestMain } from '../support/services.ts'
import { settled, SimulatedClock } from '../support/simulated-clock.ts'
import { simulatedHost, SimulatedNetwork, type SimulatedHost } from '../support/simulated-network.ts'

/**
 * The whole main process on a simulated clock and network, through random orders of what can happen to it. What is promised
 * of the auth gate and the monitor has to hold whatever happens when.
 */
const HOSTS = 3
const GATE_PROOF_MS = 5_000

const host = fc.nat(HOSTS - 1)
const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 10, max: 120_000 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('mode' as const), host, mode: fc.constantFrom('up', 'down', 'silent', 'limited' as const) }) },
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
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never

class World {
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
    await this.main.ask('credentials:set', { serverId: this.ids[index] ?? '', credential: { kind: 'basic', user: 'admin', secret }, isSessionOnly: false })
  }

  /** Requests that are under way, or may leave because the old password was accepted a moment ago, cannot know of the change. */
  changePassword(index: number): void {
    const target = this.host(index)
    const isInUse = target.underWay > 0 || this.clock.elapsed() - target.acceptedAt <= GATE_PROOF_MS
    this.allowed[index] = (this.allowed[index] ?? 0) + (isInUse ? 12 : 1)
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
    })
    const main = startMain({ folder: this.#folder, keychain: this.#keychain, clock: this.clock, random: this.#random, createTransport: () => network.transport(), taskPollMs: 1000 })
    main.services.watching.start()
    main.services.tasks.resume()
    return main
  }
}

async function apply(world: World, happening: Event): Promise<void> {
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
      return world.act(() => main.ask('servers:try-once', { serverId: world.ids[happening.host] ?? '' }))
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
async function heal(world: World): Promise<void> {
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

describe('whatever happens when', () => {
  it('no limit is exceeded, no log-in is repeated, no write is repeated, and nothing starves', { timeout: patience(300_000) }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), fc.integer({ min: 1, max: 1_000_000 }), async (events, seed) => {
        const world = new World(seed)
        await world.prepare()
        for (const happening of events) await apply(world, happening)
        await heal(world)

        expect(world.violations).toEqual([])
        for (const [index, target] of world.hosts.entries()) {
          expect(target.refused, `log-ins refused by host ${index}`).toBeLessThanOrEqual(world.allowed[index] ?? 0)
          expect(target.writes.length, `writes to host ${index}`).toBeLessThanOrEqual(world.starts[index] ?? 0)
        }
        for (const target of world.hosts) target.gaps.clear()
        await world.clock.advance(900_000)
        for (const target of world.hosts) {
          for (const key of target.keys) {
            expect(target.gaps.get(`/integrations/${key}/status`), `states of ${key}`).toBeLessThanOrEqual(2 * 30_000)
            expect(target.gaps.get(`/integrations/${key}/conflicts`), `conflicts of ${key}`).toBeLessThanOrEqual(2 * 300_000)
            expect(target.gaps.get(`/integrations/${key}`), `details of ${key}`).toBeLessThanOrEqual(2 * 300_000)
          }
        }
        for (const { reach } of await world.main.ask('servers:list', {})) expect(reach.lastReadAt ?? 0).toBeLessThanOrEqual(world.clock.now())
        await world.main.close()
      }),
      { numRuns: 150, seed: 778 },
    )
  })
})
