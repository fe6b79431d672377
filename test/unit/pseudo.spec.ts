import { expect, it } from 'vitest'
import english from '../../src-contract/messages/en.json' with { type: 'json' }
import { PSEUDO_LANGUAGE, pseudoMessages } from '../../src-contract/messages/pseudo.ts'
import type { Messages } from '../../src-contract/messages/messages.ts'
import { say, speak } from '../../src-main/text/say.ts'

const flat = (messages: Messages, path: readonly string[] = []): [string, string][] =>
  Object.entries(messages).flatMap(([name, inner]) =>
    typeof inner === 'string' ? [[[...path, name].join('.'), inner] as [string, string]] : flat(inner, [...path, name]),
  )
const source = flat(english)
const pseudo = new Map(flat(pseudoMessages(english)))
const gapsOf = (text: string): string[] => text.split(' | ').map((form) => (form.match(/\{[^}]*\}/g) ?? []).join())
const isKept = (key: string): boolean => /^(table\.search\.keys|text\.age)\./.test(key)

it('the pseudo-language has every message, with its gaps and forms, and none but keys and units is as in English', () => {
  expect(source.filter(([key, text]) => gapsOf(pseudo.get(key) ?? '').join('|') !== gapsOf(text).join('|'))).toEqual([])
  const own = (text: string): string => text.replace(/\{[^}]*\}/g, '')
  const same = source.filter(([key, text]) => !isKept(key) && /\p{L}{2}/u.test(own(text)) && pseudo.get(key) === text)
  expect(same).toEqual([])
  expect(source.filter(([key, text]) => isKept(key) && pseudo.get(key) !== text)).toEqual([])
})

it('it is longer by about two fifths, and each message shows where it begins and ends', () => {
  const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)
  const growth = lengthOf([...pseudo.values()]) / lengthOf(source.map(([, text]) => text))
  expect(growth).toBeGreaterThan(1.3)
  expect(growth).toBeLessThan(1.5)
  expect(pseudo.get('panel.draft.changes')).toBe('[{count} çhààñgéé] | [{count} çhààñgéés]'.replaceAll('s]', 'š]'))
})

it('both processes can speak it', () => {
  try {
    speak({ en: english, [PSEUDO_LANGUAGE]: pseudoMessages(english) }, ['en'], PSEUDO_LANGUAGE)
    expect(say({ key: 'text.age.hours', values: { n: 2 } })).toBe('2 h')
    expect(say({ key: 'synchronizations.reasons.inError', values: { count: 2 } })).toBe(
      '[2 îîššûûéés îîñ éérröör]'.replace('éés', 'ééš'),
    )
  } finally {
    speak({ en: english }, [])
  }
})
