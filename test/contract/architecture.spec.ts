import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGES = ['ARCHITECTURE.md', 'CONTRIBUTING.md', 'README.md']
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

it('the walk in ARCHITECTURE.md leads through functions that are in the files it names', () => {
  const steps = [...read('ARCHITECTURE.md').matchAll(/`(\w+)\(\)`\s+in\s+`(src-[\w./-]+)`/g)]
  expect(steps.length).toBeGreaterThan(15)
  const missing = steps.filter(
    ([, name = '', file = '']) =>
      !existsSync(join(ROOT, file)) || !new RegExp(`\\b${name}\\b[^\\n]*\\(`).test(read(file)),
  )
  expect(missing.map(([step]) => step)).toEqual([])
})

it.each(PAGES)('every file and every page that %s names is there', (page) => {
  const text = read(page)
  const files = [...text.matchAll(/`((?:src-[\w-]+|test|tools|docs)\/[\w./-]+\.\w+)`/g)].map(([, path = '']) => path)
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)|srcset="([^"]+)"|src="([^"]+)"/g)].map(
    ([, link, set, source]) => join(dirname(page), link ?? set ?? source ?? ''),
  )
  expect(files.length + links.length).toBeGreaterThan(0)
  expect([...files, ...links].filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})
