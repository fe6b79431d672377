import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { FAULTS } from '../faults/faults.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Every “`test/….spec.ts`: “name”” in a document. */
function namedTests(document: string): [file: string, name: string][] {
  const text = readFileSync(join(ROOT, 'docs', document), 'utf8')
  return [...text.matchAll(/`(test\/[\w/.-]+\.spec\.ts)`: “([^”]+)”/g)].map(([, file = '', name = '']) => [file, name])
}

it.each([
  ['security.md', 30],
  ['reliability.md', 20],
])('%s names tests that exist', (document, least) => {
  const named = namedTests(document)
  expect(named.length).toBeGreaterThan(least)
  for (const [file, name] of named) {
    expect(existsSync(join(ROOT, file)), file).toBe(true)
    expect(readFileSync(join(ROOT, file), 'utf8'), `${file} has no test “${name}”`).toContain(name)
  }
})

it('every line of security.md and reliability.md that promises something names a test', () => {
  for (const document of ['security.md', 'reliability.md']) {
    const text = readFileSync(join(ROOT, 'docs', document), 'utf8').replace(/<!-- observed: begin -->[\s\S]*<!-- observed: end -->/, '')
    const rows = text.split('\n').filter((line) => /^\| (?!(promise|item|what) \|)/.test(line))
    expect(rows.length).toBeGreaterThan(10)
    for (const row of rows) expect(row, document).toMatch(/`test\/[\w/.-]+\.spec\.ts`: “/)
  }
})

it('reliability.md has a line for each fault that the suite lets happen', () => {
  const text = readFileSync(join(ROOT, 'docs/reliability.md'), 'utf8')
  for (const { name } of FAULTS) expect(text).toContain(`| ${name} |`)
})

it('security.md has all twenty items of the checklist', () => {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  for (let item = 1; item <= 20; item += 1) expect(text).toContain(`| ${item}. `)
})
