import { afterEach, expect, it } from 'vitest'
import { speak } from '../../src-renderer/text/t.ts'
import { momentExample, momentTyped } from '../../src-renderer/text/typed-moment.ts'

afterEach(() => speak('en', []))

const NOW = new Date(2026, 10, 30, 12, 0).getTime()
const at = (...parts: [number, number, number, number, number]): number => new Date(...parts).getTime()

it.each([
  ['en-US', '12/1/2026, 2:05 PM', at(2026, 11, 1, 14, 5)],
  ['en-US', '12/01/26 14:05', at(2026, 11, 1, 14, 5)],
  ['en-US', '12/1 12:00 am', at(2026, 11, 1, 0, 0)],
  ['en-GB', '01/12/2026, 14:05', at(2026, 11, 1, 14, 5)],
  ['de-AT', '1.12.2026, 14:05', at(2026, 11, 1, 14, 5)],
  ['de-AT', '1.12. 14:05 Uhr', at(2026, 11, 1, 14, 5)],
  ['de', '1.2. 14:05', at(2027, 1, 1, 14, 5)],
  ['de', '14:05', at(2026, 10, 30, 14, 5)],
  ['de', '11:05', at(2026, 11, 1, 11, 5)],
  ['de', '2026-12-01T14:05', at(2026, 11, 1, 14, 5)],
  ['en-US', '2026-12-01 14:05', at(2026, 11, 1, 14, 5)],
  // What is past is said to be past by who is asked, not taken for something else.
  ['de', '1.1.2020, 14:05', at(2020, 0, 1, 14, 5)],
])('in %s, “%s” is a moment', (locale, text, moment) => {
  speak('system', [locale])
  expect(momentTyped(text, NOW)).toBe(moment)
})

it.each([
  '',
  'tomorrow 14:05',
  '1.12.2026',
  '31.2.2026, 14:05',
  '32.12. 14:05',
  '1.12.2026, 24:10',
  '1.2.3.4 14:05',
  '12',
])('“%s” is none', (text) => {
  speak('de', [])
  expect(momentTyped(text, NOW)).toBeNull()
})

it.each(['en-US', 'en-GB', 'de', 'de-AT', 'sv', 'ja'])('what is shown as an example in %s can be typed', (locale) => {
  speak('system', [locale])
  const moment = at(2026, 11, 5, 18, 0)
  expect(momentTyped(momentExample(moment), NOW)).toBe(moment)
})
