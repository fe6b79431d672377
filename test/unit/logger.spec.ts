import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFileLogger } from '../../src-main/logging/logger.ts'
import { scratchFolder } from '../support/scratch.ts'

it('the log is turned over before it grows large, three old ones are kept, and no line is lost in between', () => {
  const folder = scratchFolder()
  const logger = createFileLogger(folder)
  const filler = 'x'.repeat(100_000)
  for (let count = 0; count < 120; count += 1) logger.write('info', `event ${count}`, { filler })
  const names = readdirSync(folder).sort()
  expect(names).toEqual(['syncdeck.log', 'syncdeck.log.1', 'syncdeck.log.2', 'syncdeck.log.3'])
  for (const name of names) expect(statSync(join(folder, name)).size, name).toBeLessThan(2_200_000)
  const events = names.reverse().flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n')).map((line) => Number(/"event":"event (\d+)"/.exec(line)?.[1]))
  expect(events.at(-1)).toBe(119)
  expect(events).toEqual(Array.from({ length: events.length }, (_, index) => 120 - events.length + index))
})

it('each line is JSON by itself, and whatever has the name of a secret is masked, at any depth', () => {
  const folder = scratchFolder()
  createFileLogger(folder).write('warn', 'request refused', {
    channel: 'servers:add',
    input: { credential: { user: 'anna', secret: 'hunter2' }, list: [{ proxyPassword: 'hunter3' }], headers: { Authorization: 'Basic aHVudGVyNA==' } },
  })
  const text = readFileSync(join(folder, 'syncdeck.log'), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ level: 'warn', event: 'request refused', channel: 'servers:add' })
  expect(text).not.toMatch(/hunter|aHVudGVyNA/)
})

it('a log that cannot be written stops nothing', () => {
  const folder = scratchFolder()
  const logger = createFileLogger(folder)
  // A folder in its place; permissions would not stop an administrator.
  mkdirSync(join(folder, 'syncdeck.log'))
  expect(() => logger.write('error', 'one', {})).not.toThrow()
})
