import { expect, it } from 'vitest'
import { ageText, durationText, vendorDateText } from '../../src-renderer/text/time.ts'

it.each([
  [-5_000, '0 s'],
  [8_000, '8 s'],
  [59_000, '59 s'],
  [26 * 60_000, '26 min'],
  [3 * 3_600_000, '3 h'],
  [5 * 86_400_000, '5 d'],
])('an age of %i ms is %s', (age, text) => {
  expect(ageText(1_000_000, 1_000_000 + age)).toBe(text)
})

it.each([
  [-1, '0:00'],
  [7_900, '0:07'],
  [750_000, '12:30'],
  [3_723_000, '1:02:03'],
])('a duration of %i ms is %s', (duration, text) => {
  expect(durationText(duration)).toBe(text)
})

it('reads the vendor’s dates, and shows what it cannot read as it came', () => {
  expect(vendorDateText('2016-11-10T11:07:10+0100')).toMatch(/2016/)
  expect(vendorDateText('some day')).toBe('some day')
  expect(vendorDateText('')).toBe('')
})
