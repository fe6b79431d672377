import { describe, expect, it } from 'vitest'
import { simulatedHost } from '../support/simulated-network.ts'
import { watchedHost } from '../support/watched-host.ts'
import { said } from '../support/said.ts'
import { setCredential } from '../support/set-credential.ts'

const DAY_MS = 86_400_000

/** A server that is read only when the user says so. */
async function leftAlone() {
  const watched = await watchedHost(simulatedHost(2, true), { detailIntervalSeconds: 86_400 })
  await watched.sentIn(60_000)
  watched.main.services.monitor.stop()
  await watched.sentIn(60_000)
  const { id: otherId } = await watched.main.ask('servers:add', {
    name: 'Without credentials',
    address: 'http://other.example',
    apiPath: '/api',
    environment: 'test',
    projectKeys: [],
    caPem: '',
    allowPlainHttp: true,
  })
  return { ...watched, otherId }
}

describe('reading now', () => {
  it('reads one server, or all; one that nobody may ask yet stays as it is', async () => {
    const { main, id, otherId, sentIn } = await leftAlone()
    const refresh = async (serverId: string | null): Promise<number> => {
      const asked = main.ask('synchronizations:refresh', { serverId })
      const sent = await sentIn(1_000)
      await asked
      return sent
    }
    expect(await refresh(id)).toBe(1)
    expect(await refresh(null)).toBe(1)
    expect(await refresh(otherId)).toBe(0)
    await expect(main.ask('synchronizations:refresh', { serverId: 'nobody' })).rejects.toMatchObject({
      data: { code: 'server.unknown' },
    })
  })

  it('is over when the states are there', async () => {
    const { main, id, host, clock } = await leftAlone()
    host.states.set('INT-0', 'STOPPED')
    const asked = main.ask('synchronizations:refresh', { serverId: id })
    await clock.advance(1_000)
    await asked
    expect((await main.rows()).map(({ state }) => said(state))).toEqual(['Stopped', 'Running'])
  })
})

describe('the network', () => {
  it('that is back ends every back-off; one that went changes nothing', async () => {
    const { main, host, sentIn } = await watchedHost(simulatedHost(1, true), { detailIntervalSeconds: 86_400 })
    await sentIn(60_000)
    host.mode = 'down'
    await sentIn(1_200_000)
    host.mode = 'up'
    await main.ask('monitor:network', { isOnline: false })
    const before = await sentIn(100)
    await main.ask('monitor:network', { isOnline: true })
    expect([before, await sentIn(100)]).toEqual([0, 1])
  })
})

describe('“Test once”', () => {
  it('tries the log-in that was refused, once, and reads where it is right', async () => {
    const { main, id, host, sentIn, server } = await watchedHost(simulatedHost(2, true))
    await sentIn(60_000)
    host.password = 'changed'
    host.sessions.clear()
    await sentIn(60_000)
    const tryOnce = async (): Promise<unknown> => {
      const asked = main.ask('servers:try-once', { serverId: id }).catch((error: unknown) => error)
      await sentIn(10_000)
      return asked
    }
    expect(await tryOnce()).toMatchObject({ data: { code: 'auth.rejected' } })
    expect([host.refused, (await server())?.access.state]).toEqual([2, 'blocked'])
    host.password = 'right'
    host.states.set('INT-0', 'STOPPED')
    await sentIn(30_000)
    await tryOnce()
    expect([host.refused, (await server())?.access.state]).toEqual([2, 'ok'])
    expect((await main.rows()).map(({ state }) => said(state))).toEqual(['Stopped', 'Running'])
  })
})

describe('the history', () => {
  it('says since when states are kept', async () => {
    const { main, id, clock } = await leftAlone()
    await main.ask('settings:set', { historyDays: 7 })
    expect((await main.ask('history:timeline', { serverId: id, key: 'INT-0' })).keptSince).toBe(
      clock.now() - 7 * DAY_MS,
    )
  })

  it('of a server that was removed and added again starts afresh', async () => {
    const { main, id, otherId, sentIn } = await leftAlone()
    const credential = { kind: 'basic', user: 'admin', secret: 'right' } as const
    await main.ask('servers:remove', { serverId: id })
    await setCredential(main, { serverId: otherId, credential, isSessionOnly: true })
    await sentIn(1_000)
    const { transitions } = await main.ask('history:timeline', { serverId: id, key: null })
    expect(transitions).toEqual([])
  })
})
