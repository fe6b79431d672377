import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { AuthGate, type Finding, type Pass } from '../../src-main/http/auth-gate.ts'
import type { StoredBlock } from '../../src-main/storage/server-table.ts'

const ACCEPTED: Finding = { kind: 'accepted' }
const REJECTED: Finding = { kind: 'blocked', reason: 'rejected', loginUrl: null }
const UNREACHABLE: Finding = { kind: 'inconclusive', error: { code: 'net.unreachable', message: 'away' } }

let now = 0
let stored: StoredBlock | null = null
const store = { load: () => stored, save: (block: StoredBlock | null) => void (stored = block) }
const createGate = (): AuthGate => new AuthGate({ store, clock: { now: () => now, elapsed: () => now }, onChange: () => undefined })

/** Asks for a pass and tells at once whether it was given. */
async function ask(gate: AuthGate): Promise<{ pass: Pass | null; code: string | null; whenDone: Promise<void> }> {
  const outcome: { pass: Pass | null; code: string | null } = { pass: null, code: null }
  const whenDone = gate.enter().then(
    (pass) => void (outcome.pass = pass),
    (error: { code: string }) => void (outcome.code = error.code),
  )
  await Promise.resolve()
  await Promise.resolve()
  return Object.assign(outcome, { whenDone })
}

beforeEach(() => {
  now = 1_000_000
  stored = null
})

describe('while nothing is known of a credential', () => {
  it('lets exactly one request out; the others wait for its verdict', async () => {
    const gate = createGate()
    const [first, second, third] = [await ask(gate), await ask(gate), await ask(gate)]
    expect([first.pass, second.pass, third.pass].map((pass) => pass !== null)).toEqual([true, false, false])
    first.pass?.settle(ACCEPTED)
    await Promise.all([second.whenDone, third.whenDone])
    expect([second.pass, third.pass].every((pass) => pass !== null)).toBe(true)
    expect(gate.access.state).toBe('ok')
  })

  it('fails all who wait when the probe is refused, without sending them', async () => {
    const gate = createGate()
    const [first, second] = [await ask(gate), await ask(gate)]
    first.pass?.settle(REJECTED)
    await second.whenDone
    expect(second).toMatchObject({ pass: null, code: 'auth.rejected' })
    expect((await ask(gate)).code).toBe('auth.rejected')
  })

  it('shares a network failure of the probe with all who wait, and stays open', async () => {
    const gate = createGate()
    const [first, second] = [await ask(gate), await ask(gate)]
    first.pass?.settle(UNREACHABLE)
    await second.whenDone
    expect(second.code).toBe('net.unreachable')
    expect(gate.access.state).toBe('unknown')
    expect((await ask(gate)).pass).not.toBeNull()
  })

  it('hands the probe on when an answer says nothing about the log-in', async () => {
    const gate = createGate()
    const [first, second, third] = [await ask(gate), await ask(gate), await ask(gate)]
    first.pass?.settle({ kind: 'inconclusive', error: null })
    await second.whenDone
    expect([second.pass !== null, third.pass !== null]).toEqual([true, false])
  })

  it('forgets a request that is called off while it waits', async () => {
    const gate = createGate()
    const first = await ask(gate)
    const controller = new AbortController()
    const waiting = gate.enter(controller.signal)
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'net.aborted' })
    first.pass?.settle(ACCEPTED)
    expect(gate.access.state).toBe('ok')
  })
})

it('begins a round after a pause with a single request', async () => {
  const gate = createGate()
  ;(await ask(gate)).pass?.settle(ACCEPTED)
  expect((await ask(gate)).pass).not.toBeNull()
  now += 60_000
  const [first, second] = [await ask(gate), await ask(gate)]
  expect([first.pass !== null, second.pass !== null]).toEqual([true, false])
})

describe('a closed gate', () => {
  it('stays closed after a restart, for the same credential', async () => {
    ;(await ask(createGate())).pass?.settle(REJECTED)
    const restarted = createGate()
    expect(restarted.access).toMatchObject({ state: 'blocked', reason: 'rejected', attempts: 1 })
    expect((await ask(restarted)).code).toBe('auth.rejected')
  })

  it('is not opened by a good answer that was still on its way', async () => {
    const gate = createGate()
    ;(await ask(gate)).pass?.settle(ACCEPTED)
    const [early, late] = [await ask(gate), await ask(gate)]
    early.pass?.settle(REJECTED)
    late.pass?.settle(ACCEPTED)
    expect(gate.access.state).toBe('blocked')
  })

  it('is opened by another credential', async () => {
    const gate = createGate()
    ;(await ask(gate)).pass?.settle(REJECTED)
    gate.reset()
    expect(gate.access.state).toBe('unknown')
    expect(stored).toBeNull()
  })

  it('ignores a late verdict about the credential before', async () => {
    const gate = createGate()
    const old = await ask(gate)
    gate.reset()
    old.pass?.settle(REJECTED)
    expect(gate.access.state).toBe('unknown')
  })
})

describe('“Test once”', () => {
  const blocked = async (): Promise<AuthGate> => {
    const gate = createGate()
    ;(await ask(gate)).pass?.settle(REJECTED)
    return gate
  }

  it('is refused within ten seconds of the last attempt', async () => {
    const gate = await blocked()
    now += 9_000
    await expect(gate.tryOnce(() => gate.enter())).rejects.toMatchObject({ code: 'auth.too-soon' })
    expect(gate.access.state).toBe('blocked')
  })

  it('sends one request, and closes again when that is refused', async () => {
    const gate = await blocked()
    now += 11_000
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
    ['the server is away', async (gate) => (await ask(gate)).pass?.settle(UNREACHABLE)],
    ['nothing was sent at all', async () => undefined],
  ])('leaves the gate closed when %s', async (_name, attempt) => {
    const gate = await blocked()
    now += 11_000
    await gate.tryOnce(() => attempt(gate))
    expect(gate.access.state).toBe('blocked')
    expect(stored).not.toBeNull()
  })

  it('opens the gate for good when it succeeds', async () => {
    const gate = await blocked()
    now += 11_000
    await gate.tryOnce(async () => (await ask(gate)).pass?.settle(ACCEPTED))
    expect(gate.access.state).toBe('ok')
    expect(stored).toBeNull()
  })
})

type Step = 'enter' | 'settle' | 'server-away' | 'press-once' | 'wait' | 'restart' | 'new-password'

it('never lets more refused log-ins out than the user acted, in any order of events', async () => {
  const steps = fc.array(
    fc.constantFrom<Step>('enter', 'enter', 'enter', 'settle', 'settle', 'server-away', 'press-once', 'wait', 'restart', 'new-password'),
    { maxLength: 60 },
  )
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      now = 0
      stored = null
      let gate = createGate()
      let open: Pass[] = []
      let sent = 0
      // Entering the first password is the first action of the user.
      let actions = 1
      const collect = (pass: Pass): void => {
        sent += 1
        open.push(pass)
      }
      for (const step of order) {
        if (step === 'enter') gate.enter().then(collect, () => undefined)
        if (step === 'settle') open.shift()?.settle(REJECTED)
        if (step === 'server-away') {
          // Never reached Jira, so it was no log-in.
          const pass = open.shift()
          if (pass) sent -= 1
          pass?.settle(UNREACHABLE)
        }
        if (step === 'wait') now += 4_000
        if (step === 'restart') {
          // What was under way at the end may have been a log-in; it is not counted against the next session.
          sent -= open.length
          open = []
          gate = createGate()
        }
        if (step === 'new-password') {
          sent -= open.length
          open = []
          gate.reset()
          actions += 1
        }
        if (step === 'press-once' && gate.access.state === 'blocked') {
          await gate
            .tryOnce(async () => {
              actions += 1
              await gate.enter().then(collect)
              open.pop()?.settle(REJECTED)
            })
            .catch(() => undefined)
        }
        await new Promise(setImmediate)
      }
      expect(sent).toBeLessThanOrEqual(actions)
    }),
    { numRuns: 150 },
  )
})
