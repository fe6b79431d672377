import { describe, expect, it } from 'vitest'
import { attempt, enter, proxyGateScene as scene } from '../support/proxy-gate-scene.ts'

describe('the gate of a proxy whose answers do not speak of the password', () => {
  it.each(['inconclusive', 'diverted'] as const)(
    'closes after two answers that do not speak of a password that was never accepted, ten minutes apart, over restarts: %s',
    async (finding) => {
      const { gate, restart, clock, kept, told } = scene()
      let sent = 0
      let open = gate
      for (let minute = 0; minute < 60; minute += 1) {
        if (minute % 3 === 0) open = restart()
        const send = async (): Promise<void> => {
          const pass = await enter(open)
          sent += 1
          pass.settle(finding)
        }
        await Promise.allSettled([send(), send(), send()])
        if (minute === 5) {
          expect(sent).toBe(1)
          await expect(enter(open)).rejects.toMatchObject({
            code: 'net.proxy',
            message: expect.stringMatching(/answers instead of the server.* tries again in 5 min/) as string,
          })
        }
        await clock.advance(60_000)
      }
      expect([sent, await attempt(restart())]).toEqual([2, 'net.proxy-refused'])
      expect(kept.state?.block).toMatchObject({ reason: 'unanswered' })
      expect(told).toEqual([
        'It is not known whether the proxy proxy.example:3128 accepts the password of “me”: no answer said so.',
      ])
    },
  )

  it('a server that is forbidden, or down, keeps no other waiting: that one shows whether the password is right', async () => {
    const { gate, kept } = scene()
    const forbidden = await enter(gate, 'forbidden.example:443')
    const [again, other] = [attempt(gate, 'forbidden.example:443'), enter(gate, 'other.example:443')]
    forbidden.settle('diverted')
    expect(await again).toBe('net.proxy')
    ;(await other).settle('accepted')
    expect(kept.state).toBeNull()
    for (let count = 0; count < 10; count += 1) (await enter(gate, 'forbidden.example:443')).settle('diverted')
    expect(await attempt(gate, 'other.example:443')).toBe('entered')
  })

  it('two servers without a word close it, however they come', async () => {
    const { gate, clock } = scene()
    for (const target of ['one.example:443', 'two.example:443']) (await enter(gate, target)).settle('inconclusive')
    expect(await attempt(gate, 'three.example:443')).toBe('net.proxy-refused')
    // The user's attempt goes through one that may reveal more.
    await clock.advance(10_000)
    gate.allowOnce()
    const [one, three] = [enter(gate, 'one.example:443'), enter(gate, 'three.example:443')]
    ;(await three).settle('accepted')
    ;(await one).settle('inconclusive')
    expect(await attempt(gate, 'two.example:443')).toBe('entered')
  })

  it('the user’s attempt goes through a server that revealed nothing if there is no other', async () => {
    const { gate, clock } = scene()
    for (const target of ['one.example:443', 'two.example:443']) (await enter(gate, target)).settle('inconclusive')
    await clock.advance(10_000)
    gate.allowOnce()
    const one = enter(gate, 'one.example:443')
    await clock.advance(2_000)
    ;(await one).settle('accepted')
    expect(await attempt(gate, 'two.example:443')).toBe('entered')
  })

  it('a changed password is sent twice if each server is forbidden from one moment on', async () => {
    const { gate, clock } = scene()
    const servers = ['one.example:443', 'two.example:443', 'three.example:443']
    for (const target of servers) (await enter(gate, target)).settle('accepted')
    let sent = 0
    for (let minute = 0; minute < 60; minute += 1) {
      await clock.advance(60_000)
      await Promise.allSettled(
        servers.map(async (target) => {
          const pass = await enter(gate, target)
          sent += 1
          pass.settle('diverted')
        }),
      )
    }
    expect([sent, await attempt(gate)]).toEqual([2, 'net.proxy-refused'])
  })

  it('a server that is forbidden from one moment on is asked for again once another one showed that the password is right', async () => {
    const { gate, clock } = scene()
    for (const target of ['one.example:443', 'two.example:443']) (await enter(gate, target)).settle('accepted')
    await clock.advance(6_000)
    ;(await enter(gate, 'one.example:443')).settle('diverted')
    expect(await attempt(gate, 'one.example:443')).toBe('net.proxy')
    ;(await enter(gate, 'two.example:443')).settle('accepted')
    for (let count = 0; count < 5; count += 1) {
      await clock.advance(6_000)
      ;(await enter(gate, 'one.example:443')).settle('diverted')
    }
    expect(await attempt(gate, 'two.example:443')).toBe('entered')
  })

  it('a server that is down behind a proxy that is known to accept the password holds nobody up', async () => {
    const { gate, clock } = scene()
    ;(await enter(gate)).settle('accepted')
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.advance(60_000)
      ;(await enter(gate)).settle('inconclusive')
    }
  })

  it('holds a server no longer than ten minutes where the clock was set back', async () => {
    const { gate, restart, clock, kept } = scene()
    ;(await enter(gate)).settle('inconclusive')
    clock.jump(-24 * 3_600_000)
    const back = restart()
    expect(await attempt(back)).toBe('net.proxy')
    await clock.advance(10 * 60_000)
    ;(await enter(back)).settle('accepted')
    expect(kept.state).toBeNull()
  })
})
