import { afterEach, expect, it } from 'vitest'
import * as v from 'valibot'
import { clockText } from '../../src-contract/messages/clock-text.ts'
import {
  dashed,
  enumerated,
  foreign,
  isSameMessage,
  messageId,
  listed,
  message,
  messageSchema,
  sentences,
} from '../../src-contract/messages/message.ts'
import english from '../../src-contract/messages/en.json' with { type: 'json' }
import { calledOff } from '../../src-main/errors/called-off.ts'
import { dateText, say, speak, t } from '../../src-main/text/say.ts'
import { said } from '../support/said.ts'

afterEach(() => speak({ en: english }, []))

it('speaks English until it is given languages', () => {
  expect(t('shell.tray.open')).toBe('Open Syncdeck')
})

it('speaks the language that is asked for, and English where that has no words', () => {
  const german = { shell: { tray: { open: 'Syncdeck öffnen', state: { unread: 'Syncdeck – {count} ungelesen' } } } }
  speak({ en: english, de: german }, ['de-AT', 'en'])
  expect(t('shell.tray.open')).toBe('Syncdeck öffnen')
  expect(t('shell.tray.state.unread', { count: 1200 })).toBe(`Syncdeck – ${(1200).toLocaleString('de-AT')} ungelesen`)
  expect(t('shell.tray.quit')).toBe('Quit Syncdeck')
})

it('what the user chose is spoken whatever the system asks for, and numbers and dates are written by its customs', () => {
  const languages = { en: english, de: { shell: { tray: { open: 'Syncdeck öffnen' } } } }
  speak(languages, ['en-GB', 'de-AT'], 'de')
  expect(t('shell.tray.open')).toBe('Syncdeck öffnen')
  expect(say(message('text.foreign', { text: 1234.5 }))).toBe((1234.5).toLocaleString('de-AT'))
  expect(dateText(Date.UTC(2026, 2, 20, 12))).toMatch(/^20\.03\.2026, \d\d:\d\d$/)
  speak(languages, ['en-GB', 'de-AT'], 'en')
  expect(t('shell.tray.open')).toBe('Open Syncdeck')
  expect(dateText(Date.UTC(2026, 2, 20, 12))).toContain('20 Mar 2026')
  speak(languages, ['de-AT', 'en'], 'tlh')
  expect(t('shell.tray.open'), 'one that this version lacks counts as the system’s').toBe('Syncdeck öffnen')
})

it('the log is English, and so is the message of a failure, whatever language the user reads', () => {
  speak({ en: english, de: { errors: { aborted: 'Abgebrochen.' } } }, ['de'])
  const failure = calledOff()
  expect(say(failure.data.message)).toBe('Abgebrochen.')
  expect(failure.message).toBe('The request was cancelled.')
  expect(failure.stack).toContain('The request was cancelled.')
})

it('the number of a message chooses its form', () => {
  const words = { shell: { tray: { state: { unread: 'eine | {count}' } } } }
  speak({ en: english, de: words }, ['de'])
  expect([1, 2].map((count) => t('shell.tray.state.unread', { count }))).toEqual(['eine', '2'])
})

it('a message in a message is said in its place', () => {
  expect(say(listed([foreign('a')]))).toBe('a')
  expect(say(listed(['a', 'b'].map(foreign)))).toBe('a and b')
  expect(say(listed(['a', 'b', 'c'].map(foreign)))).toBe('a, b and c')
  expect(say(sentences(foreign('One.'), foreign('Two.'), foreign('Three.')))).toBe('One. Two. Three.')
})

it('foreign text is shown as it is: neither a message in it nor what turns its surroundings around is obeyed', () => {
  expect(say(foreign('{text} | @:app.name \u202Egnp'))).toBe('{text} | @:app.name [U+202E]gnp')
})

it('a message that this version does not know shows its key', () => {
  expect(say({ key: 'gone.long.ago' as 'app.name' })).toBe('gone.long.ago')
})

it('a moment is formatted as a time, with the date if it is not today', () => {
  const today = Date.now()
  const time = /^\d?\d:\d\d\s[AP]M$/
  expect(say(message('notifications.alarms.shownFrom', { time: { at: today } }))).toBe(
    `Showing data from ${clockText(today, today, 'en')}.`,
  )
  expect(clockText(today, today, 'en')).toMatch(time)
  expect(clockText(today - 48 * 3_600_000, today, 'en')).not.toMatch(time)
})

it('two messages have one id if they are the same', () => {
  const first = foreign('a')
  const id = messageId(message('text.sentences', { first, next: { at: 1 } }))
  expect(messageId(message('text.sentences', { next: { at: 1 }, first }))).toBe(id)
  const others = [
    { first, next: { at: 2 } },
    { first, next: 1 },
    { first: messageId(first), next: { at: 1 } },
    { first },
  ]
  for (const values of others) expect(messageId(message('text.sentences', values))).not.toBe(id)
  expect(messageId(message('app.name'))).not.toBe(messageId(message('shell.tray.open')))
})

it('two messages are the same when they say the same of the same', () => {
  const of = (text: string) => message('text.sentences', { first: foreign(text), next: 2 })
  expect(isSameMessage(of('a'), of('a'))).toBe(true)
  expect(isSameMessage(of('a'), of('b'))).toBe(false)
  expect(isSameMessage(of('a'), message('text.sentences', { first: foreign('a') }))).toBe(false)
  expect(isSameMessage(message('app.name'), message('shell.tray.open'))).toBe(false)
  const at = (epochMs: number) => message('text.foreign', { text: { at: epochMs } })
  expect(isSameMessage(at(1), at(1))).toBe(true)
  expect(isSameMessage(at(1), at(2))).toBe(false)
  expect(isSameMessage(at(1), message('text.foreign', { text: message('app.name') }))).toBe(false)
  expect(isSameMessage(null, null)).toBe(true)
  expect(isSameMessage(null, of('a'))).toBe(false)
})

it('of parts that may be missing, those that are there are said', () => {
  expect(dashed(null, null)).toBeNull()
  expect(said(dashed(foreign('a'), null, foreign('b'), foreign('c')))).toBe('a – b – c')
  expect(said(enumerated(['a', 'b', 'c'].map(foreign)))).toBe('a, b, c')
})

it('a text that is too long for a message is cut, and one that came longer is refused', () => {
  const { values } = foreign('x'.repeat(100_000))
  expect(values?.['text']).toHaveLength(4_000)
  expect(v.is(messageSchema, foreign('x'.repeat(100_000)))).toBe(true)
  expect(v.is(messageSchema, { key: 'text.foreign', values: { text: 'x'.repeat(4_001) } })).toBe(false)
  const gaps = Array.from({ length: 21 }, (_, index) => [`gap${index}`, ''])
  expect(v.is(messageSchema, { key: 'text.foreign', values: Object.fromEntries(gaps) as object })).toBe(false)
})

it('messages in messages of any depth are refused beyond a bound, and lists of any real length are not', () => {
  const nested = (depth: number): unknown => {
    let told: unknown = foreign('a')
    for (let level = 0; level < depth; level += 1) told = { key: 'text.foreign', values: { text: told } }
    return told
  }
  expect([1, 29, 31, 200_000].map((depth) => v.is(messageSchema, nested(depth)))).toEqual([true, true, false, false])
  const names = Array.from({ length: 5000 }, (_, index) => `INT-${index}`)
  const list = listed(names.map(foreign))
  expect(v.is(messageSchema, list)).toBe(true)
  expect(say(list)).toBe(`${names.slice(0, -1).join(', ')} and INT-4999`)
})
