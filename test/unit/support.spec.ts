import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFileLogger, readLog } from '../../src-main/logging/logger.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

async function scene() {
  const jira = await startJira({ synchronizations: 3 })
  const main = startMain()
  await addServer(main, jira, { name: 'Vienna "production"', user: 'anna.admin', secret: 'canary-password' })
  await main.ask('synchronizations:refresh', { serverId: null })
  await main.ask('settings:set', {
    proxyMode: 'manual',
    proxyAddress: 'http://proxy.corp.example:3128',
    proxyUser: 'anna.proxy',
  })
  main.services.logger.write('warn', 'something', {
    password: 'canary-in-log',
    text: `${jira.baseUrl} refused anna.admin`,
  })
  return { jira, main }
}

it('the support bundle contains versions, settings, states, the databases and the log, and no secret', async () => {
  const { jira, main } = await scene()
  const { text } = await main.ask('support:bundle', { isAnonymous: false })
  for (const part of [
    '## Syncdeck',
    '## Settings',
    '"refreshIntervalSeconds": 30',
    jira.baseUrl,
    '"reason": "rejected"',
    '"check": "sound"',
    'something',
  ])
    expect(text).toContain(part)
  expect(text).not.toMatch(/canary-password|anna\.proxy/)
})

it('without names, addresses and users, none is in it, the log included', async () => {
  const { jira, main } = await scene()
  const { text } = await main.ask('support:bundle', { isAnonymous: true })
  for (const name of [
    'Vienna',
    new URL(jira.baseUrl).host,
    'anna.admin',
    'anna.proxy',
    'proxy.corp.example',
    main.folder,
  ])
    expect(text, name).not.toContain(name)
  expect(text).toContain('server-1.invalid')
})

it('the support bundle contains what the program shows of itself', async () => {
  const main = startMain({
    checkQuietly: async () => ({ program: { isPackaged: true }, points: [{ name: 'tray', result: 'passed' }] }),
  })
  const { text } = await main.ask('support:bundle', { isAnonymous: true })
  expect(text).toMatch(/"program": \{\s+"isPackaged": true/)
  expect(text).toMatch(/"name": "tray",\s+"result": "passed"/)
})

it('what was read is what is saved', async () => {
  const { main } = await scene()
  const { text } = await main.ask('support:bundle', { isAnonymous: true })
  await main.ask('support:save', { text })
  expect(main.saved.get('syncdeck-support.txt')).toBe(text)
})

it('the newest whole lines of a long log are read, and none if there is no log', () => {
  const folder = scratchFolder()
  expect(readLog(join(folder, 'none'), 100)).toBe('')
  const logger = createFileLogger(folder)
  for (let count = 0; count < 50; count += 1) logger.write('info', `event ${count}`, { password: 'canary' })
  appendFileSync(join(folder, 'syncdeck.log'), '')
  const lines = readLog(folder, 500).trim().split('\n')
  expect(lines.at(-1)).toContain('event 49')
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow()
  expect(lines.join('')).not.toContain('canary')
})
