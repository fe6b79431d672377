import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { requestChannels, type RequestChannel } from '../../src-contract/channels.ts'
import { requests } from '../../src-contract/contract.ts'
import { pemCertificates } from '../../src-contract/pem.ts'
import { createHandlers } from '../../src-main/app/handlers.ts'
import { answerRequest } from '../../src-main/ipc/answer-request.ts'
import { timesYardstick } from '../support/processor-time.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

type Schema = Record<string, unknown> & { type: string; pipe?: readonly { type: string; requirement?: unknown }[] }

/** Every text in a schema, with arguments in which just that one is `text` and all else is as plain as may be. */
function withText(schema: Schema, text: string): { path: string; args: unknown }[] {
  const { entries, item, wrapped, options } = schema as {
    entries?: Record<string, Schema>
    item?: Schema
    wrapped?: Schema
    options?: Schema[]
  }
  switch (schema.type) {
    case 'string':
      return [{ path: '', args: text }]
    case 'strict_object':
    case 'object': {
      const plain = Object.fromEntries(Object.entries(entries ?? {}).map(([name, inner]) => [name, plainest(inner)]))
      return Object.entries(entries ?? {}).flatMap(([name, inner]) =>
        withText(inner, text).map(({ path, args }) => ({ path: `.${name}${path}`, args: { ...plain, [name]: args } })),
      )
    }
    case 'array':
      return withText(item as Schema, text).map(({ path, args }) => ({ path: `[]${path}`, args: [args] }))
    case 'nullable':
    case 'optional':
    case 'exact_optional':
      return withText(wrapped as Schema, text)
    case 'variant':
    case 'union':
      return (options ?? []).flatMap((inner) => withText(inner, text))
    default:
      return []
  }
}

/** Something small that a schema takes. */
function plainest(schema: Schema): unknown {
  const {
    entries,
    wrapped,
    item,
    options,
    pipe = [],
  } = schema as Schema & { entries?: Record<string, Schema>; wrapped?: Schema; item?: Schema; options?: unknown[] }
  switch (schema.type) {
    case 'string':
      return pipe.some(({ type }) => type === 'url')
        ? 'https://a.example'
        : (['', 'A'].find((text) => v.safeParse(schema as unknown as v.GenericSchema, text).success) ?? 'A')
    case 'strict_object':
    case 'object':
      return Object.fromEntries(Object.entries(entries ?? {}).map(([name, inner]) => [name, plainest(inner)]))
    case 'array':
      return pipe.some(({ type }) => type === 'min_length') ? [plainest(item as Schema)] : []
    case 'nullable':
      return null
    case 'optional':
    case 'exact_optional':
      return plainest(wrapped as Schema)
    case 'picklist':
      return options?.[0]
    case 'boolean':
      return true
    case 'number':
      return pipe.find(({ type }) => type === 'min_value')?.requirement ?? 1
    default:
      return {}
  }
}

const BEGIN = '-----BEGIN CERTIFICATE-----'
const END = '-----END CERTIFICATE-----'
const MEGABYTES = 3_000_000

describe('a text of three megabytes', () => {
  it.each([
    ['one letter', 'A'.repeat(MEGABYTES)],
    ['beginnings of certificates', BEGIN.repeat(MEGABYTES / BEGIN.length)],
    ['an address of slashes', `https://${'/'.repeat(MEGABYTES)}`],
    ['an address of at signs', `https://${'a:@'.repeat(MEGABYTES / 3)}`],
    ['blanks', ' '.repeat(MEGABYTES)],
    ['blanks with an end', `${' '.repeat(MEGABYTES)}x`],
    ['letters, then none', `${'A_'.repeat(MEGABYTES / 2)}-`],
  ])(
    'of %s, in any field of any channel, is refused at once, and its answer and its line of the log are short',
    { timeout: 60_000 },
    async (_name, text) => {
      const lines: string[] = []
      let count = 0
      const askAll = async () => {
        for (const channel of requestChannels) {
          for (const { path, args } of withText(requests[channel].args as unknown as Schema, text)) {
            if (isWithinLimit(channel, path)) continue
            const answer = await answerRequest(channel, args, (() => null) as never, {
              write: (...line) => void lines.push(JSON.stringify(line)),
            })
            // Blanks around a text are taken off before it counts.
            if (text.trim().length > 1)
              expect(answer, `${channel}${path}`).toMatchObject({ ok: false, error: { code: 'ipc.invalid-args' } })
            expect(JSON.stringify(answer).length).toBeLessThan(2000)
            count += 1
          }
        }
      }
      expect(await timesYardstick(askAll)).toBeLessThan(100)
      expect(count).toBeGreaterThan(60)
      for (const line of lines) expect(line.length).toBeLessThan(2000)
    },
  )

  /** The clipboard takes five megabytes. */
  const isWithinLimit = (channel: RequestChannel, path: string): boolean =>
    channel === 'clipboard:write' && path === '.text'
})

it('field names that the page makes up are not repeated or logged in full, however many and long', async () => {
  const lines: string[] = []
  const logger = { write: (...line: unknown[]) => void lines.push(JSON.stringify(line)) }
  const long = { ['x'.repeat(20_000_000)]: 1 }
  const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`name ${index}`, 1]))
  for (const args of [long, many, { password: '', ...many }, { base: many, values: many }]) {
    for (const channel of [
      'app:info',
      'settings:set',
      'settings:set-proxy-password',
      'drafts:set',
      'synchronizations:preview-edit',
    ] as const) {
      const given =
        channel === 'app:info' || channel.startsWith('settings')
          ? args
          : { ref: { serverId: 'a', key: 'b' }, draft: args, passwords: many }
      const answer = await answerRequest(channel, given, (() => null) as never, logger)
      expect(answer).toMatchObject({ ok: false, error: { code: 'ipc.invalid-args' } })
      expect(JSON.stringify(answer).length).toBeLessThan(20_000)
    }
  }
  for (const line of lines) expect(line.length).toBeLessThan(20_000)
})

it('certificates are found in one go through a text, however many beginnings have no end', async () => {
  const text = `a${BEGIN}b${END}c${BEGIN}d${END}${BEGIN.repeat(MEGABYTES / BEGIN.length)}`
  let found: string[] = []
  expect(await timesYardstick(() => (found = pemCertificates(text)))).toBeLessThan(30)
  expect(found).toEqual([`${BEGIN}b${END}`, `${BEGIN}d${END}`])
})

it.each([
  ['half a character', '\ud800'],
  ['the other half', 'INT-2\udc00'],
  ['halves the wrong way round', '\udc00\ud800'],
  ['an end in the middle', 'INT-2\u0000'],
  ['a direction', '\u202eINT-2'],
  ['a line break', 'INT\r\n-2'],
  ['a percent sign', '%'],
  ['a broken code', '%zz%'],
  ['dots', '..'],
  ['a dot', '.'],
  ['a slash', '/'],
  ['the end of a host', 'https://[::'],
  ['no character', '\uffff\ufffe'],
])('a text of %s, in any field of any channel, is no fault of Syncdeck’s own', async (_name, text) => {
  const jira = await startJira({ synchronizations: 1 })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  const handlers = createHandlers(main.services)
  for (const channel of requestChannels) {
    for (const { path, args } of withText(requests[channel].args as unknown as Schema, text)) {
      // What it is typed as is looked at in `servers:inspect-address`; here it would be looked up.
      if (channel === 'servers:test' && path === '.input.address') continue
      const real: Record<string, string> = { serverId, address: jira.baseUrl }
      // The server itself exists, so that the text gets as far as it can.
      const given = JSON.parse(
        JSON.stringify(args, (name, value: unknown) => (value === 'A' ? (real[name] ?? value) : value)),
      ) as unknown
      const answer = await answerRequest(channel, given, handlers[channel] as never, main.services.logger)
      expect(answer.ok || answer.error.code, `${channel}${path}`).not.toBe('internal')
    }
  }
  expect(main.log.filter((line) => line.includes('"request failed"'))).toEqual([])
})
