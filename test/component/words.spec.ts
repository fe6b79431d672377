import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { h } from 'vue'
import { languageFor, languages } from '../../src-contract/messages/messages.ts'
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

it('some words of a message can be marked up, and its form follows the number', () => {
  const said = (count: number) => mount({ render: () => h('p', h(MarkedText, { message: 'ui.json.hits', values: { count }, count })) }).text()
  expect([1, 12].map(said)).toEqual(['1 line', '12 lines'])
  const aged = mount({ render: () => h('p', h(MarkedText, { message: 'ui.age.ago' }, { age: () => h('b', '3 h') })) })
  expect(aged.text()).toBe('from 3 h ago')
  expect(aged.get('b').text()).toBe('3 h')
})

it('a number chooses the form of a message, and is written as the user writes numbers', () => {
  expect(counted('tasks.confirm.title.stop', 1)).toBe('Stop 1 synchronization?')
  expect(counted('tasks.confirm.title.stop', 1200)).toBe(`Stop ${(1200).toLocaleString()} synchronizations?`)
  expect(counted('tasks.monitor.running', 0)).toBe('none running')
})
