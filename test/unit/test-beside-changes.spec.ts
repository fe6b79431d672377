import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../../src-main/http/transport.ts'
import { until } from '../../tools/until.ts'
import { testConnection } from '../support/connection-tests.ts'
import { heldBack } from '../support/held-back.ts'
import { movableClock } from '../support/movable-clock.ts'
import { settled } from '../support/simulated-clock.ts'
import { addServer, startJira, startMain, type TestMain } from '../support/services.ts'
import { setCredential } from '../support/set-credential.ts'

const asksForVersion = ({ url }: HttpRequest): boolean => url.pathname.endsWith('/serverInfo')
const access = async (main: TestMain) => (await main.ask('servers:list', {})).map((server) => server.access)
const enter = (main: TestMain, serverId: string, secret: string) =>
  setCredential(main, { serverId, credential: { kind: 'basic', user: 'admin', secret }, isSessionOnly: false })

describe('a test of the form with the stored password, while another one is saved,', () => {
  it('leaves the other one alone: it stays accepted, and the old one is not tried', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const { createTransport, hold, isHeld, letGo } = heldBack('request', asksForVersion)
    const main = startMain({ createTransport })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })
    jira.logIn.account('admin').password = 'new'

    hold()
    const test = testConnection(main, jira, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
    await until('its first question is about to leave', isHeld)
    await enter(main, serverId, 'new')
    await main.ask('synchronizations:refresh', { serverId })
    letGo()
    const { step } = await test
    expect(await access(main)).toEqual([{ state: 'ok' }])
    expect(jira.failedLogIns('admin')).toBe(0)
    expect(step('login')).toMatchObject({
      verdict: 'skipped',
      message: 'Not tried: this server was changed while the test ran',
    })
  })

  it('does not let the other one go again that was refused', async () => {
    const jira = await startJira({ synchronizations: 2 })
    const { clock, moveOn } = movableClock()
    const { createTransport, hold, isHeld, letGo } = heldBack('request', asksForVersion)
    const main = startMain({ clock, createTransport })
    const serverId = await addServer(main, jira)
    await main.ask('synchronizations:refresh', { serverId })

    hold()
    const test = testConnection(main, jira, { serverId, credential: null, input: { projectKeys: ['NORTH'] } })
    await until('its first question is about to leave', isHeld)
    await enter(main, serverId, 'mistyped')
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    expect(jira.failedLogIns('admin')).toBe(1)
    const closed = await access(main)
    expect(closed).toMatchObject([{ state: 'blocked', reason: 'rejected' }])
    moveOn(11_000)
    letGo()
    await test
    await main.ask('synchronizations:refresh', { serverId }).catch(() => undefined)
    await settled()
    expect(await access(main)).toEqual(closed)
    expect(jira.failedLogIns('admin')).toBe(1)
  })
})
