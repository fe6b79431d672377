import { expect, it } from 'vitest'
import type { ServerInput } from '../../src-contract/servers.ts'
import { tellingOnce } from '../../src-main/http/gate-pass.ts'
import { KeychainError } from '../../src-main/secrets/keychain.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { startMain, type TestMain } from '../support/services.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { simulatedHost, SimulatedNetwork, type SimulatedHost } from '../support/simulated-network.ts'
import { setCredential } from '../support/set-credential.ts'

/**
 * Entries of the list for one Jira and one user, with other project keys, watched from now on; or what another life has
 * left.
 */
async function entriesOf(
  names: readonly string[],
  host: SimulatedHost,
  left?: Pick<TestMain, 'folder' | 'keychain'>,
  clock = new SimulatedClock(),
) {
  const network = new SimulatedNetwork({
    clock,
    hosts: new Map(['jira.example', 'other.example'].map((name) => [name, host])),
    random: () => 0.5,
    onSend: () => undefined,
  })
  const main = startMain({ clock, random: () => 0.5, createTransport: () => network.transport(), ...left })
  if (left === undefined) for (const name of names) await enter(main, await add(main, name), 'right')
  main.services.watching.start()
  await clock.advance(5_000)
  const accessOf = async () => (await main.ask('servers:list', {})).map(({ access }) => access)
  const ids = (await main.ask('servers:list', {})).map(({ id }) => id)
  /** Reads a server, or all, and lets what follows happen. */
  const refresh = async (serverId: string | null): Promise<void> => {
    const reading = main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    await clock.advance(60_000)
    await reading
  }
  return { clock, main, accessOf, ids, refresh }
}

async function add(main: TestMain, name: string, more: Partial<ServerInput> = {}): Promise<string> {
  const { id } = await main.ask('servers:add', {
    name,
    address: 'http://jira.example',
    apiPath: '/api',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
    ...more,
  })
  return id
}

async function move(main: TestMain, serverId: string): Promise<void> {
  const { name, environment, projectKeys } = (await main.ask('servers:list', {})).find(({ id }) => id === serverId) ?? {
    name: '',
    environment: 'test' as const,
    projectKeys: [],
  }
  const input = { name, environment, projectKeys, address: 'http://jira.example/moved', apiPath: '/api' }
  await main.ask('servers:update', { serverId, input: { ...input, caPem: '', allowPlainHttp: true } })
}

async function enter(main: TestMain, serverId: string, secret: string, user = 'admin'): Promise<void> {
  await setCredential(main, {
    serverId,
    credential: { kind: 'basic', user, secret },
    isSessionOnly: false,
  })
}

function changePassword(host: SimulatedHost): void {
  host.password = 'changed'
  host.sessions.clear()
}

it.each(['kept', 'no-cookie'] as const)(
  'a password that changes costs the account one refusal, however many entries log in with it (sessions: %s)',
  async (keeping) => {
    const host = { ...simulatedHost(3, false), keeping }
    const { accessOf, refresh } = await entriesOf(['North', 'South', 'West'], host)
    expect(host.refused).toBe(0)
    changePassword(host)
    await refresh(null)
    expect(host.refused).toBe(1)
    expect(host.peakOfPasswords, 'one at a time').toBe(1)
    const access = await accessOf()
    expect(access).toEqual([access[0], access[0], access[0]])
    expect(access[0]).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  },
)

it('an entry that was not asked before Syncdeck ended does not try it either', async () => {
  const host = simulatedHost(1, true)
  const first = await entriesOf(['North', 'South'], host)
  const [north = '', south = ''] = first.ids
  await first.main.ask('servers:pause', { serverId: south, isPaused: true })
  changePassword(host)
  await first.refresh(north)
  expect(host.refused).toBe(1)
  await first.main.close()

  const second = await entriesOf([], host, first.main)
  await second.refresh(south)
  expect((await second.accessOf()).map(({ state }) => state)).toEqual(['blocked', 'blocked'])
  expect(host.refused).toBe(1)
})

/** A keychain that does not answer for some accounts, which is known after half a minute. */
class SilentKeychain extends MemoryKeychain {
  readonly #clock: SimulatedClock
  readonly #silent: ReadonlySet<string>

  constructor(clock: SimulatedClock, entries: ReadonlyMap<string, string>, silent: readonly string[]) {
    super()
    this.#clock = clock
    this.#silent = new Set(silent.map((id) => `server/${id}`))
    for (const [account, secret] of entries) this.entries.set(account, secret)
  }

  override get(account: string): Promise<string | null> {
    if (!this.#silent.has(account)) return super.get(account)
    return new Promise((_, reject) => {
      this.#clock.after(30_000, () => reject(new KeychainError('locked', 'It did not answer in time.')))
    })
  }
}

it('a keychain that does not answer holds up the log-ins of its account once, for as long as it takes to know', async () => {
  const host = simulatedHost(1, true)
  const first = await entriesOf(['North', 'South', 'West', 'East'], host)
  const [north = '', ...others] = first.ids
  changePassword(host)
  await first.refresh(null)
  expect([host.refused, (await first.accessOf()).map(({ state }) => state)]).toEqual([
    1,
    first.ids.map(() => 'blocked'),
  ])
  await first.main.close()

  const clock = new SimulatedClock()
  const keychain = new SilentKeychain(clock, first.main.keychain.entries, others)
  const { main, accessOf } = await entriesOf([], host, { folder: first.main.folder, keychain }, clock)
  const entered = enter(main, north, 'changed')
  await clock.advance(30_000)
  await entered
  const read = async (serverId: string, milliseconds: number): Promise<unknown> => {
    const reading = main.ask('synchronizations:refresh', { serverId }).then(
      () => 'read',
      (error: unknown) => error,
    )
    await clock.advance(milliseconds)
    return Promise.race([reading, Promise.resolve('under way')])
  }
  const outcomes = [await read(north, 32_000)]
  host.sessions.clear()
  outcomes.push(await read(north, 2_000))
  // What still waits comes to its end.
  await clock.advance(300_000)
  expect(outcomes).toEqual(['read', 'read'])
  expect((await accessOf())[0]).toEqual({ state: 'ok' })
  expect(await main.ask('vault:state', {})).toBe('locked')
})

it.each([
  ['gets another password', (main: TestMain, serverId: string) => enter(main, serverId, 'wrong'), 2],
  ['is moved to another address', (main: TestMain, serverId: string) => move(main, serverId), 2],
  ['leaves the list', (main: TestMain, serverId: string) => main.ask('servers:remove', { serverId }), 1],
] as const)(
  'what was found out about a password outlives the start, and that its entry %s',
  async (_, change, refused) => {
    const host = simulatedHost(1, true)
    const first = await entriesOf(['North', 'South'], host)
    const [north = '', south = ''] = first.ids
    await first.main.ask('servers:pause', { serverId: south, isPaused: true })
    changePassword(host)
    const reading = first.main.ask('synchronizations:refresh', { serverId: north }).catch(() => undefined)
    await first.clock.advance(250)
    expect(host.refused, 'its answer is on the way').toBe(1)

    // Killed in the meantime.
    const second = await entriesOf([], host, first.main)
    await change(second.main, north)
    await second.refresh(south)
    expect((await second.accessOf()).map(({ state }) => state)).toEqual(
      refused === 2 ? ['blocked', 'blocked'] : ['blocked'],
    )
    expect(host.refused).toBe(refused)
    await Promise.all([reading, first.clock.advance(60_000)])
  },
)

it('a session continues, and what was refused meanwhile is not tried when it ends', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids, refresh } = await entriesOf(['North', 'South'], host)
  const [north = '', south = ''] = ids
  const [first = ''] = host.sessions
  host.password = 'changed'
  host.sessions.delete(first)
  await refresh(null)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['blocked', 'ok'])
  // Testing it deliberately does not end it either.
  await Promise.all([main.ask('servers:try-once', { serverId: south }), clock.advance(60_000)])
  expect((await accessOf()).map(({ state }) => state)).toEqual(['blocked', 'ok'])
  // Nothing is known of the password of the other by this.
  await enter(main, north, 'changed')
  await refresh(null)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok', 'ok'])
  host.sessions.clear()
  await refresh(null)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok', 'blocked'])
  expect(host.refused).toBe(1)
  await enter(main, south, 'changed')
  await refresh(null)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok', 'ok'])
})

it('one attempt that the user makes opens them all again', async () => {
  const host = simulatedHost(2, true)
  const { clock, main, accessOf, ids, refresh } = await entriesOf(['North', 'South', 'West'], host)
  changePassword(host)
  await refresh(null)
  host.password = 'right'
  const [, south = ''] = ids
  await Promise.all([main.ask('servers:try-once', { serverId: south }), clock.advance(60_000)])
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
  expect(host.refused).toBe(1)
})

it('an attempt of the user is not sent if its password was refused for another entry while it waited', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids, refresh } = await entriesOf(['North', 'South'], host)
  const [north = '', south = ''] = ids
  changePassword(host)
  await refresh(null)
  expect(host.refused).toBe(1)
  await enter(main, south, 'right')
  const reading = main.ask('synchronizations:refresh', { serverId: south })
  const attempt = main.ask('servers:try-once', { serverId: north }).catch((error: unknown) => error)
  await Promise.all([reading, clock.advance(60_000)])
  expect(await attempt).toMatchObject({ data: { code: 'auth.rejected' } })
  expect(host.refused).toBe(2)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['blocked', 'blocked'])
  // The next attempt is again one.
  host.password = 'right'
  for (const serverId of [south, north])
    await Promise.all([main.ask('servers:try-once', { serverId }).catch(() => undefined), clock.advance(60_000)])
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok', 'ok'])
})

it.each([
  ['another password', 'jira.example', 'admin', 'changed'],
  ['another user', 'jira.example', 'someone', 'right'],
  ['another Jira', 'other.example', 'admin', 'right'],
])('%s is tried for itself', async (_, address, user, secret) => {
  const host = simulatedHost(1, true)
  const { main, accessOf, ids, refresh } = await entriesOf(['North'], host)
  await main.ask('servers:pause', { serverId: ids[0] ?? '', isPaused: true })
  const other = await add(main, 'South', { address: `http://${address}` })
  changePassword(host)
  await refresh(null)
  expect(host.refused).toBe(1)
  await enter(main, other, secret, user)
  await refresh(other)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['blocked', secret === 'changed' ? 'ok' : 'blocked'])
  expect(host.refused).toBe(secret === 'changed' ? 1 : 2)
})

it('a captcha holds for the account, whatever the password', async () => {
  const host = simulatedHost(1, true)
  const { main, accessOf, ids, refresh } = await entriesOf(['North', 'South'], host)
  const [north = '', south = ''] = ids
  await enter(main, south, 'another')
  await main.ask('servers:pause', { serverId: south, isPaused: true })
  await refresh(south)
  host.refusedInARow = 3
  host.sessions.clear()
  await refresh(north)
  await enter(main, south, 'a third')
  await refresh(south)
  await refresh(south)
  expect((await accessOf()).map((access) => access.state === 'blocked' && access.reason)).toEqual([
    'captcha',
    'captcha',
  ])
  expect(host.refused, 'one for each password that was entered, and one for what began in Jira').toBe(3)
})

it('a password that is entered again is tried again, but not at once', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids } = await entriesOf(['North', 'South'], host)
  const [north = '', south = ''] = ids
  await enter(main, north, 'wrong')
  await clock.advance(2_000)
  expect(host.refused).toBe(1)
  await enter(main, south, 'wrong')
  await clock.advance(2_000)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['blocked', 'blocked'])
  expect(host.refused, 'refused a moment ago').toBe(1)
  await clock.advance(10_000)
  await enter(main, south, 'wrong')
  await clock.advance(2_000)
  expect(host.refused).toBe(2)
  host.password = 'wrong'
  await clock.advance(10_000)
  await enter(main, north, 'wrong')
  await clock.advance(2_000)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok', 'ok'])
})

it.each([
  ['right', 'ok', { loggedIn: 2, refused: 0 }],
  ['wrong', 'blocked', { loggedIn: 1, refused: 1 }],
])(
  'a password (%s) that is entered again while it is under way is not sent again',
  async (password, state, counted) => {
    const host = simulatedHost(1, true)
    const { clock, main, accessOf, ids } = await entriesOf(['North'], host)
    await enter(main, ids[0] ?? '', password)
    // Its answer takes 170 ms, and those of the two questions before it as long.
    await clock.advance(400)
    expect(host).toMatchObject(counted)
    await enter(main, ids[0] ?? '', password)
    await clock.advance(60_000)
    expect((await accessOf()).map((access) => access.state)).toEqual([state])
    expect(host).toMatchObject(counted)
  },
)

it.each([
  ['goes once more, where it had left before', 400, 2],
  ['does not go again, where it left only then', 50, 1],
])('a password that is entered again, and whose answer is lost, %s', async (_, milliseconds, refused) => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids } = await entriesOf(['North'], host)
  host.mode = 'loses-log-ins'
  await enter(main, ids[0] ?? '', 'wrong')
  await clock.advance(milliseconds)
  await enter(main, ids[0] ?? '', 'wrong')
  await clock.advance(120_000)
  expect((await accessOf())[0]).toMatchObject({ state: 'blocked', reason: 'unanswered', attempts: 1 })
  expect(host.refused).toBe(refused)
})

it('a password that is entered after its answer was lost is tried at once', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids } = await entriesOf(['North'], host)
  host.mode = 'loses-log-ins'
  host.sessions.clear()
  const reading = main.ask('synchronizations:refresh', { serverId: ids[0] ?? '' }).catch(() => undefined)
  await clock.advance(2_000)
  await reading
  expect((await accessOf())[0]).toMatchObject({ state: 'blocked', reason: 'unanswered' })
  host.mode = 'up'
  await enter(main, ids[0] ?? '', 'right')
  await clock.advance(2_000)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok'])
})

it('a password that is entered while it is tried once is not sent again', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids } = await entriesOf(['North'], host)
  const [serverId = ''] = ids
  await enter(main, serverId, 'wrong')
  await clock.advance(12_000)
  expect(host.refused).toBe(1)
  const trial = main.ask('servers:try-once', { serverId }).catch(() => undefined)
  // Until it has arrived; its answer takes a moment more.
  for (let waited = 0; host.refused < 2 && waited < 1_000; waited += 10) await clock.advance(10)
  expect(host.refused).toBe(2)
  await enter(main, serverId, 'wrong')
  await clock.advance(60_000)
  await trial
  expect((await accessOf()).map((access) => access.state)).toEqual(['blocked'])
  expect(host.refused).toBe(2)
})

it('a password that was refused after it was entered for another is not sent for that one, however late its turn comes', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids } = await entriesOf(['North', 'South'], host)
  const [north = '', south = ''] = ids
  await main.ask('servers:pause', { serverId: south, isPaused: true })
  await enter(main, north, 'wrong')
  await clock.advance(50)
  await enter(main, south, 'wrong')
  await clock.advance(60_000)
  await main.ask('servers:pause', { serverId: south, isPaused: false })
  await clock.advance(60_000)
  expect((await accessOf()).map(({ state }) => state)).toEqual(['blocked', 'blocked'])
  expect(host.refused).toBe(1)
})

it('a password that is entered while the user’s reading is under way is read by at once', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, accessOf, ids } = await entriesOf(['North'], host)
  host.password = 'changed'
  const reading = main.ask('synchronizations:refresh', { serverId: ids[0] ?? '' }).catch(() => undefined)
  await clock.advance(20)
  await enter(main, ids[0] ?? '', 'changed')
  await clock.advance(2_000)
  await reading
  expect((await accessOf()).map(({ state }) => state)).toEqual(['ok'])
})

it('a password that is under way goes where it is kept from now on', async () => {
  const host = simulatedHost(1, true)
  const { clock, main, ids } = await entriesOf(['North'], host)
  const [serverId = ''] = ids
  await enter(main, serverId, 'right')
  await clock.advance(250)
  const credential = { kind: 'basic' as const, user: 'admin', secret: 'right' }
  await setCredential(main, { serverId, credential, isSessionOnly: true })
  expect((await main.ask('servers:list', {}))[0]?.credential).toEqual({ kind: 'basic', user: 'admin', kept: 'session' })
  await setCredential(main, { serverId, credential: { ...credential, user: 'other' }, isSessionOnly: true })
  expect((await main.ask('servers:list', {}))[0]?.credential).toMatchObject({ user: 'other' })
  await clock.advance(60_000)
})

it('an accepted password stays so, whatever becomes of the request that it came with', () => {
  const told: string[] = []
  const pass = tellingOnce(
    { isUnproven: true, isAlone: true, leave: () => true, settle: ({ kind }) => void told.push(`gate: ${kind}`) },
    ({ kind }) => void told.push(`account: ${kind}`),
  )
  pass.settle({ kind: 'accepted' })
  pass.settle({ kind: 'lost', error: null })
  expect(told).toEqual(['gate: accepted', 'account: accepted', 'gate: lost'])
})
