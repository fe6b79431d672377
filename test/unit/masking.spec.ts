import { describe, expect, it } from 'vitest'
import { holdsUserinfo, MASK, maskUserinfo } from '../../src-contract/masking.ts'
import { timesYardstick } from '../support/processor-time.ts'

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
  ])('is refused while it is typed: %s', (text) => {
    expect(holdsUserinfo(text)).toBe(true)
  })

  it('is looked for in one go, in whatever text', async () => {
    for (const piece of ['@', ':@', '://', 'https://a:b@c ', 'a:b@', '\\', ':\\', 'x', '"', ':\\u002f']) {
      const text = piece.repeat(Math.round(2_000_000 / piece.length)) + '@'
      expect(await timesYardstick(() => maskUserinfo(text)), piece).toBeLessThan(100)
    }
  })
})
