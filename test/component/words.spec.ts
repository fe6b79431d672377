import { expect, it } from 'vitest'
import { languageFor, languages } from '../../src-contract/messages/messages.ts'
import { t } from '../../src-renderer/text/t.ts'

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
