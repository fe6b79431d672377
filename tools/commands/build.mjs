import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../set-up/paths.mjs'
import { SetUpError, withProgress, say } from '../set-up/report.mjs'
import { runCommand } from '../set-up/run-command.mjs'
import { NODE } from '../set-up/dependencies.mjs'

const SOURCES = [
  'src-contract',
  'src-main',
  'src-preload',
  'src-renderer',
  'src-simulator',
  'electron.vite.config.ts',
  'package-lock.json',
]
const RESULTS = ['out/bundled/renderer.json', 'out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html']

/** Builds main, preload and renderer into `out/`, unless they are newer than all sources. */
export async function build() {
  const built = RESULTS.map((path) => join(ROOT, path))
  const oldest = built.every((path) => existsSync(path)) ? Math.min(...built.map((path) => statSync(path).mtimeMs)) : 0
  if (SOURCES.every((path) => newest(join(ROOT, path)) < oldest)) return
  await withProgress('building', async () => {
    const { code, output } = await runCommand(
      NODE,
      [join(ROOT, 'node_modules/electron-vite/bin/electron-vite.js'), 'build'],
      {
        quiet: true,
        cwd: ROOT,
      },
    )
    if (code === 0) return
    say(output)
    throw new SetUpError('The build failed.', 'Its own words are above.')
  })
}

export async function run() {
  await build()
  return 0
}

/**
 * When the last file below `path` was changed.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}
