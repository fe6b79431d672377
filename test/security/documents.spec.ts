import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')

/** Every “`test/….spec.ts`: “name”” in a document. */
function namedTests(document: string): [file: string, name: string][] {
  const text = readFileSync(join(ROOT, 'docs', document), 'utf8')
  return [...text.matchAll(/`(test\/[\w/.-]+\.spec\.ts)`: “([^”]+)”/g)].map(([, file = '', name = '']) => [file, name])
}

it('security.md names tests that exist', () => {
  const named = namedTests('security.md')
  expect(named.length).toBeGreaterThan(30)
  for (const [file, name] of named) {
    expect(existsSync(join(ROOT, file)), file).toBe(true)
    expect(readFileSync(join(ROOT, file), 'utf8'), `${file} has no test “${name}”`).toContain(name)
  }
})

it('security.md has all twenty items of the checklist', () => {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  for (let item = 1; item <= 20; item += 1) expect(text).toContain(`| ${item}. `)
})
