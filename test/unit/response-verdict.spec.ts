import { describe, expect, it } from 'vitest'
import { judgeResponse, readableText, type HttpResponse } from '../../src-main/http/response-verdict.ts'

const BASE = new URL('https://jira.example.com/jira')
const answer = (status: number, headers: HttpResponse['headers'] = {}, body = ''): HttpResponse => ({
  status,
  headers,
  body,
})
const LOGGED_IN = { user: 'admin', isJson: true }
const NOT_JSON = { user: 'admin', isJson: false }
const html = { 'content-type': 'text/html;charset=UTF-8' }

describe('what an answer says about the log-in', () => {
  it.each<[string, HttpResponse, string]>([
    ['401 with HTML', answer(401, html, '<html></html>'), 'rejected'],
    ['401 with nothing', answer(401), 'rejected'],
    [
      '200 for an anonymous visitor after a wrong password',
      answer(200, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }, '[]'),
      'rejected',
    ],
    [
      '200 for an anonymous visitor after the right password of somebody who may not log in',
      answer(200, { 'x-seraph-loginreason': 'AUTHORISATION_FAILED' }, '[]'),
      'rejected',
    ],
    [
      '403 of a request in whose middle the captcha became due',
      answer(403, {
        'x-seraph-loginreason': 'AUTHENTICATED_FAILED',
        'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp',
      }),
      'captcha',
    ],
    [
      '200 while the log-in is denied',
      answer(200, { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' }, '[]'),
      'captcha',
    ],
    [
      'several login reasons in one header',
      answer(200, { 'x-seraph-loginreason': 'OUT, AUTHENTICATED_FAILED' }, '[]'),
      'rejected',
    ],
    [
      '403 with a captcha challenge',
      answer(403, {
        'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=https://jira.example.com/jira/login.jsp',
      }),
      'captcha',
    ],
    ['401 with a captcha challenge', answer(401, { 'x-authentication-denied-reason': 'captcha_challenge' }), 'captcha'],
    [
      '403 that says so in its page alone',
      answer(403, html, '<html><p>Basic Authentication Failure - Reason : AUTHENTICATION_DENIED</p></html>'),
      'captcha',
    ],
    [
      '403 with a refusal in its page alone',
      answer(403, html, '<html><p>Basic Authentication Failure - Reason : AUTHENTICATED_FAILED</p></html>'),
      'rejected',
    ],
    [
      '403 where passwords are off',
      answer(403, {}, 'Basic Authentication has been disabled on this instance.'),
      'method-off',
    ],
    ['302 to a log-in page', answer(302, { location: 'https://sso.example/login' }), 'intercepted'],
    ['200 with a page instead of JSON', answer(200, html, '<!doctype html><title>Sign in</title>'), 'intercepted'],
    [
      '200 with a page that says it is JSON',
      answer(200, { 'content-type': 'application/json' }, '  <html>'),
      'intercepted',
    ],
    [
      '200 with a page that begins with a byte order mark and a comment',
      answer(200, {}, '\uFEFF\n<!-- portal --><html>'),
      'intercepted',
    ],
    ['200 with XML', answer(200, {}, '<?xml version="1.0"?><error/>'), 'intercepted'],
    [
      '403 with a log-in page',
      answer(403, html, '<html><form><input name="os_username"><input name="os_password" type="password">'),
      'rejected',
    ],
    ['419', answer(419), 'rejected'],
    ['440', answer(440), 'rejected'],
    ['407', answer(407), 'intercepted'],
    ['511', answer(511), 'intercepted'],
    ['200 for nobody, the header says', answer(200, { 'x-ausername': 'anonymous' }, '[]'), 'rejected'],
    ['200 for somebody else, the header says', answer(200, { 'x-ausername': 'eve' }, '[]'), 'another-user'],
    ['200 for two, the header says', answer(200, { 'x-ausername': 'admin, eve' }, '[]'), 'another-user'],
    ['200 for one and nobody', answer(200, { 'x-ausername': 'admin, anonymous' }, '[]'), 'another-user'],
    ['200 for nobody, said twice', answer(200, { 'x-ausername': 'anonymous, anonymous' }, '[]'), 'rejected'],
  ])('%s → %s', (_name, response, reason) => {
    expect(judgeResponse(response, BASE, { ...LOGGED_IN, isJson: response.body === '[]' })).toMatchObject({
      kind: 'blocked',
      reason,
    })
  })

  it.each([
    ['text', 'Service portal'],
    ['nothing', ''],
    ['half of a list', '[{"integrationKey":'],
  ])('200 with %s is not what was asked for, and proves nothing', (_name, body) => {
    expect(judgeResponse(answer(200, {}, body), BASE, NOT_JSON)).toMatchObject({
      kind: 'failed',
      isAuthenticated: false,
      error: { code: 'http.unexpected-body' },
    })
  })

  it.each([
    ['admin', 'ADMIN'],
    ['j%C3%B6rg', 'Jörg'],
    [Buffer.from('jörg', 'utf8').toString('latin1'), 'jörg'],
    ['100%', '100%'],
  ])('the name %s is that of %s', (named, user) => {
    expect(judgeResponse(answer(404, { 'x-ausername': named }), BASE, { user, isJson: true })).toMatchObject({
      kind: 'failed',
      isAuthenticated: true,
    })
  })

  it('whoever a token belongs to is ours', () => {
    expect(judgeResponse(answer(404, { 'x-ausername': 'svc' }), BASE, { user: null, isJson: true })).toMatchObject({
      isAuthenticated: true,
    })
  })

  it.each<[string, HttpResponse]>([
    ['200 with the login reason OK', answer(200, { 'x-seraph-loginreason': 'OK' }, '{}')],
    ['200 with the user’s name', answer(200, { 'x-ausername': 'admin' }, '[]')],
    ['204 with the user’s name', answer(204, { 'x-ausername': 'admin' })],
  ])('%s proves the credential', (_name, response) => {
    expect(judgeResponse(response, BASE, LOGGED_IN)).toEqual({ kind: 'good', isAuthenticated: true })
  })

  it.each<[string, HttpResponse]>([
    ['200 with JSON', answer(200, { 'content-type': 'application/json' }, '[]')],
    ['200 with no body', answer(200)],
    ['204', answer(204)],
  ])('%s that names nobody may be a visitor’s, and proves nothing by itself', (_name, response) => {
    for (const asked of [LOGGED_IN, { user: null, isJson: true }, null])
      expect(judgeResponse(response, BASE, asked)).toEqual({ kind: 'good', isAuthenticated: false })
  })

  it.each([
    ['jane@example.com', 'jdoe', 'X-AUSERNAME: jdoe'],
    ['jörg', 'j%C3%B6rg2', 'X-AUSERNAME: jörg2'],
    ['admin', 'x'.repeat(5_000), `X-AUSERNAME: ${'x'.repeat(100)}`],
  ])(
    'a log-in as %s that is answered for somebody else is told with that name, and without what it says',
    (user, named, serverText) => {
      const response = answer(200, { 'x-ausername': named, 'x-seraph-loginreason': 'OK' }, '{"message":"not for us"}')
      expect(judgeResponse(response, BASE, { user, isJson: true })).toMatchObject({
        kind: 'blocked',
        reason: 'another-user',
        error: { code: 'auth.intercepted', message: { key: 'errors.blocked.anotherUser' }, serverText },
      })
    },
  )

  const good = { 'x-ausername': 'admin', 'x-seraph-loginreason': 'OK' }
  const webSudo = '/jira/secure/admin/WebSudoAuthenticate!default.jspa?webSudoDestination=%2Fplugins'
  it.each<[string, HttpResponse]>([
    ['401', answer(401, good, '{"message":"This resource requires WebSudo."}')],
    ['a page that asks for it again', answer(302, { ...good, location: webSudo })],
  ])('a password that Jira accepted and refuses all the same, with %s, is no wrong one', (_name, response) => {
    expect(judgeResponse(response, BASE, LOGGED_IN)).toMatchObject({
      kind: 'failed',
      isAuthenticated: true,
      error: { code: 'auth.forbidden' },
    })
  })

  it.each<[string, HttpResponse, string]>([
    ['says so only by the user’s name', answer(401, { 'x-ausername': 'admin' }), 'rejected'],
    ['names nobody', answer(401, { 'x-seraph-loginreason': 'OK' }), 'rejected'],
    ['says two things', answer(401, { ...good, 'x-seraph-loginreason': 'OUT, OK' }), 'rejected'],
    ['is for somebody else', answer(401, { ...good, 'x-ausername': 'eve' }), 'rejected'],
    ['leads to a log-in page', answer(302, { ...good, location: '/jira/login.jsp' }), 'intercepted'],
    ['leads elsewhere', answer(302, { ...good, location: `https://login.example${webSudo}` }), 'intercepted'],
  ])('one that %s may be, and goes no more', (_name, response, reason) => {
    expect(judgeResponse(response, BASE, LOGGED_IN)).toMatchObject({ kind: 'blocked', reason })
  })

  it('a refusal proves the credential only where Jira says that the log-in was good', () => {
    expect(judgeResponse(answer(403, { 'x-seraph-loginreason': 'OK' }), BASE)).toMatchObject({ isAuthenticated: true })
    expect(judgeResponse(answer(403), BASE)).toMatchObject({ kind: 'failed', isAuthenticated: false })
  })
})

it.each<[number, string, string]>([
  [403, 'XSRF check failed', 'auth.xsrf'],
  [403, 'You are not permitted', 'auth.forbidden'],
  [404, '', 'api.not-found'],
  [405, '', 'api.method-not-allowed'],
  [501, '', 'api.method-not-allowed'],
  [400, '{"message":"no"}', 'api.refused'],
  [409, '', 'api.refused'],
  [429, '', 'http.rate-limited'],
  [500, '', 'http.server-error'],
  [503, '<html>Bad gateway</html>', 'http.server-error'],
])('status %i with %j is %s', (status, body, code) => {
  expect(judgeResponse(answer(status, {}, body), BASE)).toMatchObject({ kind: 'failed', error: { code } })
})

it.each([
  ['https://jira.example.com/jira/login.jsp', 'https://jira.example.com/jira/login.jsp'],
  ['/jira/login.jsp', 'https://jira.example.com/jira/login.jsp'],
  ['https://evil.example/login.jsp', null],
  ['javascript:alert(1)', null],
  ['https://jira.example.com@evil.example/', null],
  ['http://jira.example.com/login.jsp', null],
])('a captcha’s login-url %s is offered as %s', (given, offered) => {
  const response = answer(403, { 'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${given}` })
  expect(judgeResponse(response, BASE)).toMatchObject({ reason: 'captcha', loginUrl: offered })
})

it('the target of a redirect is reported without its query, which may contain private data', () => {
  const verdict = judgeResponse(
    { status: 302, headers: { location: 'https://sso.example/login?user=anna&pass=hunter#x' }, body: '' },
    new URL('https://jira.example'),
  )
  expect(verdict).toMatchObject({ error: { serverText: 'HTTP 302 → https://sso.example/login' } })
})

describe('the server’s own words', () => {
  it('are taken out of JSON, and out of HTML without its tags', () => {
    expect(readableText('{"message":"projectKey: is required"}')).toBe('projectKey: is required')
    expect(readableText('{"errorMessages":["a"],"errors":{"summary":"too long"}}')).toBe('a summary: too long')
    expect(readableText('<html><script>alert(1)</script><b>Not  found</b></html>')).toBe('Not found')
  })

  it.each([
    ['tags that never end', '<script'.repeat(200_000)],
    ['comments that never end', '<!--'.repeat(300_000)],
    ['words that nearly match', `basic auth ${'basic auth '.repeat(100_000)}`],
    ['white space', `basic${' '.repeat(1_000_000)}x`],
    ['JSON', `[${'['.repeat(500_000)}`],
  ])('cost little, whatever is sent: %s', (_name, body) => {
    const before = process.cpuUsage()
    judgeResponse(answer(403, {}, body), BASE, NOT_JSON)
    judgeResponse(answer(200, {}, body), BASE, NOT_JSON)
    const { user } = process.cpuUsage(before)
    expect(user / 1000).toBeLessThan(200)
  })

  it('leave scripts, styles and comments out', () => {
    expect(readableText('<style>a{}</style><!-- <b>no</b> -->Sorry,<SCRIPT src=x>no</SCRIPT > not<br>now')).toBe(
      'Sorry, not now',
    )
  })

  it('are cut to a readable length', () => {
    expect(readableText('x'.repeat(5000)).length).toBeLessThan(700)
  })
})
