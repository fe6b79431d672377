import { describe, expect, it } from 'vitest'
import { createTransport } from '../../src-main/http/transport.ts'
import { testConnection } from '../support/connection-tests.ts'
import { movableClock } from '../support/movable-clock.ts'
import { settled } from '../support/simulated-clock.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

/** A saved Jira at `/jira` of a host, and another one at `/other`, with a password of its own. */
async function twoOfOneHost(password: string) {
  const saved = await startJira({ synchronizations: 2, contextPath: '/jira' })
  const another = await startJira({
    synchronizations: 2,
    contextPath: '/other',
    accounts: [{ name: 'admin', password, tokens: [], role: 'system-administrator', projects: [] }],
  })
  const { clock, moveOn } = movableClock()
  const main = startMain({
    clock,
    createTransport: (options) => {
      const transport = createTransport(options)
      return {
        close: () => transport.close(),
        send: (request) => {
          const url = new URL(request.url)
          if (url.pathname.startsWith('/other')) url.port = new URL(another.baseUrl).port
          return transport.send({ ...request, url })
        },
      }
    },
  })
  const address = `${new URL(saved.baseUrl).origin}/other`
  const testAnother = (serverId: string) =>
    testConnection(main, saved, { serverId, credential: null, input: { address, isAddressExact: true } })
  const access = async () => (await main.ask('servers:list', {})).map((server) => server.access)
  return { saved, another, main, moveOn, testAnother, access }
}

describe('a test of another Jira of the same host, with the stored password,', () => {
  it('which is refused there, says nothing about the saved one', async () => {
    const { saved, another, main, testAnother, access } = await twoOfOneHost('another one')
    const serverId = await addServer(main, saved)
    await main.ask('synchronizations:refresh', { serverId })
    const { step } = await testAnother(serverId)
    expect([step('login')?.code, another.failedLogIns('admin')]).toEqual(['auth.rejected', 1])
    expect(await access()).toEqual([{ state: 'ok' }])
  })

  it('which is accepted there, does not open the gate of the saved one', async () => {
    const { saved, main, moveOn, testAnother, access } = await twoOfOneHost('admin')
    saved.logIn.account('admin').password = 'changed'
    const serverId = await addServer(main, saved)
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    const closed = await access()
    expect(closed).toMatchObject([{ state: 'blocked', reason: 'rejected' }])
    moveOn(11_000)
    const { verdicts } = await testAnother(serverId)
    expect(verdicts.login).toBe('passed')
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    await settled()
    expect(await access()).toEqual(closed)
    expect(saved.failedLogIns('admin')).toBe(1)
  })
})
