import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { SelfCheckReport } from '../../src-main/app/self-check.ts'
import { startKeyring } from '../keyring/keyring.ts'
import { chromiumHost, electronExecutable } from './launch-syncdeck.ts'
import { tableOf } from './self-check-table.ts'

/**
 * Lets the built application check itself, and prints the result as a table: `self-check.ts [--self-check[=file]]
 * [switches]`. On a computer without a session bus it meets a keyring of its own.
 */
const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'syncdeck-table-'))
const switches = process.argv.slice(2)
const asked = switches.find((name) => name.startsWith('--self-check='))?.slice('--self-check='.length)
const file = asked ? resolve(asked) : join(folder, 'report.json')

const isAlone = process.platform === 'linux' && !process.env.DBUS_SESSION_BUS_ADDRESS
const keyring = isAlone ? await startKeyring() : null
try {
  const electron = electronExecutable()
  const child = spawn(
    electron ?? process.execPath,
    [
      ...(electron === null ? [chromiumHost()] : []),
      ROOT,
      `--self-check=${file}`,
      ...switches.filter((name) => !/^--self-check(=|$)/.test(name)),
    ],
    { stdio: 'inherit', env: { ...process.env, ...keyring?.env } },
  )
  const code = await new Promise<number | null>((done) => child.once('exit', done))
  // A command line that is not understood has no report.
  if (code === 0 || code === 1)
    for (const line of tableOf(JSON.parse(readFileSync(file, 'utf8')) as SelfCheckReport)) console.log(line)
  process.exitCode = code ?? 1
} finally {
  await keyring?.stop()
  rmSync(folder, { recursive: true, force: true })
}
