import { describe, expect, it } from 'vitest'
import { said } from '../support/said.ts'
import { apiPathProblem, inspectAddress, normaliseApiPath } from '../../src-main/servers/address.ts'

describe('an address that a user pastes', () => {
  it.each([
    ['https://jira.example.com', 'https://jira.example.com'],
    ['https://jira.example.com///', 'https://jira.example.com'],
    ['  https://jira.example.com/jira/  ', 'https://jira.example.com/jira'],
    ['jira.example.com/jira', 'https://jira.example.com/jira'],
    ['jira.example.com:8443', 'https://jira.example.com:8443'],
    ['HTTPS://Jira.Example.COM/Jira', 'https://jira.example.com/Jira'],
    ['https://jira.example.com/jira/browse/ABC-12?focusedId=3#comment', 'https://jira.example.com/jira'],
    ['https://jira.example.com/secure/Dashboard.jspa', 'https://jira.example.com'],
    ['https://jira.example.com/jira/plugins/servlet/backbone-issue-sync/ui/', 'https://jira.example.com/jira'],
    ['https://jira.example.com/jira/rest/api/2/serverInfo', 'https://jira.example.com/jira'],
    ['https://jira.example.com/a/b/projects/ABC/issues', 'https://jira.example.com/a/b'],
    ['https://jira.example.com:443/', 'https://jira.example.com'],
    ['https://jira.example.com:8443/issues/?jql=assignee=jo@example.com', 'https://jira.example.com:8443'],
    ['https://jira.example.com/jira/secure/attachment/10/jo@example.com.txt', 'https://jira.example.com/jira'],
    ['http://127.0.0.1:8080/jira', 'http://127.0.0.1:8080/jira'],
    ['https://[2001:db8::1]:8443/jira', 'https://[2001:db8::1]:8443/jira'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ])('%s is the server %s', (text, baseUrl) => {
    expect(inspectAddress(text)).toMatchObject({ baseUrl, problem: null })
  })

  it.each([
    ['', /Enter the address/],
    ['   ', /Enter the address/],
    ['javascript:alert(1)', /not javascript:/],
    ['file:///etc/passwd', /not file:/],
    ['ftp://jira.example.com', /not ftp:/],
    ['data:text/html,x', /not data:/],
    ['https://jira example.com', /not contain spaces/],
    ['https://admin:secret@jira.example.com', /Leave user name and password out/],
    ['admin:secret@jira.example.com', /Leave user name and password out/],
    ['https://ad min:secret@jira.example.com', /Leave user name and password out/],
    ['https://admin:secret%40jira.example.com', /Leave user name and password out/],
    ['//admin:secret@jira.example.com', /Leave user name and password out/],
    ['https:\\\\admin:secret@jira.example.com', /Leave user name and password out/],
    ['HTTPS:admin:secret@jira.example.com', /Leave user name and password out/],
    ['https://admin@jira.example.com', /Leave user name and password out/],
    ['https://admin:12@34@jira.example.com', /Leave user name and password out/],
    ['https://admin:12?34@jira.example.com', /Leave user name and password out/],
    ['https://admin:12#34@jira.example.com', /Leave user name and password out/],
    ['https://admin:12\\34@jira.example.com', /Leave user name and password out/],
    ['https://admin:12/34@jira.example.com/browse/AB-1', /Leave user name and password out/],
    ['https://', /not a valid address/],
    ['https://jira.example.com:99999', /not a valid address/],
  ])('%j is refused in words', (text, problem) => {
    const inspection = inspectAddress(text)
    expect(inspection.baseUrl).toBeNull()
    expect(said(inspection.problem)).toMatch(problem)
  })

  it.each<[string, string, string[]]>([
    ['https://jira.example.com/issues', '', ['/issues']],
    ['https://jira.example.com/issues/browse/AB-1', '', ['/issues/browse/AB-1', '/issues']],
    ['https://jira.example.com/a/projects/secure/Dashboard.jspa', '/a', ['/a/projects/secure', '/a/projects']],
    ['https://jira.example.com/jira', '/jira', []],
    [
      'https://jira.example.com/a/rest/b/rest/c/rest/d/rest',
      '/a',
      ['/a/rest/b/rest/c/rest/d/rest', '/a/rest/b/rest/c/rest/d', '/a/rest/b/rest/c'],
    ],
  ])('%s is taken for a page, and may mean more of the path', (text, context, candidates) => {
    const origin = 'https://jira.example.com'
    expect(inspectAddress(text)).toMatchObject({
      baseUrl: origin + context,
      candidates: candidates.map((path) => origin + path),
    })
    expect(inspectAddress(`${origin}/issues/secure`, true)).toMatchObject({
      baseUrl: `${origin}/issues/secure`,
      candidates: [],
    })
  })

  it('says what it changed', () => {
    expect(inspectAddress('jira.example.com/browse/A-1').notes.map(said)).toEqual([
      'https:// was added',
      'The page was reduced to the server’s address',
    ])
    expect(said(inspectAddress('https://bücher.example').notes[0])).toContain('xn--bcher-kva.example')
  })

  it('marks plain http', () => {
    expect(inspectAddress('http://jira.example.com').isPlainHttp).toBe(true)
    expect(inspectAddress('https://jira.example.com').isPlainHttp).toBe(false)
  })
})

it.each([
  ['', '/usual'],
  ['/', '/usual'],
  ['api/2/', '/api/2'],
  ['/api/2', '/api/2'],
])('the API path %j becomes %s', (given, expected) => {
  expect(normaliseApiPath(given, '/usual')).toBe(expected)
})

it.each(['', '/plugins/servlet/backbone-issue-sync/api/1', 'api/2/', '/.hidden/a..b/%C3%A4/v1.2'])(
  'the API path %j is one',
  (path) => {
    expect(apiPathProblem(path)).toBeNull()
  },
)

it.each([
  '/..',
  '/a/../b',
  '/./a',
  '/a/%2e%2e/b',
  '/%2E./b',
  '/a/.%2e',
  '/%2e',
  '/a/..%2fb',
  '/a%5c..',
  '/a\\b',
  '/a?b',
  '/a#b',
  '/a/.\t./b',
  '/a b',
  '/%zz',
])('the API path %j, which is or hides another one, is refused', (path) => {
  expect(apiPathProblem(path)).not.toBeNull()
})
