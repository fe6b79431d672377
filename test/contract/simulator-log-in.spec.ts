import { describe, expect, it } from 'vitest'
import type { JiraOptions } from '../../src-simulator/index.ts'
import { account, ask, basic, cookiesToSend } from '../support/jira-by-hand.ts'
import { startJira } from '../support/services.ts'

const API = '/plugins/servlet/backbone-issue-sync/api/1'
const LIST = `${API}/integrations`
const SESSION = '/rest/auth/1/session'
const JSON_TYPE = { 'content-type': 'application/json' }

const start = (options: JiraOptions = {}) =>
  startJira({ synchronizations: 5, accounts: [account('admin'), account('other')], ...options })

/** Logs in with a password in the header, and returns what later requests send instead of it. */
async function logIn(jira: Awaited<ReturnType<typeof start>>, user = 'admin') {
  return { cookie: cookiesToSend(await ask(jira, 'GET', LIST, { authorization: basic(user) })) }
}

describe('a session of the simulated Jira', () => {
  it('is told by cookies that a page cannot read, for the context path alone', async () => {
    const jira = await start({ contextPath: '/jira' })
    const { setCookies } = await ask(jira, 'GET', LIST, { authorization: basic('admin') })
    expect(setCookies).toEqual([
      expect.stringMatching(/^JSESSIONID=[0-9A-F]{32}; Path=\/jira; HttpOnly$/),
      expect.stringMatching(/^atlassian\.xsrf\.token=(?:[A-Z0-9]{4}-){3}[A-Z0-9]{4}_[0-9a-f]{40}_lin; Path=\/jira$/),
    ])
  })

  it('identifies the user without a password, and counts no log-in', async () => {
    const jira = await start()
    const session = await logIn(jira)
    for (let request = 0; request < 3; request += 1) {
      const { status, who, setCookies } = await ask(jira, 'GET', LIST, session)
      expect([status, who, setCookies]).toEqual([200, ['admin', 'OK'], []])
    }
    expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 1, failed: 0 })
    expect(jira.seen.map(({ user, by }) => [user, by])).toEqual([
      ['admin', 'password'],
      ['admin', 'session'],
      ['admin', 'session'],
      ['admin', 'session'],
    ])
  })

  it('is opened by each request with a password alone, which counts each as a log-in', async () => {
    const jira = await start()
    for (let request = 0; request < 3; request += 1) await logIn(jira)
    expect([jira.logInsOf('admin').succeeded, jira.cluster.countSessions('admin')]).toEqual([3, 3])
  })

  it('is kept where its own user logs in again, and replaced where another does', async () => {
    const jira = await start()
    const session = await logIn(jira)
    expect((await ask(jira, 'GET', LIST, { ...session, authorization: basic('admin') })).setCookies).toEqual([])
    const other = await ask(jira, 'GET', LIST, { ...session, authorization: basic('other') })
    expect([other.who, other.setCookies.length, jira.cluster.countSessions('admin')]).toEqual([['other', 'OK'], 2, 0])
  })

  it.each(['none', 'any'] as const)(
    'ends by idleness, by hand and by a restart, where os_authType is %s',
    async (apiAuthType) => {
      let now = 0
      const jira = await start({ apiAuthType, sessionIdleMs: 1000, now: () => now })
      const isOver = async (session: { cookie: string }): Promise<boolean> => {
        const { status, who, text } = await ask(jira, 'GET', LIST, session)
        if (status === 401)
          expect([who, text.includes('an invalid cookie was sent')]).toEqual([
            [apiAuthType === 'any' ? null : 'anonymous', null],
            apiAuthType === 'any',
          ])
        return status === 401
      }
      const idle = await logIn(jira)
      now = 900
      expect(await isOver(idle)).toBe(false)
      now = 1800
      expect(await isOver(idle)).toBe(false)
      now = 2800
      expect(await isOver(idle)).toBe(true)
      const ended = await logIn(jira)
      const others = await logIn(jira, 'other')
      jira.cluster.endSessions('admin')
      expect([await isOver(ended), await isOver(others)]).toEqual([true, false])
      await jira.restart()
      expect(await isOver(others)).toBe(true)
      expect(jira.failedLogIns('admin')).toBe(0)
    },
  )

  it('that is over is served as nobody, with 200, where nobody is allowed', async () => {
    const jira = await start({ isAnonymousAllowed: true })
    const session = await logIn(jira)
    jira.cluster.endSessions()
    const { status, text, who } = await ask(jira, 'GET', LIST, session)
    expect([status, text, who]).toEqual([200, '[]', ['anonymous', null]])
  })

  it.each([true, false])('ends with a changed password: %s', async (endsSessionsOnPasswordChange) => {
    const jira = await start({ endsSessionsOnPasswordChange })
    const session = await logIn(jira)
    jira.logIn.account('admin').password = 'changed'
    expect((await ask(jira, 'GET', LIST, session)).status).toBe(endsSessionsOnPasswordChange ? 401 : 200)
  })

  it('is also given to nobody: a cookie proves no log-in', async () => {
    const jira = await start()
    const nobody = await ask(jira, 'GET', '/rest/api/2/serverInfo')
    expect([nobody.who[0], nobody.setCookies[1]]).toEqual(['anonymous', expect.stringContaining('_lout; ')])
    const again = await ask(jira, 'GET', LIST, { cookie: cookiesToSend(nobody) })
    expect([again.status, again.who[0]]).toEqual([401, 'anonymous'])
    const keepsNothing = await start({ givesVisitorsSessions: false })
    expect((await ask(keepsNothing, 'GET', '/rest/api/2/serverInfo')).setCookies).toEqual([])
    expect((await logIn(keepsNothing)).cookie).toContain('JSESSIONID=')
  })

  it('does not exist where sessions are off, nor where a proxy takes its cookies away', async () => {
    const off = await ask(await start({ hasSessions: false }), 'GET', LIST, { authorization: basic('admin') })
    expect([off.status, off.setCookies]).toEqual([200, []])
    const answers = await ask(await start({ strippedCookies: 'answers' }), 'GET', LIST, {
      authorization: basic('admin'),
    })
    expect([answers.status, answers.setCookies]).toEqual([200, []])
    const requests = await start({ strippedCookies: 'requests' })
    const session = await logIn(requests)
    expect(session.cookie).toContain('JSESSIONID=')
    expect((await ask(requests, 'GET', LIST, session)).status).toBe(401)
  })

  it('is asked for the password again by web-sudo, although the log-in is in order; a password or token of its own is not', async () => {
    const jira = await start({
      hasWebSudo: true,
      accounts: [account('admin'), account('pa', { role: 'project-administrator', projects: ['AP'] })],
    })
    const session = await logIn(jira)
    const asked = await ask(jira, 'GET', LIST, session)
    expect([asked.status, asked.who]).toEqual([401, ['admin', 'OK']])
    expect((await ask(jira, 'GET', SESSION, session)).status).toBe(200)
    expect((await ask(jira, 'GET', LIST, { ...session, authorization: basic('admin') })).status).toBe(200)
    expect((await ask(jira, 'GET', LIST, { authorization: 'Bearer admin-token' })).status).toBe(200)
    expect((await ask(jira, 'GET', `${LIST}?projectKey=AP`, await logIn(jira, 'pa'))).status).toBe(200)
  })

  it('is led by web-sudo to the page that asks, where the servlet answers that way', async () => {
    const jira = await start({ hasWebSudo: true, webSudoRedirects: true, contextPath: '/jira' })
    const asked = await ask(jira, 'GET', LIST, await logIn(jira))
    expect([asked.status, asked.who]).toEqual([302, ['admin', 'OK']])
    expect(asked.headers.get('location')).toBe(
      `/jira/secure/admin/WebSudoAuthenticate!default.jspa?webSudoDestination=${encodeURIComponent(LIST)}`,
    )
  })
})

describe('os_authType', () => {
  it.each([
    ['any', 200, 401],
    ['cookie', 401, 401],
    ['basic', 401, 401],
    ['none', 200, 200],
  ] as const)('%s answers nobody with %i, and a cookie that is none with %i', async (type, nobody, invalid) => {
    const jira = await start({ isAnonymousAllowed: true })
    const path = `${LIST}?os_authType=${type}`
    expect((await ask(jira, 'GET', path)).status).toBe(nobody)
    expect((await ask(jira, 'GET', path, { cookie: 'JSESSIONID=0' })).status).toBe(invalid)
    expect((await ask(jira, 'GET', path, await logIn(jira))).status).toBe(200)
  })

  it('is `any` under /rest, except for the log-in resource', async () => {
    const jira = await start()
    const stale = { cookie: 'JSESSIONID=0' }
    expect((await ask(jira, 'GET', '/rest/api/2/serverInfo', stale)).text).toBe(
      "os_authType was 'any' and an invalid cookie was sent.",
    )
    expect(
      (await ask(jira, 'POST', SESSION, { ...stale, ...JSON_TYPE }, '{"username":"admin","password":"admin"}')).status,
    ).toBe(200)
  })
})

describe('/rest/auth/1/session', () => {
  it('opens a session, identifies the user, and ends it', async () => {
    const jira = await start()
    const opened = await ask(jira, 'POST', SESSION, JSON_TYPE, '{"username":"admin","password":"admin"}')
    // The header was written before anybody was logged in.
    expect([opened.status, opened.who]).toEqual([200, ['anonymous', 'OK']])
    const cookie = cookiesToSend(opened)
    expect(opened.json()).toMatchObject({
      session: { name: 'JSESSIONID', value: /JSESSIONID=(\w+)/.exec(cookie)?.[1] },
      loginInfo: { loginCount: 1, failedLoginCount: 0 },
    })
    const self = await ask(jira, 'GET', SESSION, { cookie })
    expect(self.json()).toMatchObject({
      self: `${jira.baseUrl}/rest/api/latest/user?username=admin`,
      name: 'admin',
      loginInfo: { loginCount: 1 },
    })
    const left = await ask(jira, 'DELETE', SESSION, { cookie })
    expect([left.status, left.text, left.who]).toEqual([204, '', ['admin', 'OK']])
    expect(cookiesToSend(left)).toMatch(/^JSESSIONID=.*_lout$/)
    expect((await ask(jira, 'GET', LIST, { cookie: cookiesToSend(left) })).status).toBe(401)
    expect((await ask(jira, 'GET', LIST, { cookie })).status).toBe(401)
    expect((await ask(jira, 'DELETE', SESSION, { cookie })).status).toBe(401)
    expect((await ask(jira, 'GET', SESSION)).json()).toMatchObject({
      errorMessages: [expect.stringContaining('not authenticated')],
    })
    expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 1, failed: 0 })
  })

  it('counts what it refuses, as any log-in does, until a captcha is due', async () => {
    const jira = await start()
    const wrong = () => ask(jira, 'POST', SESSION, JSON_TYPE, '{"username":"admin","password":"wrong"}')
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { status, who, headers, setCookies } = await wrong()
      expect([status, who, headers.get('www-authenticate'), setCookies]).toEqual([
        401,
        ['anonymous', 'AUTHENTICATED_FAILED'],
        'JIRA REST POST',
        [],
      ])
    }
    const denied = await ask(jira, 'POST', SESSION, JSON_TYPE, '{"username":"admin","password":"admin"}')
    expect([denied.status, denied.who[1], denied.headers.get('x-authentication-denied-reason')]).toEqual([
      403,
      'AUTHENTICATION_DENIED',
      `CAPTCHA_CHALLENGE; login-url=${jira.baseUrl}/login.jsp`,
    ])
    expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 0, failed: 4, worstRow: 4 })
  })

  it('keeps no password in the record of requests', async () => {
    const jira = await start()
    await ask(jira, 'POST', SESSION, JSON_TYPE, '{"username":"admin","password":"secret-of-mine"}')
    expect(JSON.stringify(jira.seen)).not.toContain('secret-of-mine')
  })
})

describe('a password in the header of a request', () => {
  const wrong = { authorization: basic('admin', 'wrong') }

  it.each([
    [LIST, 2],
    ['/rest/api/2/serverInfo', 2],
    [SESSION, 2],
    [`${LIST}?os_authType=basic`, 1],
    [`${LIST}?os_authType=any`, 1],
    [`${LIST}?os_authType=cookie`, 1],
    [`${LIST}?os_authType=none`, 1],
    [`${SESSION}?os_authType=basic`, 1],
  ])(
    'that is wrong is tried by each of two filters, unless the address says how to log in: %s counts %i',
    async (path, count) => {
      const jira = await start({ isAnonymousAllowed: true })
      const { status, who, text } = await ask(jira, 'GET', path, wrong)
      expect([status, who]).toEqual([401, [null, 'AUTHENTICATED_FAILED']])
      expect(text).toContain('Basic Authentication Failure - Reason : AUTHENTICATED_FAILED')
      expect(jira.failedLogIns('admin')).toBe(count)
    },
  )

  it('that is right is tried once, and opens a session', async () => {
    for (const path of [LIST, `${LIST}?os_authType=basic`]) {
      const jira = await start()
      const { status, who, setCookies } = await ask(jira, 'GET', path, { authorization: basic('admin') })
      expect([status, who, setCookies.length]).toEqual([200, ['admin', 'OK'], 2])
      expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 1, failed: 0 })
    }
  })

  it('may meet the captcha in the middle of its request: the first reason is told, and the last one is why', async () => {
    const jira = await start()
    await ask(jira, 'GET', LIST, wrong)
    const { status, who, headers, text } = await ask(jira, 'GET', LIST, wrong)
    expect([status, who]).toEqual([403, [null, 'AUTHENTICATED_FAILED']])
    expect(headers.get('x-authentication-denied-reason')).toBe(`CAPTCHA_CHALLENGE; login-url=${jira.baseUrl}/login.jsp`)
    expect(text).toContain('Reason : AUTHENTICATION_DENIED')
    expect(jira.failedLogIns('admin')).toBe(4)
  })

  it('is not tried beside a session, where the address says how to log in', async () => {
    const jira = await start()
    const beside = { ...(await logIn(jira)), ...wrong }
    const { status, who } = await ask(jira, 'GET', `${LIST}?os_authType=basic`, beside)
    expect([status, who, jira.logInsOf('admin')]).toMatchObject([200, ['admin', 'OK'], { succeeded: 1, failed: 0 }])
  })

  it('of a user that there is not is refused, and counted for nobody; one without a name is none', async () => {
    const jira = await start()
    for (const user of ['nobody', ''])
      for (let request = 0; request < 4; request += 1)
        expect((await ask(jira, 'GET', LIST, { authorization: basic(user, 'x') })).status).toBe(401)
    expect([jira.failedLogIns('nobody'), jira.failedLogIns('')]).toEqual([0, 0])
  })

  it('is its user’s in any case of letters', async () => {
    const jira = await start()
    expect((await ask(jira, 'GET', LIST, { authorization: basic('ADMIN', 'admin') })).who).toEqual(['admin', 'OK'])
    await ask(jira, 'GET', `${LIST}?os_authType=basic`, { authorization: basic('Admin', 'wrong') })
    expect(jira.logInsOf('admin')).toMatchObject({ succeeded: 1, failed: 1 })
  })

  it('of a user of no application is refused, and counts, although it is right', async () => {
    const jira = await start({ accounts: [account('guest', { hasNoAccess: true })] })
    const { status, who } = await ask(jira, 'GET', LIST, { authorization: basic('guest') })
    expect([status, who, jira.failedLogIns('guest')]).toEqual([401, [null, 'AUTHORISATION_FAILED'], 2])
  })

  it('is served as a visitor where that is so, and only the header says so', async () => {
    const jira = await start({ isAnonymousAllowed: true, servesRefused: true })
    const { status, who, text } = await ask(jira, 'GET', LIST, wrong)
    expect([status, who, text]).toEqual([200, ['anonymous', 'AUTHENTICATED_FAILED'], '[]'])
    expect(jira.failedLogIns('admin')).toBe(1)
  })
})

describe('a log-in', () => {
  it('that succeeds begins the count of failures anew; a session goes on while its user is behind a captcha', async () => {
    const jira = await start()
    const session = await logIn(jira)
    const wrong = () => ask(jira, 'GET', `${LIST}?os_authType=basic`, { authorization: basic('admin', 'wrong') })
    await wrong()
    await wrong()
    await logIn(jira)
    expect(jira.logInsOf('admin')).toMatchObject({ failed: 2, failedInARow: 0 })
    for (let attempt = 0; attempt < 3; attempt += 1) await wrong()
    expect((await wrong()).status).toBe(403)
    expect((await ask(jira, 'GET', LIST, session)).status).toBe(200)
  })

  it('that is refused beside a session is counted, and the session is served: only the login reason tells, web-sudo or not', async () => {
    const jira = await start({ hasWebSudo: true })
    const beside = { ...(await logIn(jira)), authorization: basic('admin', 'wrong') }
    const served = await ask(jira, 'GET', LIST, beside)
    expect([served.status, served.who, served.setCookies]).toEqual([200, ['admin', 'AUTHENTICATED_FAILED'], []])
    expect(jira.failedLogIns('admin')).toBe(1)
    const untold = await start({ stripsUserHeaders: 'reason' })
    expect((await ask(untold, 'GET', LIST, { authorization: basic('admin') })).who).toEqual(['admin', null])
  })

  it.each([
    [false, 1, 401],
    [true, 2, 200],
  ])('counts by the address that reaches Jira (a proxy drops queries: %s)', async (dropsQueries, counted, probed) => {
    const jira = await start({ dropsQueries })
    const nobody = await ask(jira, 'GET', '/rest/api/2/serverInfo?os_authType=basic')
    expect(nobody.status).toBe(probed)
    await ask(jira, 'GET', `${LIST}?os_authType=basic`, { authorization: basic('admin', 'wrong') })
    expect(jira.failedLogIns('admin')).toBe(counted)
  })

  it('may be answered through a proxy that takes all headers out which begin with X-: the page tells of the captcha still', async () => {
    const jira = await start({ stripsUserHeaders: 'all', failuresBeforeCaptcha: 1, nodes: 2 })
    const wrong = { authorization: basic('admin', 'wrong') }
    const answers = [
      await ask(jira, 'GET', `${LIST}?os_authType=basic`, wrong),
      await ask(jira, 'GET', `${LIST}?os_authType=basic`, wrong),
    ]
    expect(answers.map(({ status }) => status)).toEqual([401, 403])
    expect(answers[1]?.text).toContain('AUTHENTICATION_DENIED')
    expect(answers.flatMap(({ headers }) => [...headers.keys()].filter((name) => name.startsWith('x-')))).toEqual([])
  })

  it('whose answer is lost is counted', async () => {
    const jira = await start()
    jira.faults.add({ path: '/integrations', times: 1, fault: { kind: 'reset-after' } })
    jira.faults.add({ path: SESSION, times: 1, fault: { kind: 'answer-after', status: 502, body: 'Bad gateway' } })
    const authorization = basic('admin', 'wrong')
    await expect(ask(jira, 'GET', `${LIST}?os_authType=basic`, { authorization })).rejects.toThrow()
    const lost = await ask(jira, 'POST', SESSION, JSON_TYPE, '{"username":"admin","password":"wrong"}')
    expect([lost.status, lost.who, jira.failedLogIns('admin')]).toEqual([502, [null, null], 2])
  })

  it('by token opens a session too, and is refused beside the cookie of one that is over', async () => {
    const jira = await start()
    const first = await ask(jira, 'GET', LIST, { authorization: 'Bearer admin-token' })
    const cookie = cookiesToSend(first)
    expect([first.status, cookie]).toEqual([200, expect.stringContaining('JSESSIONID=')])
    expect((await ask(jira, 'GET', LIST, { authorization: 'Bearer admin-token', cookie })).status).toBe(200)
    jira.cluster.endSessions()
    const stale = await ask(jira, 'GET', LIST, { authorization: 'Bearer admin-token', cookie })
    expect([stale.status, stale.text]).toEqual([401, "os_authType was 'any' and an invalid cookie was sent."])
    expect((await ask(jira, 'GET', LIST, { authorization: 'Bearer admin-token' })).status).toBe(200)
  })

  it('by a token that nobody has is no log-in: it counts for nobody, and its request is a visitor’s', async () => {
    const jira = await start()
    const authorization = 'Bearer no-token'
    const refused = await ask(jira, 'GET', LIST, { authorization })
    expect([refused.status, refused.who]).toEqual([401, ['anonymous', null]])
    const open = await start({ isAnonymousAllowed: true })
    const served = await ask(open, 'GET', LIST, { authorization })
    expect([served.status, served.who]).toEqual([200, ['anonymous', null]])
    expect([jira.failedLogIns('admin'), jira.refusedTokens, open.refusedTokens]).toEqual([0, 1, 1])
  })
})

describe('a cluster of two nodes', () => {
  const startTask = async (jira: Awaited<ReturnType<typeof start>>, headers: Record<string, string>): Promise<string> =>
    String((await ask(jira, 'PUT', `${LIST}/INT-2/stop`, { ...headers, 'x-atlassian-token': 'no-check' })).json().id)

  it.each(['ROUTEID', 'JSESSIONID'] as const)('keeps a client on its node by the cookie %s', async (stickiness) => {
    const jira = await start({ nodes: 2, stickiness, taskDurationMs: 60_000 })
    const first = await ask(jira, 'GET', LIST, { authorization: basic('admin') })
    expect(first.setCookies).toContainEqual(
      stickiness === 'ROUTEID' ? 'ROUTEID=.node1; Path=/' : expect.stringMatching(/^JSESSIONID=[0-9A-F]{32}\.node1; /),
    )
    const session = { cookie: cookiesToSend(first) }
    const id = await startTask(jira, session)
    for (let request = 0; request < 3; request += 1)
      expect((await ask(jira, 'GET', `${API}/async-tasks/${id}`, session)).status).toBe(200)
    expect(new Set(jira.seen.map(({ node }) => node))).toEqual(new Set(['node1']))
  })

  it('knows a task on its own node alone, and a session too: without stickiness requests move', async () => {
    const jira = await start({ nodes: 2, stickiness: 'none', taskDurationMs: 60_000 })
    const authorization = basic('admin')
    const id = await startTask(jira, { authorization })
    const found = []
    for (let request = 0; request < 4; request += 1)
      found.push((await ask(jira, 'GET', `${API}/async-tasks/${id}`, { authorization })).status)
    expect(found).toEqual([404, 200, 404, 200])
    const opened = await ask(jira, 'GET', LIST, { authorization })
    const session = { cookie: cookiesToSend(opened) }
    const statuses = [(await ask(jira, 'GET', LIST, session)).status, (await ask(jira, 'GET', LIST, session)).status]
    expect([opened.headers.get('x-anodeid'), statuses]).toEqual(['node2', [401, 200]])
  })

  it('moves its clients, who are nobody there, when a node is taken out', async () => {
    const jira = await start({ nodes: 2 })
    const session = await logIn(jira)
    jira.cluster.takeOut('node1')
    const moved = await ask(jira, 'GET', LIST, session)
    expect([moved.status, moved.headers.get('x-anodeid'), moved.setCookies]).toEqual([
      401,
      'node2',
      expect.arrayContaining(['ROUTEID=.node2; Path=/']),
    ])
    jira.cluster.bringBack('node1')
    expect((await ask(jira, 'GET', LIST, session)).status).toBe(200)
  })

  it('counts log-ins together', async () => {
    const jira = await start({ nodes: 2, stickiness: 'none' })
    for (let attempt = 0; attempt < 4; attempt += 1)
      await ask(jira, 'GET', `${LIST}?os_authType=basic`, { authorization: basic('admin', 'wrong') })
    expect([jira.logInsOf('admin').failed, new Set(jira.seen.map(({ node }) => node)).size]).toEqual([4, 2])
    expect((await ask(jira, 'GET', LIST, { authorization: basic('admin') })).status).toBe(403)
  })
})

describe('the check against XSRF', () => {
  it('holds for writes by session as by password, and lets no other page through with the header for programs', async () => {
    const jira = await start()
    const session = await logIn(jira)
    const stop = (headers: Record<string, string>) => ask(jira, 'PUT', `${LIST}/INT-2/stop`, { ...session, ...headers })
    expect([(await stop({})).status, (await stop({})).text]).toEqual([403, 'XSRF check failed'])
    expect((await stop({ 'x-atlassian-token': 'no-check', origin: 'https://other.example' })).status).toBe(403)
    expect((await stop({ 'x-atlassian-token': 'no-check', origin: new URL(jira.baseUrl).origin })).status).toBe(200)
  })
})
