import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const FOLDER = resolve(import.meta.dirname, '../../docs/decisions')
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8').replaceAll('’', "'")
const pages = readdirSync(FOLDER).filter((name) => /^\d{4}-/.test(name))

it.each(pages)('%s has a date, alternatives and consequences', (name) => {
  const headings = [...read(name).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  expect(headings).toEqual(expect.arrayContaining(['Decision', 'Considered', 'Consequences']))
  expect(read(name)).toMatch(/^# .+\n\nDate: \d{4}-\d\d-\d\d\n/)
})

it('the index lists every page once, by its title and date', () => {
  const rows = pages.map((name) => {
    const [, title, date] = /^# (.+)\n\nDate: (\S+)/.exec(read(name)) ?? []
    return `| ${Number(name.slice(0, 4))} | [${title}](${name}) | ${date} |`
  })
  const listed = read('README.md')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
  expect(listed).toEqual(rows)
})
