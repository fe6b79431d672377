import { describe, expect, it } from 'vitest'
import { ServerCookies } from '../../src-main/http/server-cookies.ts'

const base = new URL('https://jira.example/jira')
const api = new URL('https://jira.example/jira/plugins/x')
const START = Date.parse('2026-03-01T12:00:00Z')

class Scene {
  now = START
  readonly cookies = new ServerCookies(base, () => this.now)

  /** An answer that sets these. */
  answer(...lines: string[]): this {
    this.cookies.keep({ headers: { 'set-cookie': lines } }, api, { withSession: true })
    return this
  }

  get header(): string | null {
    return this.cookies.header(api, { withSession: true })
  }

  get names(): string[] {
    return (this.header ?? '').split('; ').map((pair) => pair.slice(0, pair.indexOf('=')))
  }
}

const headerOf = (...lines: string[]): string | null => new Scene().answer(...lines).header
const many = (count: number, name: string, more = '; Path=/'): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}=1${more}`)

it.each([
  ['of another domain', 'JSESSIONID=a; Domain=evil.example'],
  ['of a part of the domain’s name', 'JSESSIONID=a; Domain=ira.example'],
  ['of a domain below', 'JSESSIONID=a; Domain=sub.jira.example'],
  ['of a whole top level', 'JSESSIONID=a; Domain=example'],
  ['of another path', 'JSESSIONID=a; Path=/other'],
  ['of a path that only begins alike', 'JSESSIONID=a; Path=/jir'],
  ['that are over', 'JSESSIONID=a; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
  ['that are over, in the words of RFC 850', 'JSESSIONID=a; Path=/; Expires=Thursday, 01-Jan-70 00:00:00 GMT'],
  ['that are over, as asctime writes', 'JSESSIONID=a; Path=/; Expires=Thu Jan  1 00:00:00 1970'],
  ['that were over a second ago', 'JSESSIONID=a; Path=/; Expires=Sun, 01 Mar 2026 11:59:59 GMT'],
  ['without an age', 'JSESSIONID=a; Path=/; Max-Age=0'],
  ['with a negative age', 'JSESSIONID=a; Path=/; Max-Age=-1; Expires=Fri, 01 Jan 2100 00:00:00 GMT'],
  ['of a megabyte', `JSESSIONID=${'a'.repeat(1_000_000)}; Path=/`],
  ['of more than 4,096 bytes', `JSESSIONID=${'a'.repeat(4_087)}; Path=/`],
  ['without name and value', '=; Path=/'],
  ['of white space', ' \t ; Path=/'],
  ['without a name that pass for __Host-', '__Host-x; Secure; Path=/'],
  ['without a name that pass for __Secure-', '=__SECURE-x; Secure; Path=/'],
  ['without a name that pass for another one', '=JSESSIONID=a; Path=/'],
  ['without a name of more than 4,096 bytes', `${'a'.repeat(4_097)}; Path=/`],
  ['of another path, told in 1,024 bytes', `JSESSIONID=a; Path=/${'x'.repeat(1_023)}`],
  ['of another path, told in 1,024 bytes and white space', `JSESSIONID=a; Path= /${'x'.repeat(1_023)} `],
  ['with control characters', 'JSESSIONID=a\u0001b; Path=/'],
  ['with a control character in an attribute', 'JSESSIONID=a; Path=/; X=\u007f'],
  ['with characters that no header holds', 'JSESSIONID=a\u0142; Path=/'],
  ['that are none', '\u0000;;;=;'],
  ['that are empty', ''],
  ['__Host- and not secure', '__Host-x=a; Path=/'],
  ['__Host- and of a path', '__Host-x=a; Secure; Path=/jira'],
  ['__Host- and of a domain', '__Host-x=a; Secure; Path=/; Domain=jira.example'],
  ['__Host- in lower case, and not secure', '__host-x=a; Path=/'],
  ['__Host- in capitals, and of a domain', '__HOST-x=a; Secure; Path=/; Domain=jira.example'],
  ['__Secure- and not secure', '__Secure-x=a; Path=/'],
  ['__Secure- in lower case, and not secure', '__secure-x=a; Path=/'],
])('cookies %s are ignored', (_name, line) => {
  expect(headerOf(line)).toBeNull()
})

it.each([
  ['with a path', 'ROUTEID=.n1; Path=/jira'],
  ['with a path that is none', 'ROUTEID=.n1; Path=jira'],
  ['of the parent domain', 'ROUTEID=.n1; Domain=.jira.example; Path=/'],
  ['with an empty domain', 'ROUTEID=.n1; Domain=; Path=/'],
  ['with a date that is none', 'ROUTEID=.n1; Path=/; Expires=tomorrow'],
  ['with an age that is none', 'ROUTEID=.n1; Path=/; Max-Age=1e9'],
  ['with an age for ever', `ROUTEID=.n1; Path=/; Max-Age=${'9'.repeat(400)}`],
  ['with a year of two digits', 'ROUTEID=.n1; Path=/; Expires=Fri, 01-Jan-27 00:00:00 GMT'],
  ['with every flag, oddly written', 'ROUTEID=.n1;PATH=/;secure;HTTPONLY=yes;SameSite=Odd;Partitioned;;;x=y=z'],
  ['of exactly 4,096 bytes', `ROUTEID=${'n'.repeat(4_089)}; Path=/`],
  ['whose attributes are long', `ROUTEID=.n1; Path=/; x=${'y'.repeat(4_096)}`],
  ['with a megabyte of attributes', `ROUTEID=.n1; Path=/; ${'x'.repeat(1_000_000)}`],
  ['whose path is told in more than 1,024 bytes, as without one', `ROUTEID=.n1; Path=/${'x'.repeat(1_024)}`],
  ['whose domain is told in more than 1,024 bytes, as without one', `ROUTEID=.n1; Path=/; Domain=${'x'.repeat(1_025)}`],
  ['with a “=” in the value', 'ROUTEID=n=1=; Path=/'],
  ['without a value', 'ROUTEID=; Path=/'],
  ['__Host- as it must be', '__host-x=a; Secure; Path=/'],
  ['__Secure- as it must be', '__SECURE-x=a; Secure; Domain=jira.example; Path=/'],
])('cookies %s are kept', (_name, line) => {
  expect(headerOf(line)).toBe(line.slice(0, line.indexOf(';')))
})

it.each([
  ['with', '=n1; Path=/'],
  ['without', 'n1; Path=/'],
  ['with white space and', ' = n1 ; Path=/'],
])('cookies that have no name are kept, and only their value goes: %s “=”', (_name, line) => {
  expect(headerOf(line)).toBe('n1')
  // They take each other's place, and no other.
  expect(headerOf(line, '=n2; Path=/', 'ROUTEID=n3; Path=/')).toBe('n2; ROUTEID=n3')
})

it.each(['http://jira:8080', 'http://jira.internal', 'https://github.io', 'http://10.1.2.3', 'http://[::1]:8080'])(
  'cookies whose domain is the host itself are kept, whether or not that is a public suffix: %s',
  (address) => {
    const url = new URL(address)
    const cookies = new ServerCookies(url, () => START)
    const { hostname } = url
    for (const domain of [hostname, `.${hostname}`, hostname.toUpperCase()]) {
      cookies.keep({ headers: { 'set-cookie': [`JSESSIONID=${domain.length}; Domain=${domain}; Path=/`] } }, url, {
        withSession: true,
      })
      expect(cookies.sessionId(url)).toBe(String(domain.length))
    }
    cookies.keep({ headers: { 'set-cookie': [`__Host-x=a; Secure; Domain=${hostname}; Path=/`] } }, url, {
      withSession: true,
    })
    expect(cookies.header(url, { withSession: true })).not.toContain('__Host-x')
  },
)

it('go to the server’s origin alone, and without the session where it is not wanted', () => {
  const { cookies } = new Scene().answer(
    'JSESSIONID=a; Path=/jira; Secure; HttpOnly',
    'ROUTEID=n1; Path=/',
    'atlassian.xsrf.token=t; Path=/jira',
  )
  expect(cookies.header(api, { withSession: true })).toContain('JSESSIONID=a')
  expect(cookies.header(api, { withSession: false })).toBe('ROUTEID=n1')
  for (const other of ['http://jira.example/jira', 'https://jira.example:8443/jira', 'https://sub.jira.example/jira']) {
    expect(cookies.header(new URL(other), { withSession: true })).toBeNull()
    cookies.keep({ headers: { 'set-cookie': ['ROUTEID=evil; Path=/'] } }, new URL(other), { withSession: true })
  }
  cookies.dropSession()
  expect(cookies.header(api, { withSession: true })).toBe('ROUTEID=n1')
})

it.each(['JSESSIONID', 'JSESSIONID_JIRA', 'JIRASESSIONID', 'jira_session_id'])(
  'a session is one under the name %s too, that administrators give it where servers share a host',
  (name) => {
    const { cookies } = new Scene().answer(`${name}=a; Path=/`)
    expect(cookies.sessionId(api)).toBe('a')
    expect(cookies.header(api, { withSession: false })).toBeNull()
  },
)

it('a session is one under any name by the form of its id, as Tomcat makes it, unless the name is a balancer’s', () => {
  const [first, second] = ['0123456789ABCDEF0123456789ABCDEF', 'FEDCBA9876543210FEDCBA9876543210.node2']
  const scene = new Scene().answer(`JIRASID=${first}; Path=/`, `ROUTEID=${first}; Path=/`)
  const { cookies } = scene
  expect(cookies.sessionId(api)).toBe(first)
  expect(cookies.header(api, { withSession: false })).toBe(`ROUTEID=${first}`)
  scene.answer(`JIRASID=${second}; Path=/`)
  expect([cookies.sessionId(api), cookies.isSameSession(api, base)]).toEqual([second, true])
  cookies.keep({ headers: { 'set-cookie': ['JIRASID=late; Path=/'] } }, api, { withSession: false })
  expect(cookies.sessionId(api)).toBe(second)
  scene.answer('JIRASID=; Path=/; Max-Age=0')
  expect([cookies.sessionId(api), scene.header]).toEqual([null, `ROUTEID=${first}`])
})

it('an id is recognised however long Tomcat is told to make it', () => {
  const { cookies } = new Scene().answer(`sid=${'0123456789ABCDEF'.repeat(3)}; Path=/`)
  expect(cookies.header(api, { withSession: false })).toBeNull()
})

describe('the life of a cookie', () => {
  it('ends at its age, however often it was sent', () => {
    const scene = new Scene().answer('ROUTEID=n1; Path=/; Max-Age=60')
    for (let second = 0; second < 59; second += 1) {
      scene.now += 1_000
      expect(scene.header).toBe('ROUTEID=n1')
    }
    scene.now += 1_000
    expect(scene.header).toBeNull()
  })

  it('ends when the server takes it away', () => {
    const scene = new Scene().answer('ROUTEID=n1; Path=/').answer('ROUTEID=; Path=/; Max-Age=0')
    expect(scene.header).toBeNull()
  })

  it('continues with another value, in its old place', () => {
    const scene = new Scene().answer('a=1; Path=/', 'b=1; Path=/').answer('a=2; Path=/')
    expect(scene.header).toBe('a=2; b=1')
  })
})

describe('bounds', () => {
  it('what is not kept takes no room: a balancer’s cookie is found behind any number of foreign ones', () => {
    const foreign = [...many(1_000, 'd', '; Domain=evil.example'), ...many(1_000, 'p', '; Path=/other')]
    expect(headerOf(...foreign, ...many(1_000, 'o', '; Path=/; Max-Age=0'), 'ROUTEID=n1; Path=/')).toBe('ROUTEID=n1')
    expect(headerOf('ROUTEID=n1; Path=/', ...foreign)).toBe('ROUTEID=n1')
  })

  it('those that the server takes away make room', () => {
    const scene = new Scene()
    for (let round = 0; round < 10; round += 1) {
      scene.answer(...many(100, `r${round}-`))
      scene.answer(...many(100, `r${round}-`, '; Path=/; Max-Age=0'))
    }
    expect(scene.answer('ROUTEID=n1; Path=/').header).toBe('ROUTEID=n1')
  })

  it('a balancer’s cookie is not pushed out by what the server regenerates with every answer', () => {
    const scene = new Scene().answer('ROUTEID=n1; Path=/')
    for (let answer = 0; answer < 1_000; answer += 1) {
      scene.answer(`trace${answer}=1; Path=/`)
      expect(scene.names).toContain('ROUTEID')
    }
    expect(scene.names.length).toBeLessThanOrEqual(50)
  })

  it('those that were sent longest ago leave first', () => {
    const scene = new Scene().answer(...many(30, 'unsent', '; Path=/jira/elsewhere')).answer(...many(40, 'sent'))
    expect(scene.names).toHaveLength(40)
    expect(scene.answer(...many(5, 'more')).names).toHaveLength(45)
    const elsewhere = new URL('https://jira.example/jira/elsewhere')
    expect(scene.cookies.header(elsewhere, { withSession: true })?.match(/unsent/g)).toHaveLength(5)
  })

  it('what is kept for all paths together is bounded in bytes', () => {
    const paths = Array.from({ length: 100 }, (_, index) => `/jira/p${index}`)
    const { cookies } = new Scene().answer(...paths.map((path) => `big=${'v'.repeat(4_000)}; Path=${path}`))
    const kept = paths.filter((path) => cookies.header(new URL(path, base), { withSession: true }) !== null)
    expect(kept).toEqual(paths.slice(-16))
  })

  it('the header is bounded, and the session comes first in it', () => {
    const scene = new Scene()
    const value = 'v'.repeat(4_000)
    for (let answer = 0; answer < 100; answer += 1)
      scene.answer(...Array.from({ length: 20 }, (_, index) => `big${answer}-${index}=${value}; Path=/`))
    scene.answer('small=1; Path=/', `JSESSIONID=${'s'.repeat(100)}; Path=/jira`)
    expect(scene.header?.length).toBeLessThanOrEqual(7_168)
    expect(scene.names[0]).toBe('JSESSIONID')
    expect(scene.names).toContain('small')
    const secret = scene.answer(...many(300, 'JSESSIONID', '; Path=/jira/plugins')).header
    expect(secret?.length).toBeLessThanOrEqual(7_168)
  })
})
