import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { FAULTS } from '../faults/faults.ts'
import { declaredTests, type DeclaredTest } from '../support/declared-tests.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Every “`test/….spec.ts`: “name”” in a document. */
function namedTests(document: string): [file: string, name: string][] {
  const text = readFileSync(join(ROOT, 'docs', document), 'utf8')
  return [...text.matchAll(/`(test\/[\w/.-]+\.spec\.ts)`: “([^”]+)”/g)].map(([, file = '', name = '']) => [file, name])
}

/** Each file is read once, however many of its tests are named. */
const known = new Map<string, readonly DeclaredTest[] | null>()
function testsOf(file: string): readonly DeclaredTest[] | null {
  const before = known.get(file)
  if (before !== undefined) return before
  const found = existsSync(join(ROOT, file)) ? declaredTests(readFileSync(join(ROOT, file), 'utf8')) : null
  known.set(file, found)
  return found
}

/** Why a named test shows nothing; null if it does. */
function whyNothing(file: string, name: string): string | null {
  const declared = testsOf(file)
  if (declared === null) return 'there is no such file'
  const tests = declared.filter((test) => test.name === name)
  if (tests.length === 0) return 'there is no such test'
  if (tests.every(({ isSkipped }) => isSkipped)) return 'it is skipped'
  return tests.every(({ hasAssertion }) => hasAssertion) ? null : 'it asserts nothing'
}

it.each([
  ['security.md', 30],
  ['reliability.md', 20],
])('%s names tests that exist, run, and assert something', (document, least) => {
  const named = namedTests(document)
  expect(named.length).toBeGreaterThan(least)
  const missing = named.flatMap(([file, name]) => {
    const why = whyNothing(file, name)
    return why === null ? [] : [`${file} “${name}”: ${why}`]
  })
  expect(missing).toEqual([])
})

it.each([
  ["it('is so', () => expect(1).toBe(1))", { isSkipped: false, hasAssertion: true }],
  [
    "it('is so', { timeout: 5 }, async () => { await check() }); async function check() { expect(1).toBe(1) }",
    { isSkipped: false, hasAssertion: true },
  ],
  [
    "describe('a group', () => { it.each([1])('is so', () => void expect(1)) })",
    { isSkipped: false, hasAssertion: true },
  ],
  ["it('is so', () => { run() }); const run = () => 1", { isSkipped: false, hasAssertion: false }],
  ["it.skip('is so', () => expect(1).toBe(1))", { isSkipped: true, hasAssertion: true }],
  ["it.skip.each([1])('is so', () => expect(1).toBe(1))", { isSkipped: true, hasAssertion: true }],
  [
    "describe.skip('a group', () => { describe('another', () => { it('is so', () => expect(1).toBe(1)) }) })",
    { isSkipped: true, hasAssertion: true },
  ],
  ["it.todo('is so')", { isSkipped: true, hasAssertion: false }],
  ["// it('is so', () => expect(1).toBe(1))", null],
  ["it('is so, mostly', () => expect(1).toBe(1)); const text = 'is so'", null],
])('a test is told from what only looks like one: %s', (text, expected) => {
  expect(declaredTests(text).find(({ name }) => name === 'is so')).toEqual(
    expected === null ? undefined : { name: 'is so', ...expected },
  )
})

it('every line of security.md and reliability.md that promises something names a test', () => {
  for (const document of ['security.md', 'reliability.md']) {
    const text = readFileSync(join(ROOT, 'docs', document), 'utf8').replace(
      /<!-- observed: begin -->[\s\S]*<!-- observed: end -->/,
      '',
    )
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
