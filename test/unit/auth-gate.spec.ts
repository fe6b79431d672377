import { beforeEach, describe, expect, it } from 'vitest'
import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import { AuthGate } from '../../src-main/http/auth-gate.ts'
import type { Finding, Pass, Use } from '../../src-main/http/gate-pass.ts'
import { join } from 'node:path'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { withCredential } from '../support/connection-tests.ts'
import { said, spoken } from '../support/said.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { until } from '../../tools/until.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { ACCEPTED, GateHost, LOST, NEVER_SENT, REJECTED } from '../support/auth-gate.ts'

const INCONCLUSIVE: Finding = { kind: 'inconclusive' }
const host = new GateHost()
const FULL = new AppError('storage.failed', foreign('full'))

/** Asks for a pass and says at once whether it was given. */
async function ask(
  gate: AuthGate,
  use: Use = 'shared',
): Promise<{ pass: Pass | null; code: string | null; whenDone: Promise<void> }> {
  const outcome: { pass: Pass | null; code: string | null } = { pass: null, code: null }
  const whenDone = gate.enter(use).then(
    (pass) => void (outcome.pass = pass),
    (error: { code: string }) => void (outcome.code = error.code),
  )
  await Promise.resolve()
  await Promise.resolve()
  return Object.assign(outcome, { whenDone })
}

beforeEach(() => {
  host.now = 1_000_000
  host.stored = null
})

describe('while nothing is known of a credential', () => {
  it('lets exactly one request out; the others wait for its verdict', async () => {
    const gate = host.createGate()
    const [first, second, third] = [await ask(gate), await ask(gate), await ask(gate)]
    expect([first.pass, second.pass, third.pass].map((pass) => pass !== null)).toEqual([true, false, false])
    first.pass?.settle(ACCEPTED)
    await Promise.all([second.whenDone, third.whenDone])
    expect([second.pass, third.pass].every((pass) => pass !== null)).toBe(true)
    expect(gate.access.state).toBe('ok')
  })

  it('fails all who wait when the probe is refused, without sending them', async () => {
    const gate = host.createGate()
    const [first, second] = [await ask(gate), await ask(gate)]
    first.pass?.settle(REJECTED)
    await second.whenDone
    expect(second).toMatchObject({ pass: null, code: 'auth.rejected' })
    expect((await ask(gate)).code).toBe('auth.rejected')
  })

  it('shares a network failure of the probe with all who wait, and stays open', async () => {
    const gate = host.createGate()
    const [first, second] = [await ask(gate), await ask(gate)]
    first.pass?.settle(NEVER_SENT)
    await second.whenDone
    expect(second.code).toBe('net.unreachable')
    expect(gate.access.state).toBe('unknown')
    expect((await ask(gate)).pass).not.toBeNull()
  })

  it('hands the probe on when the request was not sent for a reason of its own', async () => {
    const gate = host.createGate()
    const [first, second, third] = [await ask(gate), await ask(gate), await ask(gate)]
    first.pass?.settle({ kind: 'unsent', error: null })
    await second.whenDone
    expect([second.pass !== null, third.pass !== null]).toEqual([true, false])
  })

  it.each([
    ['whose answer was lost', LOST],
    ['whose answer does not tell', INCONCLUSIVE],
  ])('closes after a request %s: it may have been a refusal', async (_name, finding) => {
    const gate = host.createGate()
    const [first, second] = [await ask(gate), await ask(gate)]
    first.pass?.leave()
    first.pass?.settle(finding)
    await second.whenDone
    expect(second.code).toBe('auth.unanswered')
    expect(gate.access).toMatchObject({ state: 'blocked', reason: 'unanswered', attempts: 1 })
    expect(host.createGate().access).toMatchObject({ state: 'blocked', reason: 'unanswered' })
  })

  it.each([1, 6])('counts what left before Syncdeck was killed, over %i starts', async (starts) => {
    let left = 0
    for (let start = 0; start < starts; start += 1) {
      const { pass } = await ask(host.createGate())
      pass?.leave()
      if (pass !== null) left += 1
    }
    expect(left).toBe(1)
    // It may not have got as far as the network.
    const again = host.createGate()
    expect(again.access).toMatchObject({ state: 'blocked', reason: 'cut-off', attempts: 1 })
    const refused = await again.enter('alone').catch((error: unknown) => error)
    expect(refused instanceof AppError && said(refused.data.message)).toMatch(
      /^Syncdeck quit before .* may have been sent/,
    )
  })

  it('lets no password out that was not accepted since the start while that cannot be stored', async () => {
    const clock = new SimulatedClock()
    let isFull = true
    const gate = new AuthGate({
      store: { ...host.store, save: (block) => (isFull ? FULL : host.store.save(block)) },
      clock,
    })
    const refused = await ask(gate, 'alone')
    const waiting = await ask(gate, 'alone')
    expect(() => refused.pass?.leave()).toThrow('full')
    refused.pass?.settle({ kind: 'unsent', error: FULL.data })
    await waiting.whenDone
    expect([waiting.code, gate.access.state]).toEqual(['storage.failed', 'unknown'])
    isFull = false
    const { pass } = await ask(gate, 'alone')
    expect(pass?.leave()).toBe(true)
    pass?.settle(ACCEPTED)
    await clock.advance(60_000)
    isFull = true
    expect((await ask(gate, 'alone')).pass?.leave()).toBe(true)
    gate.close('rejected', null)
    await clock.advance(10_000)
    await expect(gate.tryOnce(async () => expect.fail('it left'))).rejects.toBe(FULL)
    expect(gate.access.state).toBe('blocked')
  })

  it('counts nothing that never left', async () => {
    const gate = host.createGate()
    ;(await ask(gate)).pass?.settle(NEVER_SENT)
    const { pass } = await ask(gate)
    pass?.leave()
    pass?.settle(NEVER_SENT)
    expect(host.createGate().access.state).toBe('unknown')
  })

  it('forgets a request that is called off while it waits', async () => {
    const gate = host.createGate()
    const first = await ask(gate)
    const controller = new AbortController()
    const waiting = gate.enter('shared', controller.signal)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'net.aborted' })
    first.pass?.settle(ACCEPTED)
    expect(gate.access.state).toBe('ok')
  })
})

it('begins a round after a pause with a single request', async () => {
  const gate = host.createGate()
  ;(await ask(gate)).pass?.settle(ACCEPTED)
  expect((await ask(gate)).pass).not.toBeNull()
  host.now += 60_000
  const [first, second] = [await ask(gate), await ask(gate)]
  expect([first.pass !== null, second.pass !== null]).toEqual([true, false])
})

describe('a credential that was proven', () => {
  const proven = async (): Promise<AuthGate> => {
    const gate = host.createGate()
    const { pass } = await ask(gate)
    pass?.leave()
    pass?.settle(ACCEPTED)
    return gate
  }

  it('leaves nothing behind that a restart would count', async () => {
    await proven()
    expect(host.stored).toBeNull()
  })

  it('takes away what a full disk kept from it as soon as there is room, and tries again at the end', async () => {
    const clock = new SimulatedClock()
    let isFull = false
    const full: typeof host.store = { ...host.store, save: (block) => (isFull ? FULL : host.store.save(block)) }
    const gate = new AuthGate({ store: full, clock })
    const logIn = async (): Promise<void> => {
      const { pass } = await ask(gate, 'alone')
      pass?.leave()
      isFull = true
      pass?.settle(ACCEPTED)
    }
    await logIn()
    expect([gate.access.state, host.stored]).toEqual(['ok', expect.objectContaining({ reason: 'cut-off' })])
    await clock.advance(600_000)
    isFull = false
    await clock.advance(60_000)
    expect(host.stored).toBeNull()
    await logIn()
    isFull = false
    gate.rest()
    expect(host.stored).toBeNull()
  })

  it('survives an outage, and then proves itself again with a single request', async () => {
    const gate = await proven()
    const underWay = [await ask(gate), await ask(gate), await ask(gate)]
    for (const { pass } of underWay) pass?.settle(LOST)
    expect(gate.access.state).toBe('unknown')
    const [first, second] = [await ask(gate), await ask(gate)]
    expect([first.pass !== null, second.pass !== null]).toEqual([true, false])
    first.pass?.settle(LOST)
    await second.whenDone
    expect([second.code, gate.access.state]).toEqual(['net.unreachable', 'unknown'])
  })

  it('may meet one inconclusive answer after a pause, but no second one', async () => {
    const gate = await proven()
    host.now += 60_000
    ;(await ask(gate)).pass?.settle(INCONCLUSIVE)
    expect(gate.access.state).toBe('unknown')
    ;(await ask(gate)).pass?.settle(INCONCLUSIVE)
    expect(gate.access.state).toBe('blocked')
  })
})

describe('a closed gate', () => {
  it('stays closed after a restart, for the same credential', async () => {
    ;(await ask(host.createGate())).pass?.settle(REJECTED)
    const restarted = host.createGate()
    expect(restarted.access).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
    expect((await ask(restarted)).code).toBe('auth.rejected')
  })

  it('is not opened by a good answer that was still on its way', async () => {
    const gate = host.createGate()
    ;(await ask(gate)).pass?.settle(ACCEPTED)
    const [early, late] = [await ask(gate), await ask(gate)]
    early.pass?.settle(REJECTED)
    late.pass?.settle(ACCEPTED)
    expect(gate.access.state).toBe('blocked')
  })

  it('keeps back what it had let out and has not left yet', async () => {
    const gate = host.createGate()
    const { pass } = await ask(gate)
    gate.close('intercepted', null)
    expect(pass?.leave()).toBe(false)
    pass?.settle({ kind: 'unsent', error: null })
    expect(gate.access).toMatchObject({ state: 'blocked', reason: 'intercepted', attempts: 1 })
    expect(host.stored).toMatchObject({ reason: 'intercepted' })
  })

  it('is not opened by such an answer during a “Test once” either', async () => {
    const gate = host.createGate()
    ;(await ask(gate)).pass?.settle(ACCEPTED)
    const [early, late] = [await ask(gate), await ask(gate)]
    early.pass?.settle(REJECTED)
    host.now += 11_000
    await gate.tryOnce(async () => late.pass?.settle(ACCEPTED))
    expect(gate.access.state).toBe('blocked')
  })

  describe('that another of the account foresees', () => {
    const FORESEEN = {
      reason: 'rejected',
      since: 1_000_000,
      attempts: 1,
      lastAttemptAt: 1_000_000,
      loginUrl: null,
    } as const

    it('stays open after a deliberate attempt that a session was enough for, and is closed when it has to log in', async () => {
      const gate = host.createGate()
      ;(await ask(gate, 'alone')).pass?.settle(ACCEPTED)
      gate.foresee(FORESEEN)
      await gate.tryOnce(() => Promise.resolve())
      expect(gate.access.state).toBe('ok')
      expect(host.stored).toEqual(FORESEEN)
      expect((await ask(gate, 'alone')).code).toBe('auth.rejected')
      expect(gate.access).toMatchObject({ state: 'blocked', reason: 'rejected' })
    })

    it.each([
      [ACCEPTED, 'ok'],
      [REJECTED, 'blocked'],
      [NEVER_SENT, 'blocked'],
    ] as const)('lets the log-in of a deliberate attempt out: %j', async (finding, state) => {
      const gate = host.createGate()
      gate.foresee(FORESEEN)
      host.now += 10_000
      await gate.tryOnce(async () => (await ask(gate, 'alone')).pass?.settle(finding))
      expect(gate.access.state).toBe(state)
      expect((await ask(gate, 'alone')).pass === null).toBe(state === 'blocked')
    })

    it('lets none out within ten seconds of what it foresees', async () => {
      const gate = host.createGate()
      gate.foresee(FORESEEN)
      host.now += 9_000
      await gate.tryOnce(async () => expect((await ask(gate, 'alone')).code).toBe('auth.too-soon'))
      expect(gate.access).toMatchObject({ state: 'blocked', reason: 'rejected' })
    })
  })

  it('counts the one attempt of “Test once” that Syncdeck was killed in, and knows why it was closed before', async () => {
    ;(await ask(host.createGate(), 'alone')).pass?.settle(REJECTED)
    const gate = host.createGate()
    host.now += 11_000
    void gate.tryOnce(async () => {
      ;(await ask(gate, 'alone')).pass?.leave()
      await new Promise(() => undefined)
    })
    await until('it has left', () => host.stored?.attempts === 2)
    expect(host.createGate().access).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 2 })
  })

  it('does not count a “Test once” that did not leave after all', async () => {
    ;(await ask(host.createGate(), 'alone')).pass?.settle(REJECTED)
    const gate = host.createGate()
    host.now += 11_000
    await gate.tryOnce(async () => {
      const { pass } = await ask(gate, 'alone')
      pass?.leave()
      pass?.settle(NEVER_SENT)
    })
    for (const { access } of [gate, host.createGate()])
      expect(access).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
  })

  it('is opened by another credential', async () => {
    const gate = host.createGate()
    ;(await ask(gate)).pass?.settle(REJECTED)
    gate.reset()
    expect(gate.access.state).toBe('unknown')
    expect(host.stored).toBeNull()
  })

  it('keeps the credential before back, and not the one that came after', async () => {
    const gate = host.createGate()
    const before = await ask(gate, 'alone')
    gate.reset()
    const after = await ask(gate, 'alone')
    expect([before.pass?.leave(), after.pass?.leave()]).toEqual([false, true])
  })

  it('ignores a late verdict about the credential before', async () => {
    const gate = host.createGate()
    const old = await ask(gate)
    gate.reset()
    old.pass?.settle(REJECTED)
    expect(gate.access.state).toBe('unknown')
  })
})

describe('“Test once”', () => {
  const blocked = async (): Promise<AuthGate> => {
    const gate = host.createGate()
    ;(await ask(gate)).pass?.settle(REJECTED)
    return gate
  }

  it('is refused within ten seconds of the last attempt', async () => {
    const gate = await blocked()
    host.now += 9_000
    await expect(gate.tryOnce(() => gate.enter('shared'))).rejects.toMatchObject({ code: 'auth.too-soon' })
    expect(gate.access.state).toBe('blocked')
  })

  it('sends one request, and closes again when that is refused', async () => {
    const gate = await blocked()
    host.now += 11_000
    await gate.tryOnce(async () => {
      const [first, second] = [await ask(gate), await ask(gate)]
      expect([first.pass !== null, second.pass !== null]).toEqual([true, false])
      first.pass?.settle(REJECTED)
      await second.whenDone
      expect(second.code).toBe('auth.rejected')
    })
    expect(gate.access).toMatchObject({ state: 'blocked', attempts: 2 })
  })

  it.each<[string, (gate: AuthGate) => Promise<void>]>([
    ['the server is away', async (gate) => (await ask(gate)).pass?.settle(NEVER_SENT)],
    ['the answer is lost', async (gate) => (await ask(gate)).pass?.settle(LOST)],
    ['nothing was sent at all', async () => undefined],
  ])('leaves the gate closed when %s', async (_name, attempt) => {
    const gate = await blocked()
    host.now += 11_000
    await gate.tryOnce(() => attempt(gate))
    expect(gate.access.state).toBe('blocked')
    expect(host.stored).not.toBeNull()
  })

  it('opens the gate for good when it succeeds', async () => {
    const gate = await blocked()
    host.now += 11_000
    await gate.tryOnce(async () => (await ask(gate)).pass?.settle(ACCEPTED))
    expect(gate.access.state).toBe('ok')
    expect(host.stored).toBeNull()
  })
})

it('a password that cannot be noted does not leave, says why, and leaves once it can be', async () => {
  const [main, jira] = [startMain(), await startJira({ synchronizations: 2 })]
  const serverId = await addServer(main, jira)
  const other = openStateDatabase(join(main.folder, 'state.db'), 0)
  other.exec(`CREATE TRIGGER full BEFORE INSERT ON access_block BEGIN SELECT RAISE(ABORT, 'full'); END`)
  await main.ask('synchronizations:refresh', { serverId })
  expect(withCredential(jira)).toBe(0)
  const [server] = await main.ask('servers:list', {})
  expect(server?.reach.error).toMatchObject({ code: 'storage.failed' })
  expect(said(server?.reach.error?.message)).toBe(
    'The password was not sent, because the attempt could not be recorded first.',
  )
  const steps = spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true }))
  expect(steps.find(({ step }) => step === 'login')).toMatchObject({ verdict: 'failed', code: 'storage.failed' })
  expect(withCredential(jira)).toBe(0)
  other.exec('DROP TRIGGER full')
  other.close()
  await main.ask('synchronizations:refresh', { serverId })
  expect(await main.rows()).toHaveLength(2)
})
