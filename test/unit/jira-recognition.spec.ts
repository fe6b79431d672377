import { describe, expect, it } from 'vitest'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import { judgeApi, judgeServerInfo, type JiraFinding } from '../../src-main/http/jira-recognition.ts'

const BASE = 'https://jira.example/jira'
const INFO = {
  baseUrl: BASE,
  version: '10.3.4',
  versionNumbers: [10, 3, 4],
  deploymentType: 'Server',
  buildNumber: 10030004,
  serverTitle: 'Jira',
}
const HTML = { 'content-type': 'text/html;charset=UTF-8' }
const SIGNED = { 'x-arequestid': '612x1x1' }

const answer = (status: number, body = '', headers: HttpResponse['headers'] = {}): HttpResponse => ({
  status,
  body,
  headers,
})
const redirect = (location: string, headers: HttpResponse['headers'] = {}): HttpResponse =>
  answer(302, '', { location, ...headers })
const page = (status = 200, headers: HttpResponse['headers'] = {}): HttpResponse =>
  answer(status, '<!DOCTYPE html><html><body>Welcome</body></html>', { ...HTML, ...headers })

describe('what answers `serverInfo`', () => {
  const kindOf = async (response: HttpResponse): Promise<string> =>
    (await judgeServerInfo(response, new URL(`${BASE}/rest/api/2/serverInfo`))).kind

  it.each<[string, HttpResponse, JiraFinding['kind']]>([
    ['Jira’s own answer', answer(200, JSON.stringify(INFO)), 'jira'],
    [
      'one with less in it',
      answer(200, JSON.stringify({ version: '8.20.1', baseUrl: BASE, deploymentType: 'Server' })),
      'jira',
    ],
    ['a version alone', answer(200, '{"version":"10.3.4"}'), 'stranger'],
    ['an object without a version', answer(200, '{"baseUrl":"https://jira.example","buildNumber":1}'), 'stranger'],
    ['an array', answer(200, '[]'), 'stranger'],
    ['a text', answer(200, 'OK'), 'stranger'],
    ['nothing', answer(204), 'stranger'],
    ['a page', page(), 'page'],
    [
      'a page that begins with a byte order mark and a comment',
      answer(200, '\uFEFF<!-- proxy --><html></html>'),
      'page',
    ],
    ['a page that begins with more comments than anybody wants', answer(200, '<!-- -->'.repeat(2_000) + '.'), 'page'],
    ['a version as long as a book', answer(200, JSON.stringify({ ...INFO, version: '1'.repeat(500_000) })), 'stranger'],
    ['a version that is none', answer(200, JSON.stringify({ ...INFO, version: '\u202E4.3.01' })), 'stranger'],
    [
      'a version among 100,000 other things',
      answer(200, JSON.stringify({ ...INFO, more: Array.from({ length: 100_000 }, () => 1) })),
      'stranger',
    ],
    ['arrays 200,000 deep', answer(200, '['.repeat(200_000)), 'stranger'],
    ['a refusal by Jira', answer(401, '', SIGNED), 'hidden'],
    [
      'a refusal with Jira’s challenge',
      answer(403, '', { 'www-authenticate': 'OAuth realm="https%3A%2F%2Fjira.example"' }),
      'hidden',
    ],
    [
      'a refusal with Jira’s cookie',
      answer(401, '', { 'set-cookie': ['atlassian.xsrf.token=A_lout; Path=/'] }),
      'hidden',
    ],
    ['a refusal by a proxy', answer(401, '', { 'www-authenticate': 'Basic realm="intranet"' }), 'guarded'],
    ['Kerberos', answer(401, '', { 'www-authenticate': 'Negotiate' }), 'guarded'],
    ['a firewall for web applications', page(403), 'guarded'],
    ['a dead link', page(404), 'not-found'],
    ['a dead link of Jira’s', page(404, SIGNED), 'not-found'],
    ['a gateway without a server', page(502), 'failing'],
    ['a Jira that is starting', page(503, SIGNED), 'failing'],
    ['a demand to wait', answer(429), 'rate-limited'],
    ['a teapot', answer(418), 'stranger'],
    ['another context path', redirect('/tracker/rest/api/2/serverInfo'), 'moved'],
    ['another context path that sounds like logging in', redirect('/authors/rest/api/2/serverInfo'), 'moved'],
    ['another port', redirect('https://jira.example:8443/jira/rest/api/2/serverInfo'), 'moved'],
    ['another host', redirect('https://new.example/jira/rest/api/2/serverInfo'), 'elsewhere'],
    ['a single sign-on', redirect('https://login.example/?goto=1'), 'elsewhere'],
    ['a single sign-on on the same origin', redirect('/saml/begin?RelayState=1'), 'log-in-page'],
    ['Jira’s own page for logging in', redirect('/jira/login.jsp?os_destination=%2F'), 'log-in-page'],
    ['the way back to http', redirect('http://jira.example/jira/rest/api/2/serverInfo'), 'downgrade'],
    ['a redirect to nowhere', answer(302), 'stranger'],
    ['a redirect to a script', redirect('javascript:alert(1)'), 'stranger'],
  ])('%s is taken for what it is', async (_name, response, kind) => {
    expect(await kindOf(response)).toBe(kind)
  })

  it('a redirect to https on the same host is a move, with what names its user taken out', async () => {
    const finding = await judgeServerInfo(
      redirect('https://a:b@jira.example/rest/api/2/serverInfo'),
      new URL('http://jira.example/rest/api/2/serverInfo'),
    )
    expect(finding).toEqual({ kind: 'moved', to: new URL('https://jira.example/rest/api/2/serverInfo') })
  })
})

describe('what answers for Backbone', () => {
  const known: JiraFinding = { kind: 'jira', version: '10.3.4', ownBaseUrl: BASE, isSigned: true }
  const unsigned: JiraFinding = { ...known, isSigned: false }
  const hidden: JiraFinding = { kind: 'hidden', status: 401 }
  const guarded: JiraFinding = { kind: 'guarded', status: 403, challenge: '' }
  const loginForm = '<html><form id="login-form"><input name="os_username"></form></html>'

  it.each<[string, JiraFinding, HttpResponse, string]>([
    ['an object', known, answer(200, '{"status":"UP"}'), 'answers'],
    ['an array', known, answer(200, '[]'), 'answers'],
    ['a text', known, answer(200, 'OK'), 'answers'],
    ['nothing', known, answer(204), 'answers'],
    ['a page', known, page(), 'page'],
    ['a page of Jira’s', known, page(200, SIGNED), 'page'],
    ['Jira’s form for logging in', known, answer(200, loginForm, { ...HTML, ...SIGNED }), 'needs-log-in'],
    ['the same form, by somebody else', known, answer(200, loginForm, HTML), 'page'],
    ['Jira’s refusal', known, page(401, SIGNED), 'needs-log-in'],
    ['Jira’s refusal of rights', known, page(403, SIGNED), 'needs-log-in'],
    ['a refusal in JSON', known, answer(403, '{"message":"no"}'), 'needs-log-in'],
    ['a refusal where Jira’s headers are taken away', unsigned, page(401), 'needs-log-in'],
    ['a refusal without Jira’s headers, which its other answers have', known, page(403), 'guarded'],
    ['a challenge of a proxy', unsigned, answer(401, '', { 'www-authenticate': 'Basic realm="intranet"' }), 'guarded'],
    ['a challenge of a proxy in JSON', known, answer(401, '{}', { 'www-authenticate': 'Negotiate' }), 'guarded'],
    ['Jira’s page for logging in', known, redirect(`${BASE}/login.jsp?os_destination=1`), 'needs-log-in'],
    ['another page for logging in', known, redirect('/sso/login'), 'log-in-page'],
    ['a single sign-on', known, redirect('https://login.example/?SAMLRequest=1'), 'elsewhere'],
    ['no app', known, page(404, SIGNED), 'not-found'],
    ['a failure', known, page(500, SIGNED), 'failing'],
    ['a gateway without a server', known, page(504), 'failing'],
    ['a demand to wait', known, answer(429, '', SIGNED), 'rate-limited'],
    ['Jira’s refusal, of one that hides', hidden, answer(401, '', SIGNED), 'needs-log-in'],
    ['an object, of one that hides', hidden, answer(200, '{}'), 'answers'],
    ['a text, of one that hides', hidden, answer(200, 'OK'), 'stranger'],
    ['a refusal that could be anybody’s', hidden, answer(403, '{}'), 'guarded'],
    ['Jira’s refusal behind a proxy that keeps visitors away', guarded, answer(401, '', SIGNED), 'needs-log-in'],
    ['an object behind such a proxy', guarded, answer(200, '{}'), 'stranger'],
    ['Jira’s page for logging in behind such a proxy', guarded, redirect(`${BASE}/login.jsp`), 'log-in-page'],
  ])('%s is taken for what it is', async (_name, jira, response, kind) => {
    expect((await judgeApi(response, new URL(`${BASE}/api/health`), { baseUrl: BASE, jira })).kind).toBe(kind)
  })
})
