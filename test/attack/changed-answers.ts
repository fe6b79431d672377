import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Random } from '../../src-simulator/random.ts'
import { mutate } from './hostile-values.ts'
import { wire, withBody, type WholeAnswer } from './man-in-between.ts'

export interface Change {
  readonly story: string
  readonly answer: (answer: WholeAnswer) => Buffer
  /** The server's list is whole but for one item. */
  readonly isOneItem?: boolean
  /** It may say, in due form, something that is not so. */
  readonly mayClaim?: boolean
}

/** A way, at random, in which an answer is another than it should be. */
export function change(random: Random): Change {
  const body = (
    story: string,
    make: (text: string) => Buffer | string,
    headers: Record<string, string> = {},
  ): Change => ({
    story,
    answer: (answer) => wire(withBody(answer, Buffer.from(make(answer.body.toString())), headers)),
  })
  switch (random.whole(0, 11)) {
    case 0:
    case 1:
    case 2: {
      let where = ''
      return {
        mayClaim: true,
        get story() {
          return `a place is another: ${where}`
        },
        answer: (answer) => {
          const mutated = mutate(random, JSON.parse(answer.body.toString() || 'null'))
          where = mutated.where
          return wire(withBody(answer, Buffer.from(JSON.stringify(mutated.value) ?? '')))
        },
      }
    }
    case 3:
      return body('keys are mixed up', (text) =>
        text.replace(/INT-(\d)/g, (_, digit) => `INT-${(Number(digit) % 4) + 2}`),
      )
    case 4:
      return body('another key', (text) =>
        text.replaceAll('INT-2', random.pick(['INT-3', 'INT-99', '..', 'constructor', 'INT-2/x'])),
      )
    case 5:
      return body('it is cut short', (text) => text.slice(0, random.whole(0, text.length)))
    case 6:
      return body('levels without end', () => random.pick(['[', '{"a":']).repeat(random.pick([100, 10_000, 300_000])))
    case 7:
      return body(
        'very many',
        (text) =>
          `[${Array.from({ length: random.pick([1000, 50_000]) }, () => text.replace(/^\[|\]$/g, ''))
            .join(',')
            .slice(0, 20_000_000)}]`,
      )
    case 8:
      return body(
        'another coding',
        (text) =>
          random.pick([
            Buffer.from(`\ufeff${text}`),
            Buffer.from(text, 'utf16le'),
            Buffer.from(text, 'latin1'),
            Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from(text)]),
          ]),
        {
          'content-type': random.pick([
            'application/json',
            'application/json;charset=utf-16',
            'text/plain',
            'text/html',
            '',
          ]),
        },
      )
    case 9:
      return body(
        'compressed and more than it seems',
        () => random.pick([gzipSync, brotliCompressSync])(Buffer.alloc(60_000_000, 0x20)),
        { 'content-encoding': random.pick(['gzip', 'br', 'deflate']) },
      )
    case 10:
      return body(
        'compressed otherwise than it says',
        (text) =>
          random.pick([Buffer.from(text), gzipSync(text).subarray(0, -random.whole(1, 12)), gzipSync(gzipSync(text))]),
        { 'content-encoding': random.pick(['gzip', 'br', 'x-nothing']) },
      )
    default: {
      const status = random.pick([204, 301, 302, 304, 400, 403, 404, 418, 429, 500, 502, 503, 599, 999])
      return {
        story: `status ${status}`,
        mayClaim: status >= 400 && status < 500 && status !== 429,
        answer: (answer) => wire({ ...answer, status }),
      }
    }
  }
}

/** A list in which one item alone is odd. */
export function oneOddItem(random: Random): Change {
  let where = ''
  return {
    isOneItem: true,
    get story() {
      return `one item of the list is odd: ${where}`
    },
    answer: (answer) => {
      const items = JSON.parse(answer.body.toString()) as { integrationKey: string }[]
      const index = items.findIndex(({ integrationKey }) => integrationKey === 'INT-2')
      const mutated = mutate(random, items[index])
      where = mutated.where
      items[index] = mutated.value as never
      return wire(withBody(answer, Buffer.from(JSON.stringify(items))))
    },
  }
}
