import { createRandom } from '../../src-simulator/random.ts'
import type { Happening, Meanwhile, Operation, TestedWith } from './happenings.ts'
import { Life } from './life.ts'
import { scratchFolder } from './scratch.ts'
import { startMain, type TestMain } from './services.ts'
import { settled, SimulatedClock } from './simulated-clock.ts'
import { simulatedHost, SimulatedNetwork, TOKEN, type SimulatedHost } from './simulated-network.ts'
import { setCredential } from './set-credential.ts'
import { SlowKeychain } from './slow-keychain.ts'

/**
 * The whole main process on a simulated clock and network, through random orders of what can happen to it. What is
 * promised about the auth gate, sessions and the monitor has to hold whatever happens when.
 */

/** An entry of the list of servers. */
interface Entry {
  readonly id: string
  readonly host: SimulatedHost
  /** As it was entered last. */
  password: string
}

/** A write that a user asked for. `mayLeave`: what asked for it has not ended. */
interface Asked {
  readonly host: SimulatedHost
  readonly path: string
  readonly mayLeave: () => boolean
}

/** A test, or a diagnosis, of an entry. */
interface Test {
  readonly id: string
  readonly host: SimulatedHost
  readonly life: Life
}

/** The main process, its hosts and its users. `violations` is what was seen that must never be. */
class World {
  readonly clock = new SimulatedClock()
  readonly hosts: SimulatedHost[]
  readonly #byName: Map<string, SimulatedHost>
  readonly #entriesOf: readonly number[]
  readonly keychain = new SlowKeychain(this.clock)
  readonly #killed: TestMain[] = []
  readonly #folder = scratchFolder()
  readonly #random: () => number
  /** The entries of Syncdeck's list, of each host one after the other. */
  readonly #entries: Entry[][] = []
  #lowered = { from: 0, until: 0 }
  readonly #asked: Asked[] = []
  /** Which of them a write that took effect came of, and of which it could have come. */
  readonly #cameOf = new Map<Asked, readonly Asked[]>()
  /** Tests of the form under way: each sends one request at a time beside those of the list. */
  readonly #tests = new Set<Test>()
  /** Diagnoses under way: each goes by the connection of its entry, within the limit of that. */
  readonly #diagnoses = new Set<Test>()
  readonly violations: string[] = []
  #life: Life
  #network: SimulatedNetwork | null = null
  main: TestMain

  /** `sizes`: of each host, how many synchronizations it has and how many entries of the list lead to it. */
  constructor(seed: number, sizes: readonly { readonly count: number; readonly entries: number }[]) {
    const random = createRandom(seed)
    this.#random = () => random.next()
    this.hosts = sizes.map(({ count }, index) => simulatedHost(count, index % 2 === 0))
    for (const target of this.hosts) target.onAccepted = (write) => this.#accepted(target, write)
    this.#entriesOf = sizes.map(({ entries }) => entries)
    this.#byName = new Map(this.hosts.map((value, index) => [`jira${index}.example`, value]))
    this.#life = new Life(this.clock)
    this.main = this.#start()
  }

  /**
   * The limit, and what it was before as long as requests that it let in may still wait at the gate or for the rate
   * limit.
   */
  get limit(): number {
    const { requestsPerServer } = this.main.services.settings.get()
    return this.clock.elapsed() < this.#lowered.until
      ? Math.max(this.#lowered.from, requestsPerServer)
      : requestsPerServer
  }

  async setLimit(limit: number): Promise<void> {
    if (limit < this.limit) this.#lowered = { from: this.limit, until: this.clock.elapsed() + 60_000 }
    await this.main.ask('settings:set', { requestsPerServer: limit })
  }

  async prepare(): Promise<void> {
    for (const [index, host] of this.hosts.entries()) {
      const entries: Entry[] = []
      this.#entries.push(entries)
      for (let number = 0; number < (this.#entriesOf[index] ?? 1); number += 1) {
        const { id } = await this.main.ask('servers:add', {
          name: `Jira ${index}, ${number}`,
          address: `http://jira${index}.example`,
          apiPath: '/api',
          environment: 'test',
          projectKeys: [],
          caPem: '',
          allowPlainHttp: true,
        })
        const entry: Entry = { id, host, password: '' }
        entries.push(entry)
        await this.enter(entry, host.password)
      }
    }
  }

  /** Lets time pass until it has ended. */
  async passing<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const end = (): void => {
      isOver = true
    }
    work.then(end, end)
    await settled()
    // Longer than anything takes that is asked of a server or of the keychain.
    for (let waited = 0; !isOver && waited < 600_000; waited += 100) await this.clock.advance(100)
    if (!isOver) throw new Error('It never ended')
    return work
  }

  /**
   * With the right password stored, and servers that are well, one attempt opens each closed gate, without anything being
   * entered anew.
   */
  async checkThatOneAttemptOpens(): Promise<void> {
    const accesses = async () =>
      (await this.main.ask('servers:list', {})).map((server) => [server.id, server.access] as const)
    const closed = new Set((await accesses()).flatMap(([id, { state }]) => (state === 'blocked' ? [id] : [])))
    const right = this.allEntries.filter(({ id, host, password }) => closed.has(id) && password === host.password)
    // Elsewhere no password can be used: its query may not arrive, and a session will not do.
    const usable = right.filter(({ host }) => {
      const isSessionEnough = !host.isSpread && !host.namesNobody
      return isSessionEnough || !(host.dropsQueries || host.hidesVersion || (host.isSpread && host.namesNobody))
    })
    if (usable.length === 0) return
    this.keychain.answersInMs = 0
    for (const [index, host] of this.hosts.entries()) {
      host.mode = 'up'
      host.keeping = 'kept'
      this.solveCaptcha(index)
    }
    await this.clock.advance(60_000)
    for (const { id, host, password } of usable) {
      const accessOf = async () => new Map(await accesses()).get(id)
      if ((await accessOf())?.state !== 'blocked') continue
      const failure = await this.#tryAsTold(id, () => host.refusals.act(password))
      const access = await accessOf()
      if (access?.state !== 'ok')
        this.violations.push(
          `${JSON.stringify(access)} at host ${this.hosts.indexOf(host)} after one attempt: ${failure}`,
        )
    }
  }

  /** Diagnoses under way go on by the connection that they began with, beside the new one. */
  connectionEnds(isOf: (serverId: string) => boolean): void {
    for (const test of this.#diagnoses) if (isOf(test.id)) this.#tests.add(test)
  }

  /** As a user who waits if that is asked for: another entry of the account may just have been refused. */
  async #tryAsTold(serverId: string, act: () => void): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      await this.clock.advance(10_000)
      act()
      const failure = await this.passing(
        this.main.ask('servers:try-once', { serverId }).then(
          () => null,
          (error: Error & { data?: { code?: string } }) => error,
        ),
      )
      if (failure?.data?.code !== 'auth.too-soon' || tries === 3) return failure?.message ?? 'no failure'
    }
  }

  async enter(entry: Entry, password: string): Promise<void> {
    this.connectionEnds((id) => id === entry.id)
    entry.password = password
    entry.host.refusals.act(password)
    await this.passing(
      setCredential(this.main, {
        serverId: entry.id,
        credential: { kind: 'basic', user: 'admin', secret: password },
        isSessionOnly: false,
      }),
    )
  }

  async enterToken(entry: Entry, token: string): Promise<void> {
    entry.password = ''
    await this.passing(
      setCredential(this.main, {
        serverId: entry.id,
        credential: { kind: 'token', user: '', secret: token },
        isSessionOnly: false,
      }),
    )
  }

  changePassword(index: number): void {
    const target = this.host(index)
    target.refusals.act(target.password)
    target.password = `geändert ${this.clock.elapsed()}`
    if (target.endsWithPassword) target.sessions.clear()
  }

  /** The user logs in with a browser, and answers what is asked there. */
  solveCaptcha(index: number): void {
    this.host(index).refusedInARow = 0
  }

  tryOnce(index: number): void {
    const { id, host, password } = this.entry(index)
    const { cameToNothing } = host.refusals.tentative(password)
    this.act(() =>
      this.main.ask('servers:try-once', { serverId: id }).catch((error: unknown) => {
        if ((error as { data?: { code?: string } }).data?.code === 'auth.too-soon') cameToNothing()
      }),
    )
  }

  /** One that is skipped has tried nothing. */
  test(index: number, by: TestedWith): void {
    const { id, host, password } = this.entry(index)
    const secret = by === 'right' ? host.password : by === 'mistyped' ? 'mistyped' : password
    const isTyped = by === 'right' || by === 'mistyped'
    const { cameToNothing } = host.refusals.tentative(secret)
    const input = {
      address: `http://jira${index % this.hosts.length}.example`,
      apiPath: '/api',
      projectKeys: by === 'other-projects' ? ['AP'] : [],
      caPem: '',
      allowPlainHttp: true,
      isAddressExact: true,
    }
    const credential = isTyped ? ({ kind: 'basic', user: 'admin', secret } as const) : null
    const [life, isOfForm] = [this.#life, by !== 'as-it-is']
    const test = { id, host, life }
    if (isOfForm) this.#tests.add(test)
    else this.#diagnoses.add(test)
    this.act(async () => {
      const steps = await (
        isOfForm
          ? this.main.ask('servers:test', { testId: 'test', input, serverId: id, credential })
          : this.main.ask('servers:diagnose', { testId: 'test', serverId: id, withLogIn: true })
      ).finally(() => {
        this.#tests.delete(test)
        this.#diagnoses.delete(test)
      })
      if (steps.find(({ step }) => step === 'login')?.verdict === 'skipped') cameToNothing()
    })
  }

  async actMeanwhile(index: number, acts: Meanwhile): Promise<void> {
    if (acts === 'tries') return this.tryOnce(index)
    if (acts === 'refreshes')
      return this.act(() => this.main.ask('synchronizations:refresh', { serverId: this.id(index) }))
    return this.enter(this.entry(index), acts === 'enters-right' ? this.host(index).password : 'wrong')
  }

  operate(operation: Operation, index: number, item: number): void {
    const [host, ref, life] = [this.host(index), this.ref(index, item), this.#life]
    let taskIds: readonly string[] | null = null
    const mayLeave = (): boolean =>
      taskIds === null ? !life.isOver : this.main.services.taskStore.open().some(({ id }) => taskIds?.includes(id))
    for (const step of operation === 'restart' ? ['stop', 'start'] : [operation])
      this.#asked.push({ host, path: `/integrations/${ref.key}/${step}`, mayLeave })
    this.act(async () => {
      try {
        taskIds = (await this.main.ask(`synchronizations:${operation}`, { targets: [ref] })).taskIds
      } catch (error) {
        taskIds = []
        throw error
      }
    })
  }

  /** Each write that takes effect comes of something else that asks for it, and has not ended. */
  #accepted(host: SimulatedHost, write: string): void {
    const path = write.replace(/^\w+ /, '')
    const asking = this.#asked.filter((asked) => asked.host === host && asked.path === path && asked.mayLeave())
    if (!this.#isExplained(asking, new Set()))
      this.violations.push(`${write} at host ${this.hosts.indexOf(host)}, more often than it was asked for`)
  }

  /**
   * Two entries of one host may ask for the same at once: what an earlier write came of is found anew where it has to
   * be.
   */
  #isExplained(asking: readonly Asked[], tried: Set<Asked>): boolean {
    for (const asked of asking) {
      if (tried.has(asked)) continue
      tried.add(asked)
      const earlier = this.#cameOf.get(asked)
      if (earlier !== undefined && !this.#isExplained(earlier, tried)) continue
      this.#cameOf.set(asked, asking)
      return true
    }
    return false
  }

  host(index: number): SimulatedHost {
    const found = this.hosts[index % this.hosts.length]
    if (found === undefined) throw new Error(`There is no host ${index}`)
    return found
  }

  /** The entries of a host take turns with the number. */
  entry(index: number): Entry {
    const entries = this.#entries[index % this.hosts.length] ?? []
    const found = entries[Math.floor(index / this.hosts.length) % entries.length]
    if (found === undefined) throw new Error(`There is no entry ${index}`)
    return found
  }

  get allEntries(): readonly Entry[] {
    return this.#entries.flat()
  }

  id(index: number): string {
    return this.entry(index).id
  }

  ref(index: number, item: number): { serverId: string; key: string } {
    return { serverId: this.id(index), key: `INT-${item}` }
  }

  /** Does something like a user who reads the error and carries on. */
  act(work: () => Promise<unknown>): void {
    void work().catch(() => undefined)
  }

  async restart(isKilled: boolean): Promise<void> {
    if (isKilled) {
      this.#life.isOver = true
      this.#network?.end()
      this.#killed.push(this.main)
    } else {
      await this.close()
      // Its process has gone.
      this.#life.isOver = true
    }
    await settled()
    this.#life = new Life(this.clock)
    this.main = this.#start()
  }

  async close(): Promise<void> {
    const closing = this.main.close()
    await this.clock.advance(3_000)
    await closing
  }

  /** At the end; until then, killed ones keep their files open, as nothing does after a real kill. */
  async end(): Promise<void> {
    await this.close()
    for (const main of this.#killed) await main.close()
  }

  /** What must hold at every moment. */
  check(): void {
    for (const [index, target] of this.hosts.entries()) {
      if (target.refusals.worst > 1)
        this.violations.push(`${target.refusals.worst} refused log-ins of host ${index} that one act led to, or none`)
      if (target.peakOfPasswords > 1)
        this.violations.push(`${target.peakOfPasswords} requests with a password at once at host ${index}`)
      if (target.mixedTokens > 0)
        this.violations.push(`${target.mixedTokens} tokens beside a session of a password at host ${index}`)
      for (const { id } of this.#entries[index] ?? []) {
        const known = this.main.services.directory.keysOf(id).size
        if (known !== 0 && known !== target.keys.length) this.violations.push(`${known} rows of host ${index}`)
        if (known > 0) this.#wasRead.add(id)
        else if (this.#wasRead.has(id)) this.violations.push(`an answer for nobody emptied host ${index}`)
      }
    }
  }
  readonly #wasRead = new Set<string>()

  #start(): TestMain {
    const life = this.#life
    const network = new SimulatedNetwork({
      clock: this.clock,
      hosts: this.#byName,
      random: this.#random,
      onSend: (target) => {
        const tests = [...this.#tests].filter((test) => test.host === target && !test.life.isOver).length
        const allowed = this.limit * (this.#entriesOf[this.hosts.indexOf(target)] ?? 1) + tests
        if (target.underWay > allowed) this.violations.push(`${target.underWay} requests at once, allowed ${allowed}`)
      },
    })
    this.#network = network
    const main = startMain({
      folder: this.#folder,
      keychain: this.keychain,
      clock: life.clock,
      random: this.#random,
      createTransport: () => life.transport(network.transport()),
      taskPollMs: 1000,
    })
    main.services.watching.start()
    main.services.tasks.resume()
    return main
  }
}

async function apply(world: World, happening: Happening): Promise<void> {
  const { main, clock } = world
  switch (happening.kind) {
    case 'wait':
      return clock.advance(happening.ms)
    case 'mode':
      world.host(happening.host).mode = happening.mode
      return
    case 'password-changes':
      return world.changePassword(happening.host)
    case 'session-ends':
      return world.host(happening.host).sessions.clear()
    case 'node-moves':
      world.host(happening.host).node = world.host(happening.host).node === 0 ? 1 : 0
      return
    case 'keeping':
      world.host(happening.host).keeping = happening.keeping
      return
    case 'anonymous':
      world.host(happening.host).isAnonymousAllowed = happening.isAllowed
      return
    case 'user-enters':
      return world.enter(world.entry(happening.host), happening.isRight ? world.host(happening.host).password : 'wrong')
    case 'user-tries':
      return world.tryOnce(happening.host)
    case 'user-tests':
      return world.test(happening.host, happening.by)
    case 'user-enters-token':
      return world.enterToken(world.entry(happening.host), happening.isRight ? TOKEN : 'another')
    case 'keychain':
      world.keychain.answersInMs = happening.answersInMs
      return
    case 'user-acts-in-test':
      world.test(happening.host, happening.by)
      await clock.advance(happening.afterMs)
      return world.actMeanwhile(happening.host, happening.acts)
    case 'captcha-solved':
      return world.solveCaptcha(happening.host)
    case 'refresh':
      return world.act(() => main.ask('synchronizations:refresh', { serverId: world.id(happening.host) }))
    case 'detail':
      return world.act(() => main.ask('synchronizations:detail', world.ref(happening.host, happening.index)))
    case 'operation':
      return world.operate(happening.operation, happening.host, happening.index)
    case 'pause':
      return void (await main.ask('servers:pause', {
        serverId: world.id(happening.host),
        isPaused: happening.isPaused,
      }))
    case 'hidden':
      return main.services.monitor.setHidden(happening.isHidden)
    case 'limit':
      return world.setLimit(happening.limit)
    case 'interval':
      return void (await main.ask('settings:set', { refreshIntervalSeconds: happening.seconds }))
    case 'sleep':
      main.services.monitor.stop()
      world.connectionEnds(() => true)
      main.services.connections.disconnectAll()
      // A computer takes a moment to fall asleep, and answers arrive during it.
      await clock.advance(happening.ms % 400)
      clock.jump(happening.ms)
      return main.services.monitor.start()
    case 'clock-is-set':
      world.connectionEnds(() => true)
      return clock.jump(happening.ms)
    case 'restart':
      return world.restart(happening.isKilled)
    case 'changes-and-loses':
      world.changePassword(happening.host)
      world.host(happening.host).sessions.clear()
      world.host(happening.host).mode = 'loses-log-ins'
      return
    case 'killed-in-log-ins':
      await world.enter(world.entry(happening.host), 'wrong')
      for (let kill = 0; kill < 2; kill += 1) {
        world.act(() => world.main.ask('synchronizations:refresh', { serverId: world.id(happening.host) }))
        // The server is asked without the password first: each takes up to 320 ms.
        await clock.advance(400)
        await world.restart(true)
      }
      return
    case 'operation-is-lost':
      world.host(happening.host).mode = 'loses'
      world.operate(happening.operation, happening.host, happening.index)
      await clock.advance(700)
      world.host(happening.host).mode = 'up'
  }
}

/** Everything is well again, as far as users and servers can make it so. */
async function heal(world: World): Promise<void> {
  const { main } = world
  for (const [index, target] of world.hosts.entries()) {
    target.mode = 'up'
    target.keeping = 'kept'
    world.solveCaptcha(index)
  }
  for (const entry of world.allEntries) {
    await main.ask('servers:pause', { serverId: entry.id, isPaused: false })
    await world.enter(entry, entry.host.password)
  }
  main.services.monitor.setHidden(false)
  await world.setLimit(6)
  await main.ask('settings:set', { refreshIntervalSeconds: 30 })
  // Earlier requests may take their time-outs, a server that failed its longest back-off, and one that limited requests
  // to one a minute is only gradually trusted with more.
  await world.clock.advance(2_400_000)
}

/** Lets everything happen, makes all well again, and checks the result; returns what must not be, in words. */
export async function liveThrough(happenings: readonly Happening[], seed: number): Promise<string[]> {
  const world = new World(
    seed,
    [4, 5, 12].map((count) => ({ count, entries: 1 })),
  )
  await world.prepare()
  for (const one of happenings) {
    await apply(world, one)
    world.check()
  }
  await world.checkThatOneAttemptOpens()
  await heal(world)
  world.check()
  const found = [...new Set(world.violations)]
  for (const target of world.hosts) target.gaps.clear()
  await world.clock.advance(900_000)
  for (const [index, target] of world.hosts.entries()) {
    for (const [most, path] of [
      [2 * 30_000, '/status'],
      [2 * 300_000, '/conflicts'],
      [2 * 300_000, ''],
    ] as const) {
      const starved = target.keys.filter(
        (key) => !((target.gaps.get(`/integrations/${key}${path}`) ?? Infinity) <= most),
      )
      if (starved.length > 0)
        found.push(`host ${index}: ${starved.join(', ')}${path} waited for longer than ${most / 1000} s`)
    }
  }
  for (const { reach } of await world.main.ask('servers:list', {}))
    if ((reach.lastReadAt ?? 0) > world.clock.now()) found.push('a reading of the future')
  await world.end()
  return found
}

/**
 * Checks, after each thing that happens, what is promised about log-ins, writes and answers for nobody. Returns what
 * must not be, in words.
 */
export async function watchLogIns(
  happenings: readonly Happening[],
  hosts: readonly (Partial<SimulatedHost> & { readonly count: number; readonly entries: number })[],
  limit: number,
  seed: number,
): Promise<{ readonly violations: string[]; readonly mostRefused: number; readonly refused: number }> {
  const world = new World(seed, hosts)
  for (const [index, { count: _count, entries: _entries, ...traits }] of hosts.entries())
    Object.assign(world.host(index), traits)
  await world.main.ask('settings:set', { requestsPerServer: limit })
  await world.prepare()
  // In one half of them users act on what they see, in the other before anything was read.
  if (seed % 2 === 0) await world.clock.advance(5_000)
  for (const one of happenings) {
    await apply(world, one)
    world.check()
  }
  // A time-out, and what follows from it.
  await world.clock.advance(45_000)
  world.check()
  await world.checkThatOneAttemptOpens()
  world.check()
  await world.end()
  const refusals = world.hosts.map((target) => target.refusals)
  return {
    violations: [...new Set(world.violations)],
    mostRefused: Math.max(...refusals.map(({ worst }) => worst)),
    refused: refusals.reduce((sum, { total }) => sum + total, 0),
  }
}
