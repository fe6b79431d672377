import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Bridge } from '../../src-contract/bridge.ts'
import type { SelfCheckReport } from '../../src-main/app/self-check.ts'
import { NO_KEYRING, startKeyring } from '../../tools/keyring/keyring.ts'
import { electronExecutable, launchSyncdeck } from '../../tools/launch/launch-syncdeck.ts'
import { scratchFolder } from '../support/scratch.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Lets the built application check itself; its temporary files are in a folder of their own. */
function selfCheck(env: Readonly<Record<string, string>>) {
  const [folder, temporary, home] = [scratchFolder('disk'), scratchFolder('disk'), scratchFolder('disk')]
  const file = join(folder, 'report.json')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['tools/launch/self-check.ts', `--self-check=${file}`],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, TMPDIR: temporary, XDG_CONFIG_HOME: home, ...env } },
  )
  const report = JSON.parse(readFileSync(file, 'utf8')) as SelfCheckReport
  const results = Object.fromEntries(report.points.map(({ name, result }) => [name, result]))
  return { status, stdout, stderr, report, results, left: [...readdirSync(temporary), ...readdirSync(home)] }
}

it('Syncdeck checks itself with a profile of its own, says what cannot be shown here, and leaves nothing behind', async () => {
  const keyring = await startKeyring()
  onTestFinished(() => keyring.stop())
  const { status, stdout, stderr, report, results, left } = selfCheck(keyring.env)
  expect(
    report.points.filter(({ result }) => result === 'failed'),
    stderr,
  ).toEqual([])
  expect({ status, isSound: report.isSound }).toEqual({ status: 0, isSound: true })
  const everywhere = [
    'page',
    'page-policy',
    'bridge',
    'keychain',
    'authorities',
    'databases',
    'second-start',
    'start',
    'quit',
    'nothing-left',
  ]
  for (const name of everywhere) expect(results, name).toMatchObject({ [name]: 'passed' })
  if (electronExecutable() === null) {
    const others = Object.entries(results).filter(([name]) => !everywhere.includes(name))
    expect(others.length).toBeGreaterThan(10)
    for (const [name, result] of others) expect(result, name).toBe('not shown here')
  }
  expect(stdout).toMatch(/^keychain +passed +\{"isKept":true,"isDeleted":true\}$/m)
  expect(stdout).toMatch(/^sound: \d+ passed, 0 failed/m)
  // The Chromium host leaves caches of Node and Chromium, which have other names.
  expect(left.filter((name) => /syncdeck/i.test(name))).toEqual([])
  const page = readFileSync(join(ROOT, 'docs/electron.md'), 'utf8')
  for (const name of Object.keys(results)) expect(page).toContain(`\n| \`${name}\` | `)
})

it('what fails is named with its reason, the rest is checked, and the exit code is 1', () => {
  const { status, report, results } = selfCheck(NO_KEYRING)
  expect({ status, isSound: report.isSound }).toEqual({ status: 1, isSound: false })
  const { result, fault } = report.points.find(({ name }) => name === 'keychain') ?? {}
  expect(result).toBe('failed')
  expect(fault).not.toBe('')
  expect(results).toMatchObject({ databases: 'passed', quit: 'passed' })
})

it('a support bundle has the same points, but for those that change or show something', async () => {
  const app = await launchSyncdeck({ userData: scratchFolder(), env: NO_KEYRING })
  onTestFinished(() => app.kill())
  await app.page.getByText('Syncdeck', { exact: true }).waitFor()
  const text = await app.page.evaluate(async () => {
    const { syncdeck } = globalThis as unknown as { syncdeck: Bridge }
    const answer = (await syncdeck.request['support:bundle']({ isAnonymous: true })) as { value: { text: string } }
    return answer.value.text
  })
  expect(text).toMatch(/"name": "page",\s+"result": "passed"/)
  expect(text).toMatch(/"name": "authorities",\s+"result": "passed",\s+"ms": \d+,\s+"facts": \{\s+"bundled": \d{2,}/)
  for (const name of ['keychain', 'second-start', 'page-recovery', 'notification'])
    expect(text).not.toContain(`"${name}"`)
})
