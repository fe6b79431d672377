import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ROOT } from './paths.mjs'
import { say, SetUpError, withProgress } from './report.mjs'
import { runCommand } from './run-command.mjs'

const STAMP = join(ROOT, 'node_modules/.cache/syncdeck-lock-hash')
/** Every npm script finds this one first on its path: the Node of Electron's generation, whatever the machine has. */
export const NODE = join(ROOT, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Installs what the lock file names, unless exactly that is there already. */
export async function ensureDependencies() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex')
  const isCurrent = existsSync(STAMP) && existsSync(NODE) && readFileSync(STAMP, 'utf8') === wanted
  if (isCurrent) return
  await withProgress('installing the packages of the lock file', async () => {
    // No package's own scripts: the one that is needed is run by name below.
    await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'])
    await npm(['rebuild', 'node', '--foreground-scripts=false'])
  })
  if (!existsSync(NODE)) {
    throw new SetUpError(
      'The package “node” did not bring its program.',
      'Run “npm rebuild node” and look at what it says.',
    )
  }
  mkdirSync(dirname(STAMP), { recursive: true })
  writeFileSync(STAMP, wanted)
}

/** @param {readonly string[]} args */
async function npm(args) {
  const { code, output } = await runCommand('npm', args, { quiet: true, cwd: ROOT })
  if (code === 0) return
  say(output.trim().split('\n').slice(-15).join('\n'))
  throw new SetUpError(
    `npm ${args[0]} failed.`,
    'Check that this computer reaches an npm registry, then run the command again.',
  )
}
