import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { filesBelow, findSecrets } from '../support/secrets.ts'
import { scratchFolder } from '../support/scratch.ts'

const secret = 'canary-Pä55wörd/7f3a+91c2'

it.each([
  ['as it is', secret],
  ['in a URL', `https://jira.example/?p=${encodeURIComponent(secret)}`],
  ['in JSON that escapes what is not ASCII', `{"p":"${secret.replaceAll('ä', '\\u00e4').replaceAll('ö', '\\u00f6')}"}`],
  ['in a header of basic authentication', `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`],
  ['in a header of a user with a longer name', `Basic ${Buffer.from(`anna:${secret}`).toString('base64')}`],
  ['in a header of yet another length', `Basic ${Buffer.from(`annas:${secret}`).toString('base64')}`],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ secret }))],
])('the search finds a secret %s', (_name, text) => {
  for (const bytes of [Buffer.from(text), Buffer.from(text, 'utf16le')]) {
    expect(findSecrets({ password: secret }, [{ name: 'here', bytes }])).toEqual(['password in here'])
  }
  expect(findSecrets({ password: secret }, [{ name: 'here', bytes: Buffer.from(text.replaceAll('7f3a', '0000').slice(0, 20)) }])).toEqual([])
})

it('the search looks into every file below a folder', () => {
  const folder = scratchFolder()
  mkdirSync(join(folder, 'a/b'), { recursive: true })
  writeFileSync(join(folder, 'a/b/deep.bin'), Buffer.concat([Buffer.from([0, 255, 0]), Buffer.from(secret)]))
  expect(findSecrets({ password: secret }, filesBelow(folder))).toEqual([`password in ${join('a/b/deep.bin')}`])
})
