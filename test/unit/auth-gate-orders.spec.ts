import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Pass } from '../../src-main/http/gate-pass.ts'
import { ACCEPTED, GateHost, LOST, NEVER_SENT, REJECTED } from '../support/auth-gate.ts'

const host = new GateHost()

type Step =
  | 'enter'
  | 'accept'
  | 'refuse'
  | 'lose-before'
  | 'lose-after'
  | 'untold'
  | 'press-once'
  | 'wait'
  | 'restart'
  | 'new-password'
  | 'changed-elsewhere'

/**
 * The server counts a failed log-in when a request with a wrong password arrives, whatever happens to its answer and to
 * Syncdeck.
 */
it('never lets more refused log-ins out than the user acted, in any order of events', async () => {
  const single = fc.constantFrom<Step>(
    'enter',
    'enter',
    'accept',
    'refuse',
    'lose-before',
    'lose-after',
    'untold',
    'press-once',
    'wait',
    'restart',
    'new-password',
    'changed-elsewhere',
  )
  // What chance alone hardly ever brings together.
  const proven: Step[] = ['new-password', 'enter', 'accept']
  const several = fc.constantFrom<Step[]>(
    proven,
    [...proven, 'new-password', 'enter'],
    ['enter', 'enter', 'changed-elsewhere'],
    ['changed-elsewhere', 'enter'],
    ['refuse', 'refuse'],
    ['changed-elsewhere', 'enter', 'lose-after', 'enter', 'refuse'],
    [...proven, 'changed-elsewhere', 'enter', 'lose-after', 'enter', 'refuse'],
  )
  const steps = fc
    .array(fc.oneof({ weight: 2, arbitrary: single.map((step) => [step]) }, { weight: 1, arbitrary: several }), {
      maxLength: 40,
    })
    .map((parts) => parts.flat())
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      host.now = 0
      host.stored = null
      let gate = host.createGate()
      const open: Pass[] = []
      let isRight = false
      // Each act allows one failed log-in until the next act; what was not used up is not saved. The first is entering
      // the password.
      let allowed = 1
      let excess = 0
      const acted = (): void => void (allowed = 1)
      const arrive = (pass: Pass): void => {
        if (!pass.leave() || isRight) return
        if (allowed === 0) excess += 1
        allowed = 0
      }
      const collect = (pass: Pass): void => {
        open.push(pass)
      }
      for (const step of order) {
        const pass = ['accept', 'refuse', 'lose-before', 'lose-after', 'untold'].includes(step)
          ? open.shift()
          : undefined
        if (pass !== undefined && step !== 'lose-before') arrive(pass)
        switch (step) {
          case 'enter':
            gate.enter('alone').then(collect, () => undefined)
            break
          case 'accept':
          case 'refuse':
            pass?.settle(isRight ? ACCEPTED : REJECTED)
            break
          case 'lose-before':
            pass?.settle(NEVER_SENT)
            break
          case 'lose-after':
            pass?.settle(LOST)
            break
          case 'untold':
            pass?.settle(isRight ? ACCEPTED : LOST)
            break
          case 'wait':
            host.now += 6_000
            break
          case 'restart':
            // Whatever was let out still arrives; its answer finds nobody.
            for (const left of open.splice(0)) arrive(left)
            gate = host.createGate()
            break
          case 'new-password':
            for (const left of open.splice(0)) arrive(left)
            gate.reset()
            isRight = !isRight
            acted()
            break
          case 'changed-elsewhere':
            if (isRight) acted()
            isRight = false
            break
          case 'press-once':
            if (gate.access.state !== 'blocked') break
            await gate
              .tryOnce(async () => {
                acted()
                await gate.enter('alone').then(collect)
                const tried = open.pop()
                if (tried === undefined) return
                arrive(tried)
                tried.settle(isRight ? ACCEPTED : REJECTED)
              })
              .catch(() => undefined)
        }
        await new Promise(setImmediate)
      }
      expect(excess).toBe(0)
    }),
    { numRuns: 600 },
  )
})
