import { expect, it, onTestFinished, vi } from 'vitest'
import { momentText } from '../../src-contract/messages/moment-text.ts'

const FULL = { dateStyle: 'medium', timeStyle: 'medium' } as const
const MINUTE_MS = 60_000

it('a moment is written as its locale and parts have it', () => {
  for (const locale of ['de-AT', 'en-GB', 'de-AT'])
    for (const parts of [FULL, { hour: '2-digit', minute: '2-digit', hour12: false } as const])
      expect(momentText(1e12, locale, parts)).toBe(new Date(1e12).toLocaleString(locale, parts))
})

it('what is no moment is said to be none', () => {
  expect(momentText(1e300, 'en', FULL)).toBe('Invalid Date')
})

it('a screen of moments is written with one format', () => {
  const made = vi.spyOn(Intl, 'DateTimeFormat')
  onTestFinished(() => made.mockRestore())
  for (let minute = 0; minute < 200; minute += 1) momentText(minute * MINUTE_MS, 'de-CH', FULL)
  expect(made).toHaveBeenCalledOnce()
})

it('follows the computer into another time zone', () => {
  const zone = process.env['TZ']
  try {
    const texts = ['Europe/Vienna', 'Asia/Tokyo'].map((place) => {
      process.env['TZ'] = place
      return momentText(1e12, 'en-GB', { hour: '2-digit', minute: '2-digit' })
    })
    expect(texts).toEqual(['03:46', '10:46'])
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})
