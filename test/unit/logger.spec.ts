import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFileLogger } from '../../src-main/logging/logger.ts'
import { timesYardstick } from '../support/processor-time.ts'
import { scratchFolder } from '../support/scratch.ts'

it('the log is turned over before it grows large, three old ones are kept, and no line is lost in between', () => {
  const folder = scratchFolder()
  const logger = createFileLogger(folder)
  const filler = Array.from({ length: 9 }, () => 'x'.repeat(4000))
  for (let count = 0; count < 320; count += 1) logger.write('info', `event ${count}`, { filler })
  const names = readdirSync(folder).sort()
  expect(names).toEqual(['syncdeck.log', 'syncdeck.log.1', 'syncdeck.log.2', 'syncdeck.log.3'])
  for (const name of names) expect(statSync(join(folder, name)).size, name).toBeLessThan(2_200_000)
  const events = names
    .reverse()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'))
    .map((line) => Number(/"event":"event (\d+)"/.exec(line)?.[1]))
  expect(events.at(-1)).toBe(319)
  expect(events).toEqual(Array.from({ length: events.length }, (_, index) => 320 - events.length + index))
})

it('each line is JSON by itself, and whatever has the name of a secret is masked, at any depth', () => {
  const folder = scratchFolder()
  createFileLogger(folder).write('warn', 'request refused', {
    channel: 'servers:add',
    input: {
      credential: { user: 'anna', secret: 'hunter2' },
      list: [{ proxyPassword: 'hunter3' }],
      headers: { Authorization: 'Basic aHVudGVyNA==' },
    },
  })
  const text = readFileSync(join(folder, 'syncdeck.log'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ level: 'warn', event: 'request refused', channel: 'servers:add' })
  expect(text).not.toMatch(/hunter|aHVudGVyNA/)
})

it.each<[string, unknown]>([
  ['a text of twenty megabytes', 'x'.repeat(20_000_000)],
  ['names of twenty megabytes', { ['x'.repeat(20_000_000)]: { ['y'.repeat(1_000_000)]: 1 } }],
  [
    'a hundred thousand names',
    Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`name ${index}`, 'x'.repeat(100)])),
  ],
  ['a hundred thousand items', Array.from({ length: 100_000 }, () => 'x'.repeat(100))],
  ['lists of lists of texts', Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => 'x'.repeat(4000)))],
  ['five thousand levels', JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`)],
  ['what JSON does not know', 10n],
])('%s is a short line all the same, and says that it is not all', async (_name, value) => {
  const folder = scratchFolder()
  const write = () =>
    createFileLogger(folder).write('warn', 'arguments refused', { channel: 'app:info', fields: value })
  expect(await timesYardstick(write)).toBeLessThan(30)
  const text = readFileSync(join(folder, 'syncdeck.log'), 'utf8')
  expect(text.length).toBeLessThan(45_000)
  expect(JSON.parse(text)).toMatchObject({ event: 'arguments refused' })
  if (typeof value !== 'bigint') expect(text).toMatch(/…|too large/)
})

it('an object that holds itself is logged, too', () => {
  const folder = scratchFolder()
  const loop: Record<string, unknown> = {}
  loop.self = loop
  createFileLogger(folder).write('warn', 'odd', { loop })
  expect(JSON.parse(readFileSync(join(folder, 'syncdeck.log'), 'utf8'))).toMatchObject({ event: 'odd' })
})

it('a log that cannot be written stops nothing', () => {
  const folder = scratchFolder()
  const logger = createFileLogger(folder)
  // A folder in its place; permissions would not stop an administrator.
  mkdirSync(join(folder, 'syncdeck.log'))
  expect(() => logger.write('error', 'one', {})).not.toThrow()
})
