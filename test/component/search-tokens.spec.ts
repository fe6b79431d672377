import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterFieldSchema } from '../../src-contract/saved-views.ts'
import { parseSearch, withoutTokens, writeToken } from '../../src-renderer/ui/search-tokens.ts'

const FIELDS = filterFieldSchema.options
const fieldOf = (key: string) => FIELDS.find((field) => field === key.toLowerCase()) ?? null
const parsed = (text: string) =>
  parseSearch(text, fieldOf).map(({ field, value, isNegated }) => [isNegated ? '-' : '', field, value])

/** Texts in which every sign that means something is likely. */
const odd = fc
  .array(fc.constantFrom('"', '-', ':', ' ', '\n', '/', 'state', 'has', 'x', 'ß', '‮', '😀'))
  .map((parts) => parts.join(''))

describe('what is typed into the search', () => {
  it.each<[string, unknown[]]>([
    ['', []],
    ['  ', []],
    [
      'agile Project',
      [
        ['', null, 'agile'],
        ['', null, 'Project'],
      ],
    ],
    [
      'state:broken -payroll',
      [
        ['', 'state', 'broken'],
        ['-', null, 'payroll'],
      ],
    ],
    ['Server:"Vienna production"', [['', 'server', 'Vienna production']]],
    ['-has:conflicts', [['-', 'has', 'conflicts']]],
    ['"two words"', [['', null, 'two words']]],
    ['"state:broken"', [['', null, 'state:broken']]],
    [
      'https://jira.example 10:30 C:\\x',
      [
        ['', null, 'https://jira.example'],
        ['', null, '10:30'],
        ['', null, 'C:\\x'],
      ],
    ],
    ['url:https://jira.example', [['', 'url', 'https://jira.example']]],
    ['state:', [['', 'state', '']]],
    ['server:"Vien', [['', 'server', 'Vien']]],
    ['colour:red', [['', null, 'colour:red']]],
    ['-', [['', null, '-']]],
    ['"" -""', []],
  ])('%j is %j', (text, expected) => {
    expect(parsed(text)).toEqual(expected)
  })

  it('may be anything: it is parsed, and each token stands where it says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), odd), (text) => {
        let end = 0
        for (const { from, to } of parseSearch(text, fieldOf)) {
          expect(from).toBeGreaterThanOrEqual(end)
          expect(to).toBeGreaterThan(from)
          end = to
        }
        expect(end).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  it('is the same after it was written and parsed again', () => {
    const token = fc.record({
      key: fc.constantFrom(null, ...FIELDS),
      value: fc
        .oneof(fc.string(), fc.constantFrom('state:x', '-x', 'a b', 'has:'))
        .map((text) => text.replaceAll('"', '').trim() || 'x'),
      isNegated: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const again = parseSearch(tokens.map(writeToken).join(' '), fieldOf)
        expect(again.map(({ field, value, isNegated }) => ({ key: field, value, isNegated }))).toEqual(tokens)
      }),
    )
  })

  it('loses some of its tokens, and the others stay as they were typed', () => {
    const text = 'web  state:broken server:"Vienna production"  -agile '
    const [, state, server] = parseSearch(text, fieldOf)
    expect(
      withoutTokens(
        text,
        [state, server].flatMap((token) => token ?? []),
      ),
    ).toBe('web  -agile ')
    expect(withoutTokens('state:broken', parseSearch('state:broken', fieldOf))).toBe('')
  })
})
