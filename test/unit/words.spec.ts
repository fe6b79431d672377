import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Messages } from '../../src-contract/messages/messages.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'src-contract/messages')
const others = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json') && name !== 'en.json')
  .map((name) => name.slice(0, -'.json'.length))

/** The messages of a language by their keys. */
function wordsOf(language: string): ReadonlyMap<string, string> {
  const flat = (messages: Messages, path: readonly string[]): (readonly [string, string])[] =>
    Object.entries(messages).flatMap(([name, inner]) =>
      typeof inner === 'string' ? [[[...path, name].join('.'), inner] as const] : flat(inner, [...path, name]),
    )
  return new Map(flat(JSON.parse(readFileSync(join(FOLDER, `${language}.json`), 'utf8')) as Messages, []))
}
const english = wordsOf('en')

const branchesOf = (text: string): string[] => text.split(' | ')
const gapsOf = (text: string): string =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map(([, gap]) => gap)
    .toSorted()
    .join()
/** The words of its own; without gaps, and without the units that all languages share. */
const ownWords = (text: string): string => text.replace(/\{\w+\}/g, '').replace(/\b(?:ms|s|d)\b/g, '')

/** The part of `docs/words.md` about a language. */
function pageOf(language: string): string {
  const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? ''
  const page = readFileSync(join(ROOT, 'docs/words.md'), 'utf8')
  return page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? ''
}

/**
 * Those of the words that the text has, with an ending if they are long. Gaps and the product’s name are no words of
 * ours.
 */
function wordsIn(text: string, words: readonly string[]): string[] {
  const own = text.replace(/\{\w+\}|Backbone Issue Sync/g, '')
  const isIn = (word: string): boolean =>
    new RegExp(`(?<![\\p{L}\\d])${word}${word.length < 5 ? '' : '\\p{L}{0,3}'}(?![\\p{L}\\d])`, 'iu').test(own)
  return words.filter(isIn)
}

/** The last column of the tables in a part of the page. */
function unwantedIn(page: string): string[] {
  const rows = [...page.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()))
  return rows
    .flatMap(([, , not = '']) => not.split(', '))
    .filter((word) => word !== '' && word !== 'not' && !word.startsWith('---'))
}

describe.each(['en', ...others])('%s', (language) => {
  it('calls each thing by the one name that the glossary has', () => {
    const [page = ''] = pageOf(language).split('### Names in code')
    const unwanted = unwantedIn(page)
    expect(unwanted.length).toBeGreaterThan(20)
    const words = wordsOf(language)
    expect([...words].flatMap(([key, text]) => wordsIn(text, unwanted).map((word) => `${key}: ${word}`))).toEqual([])
    if (language === 'de') expect(wordsIn('{account}: des Kennworts', unwanted)).toEqual(['Kennwort'])
  })
})

it('code declares no name that was given up', () => {
  const [, page = ''] = pageOf('en').split('### Names in code')
  const unwanted = unwantedIn(page).map((name) => name.replaceAll('`', ''))
  expect(unwanted).toContain('Condition')
  const names = unwanted.join('|')
  const declared = new RegExp(
    String.raw`\b(?:class|interface|function|const|let) (?:${names})\b|\btype (?:${names})(?= =|<)|\breadonly (?:${names})\??:`,
    'g',
  )
  const folders = ['src-contract', 'src-main', 'src-preload', 'src-renderer', 'src-simulator', 'tools']
  const files = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|vue|mjs)$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  )
  expect(files.length).toBeGreaterThan(400)
  expect(
    files.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(declared)].map(([name]) => `${file}: ${name}`),
    ),
  ).toEqual(['src-renderer/ui/filter.ts: interface Condition'])
})

it('there is German', () => expect(others).toContain('de'))

describe.each(others)('%s', (language) => {
  const words = wordsOf(language)
  const page = pageOf(language)

  it('has every message of English, in its order, and no other', () => {
    expect([...words.keys()].filter((key) => !english.has(key))).toEqual([])
    expect([...english.keys()].filter((key) => !words.has(key))).toEqual([])
    expect([...words.keys()]).toEqual([...english.keys()])
  })

  it('has as many forms of each as English, and in each form the gaps of English', () => {
    const shapeOf = (text = ''): string => branchesOf(text).map(gapsOf).join(' | ')
    expect([...words].filter(([key, text]) => shapeOf(text) !== shapeOf(english.get(key)))).toEqual([])
    expect([...words].filter(([, text]) => branchesOf(text).some((form) => form.trim() === ''))).toEqual([])
  })

  it('says nothing in English but what is listed', () => {
    const listed = (/^```\n(.*?)^```/ms.exec(page)?.[1] ?? '').split('\n').filter((line) => line !== '')
    const same = [...words].flatMap(([key, text]) =>
      text === english.get(key) && /\p{L}{2}/u.test(ownWords(text)) && text !== 'Syncdeck' ? [key] : [],
    )
    expect(same.toSorted()).toEqual(listed.filter((key) => same.includes(key)).toSorted())
    expect(
      listed.filter((key) => !same.includes(key)),
      'listed, but not the same',
    ).toEqual([])
  })

  it('has real quotes, dashes, ellipses and apostrophes', () => {
    const odd = [...words].filter(([, text]) => /"|'|\.\.\.|—|--(?!-)|\s{2}|^\s|\s$/.test(text.replace(/-----/g, '')))
    expect(odd).toEqual([])
    const quotes = [...words].filter(([, text]) => text.replace(/„[^„“”]*“/g, '').match(/[„“”]/) !== null)
    expect(language === 'de' ? quotes : []).toEqual([])
  })
})
