import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { h } from 'vue'
import { languages } from '../../src-contract/messages/languages.ts'
import { languageFor, SOURCE_LANGUAGE, spokenFor, type Messages } from '../../src-contract/messages/messages.ts'
import { MarkedText } from '../../src-renderer/text/marked-text.ts'
import { counted, t } from '../../src-renderer/text/t.ts'

it('English is the language that everything is written in', () => {
  expect(Object.keys(languages)).toContain('en')
  expect(t('text.age.minutes', { n: 26 })).toBe('26 min')
})

it.each([
  [['de-AT', 'en'], ['en', 'de'], 'de'],
  [['de-AT', 'de'], ['en', 'de', 'de-AT'], 'de-AT'],
  [['fr', 'de'], ['en', 'de'], 'de'],
  [['fr'], ['en', 'de'], 'en'],
  [[], ['en', 'de'], 'en'],
])('who asks for %j has of %j the language %s', (wanted, known, language) => {
  expect(languageFor(wanted, known)).toBe(language)
})

it.each([
  ['system', ['de-AT', 'en-GB'], { language: 'de', locale: 'de-AT' }],
  ['en', ['de-AT', 'en-GB'], { language: 'en', locale: 'en-GB' }],
  ['en', ['de-AT'], { language: 'en', locale: 'en' }],
  ['de', [], { language: 'de', locale: 'de' }],
  ['de', ['de-not_a_tag'], { language: 'de', locale: 'de' }],
  ['tlh', ['de'], { language: 'de', locale: 'de' }],
])('who chose %s on a system that asks for %j is spoken to in %j', (choice, wanted, spoken) => {
  expect(spokenFor(choice, wanted, ['en', 'de'])).toEqual(spoken)
})

it('some words of a message can be marked up, and its form follows the number', () => {
  const said = (count: number) =>
    mount({ render: () => h('p', h(MarkedText, { message: 'ui.json.hits', values: { count }, count })) }).text()
  expect([1, 12].map(said)).toEqual(['1 line', '12 lines'])
  const aged = mount({ render: () => h('p', h(MarkedText, { message: 'ui.age.ago' }, { age: () => h('b', '3 h') })) })
  expect(aged.text()).toBe('from 3 h ago')
  expect(aged.get('b').text()).toBe('3 h')
})

it('a number chooses the form of a message, and is written as the user writes numbers', () => {
  expect(counted('tasks.confirm.title.stop', 1)).toBe('Stop 1 synchronization?')
  expect(counted('tasks.confirm.title.stop', 1200)).toBe(`Stop ${(1200).toLocaleString()} synchronizations?`)
  expect(counted('app.status.servers', 1)).toBe('1 server')
})

const english = flat(languages[SOURCE_LANGUAGE] ?? {})

/** The messages by their keys. */
function flat(messages: Messages, path: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([name, message]) =>
      typeof message === 'string'
        ? [[[...path, name].join('.'), message] as const]
        : [...flat(message, [...path, name])],
    ),
  )
}

const gapsOf = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{\s*(\w+)\s*\}/g)].map(([, gap]) => gap ?? ''))].sort()

/** What a language has that English does not, or with other gaps; what it lacks is said in English. */
function misfits(messages: Messages): string[] {
  return [...flat(messages)].flatMap(([key, message]) => {
    const original = english.get(key)
    return original !== undefined && gapsOf(original).join() === gapsOf(message).join() ? [] : [key]
  })
}

it.each(Object.entries(languages))('%s has the messages of English, with their gaps', (_language, messages) => {
  expect(misfits(messages)).toEqual([])
})

it('a gap that was lost in translation is found, and so is a message that nobody says', () => {
  const german = {
    servers: {
      unavailable: { server: '{server} kann nicht gefragt werden.', 'log-in': 'Syncdeck ist dort nicht angemeldet.' },
    },
    ui: { json: { hits: 'eine Zeile | {count} Zeilen', hit: 'Zeile' } },
  }
  expect(misfits(german)).toEqual(['servers.unavailable.log-in', 'ui.json.hit'])
})

const sources = import.meta.glob<string>('../../src-{contract,main,renderer}/**/*.{ts,vue}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

it('numbers, dates and order are written in text/ alone, where the language spoken is known', () => {
  const others = Object.entries(sources).filter(([path]) => !/\/(text|messages)\//.test(path))
  expect(others.length).toBeGreaterThan(300)
  const own = /\.toLocale(?:Date|Time)?String\(|\bIntl\.(?!DateTimeFormat\(\)\.resolvedOptions)/
  expect(others.flatMap(([path, source]) => (own.test(source) ? [path] : []))).toEqual([])
})

it('a constant of a component, in capitals, holds no words: they would stay in the language of when it was made', () => {
  const made = /^const [A-Z_]+\b[^\n]*=[^\n]*(?:\n[ )}\]][^\n]*)*/gm
  const stale = Object.entries(sources)
    .filter(([path]) => path.endsWith('.vue'))
    .flatMap(([path, source]) => [...source.matchAll(made)].map(([text]) => ({ path, text })))
    .filter(({ text }) => /\b(?:t|counted|say)\(/.test(text))
  expect(stale).toEqual([])
})

it('every message is said somewhere', () => {
  const text = Object.values(sources).join('\n')
  const keys = new Set([...text.matchAll(/(["'])([\w-]+(?:\.[\w-]+)+)\1/g)].map(([, , key]) => key))
  // `servers.notice.${reason}` says all of its place.
  const places = [...text.matchAll(/`([a-z]+\.(?:[\w.-]|\$\{[^}`]*\})+)`/g)].map(
    ([, place = '']) =>
      new RegExp(
        `^${place
          .split(/\$\{[^}]*\}/)
          .map((part) => part.replaceAll('.', '\\.'))
          .join('[^.]+')}$`,
      ),
  )
  const unsaid = [...english.keys()].filter((key) => !keys.has(key) && !places.some((place) => place.test(key)))
  expect(unsaid).toEqual([])
})
