import { describe, expect, it } from 'vitest'
import type { Account } from '../../src-simulator/account.ts'
import type { HttpRequest } from '../../src-main/http/transport.ts'
import { SyncUserLogIn } from '../../src-main/jobs/sync-user-log-in.ts'
import { until } from '../../tools/until.ts'
import { withCredential } from '../support/connection-tests.ts'
import { heldBack } from '../support/held-back.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

const hasPassword = ({ headers }: HttpRequest): boolean => headers.authorization !== undefined

/** A server whose user is the sync user as well, and the check of its password. */
async function scene(what: 'request' | 'answer') {
  const user = (name: string): Account => ({
    name,
    password: name,
    tokens: [],
    role: 'system-administrator',
    projects: [],
  })
  const jira = await startJira({ synchronizations: 2, accounts: [user('admin'), user('another')] })
  const { createTransport, ...held } = heldBack(what, hasPassword)
  const main = startMain({ createTransport })
  const serverId = await addServer(main, jira)
  const { registry, network, logInAttempts: attempts, connections, clock } = main.services
  const logIn = new SyncUserLogIn({ registry, network, attempts, connections, clock })
  const check = (secret = 'admin') => logIn.check({ user: 'Admin', baseUrl: `${jira.baseUrl}/` }, secret)
  const checkAnother = () => logIn.check({ user: 'another', baseUrl: jira.baseUrl }, 'another')
  return { jira, main, serverId, check, checkAnother, ...held }
}

describe('the check of a sync user’s password', () => {
  it('waits until no other password of that user is under way', async () => {
    const { jira, main, serverId, check, checkAnother, hold, isHeld, letGo } = await scene('answer')
    hold()
    const reading = main.ask('synchronizations:refresh', { serverId })
    await until('its password is under way', isHeld)
    const checked = check()
    // It takes as long as one of another user, which does not wait, and began before it.
    expect(await checkAnother()).toEqual({ kind: 'accepted' })
    // That of the reading, and that of the other user.
    expect(withCredential(jira)).toBe(2)
    letGo()
    expect(await checked).toEqual({ kind: 'accepted' })
    await reading
  })

  it('sends no password any more once Syncdeck quits, and calls none refused', async () => {
    const { jira, main, check } = await scene('request')
    await main.close()
    expect((await check('wrong')).kind).toBe('unchecked')
    expect(withCredential(jira)).toBe(0)
  })

  it('holds quitting back until its session is ended', async () => {
    const { jira, main, check, hold, isHeld, letGo } = await scene('answer')
    hold()
    const checked = check()
    await until('the server has opened it', isHeld)
    expect(jira.cluster.countSessions('admin')).toBe(1)
    const closed = main.close()
    letGo()
    await closed
    expect(jira.cluster.countSessions('admin')).toBe(0)
    await checked
  })
})
