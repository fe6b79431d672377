import { describe, expect, it } from 'vitest'
import { message } from '../../src-contract/messages/message.ts'
import { readJson, UnreadableItem } from '../../src-main/http/json-answer.ts'
import { LongBody, PiecedText } from '../../src-main/http/long-body.ts'
import { leastStretch, processorTime } from '../support/processor-time.ts'

/** As the transport hands it over: one flat text. */
const flat = (text: string): string => Buffer.from(text).toString('utf8')

/** Long enough that it is taken apart. */
const LONG = 'x'.repeat(70_000)

const integration = (index: number): unknown => ({
  integrationKey: `INT-${index}`,
  summary: `Sales <> "Support" \\ ${index} 🚀`,
  description: 'This integration synchronizes issues between the projects of two companies.'.repeat(10),
  firstConnector: {
    connectorKey: `AP-${index}`,
    connection: { application: { baseUrl: 'http://localhost:8080', user: 'backbone' } },
  },
  status: { status: 'RUNNING', firstConnector: { online: true, issuesInError: 0, outgoingRouteStatus: '' } },
})

describe('an answer', () => {
  it.each([
    ['an empty list', []],
    ['a text', 'plain "quoted" \\ \u2028'],
    ['a number', -1.5e-7],
    ['nothing', null],
    ['what the vendor sends', [integration(1), integration(2)]],
    [
      'large lists in large objects',
      { a: [[LONG, [LONG, {}], []], { [LONG]: LONG, '': [LONG] }], b: true, c: [1, 2, 3] },
    ],
    ['a long list', Array.from({ length: 3_000 }, (_, index) => integration(index))],
    ['quotes, backslashes and brackets in texts', { 'a\\': `\\"]}${LONG}\\\\`, '"': ['[', '{', ','.repeat(70_000)] }],
  ])('is read as JSON.parse reads it: %s', async (_name, value) => {
    expect(await readJson(flat(JSON.stringify(value)))).toEqual(value)
    expect(await readJson(flat(JSON.stringify(value, null, 2)), { isolatesItems: true })).toEqual(value)
  })

  it('may be long and empty', async () => {
    const blank = ' '.repeat(70_000)
    expect(await readJson(flat(`{"a":[${blank}],"b":{${blank}},"c":[${blank}1${blank}]}`))).toEqual({
      a: [],
      b: {},
      c: [1],
    })
  })

  it('is read alike in pieces, wherever they begin', async () => {
    const value = {
      a: [LONG, ['\\', '"', 'ü🚀', {}], -1.5],
      [`${LONG}\\"`]: [[1], { b: `${LONG}\\` }],
      c: ['x'.repeat(300)],
    }
    const text = JSON.stringify(value, null, 1)
    for (const size of [1, 7, 64, 997, 65_536]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        text.slice(index * size, (index + 1) * size),
      )
      expect(await readJson(new LongBody('', new PiecedText([...pieces, '']))), `pieces of ${size}`).toEqual(value)
    }
  })

  it('may hold a name that means something to JavaScript', async () => {
    const read = await readJson(flat(`{"__proto__": {"isAdmin": true}, "long": "${LONG}"}`))
    expect(Object.keys(read as object)).toEqual(['__proto__', 'long'])
    expect((read as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it.each([
    '',
    ' ',
    '{',
    ']',
    '[1',
    '[1}',
    '{"a":1]',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{a:1}',
    '{"a":1,}',
    '[1]]',
    '[1] 2',
    '"abc',
    '"abc\\"',
    'NaN',
    "['a']",
    '[1 2]',
    '<html>',
    '{1:2}',
    '[1]x',
  ])('that is no JSON is refused, short or long: %j', async (text) => {
    await expect(readJson(text)).rejects.toMatchObject({ code: 'http.unexpected-body' })
    await expect(readJson(flat(`["${LONG}",${text}]`))).rejects.toMatchObject({ code: 'http.unexpected-body' })
    await expect(readJson(flat(`{"a":"${LONG}","b":${text}}`))).rejects.toMatchObject({ code: 'http.unexpected-body' })
  })

  it('that is cut off anywhere is no JSON', async () => {
    const text = JSON.stringify({ a: [LONG, { b: [1, 'c'] }], d: LONG })
    for (const length of [1, 5, 8, 70_000, 70_012, 70_020, text.length - 70_000, text.length - 1]) {
      await expect(readJson(flat(text.slice(0, length)))).rejects.toMatchObject({ code: 'http.unexpected-body' })
    }
  })
})

const names = (count: number): string => `{${Array.from({ length: count }, (_, index) => `"n${index}":1`).join(',')}}`
const items = (count: number): string =>
  `[${Array.from({ length: count }, (_, index) => `{"integrationKey":"INT-${index}"}`).join(',')}]`
const levels = (count: number): string => '['.repeat(count) + ']'.repeat(count)

describe('an answer beyond the bounds', () => {
  it.each([
    ['200,000 levels', levels(200_000), 'more than 64 levels'],
    ['levels without end', '['.repeat(20_000_000), 'more than 64 levels'],
    ['one level too many', `{"a":${levels(64)}}`, 'more than 64 levels'],
    ['3 million names in one object', names(3_000_000), 'an object of more than 10,000 names'],
    ['100,000 items', items(100_000), 'a list of more than 50,000 items'],
    [
      'a million values in small lists',
      `[${Array(40_000)
        .fill(`[${'1,'.repeat(30)}1]`)
        .join(',')}]`,
      'more than 1,000,000 values',
    ],
    ['a text of 2 million letters', `["${'a'.repeat(2_000_000)}"]`, 'a text of more than 1,048,576 characters'],
    ['a number of 2 million digits', `[${'9'.repeat(2_000_000)}]`, 'more than 1,048,576 characters that are not text'],
    ['2 million blanks', `[${' '.repeat(2_000_000)}]`, 'more than 1,048,576 characters that are not text'],
  ])('is refused with the reason, and holds nothing up: %s', async (_name, text, words) => {
    const whole = flat(text)
    const stretch = await leastStretch(60, () =>
      expect(readJson(whole)).rejects.toMatchObject({
        code: 'http.body-too-large',
        message: `The answer is not from Backbone: it has ${words}.`,
        data: { advice: message('errors.body.notUsedAdvice') },
      }),
    )
    expect(stretch).toBeLessThan(60)
  })

  it('is read at the bounds', async () => {
    await expect(readJson(levels(64))).resolves.toBeDefined()
    await expect(readJson(names(10_000))).resolves.toBeDefined()
    await expect(readJson(items(50_000))).resolves.toHaveLength(50_000)
  })
})

describe('a list in which one item exceeds a bound', () => {
  it.each([
    ['levels', levels(200_000), message('errors.bound.levels', { count: 64 })],
    ['few levels', levels(64), message('errors.bound.levels', { count: 64 })],
    ['names', `{"a":{"b":${names(20_000)}}}`, message('errors.bound.names', { count: 10_000 })],
    ['items', `{"a":[[${items(60_000)}]]}`, message('errors.bound.items', { count: 50_000 })],
    ['a text', `"${'a'.repeat(2_000_000)}"`, message('errors.bound.text', { count: 1_048_576 })],
    ['a text of 9 MB', `"${'a'.repeat(9_500_000)}"`, message('errors.bound.text', { count: 1_048_576 })],
    ['a number', `{"a":${'9'.repeat(2_000_000)}}`, message('errors.bound.noText', { count: 1_048_576 })],
    [
      '3 million values',
      `{"a":[${Array(3_000)
        .fill(`[${'1,'.repeat(999)}1]`)
        .join(',')}]}`,
      message('errors.bound.values', { count: 200_000 }),
    ],
    [
      'a text in it',
      `{"integrationKey":["${'\\"'.repeat(1_000_000)}", [1, 2]], "more": [{}]}`,
      message('errors.bound.text', { count: 1_048_576 }),
    ],
  ])('is read without it: %s', async (_name, odd, reason) => {
    const unreadable = new UnreadableItem(reason)
    const read = (text: string) => readJson(flat(text), { isolatesItems: true })
    expect(await read(`[1, ${odd}, {"a": [2, 3]}, 4]`)).toEqual([1, unreadable, { a: [2, 3] }, 4])
    expect(await read(`[${odd}]`)).toEqual([unreadable])
    expect(await read(` [${odd},${odd},[5,[6]],${odd}]`)).toEqual([unreadable, unreadable, [5, [6]], unreadable])
    await expect(read(`{"list":[${odd}]}`)).rejects.toMatchObject({ code: 'http.body-too-large' })
    await expect(read(`[1,${odd},2]]`)).rejects.toMatchObject({ code: 'http.unexpected-body' })
  })

  it('is read as far as the bound of all values goes, however many are given up', async () => {
    const half = `[${'1,'.repeat(44_999)}1]`
    const many = `[${half},${half}]`
    const list = await readJson(flat(`[${Array(20).fill(many).join(',')},{"a":1}]`), { isolatesItems: true })
    const given = (list as unknown[]).filter((item) => item instanceof UnreadableItem)
    expect(given).toHaveLength(9)
    expect((list as unknown[]).at(-1)).toEqual({ a: 1 })
  })

  it('is refused where it has too many items itself', async () => {
    await expect(readJson(flat(items(60_000)), { isolatesItems: true })).rejects.toMatchObject({
      code: 'http.body-too-large',
    })
  })
})

it('20,000 synchronizations are read in slices between which everything else has its turn', async () => {
  const text = flat(JSON.stringify(Array.from({ length: 20_000 }, (_, index) => integration(index))))
  let read: unknown
  const reading = async (): Promise<void> => {
    read = await readJson(text, { maxValues: 3_000_000, isolatesItems: true })
  }
  const { total } = await processorTime(reading)
  expect(read).toHaveLength(20_000)
  expect((read as unknown[])[19_999]).toEqual(integration(19_999))
  expect(await leastStretch(total / 3, reading)).toBeLessThan(total / 3)
})
