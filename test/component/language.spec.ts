import { afterEach, expect, it, vi } from 'vitest'
import { defaultSettings } from '../../src-contract/settings.ts'
import { message } from '../../src-contract/messages/message.ts'
import SettingsView from '../../src-renderer/settings/SettingsView.vue'
import { searchText } from '../../src-renderer/text/search-text.ts'
import { nameOrder, numberText } from '../../src-renderer/text/spoken.ts'
import { speak } from '../../src-renderer/text/t.ts'
import { clockText, fullText, vendorDateText } from '../../src-renderer/text/time.ts'
import { bytesText } from '../../src-renderer/text/bytes.ts'
import { row, show, stubBridge } from './support.ts'

afterEach(() => speak('en', []))

it('the language is chosen in the settings, by its own name, and follows the system unless it is', async () => {
  const asked = stubBridge({ 'settings:set': (change) => ({ ...defaultSettings, ...(change as object) }) })
  const wrapper = show(SettingsView, {})
  const choice = wrapper.get('[data-test=setting-language]')
  expect(choice.findAll('input').map((input) => input.element.value)).toEqual(['system', 'de', 'en', 'en-XA'])
  expect(choice.text()).toMatch(/Same as system.*Deutsch.*English/)
  expect(choice.get<HTMLInputElement>('input[value=system]').element.checked).toBe(true)
  await choice.get('input[value=de]').setValue(true)
  expect(asked).toContainEqual({ channel: 'settings:set', args: { language: 'de' } })
})

it('the language that nobody speaks is offered to developers alone', async () => {
  vi.stubEnv('DEV', false)
  vi.resetModules()
  try {
    const { languageChoices } = await import('../../src-renderer/text/spoken.ts')
    expect(languageChoices.map(({ tag }) => tag)).toEqual(['de', 'en'])
  } finally {
    vi.unstubAllEnvs()
    vi.resetModules()
  }
})

it('numbers, dates and sizes are written by the customs of the language spoken', () => {
  speak('de', [])
  expect(document.documentElement.lang).toBe('de')
  expect(numberText(1234.5)).toBe('1.234,5')
  expect(bytesText(1536)).toBe('1,5 kB')
  expect(vendorDateText('2026-10-20T11:07:10+0100')).toBe('20. Okt. 2026')
  expect(fullText(Date.UTC(2026, 9, 20, 12))).toMatch(/^20\.10\.2026, /)
  expect(clockText(Date.UTC(2026, 9, 20, 12), Date.UTC(2026, 9, 23, 12))).toMatch(/^20\. Okt\., \d\d:\d\d$/)
  speak('system', ['en-GB', 'de'])
  expect(document.documentElement.lang).toBe('en')
  expect(vendorDateText('2026-10-20T11:07:10+0100')).toBe('20 Oct 2026')
})

it('the clock has as many hours as the customs of the language spoken', () => {
  const [moment, nextDay] = [new Date(2026, 9, 20, 15, 4).getTime(), new Date(2026, 9, 21).getTime()]
  const texts = ['en-US', 'en-GB', 'de'].map((locale) => {
    speak('system', [locale])
    return [clockText(moment, moment), clockText(moment, nextDay)].join(' / ')
  })
  expect(texts.map((text) => text.replaceAll('\u202f', ' '))).toEqual([
    '3:04 PM / Oct 20, 3:04 PM',
    '15:04 / 20 Oct, 15:04',
    '15:04 / 20. Okt., 15:04',
  ])
})

it('rows are found by the words of the language spoken, also those that were looked for before', () => {
  const stopped = row({ state: message('synchronizations.states.stopped') })
  expect(searchText(stopped)).toContain('stopped')
  speak('de', [])
  expect(searchText(stopped)).toContain('angehalten')
  expect(searchText(stopped)).not.toContain('stopped')
})

it('names are in the order of the language spoken, and numbers in them count', () => {
  speak('de', [])
  expect(['Zürich', 'Ärzte', 'Wien 10', 'Wien 9', 'Azubi'].sort(nameOrder())).toEqual([
    'Ärzte',
    'Azubi',
    'Wien 9',
    'Wien 10',
    'Zürich',
  ])
})
