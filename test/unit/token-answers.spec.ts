import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/clock.ts'
import type { JiraOptions } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { filesBelow } from '../support/secrets.ts'
import { changedAnswers } from '../support/changed-answers.ts'
import { account } from '../support/jira-by-hand.ts'
import { addServer, startJira, startMain, type TestMainOptions } from '../support/services.ts'

const TOKEN = { kind: 'token', secret: 'admin-token' } as const
const MARK = 'for-somebody-else-51d0'

async function scene(
  options: JiraOptions = {},
  secret: string = TOKEN.secret,
  createTransport?: TestMainOptions['createTransport'],
) {
  const jira = await startJira({ synchronizations: 3, ...options })
  const time = { passed: 0 }
  const clock = { ...systemClock, now: () => systemClock.now() + time.passed }
  const main = startMain({ clock, ...(createTransport && { createTransport }) })
  const serverId = await addServer(main, jira, { ...TOKEN, secret })
  return {
    jira,
    main,
    serverId,
    time,
    refresh: () => main.ask('synchronizations:refresh', { serverId }).catch(() => undefined),
    access: async () => (await main.ask('servers:list', {}))[0]?.access,
  }
}

describe('a token names nobody, but its answers do:', () => {
  it('one for another user than the first is not believed', async () => {
    const { jira, main, refresh, access } = await scene()
    await refresh()
    const before = (await main.rows()).map(({ key }) => key)
    expect(before).toHaveLength(3)
    jira.faults.add({
      path: '/integrations',
      method: 'GET',
      fault: {
        kind: 'answer',
        status: 200,
        headers: { 'Content-Type': 'application/json', 'X-AUSERNAME': 'eve' },
        body: JSON.stringify([{ integrationKey: 'INT-9', summary: MARK, distributed: false }]),
      },
    })
    await refresh()
    expect(await access()).toMatchObject({ state: 'blocked', reason: 'another-user' })
    expect((await main.rows()).map(({ key }) => key)).toEqual(before)
    await main.close()
    expect(filesBelow(main.folder).filter(({ bytes }) => bytes.includes(MARK))).toEqual([])
  })

  it('the user may find out again whose it is, as when that user has another name now', async () => {
    const named = account('admin')
    const { jira, main, serverId, time, refresh, access } = await scene({ accounts: [named] })
    await refresh()
    Object.assign(named, { name: 'administrator' })
    await refresh()
    expect(await access()).toMatchObject({ state: 'blocked', reason: 'another-user' })
    time.passed += 10_000
    await main.ask('servers:try-once', { serverId })
    expect(await access()).toEqual({ state: 'ok' })
    await refresh()
    expect(await access()).toEqual({ state: 'ok' })
    expect(jira.refusedTokens).toBe(0)
  })
})

describe('a token that is refused beside', () => {
  it('a balancer’s cookie was tried once', async () => {
    const { jira, refresh, access } = await scene({ nodes: 2, stickiness: 'ROUTEID' }, 'wrong-token')
    await refresh()
    await refresh()
    expect(await access()).toMatchObject({ state: 'blocked', reason: 'rejected' })
    expect(jira.refusedTokens).toBe(1)
  })

  it('a request with the cookie of an expired session, not known as one, is repeated without it', async () => {
    // Neither its name nor the form of its ids, shorter than Tomcat's usual ones, shows what it is.
    const odd = { sessionCookieName: 'JIRASID', sessionIdBytes: 10 }
    const { jira, refresh, access } = await scene({ ...odd, synchronizations: 30, latencyMs: 5 })
    await refresh()
    await refresh()
    // Several requests are under way with it at once.
    expect(jira.peakConcurrency).toBeGreaterThan(2)
    jira.cluster.endSessions()
    await refresh()
    expect(await access()).toEqual({ state: 'ok' })
    expect(jira.refusedTokens).toBe(0)
  })

  it('no session’s cookie is sent, although only the form of its ids shows what it is', async () => {
    const given: string[] = []
    const beside: string[] = []
    const createTransport = changedAnswers(({ headers: { authorization, cookie = '' } }, answer) => {
      given.push(...[answer.headers['set-cookie'] ?? []].flat())
      if (authorization !== undefined) beside.push(cookie)
      return answer
    })
    const odd = { sessionCookieName: 'sid', sessionIdBytes: 24 }
    const { refresh } = await scene(odd, TOKEN.secret, createTransport)
    await refresh()
    await refresh()
    expect(given.some((line) => line.startsWith('sid='))).toBe(true)
    expect(beside.length).toBeGreaterThan(3)
    expect(beside.filter((cookie) => cookie.includes('sid='))).toEqual([])
  })

  describe('a cookie that something renews with each answer, which may be a session’s,', () => {
    const renewing = () => {
      const carrying: string[] = []
      const createTransport = changedAnswers(({ headers: { authorization, cookie = '' } }, answer) => {
        if (authorization !== undefined) carrying.push(cookie.split('=', 1)[0] ?? '')
        const own = [answer.headers['set-cookie'] ?? []].flat()
        const visit = `visit=${randomBytes(12).toString('hex')}; Path=/`
        return { ...answer, headers: { ...answer.headers, 'set-cookie': [...own, visit] } }
      })
      return { carrying, createTransport }
    }

    it('is told as refused, by one request beside it and one without', async () => {
      const { carrying, createTransport } = renewing()
      const { jira, refresh, access } = await scene({}, 'wrong-token', createTransport)
      for (let round = 0; round < 3; round += 1) await refresh()
      expect(await access()).toMatchObject({ state: 'blocked', reason: 'rejected' })
      expect([carrying, jira.refusedTokens]).toEqual([['visit', ''], 2])
    })

    it('is told as refused where it was changed before a write', async () => {
      const { carrying, createTransport } = renewing()
      const { jira, main, serverId, refresh, access } = await scene({}, TOKEN.secret, createTransport)
      await refresh()
      Object.assign(jira.logIn.account('admin'), { tokens: [] })
      carrying.length = 0
      const { taskIds } = await main.ask('synchronizations:stop', {
        targets: [{ serverId, key: [...jira.api.entries.keys()][0] ?? '' }],
      })
      await until('it is told', async () => (await access())?.state === 'blocked')
      expect([taskIds.length, carrying]).toEqual([1, ['visit', '']])
    })

    it('goes with an accepted token again', async () => {
      const { carrying, createTransport } = renewing()
      const { refresh } = await scene({}, TOKEN.secret, createTransport)
      await refresh()
      expect(new Set(carrying)).toEqual(new Set(['visit']))
    })
  })
})
