import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesBelow, findSecrets, formsOf } from '../support/secrets.ts'
import { scratchFolder } from '../support/scratch.ts'

const secret = 'canary-Pä55wörd/7f3a+91c2 ~?>&<"~'

it.each([
  ['as it is', secret],
  ['in a URL', `https://jira.example/?p=${encodeURIComponent(secret)}`],
  [
    'in JSON that escapes what is not ASCII',
    `{"p":"${JSON.stringify(secret).slice(1, -1).replaceAll('ä', '\\u00e4').replaceAll('ö', '\\u00f6')}"}`,
  ],
  ['in a header of basic authentication', `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`],
  ['in a header of a user with a longer name', `Basic ${Buffer.from(`anna:${secret}`).toString('base64')}`],
  ['in a header of yet another length', `Basic ${Buffer.from(`annas:${secret}`).toString('base64')}`],
  ['in an address in an address', encodeURIComponent(`https://jira.example/?p=${encodeURIComponent(secret)}`)],
  ['in an address, in lower case', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
  ['in a form', new URLSearchParams({ p: secret }).toString()],
  ['before the host of an address', Object.assign(new URL('https://anna@jira.example/'), { password: secret }).href],
  ['in Base64 for addresses', Buffer.from(`{"p":"${secret}"}`).toString('base64url')],
  ['in Base64 in an address', encodeURIComponent(Buffer.from(`x:${secret}`).toString('base64'))],
  [
    'in HTML',
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ],
  ['in HTML, as numbers', secret.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)],
  ['in JSON that escapes slashes', JSON.stringify({ secret }).replaceAll('/', '\\/')],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ secret }))],
])('the search finds a secret %s', (_name, text) => {
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
    expect(findSecrets({ password: secret }, [{ name: 'here', bytes }])).toEqual(['password in here'])
  }
  expect(
    findSecrets({ password: secret }, [
      { name: 'here', bytes: Buffer.from(text.replaceAll('7f3a', '0000').slice(0, 20)) },
    ]),
  ).toEqual([])
})

it('the search looks into every file below a folder', () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  writeFileSync(join(folder, 'a/b/deep.bin'), Buffer.concat([Buffer.from([0, 255, 0]), Buffer.from(secret)]))
  expect(findSecrets({ password: secret }, filesBelow(folder))).toEqual([`password in ${join('a/b/deep.bin')}`])
})

it.each(['', 'a', 'pw', 'abc', 'abcd'])('a short secret, %j, is not found where it is not', (short) => {
  for (const form of formsOf(short)) expect(form.length).toBeGreaterThan(0)
  expect(
    findSecrets({ password: short }, [{ name: 'here', bytes: Buffer.from('QUJDREVGRw== {"x":"1"} %20') }]),
  ).toEqual([])
})

it('a secret is found in Base64 behind anything, of whatever length it is', () => {
  for (let length = 6; length < 30; length += 1) {
    const random = 'kZ3?~x>ÿqW9!mB7'.repeat(3).slice(0, length)
    for (const before of ['', 'a', 'ab', 'abc']) {
      for (const coding of ['base64', 'base64url'] as const) {
        const bytes = Buffer.from(Buffer.from(`${before}${random}:x`).toString(coding))
        expect(findSecrets({ random }, [{ name: 'here', bytes }]), `${length} ${before} ${coding}`).toEqual([
          'random in here',
        ])
      }
    }
  }
})
