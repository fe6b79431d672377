import { describe, expect, it } from 'vitest'
import { holdsUserinfo, MASK, maskSessionIds, maskUserinfo } from '../../src-contract/masking.ts'
import { timesYardstick } from '../support/processor-time.ts'

/** Beginnings of what is looked for. */
const PIECES = [
  '//',
  '//a:b',
  '//a:b@',
  'https:',
  'https:\\',
  'https://a ',
  'https://a:b ',
  ' a:b@',
  '%40',
  '%25',
  '%3a',
  '&#64;',
  '\\t',
  ' ',
  ', ',
  'https%3a%2f%2fa%3ab%40c',
  'a@ ',
  'https://a/b:',
  '/b:c',
  '//a b:c',
  '=a:b',
  '(a:b',
  ' a:b@c:',
]

describe('user and password in an address', () => {
  it.each([
    'https://anna:hunter2@jira.example/jira',
    'http://anna:hunter2@[::1]:8080/',
    'HTTPS://anna:hunter2@jira.example',
    'https://hunter2@jira.example',
    'https://anna:hunter2@jira.example/a@b',
    'https://anna:hun@ter2@jira.example',
    'https://anna:hun/ter2@jira.example',
    'https://anna:hun?ter2@jira.example',
    'https://anna:hun#ter2@jira.example',
    'https://anna:hun\\ter2@jira.example',
    'socks5://anna:hunter2@proxy.example:1080',
    'anna:hunter2@proxy.example:3128',
    'see https://anna:hunter2@jira.example/ or ask',
    'https://jira.example,https://anna:hunter2@other.example',
    'two https://anna:hunter2@a.example https://anna:hunter2@b.example',
    '{"baseUrl":"https://anna:hunter2@jira.example"}',
    '{"baseUrl":"https:\\/\\/anna:hunter2@jira.example"}',
    '{"baseUrl":"https:\\u002f\\u002fanna:hunter2@jira.example"}',
    '{"proxyUri":"anna:hunter2@proxy.example:3128"}',
    '{"text":"{\\"baseUrl\\":\\"https:\\\\/\\\\/anna:hunter2@jira.example\\"}"}',
    '<a href="https://anna:hunter2@jira.example">',
    '<p>https://anna:hunter2@jira.example</p>',
    'https://an na:hunter2@jira.example',
    'at https://an na:hunter2@jira.example it is',
    'https://anna:hun ter2@jira.example',
    'https://anna:hun\tter2@jira.example',
    'https://an na:hun ter2@jira.example',
    'see https://anna:hun ter 2 @jira.example now',
    'https://anna:hu@n ter2@jira.example',
    '{"baseUrl":"https://an\\tna:hunter2@jira.example"}',
    '{"baseUrl":"https://anna:hun\\tter2@jira.example"}',
    '{"baseUrl":"https://an\\u0009na:hunter2@jira.example"}',
    'an na:hun ter2@proxy.example:3128',
    'https:\\\\anna:hunter2@jira.example',
    'https:/\\anna:hunter2@jira.example',
    'see HTTP:\\\\anna:hunter2@jira.example there',
    '{"baseUrl":"https:\\\\\\\\anna:hunter2@jira.example"}',
    'HTTPS:anna:hunter2@jira.example',
    'the proxy (//anna:hunter2@proxy.example) is down',
    'href=//anna:hun/ter2@jira.example',
    'ask \\\\anna:hunter2@jira.example',
    'https://admin:12?hunter2@jira.example',
    'https://admin:12/hunter2@jira.example',
    'see https://admin:12/hunter2@jira.example/jira there',
    '{"baseUrl":"https:\\/\\/admin:12\\/hunter2@jira.example"}',
    'cannot reach //admin:12/hunter2@proxy.example:3128 now',
    'https://12/34:hunter2@jira.example',
    'https://DOMAIN/anna:hunter2@jira.example:8443/x',
    'https://DOMAIN/anna:hun/ter2@jira.example',
    'https://DOMAIN\\anna:hunter2@jira.example',
    'see http://DOMAIN/anna:hunter2@example there',
    '{"baseUrl":"https://DOMAIN\\\\anna:hunter2@jira.example"}',
    '{"baseUrl":"https:\\/\\/DOMAIN\\/anna:hunter2@jira.example"}',
    '/login?to=https%3A%2F%2FDOMAIN%2Fanna%3Ahunter2@jira.example',
    'cannot reach //DOMAIN/anna:hunter2@proxy.example now',
    'cannot reach //anna:hunter2@example: refused',
    'cannot reach //an na:hunter2@proxy.example:3128 now',
    'proxy anna:hunter2@proxy.example:3128 refused',
    'proxy (anna:hunter2@example:3128) refused',
    'HtTpS://anna:hunter2@jira.example',
  ])('is masked: %s', (text) => {
    const masked = maskUserinfo(text)
    expect(masked).not.toMatch(/hun|ter2|anna/)
    expect(masked).toContain(`${MASK}@`)
    expect(masked).toContain('example'.slice(0, text.includes('[::1]') ? 0 : undefined))
    if (text.startsWith('{')) expect(() => JSON.parse(masked) as unknown).not.toThrow()
    // What was masked stays so.
    expect(maskUserinfo(masked)).toBe(masked)
  })

  it.each([
    ['https://anna:hunter2%40jira.example', `https://${MASK}%40jira.example`],
    ['https://anna%3Ahunter2@jira.example/x', `https://${MASK}@jira.example/x`],
    ['https://anna%3Ahunter2%40jira.example', `https://${MASK}%40jira.example`],
    ['https%3A//anna%3Ahunter2%2540jira.example', `https%3A//${MASK}%2540jira.example`],
    [
      '/login?to=https%3A%2F%2Fanna%3Ahunter2%40jira.example%2F&x=1',
      `/login?to=https%3A%2F%2F${MASK}%40jira.example%2F&x=1`,
    ],
    ['<a href="https&#58;//anna&#x3a;hunter2&#64;jira.example">', `<a href="https&#58;//${MASK}&#64;jira.example">`],
    ['{"proxyUri":"anna:hunter2%40proxy.example"}', `{"proxyUri":"${MASK}%40proxy.example"}`],
  ])('is masked where its signs are coded: %s', (text, masked) => {
    expect(maskUserinfo(text)).toBe(masked)
    expect(maskUserinfo(masked)).toBe(masked)
  })

  it.each([
    'https://jira.example is down, ask anna@example.com',
    'https://jira.example:8080, or ask anna@example.com',
    'https://jira.example:8080 or anna@example.com',
    'https://jira ask anna@example.com',
    'https://jira says: mail anna@example.com',
    'https://jira at 10:30 wrote anna@example.com why',
    'https://jira or mailto:anna@example.com',
    '(https://jira.example:8443/x) by anna@example.com',
    'http://host:port, or anna@example.com',
    '// ask anna@example.com',
    '//anna@example.com is a comment',
    'Team: anna@example.com, jo@example.com; https://jira.example',
    'https: anna@example.com',
    '{"text":"Write to:\\nanna@example.com"}',
    '{"text":"{\\"a\\":\\"Write to:\\\\nanna@example.com\\"}"}',
    '/login?to=https%3A%2F%2Fjira.example%2F&mail=anna%40example.com',
    '/login?to=https%3A%2F%2Fjira.example&mail=anna@example.com',
    '/login?to=https%3A%2F%2Fjira.example%2F%3Fmail%3Danna%40example.com',
    'https://jira.example/?mail=anna%40example.com',
    'Reply to: anna@example.com',
    'Reply-To:anna@example.com is right',
    '//comment',
    '// comment: anna@example.com',
    '//todo: ask anna@example.com',
    'x = 1 //todo cc:anna@example.com',
    '//and/or: anna@example.com',
    'https://jira/browse/AB-1: anna@example.com',
    'https://jira/mailto:anna@example.com',
    'https://jira/x?mail=to:anna@example.com',
    'https://jira.example/user:anna@example.com',
    'https://jira.example/@anna/x:y@1.2',
    'https://jira:8080/@anna.example',
    'https://jira:8080/users@me',
    'https://jira:8080/browse/AB-1?by=anna@example.com',
    'https://jira.example:8080/anna@example.com',
    // A user alone is not a secret, and these are just as often prose.
    'see https://an na@jira.example',
    '//anna@jira.example',
    'call sip:anna@example.com:5060 now',
    'pulled image:1.2@sha256:0123456789abcdef again',
    'git@example.com:22/x',
    'at 10:30 anna@example.com:22 again',
    '"Anna: the admin" <anna@example.com>',
    '5 @ 3:00',
  ])('is not seen in e-mail addresses of prose: %s', (text) => {
    expect(maskUserinfo(text)).toBe(text)
  })

  it.each([
    'https://jira.example/jira',
    'https://jira.example:8443/~anna@home',
    'anna@example.com',
    'mailto:anna@example.com',
    '{"@type":"jms","name":"q"}',
    'Ask anna@example.com: she knows',
    'https://jira.example/?q=a@b',
    'https://jira.example#@',
    '@',
    'a:b',
    'see a:b@c in the text',
    'https://[::1]:8080/a@b',
    '',
  ])('is not seen where there is none: %s', (text) => {
    expect(maskUserinfo(text)).toBe(text)
    expect(holdsUserinfo(text)).toBe(false)
  })

  it.each([
    'https://anna:hunter2',
    'https://anna:hunter2@',
    'https://anna:hunter2@jira.example',
    'anna:hunter2@proxy',
    'https://anna@jira.example',
    ' https://a:b@c ',
    `https://${MASK}@jira.example`,
    'https://an na:pw@jira.example',
    'https://an\tna:pw@jira.example',
    'ht\ntps://anna:pw@jira.example',
    'https://anna:pw%40jira.example',
    'https://anna%40jira.example',
    'https%3A//anna%3Apw%2540jira.example',
    'https:\\\\anna:pw@jira.example',
    'https:/\\anna:pw@jira.example',
    'https:anna@jira.example',
    'https:///anna@jira.example',
    '//anna:pw@jira.example',
    '\\\\anna:pw@jira.example',
    '//anna@jira.example',
    'HTTPS:anna@jira.example',
    'an na:p w@proxy.example',
    'https://admin:12?34@jira.example',
    'https://admin:12/34@jira.example',
    'https://admin:12\\34@jira.example',
    'https://12/34:pw@jira',
    'https://DOMAIN/an na:pw@jira.example',
    'https:\\\\DOMAIN\\anna:pw@jira.example',
  ])('is refused while it is typed: %s', (text) => {
    expect(holdsUserinfo(text)).toBe(true)
  })

  it.each(['@', ':@', '://', 'https://a:b@c ', 'a:b@', '\\', ':\\', 'x', '"', ':\\u002f', ...PIECES])(
    'is looked for in one go, in whatever text: %j',
    async (piece) => {
      const text = piece.repeat(Math.round(2_000_000 / piece.length)) + '@'
      expect(await timesYardstick(() => maskUserinfo(text))).toBeLessThan(100)
    },
  )
})

describe('the id of a session', () => {
  const ID = '0123456789ABCDEF0123456789ABCDEF.node1'
  it.each([
    ['in an address', `https://jira.example/browse/A-1;jsessionid=${ID}?a=b`],
    ['in capitals', `/login.jsp;JSESSIONID=${ID}#x`],
    ['in an address within an address', `?to=%2Flogin.jsp%3Bjsessionid%3D${ID}%3Fa%3Db`],
    ['where HTML codes its signs', `<a href="/x&#59;jsessionid&#x3d;${ID}">x</a>`],
    ['where JSON codes one of its signs', `{"a":"/x;jsessionid\\u003d${ID}","b":1}`],
    ['in a cookie', `Cookie: a=b; JSESSIONID_JIRA=${ID}; c=d`],
    ['under another name', `/x;jira_session_id=${ID}/y`],
  ])('is masked %s', (_name, text) => {
    expect(maskSessionIds(text)).toBe(text.replace(ID, MASK))
  })

  it.each([
    'session=over',
    'The session id is unknown',
    '{"sessionId":"0123456789"}',
    '/x;jsessionid=',
    'sessionid=none',
  ])('is none: %s', (text) => {
    expect(maskSessionIds(text)).toBe(text)
  })

  it.each([['sessionid'], ['jsession.'], ['jsessionid='], ['%3Bjsessionid%3D']])(
    'takes one pass to look for, however often %s is said',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length)
      const begin = performance.now()
      maskSessionIds(text)
      expect(performance.now() - begin).toBeLessThan(2_000)
    },
  )
})
