import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { NODE } from '../set-up/dependencies.mjs'
import { runCommand } from '../set-up/run-command.mjs'
import { say, SetUpError } from '../set-up/report.mjs'
import { build } from './build.mjs'
import { nodeScript } from './simple.mjs'

/** @type {Partial<Record<NodeJS.Platform, string>>} */
const NAMES = { linux: 'linux', win32: 'win', darwin: 'mac' }
const OWN = NAMES[process.platform]
/** electron-builder packages for macOS everywhere but on Windows. */
const PLATFORMS = OWN === 'win' ? ['win', 'linux'] : ['linux', 'win', 'mac']

/**
 * Packages the application for each platform as a folder and says what is in it. A placeholder stands in for Electron's
 * distribution on other platforms, and on this one if it is not available. `--built` uses what is already in `out/`; a
 * file name gets the list of everything shipped, with hashes.
 * @param {readonly string[]} args
 */
export async function run(args) {
  const isElectron = await tryElectron()
  if (!args.includes('--built')) await build()
  const code = await nodeScript('tools/package/sbom.ts', ['out/sbom.cdx.json'])
  if (code !== 0) return code
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-package-'))
  try {
    const made = await nodeScript('tools/package/placeholder.ts', [join(folder, 'electron')])
    if (made !== 0) return made
    for (const platform of PLATFORMS) {
      await packageInto(
        join(folder, 'out', platform),
        platform,
        isElectron && platform === OWN ? null : join(folder, 'electron', platform),
      )
    }
    return await nodeScript('tools/package/check-package.ts', [
      join(folder, 'out'),
      ...args.filter((arg) => arg !== '--built'),
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * `electronDist` is `null` for Electron's own distribution for this platform.
 * @param {string} output
 * @param {string} platform
 * @param {string | null} electronDist
 */
async function packageInto(output, platform, electronDist) {
  const args = ['node_modules/electron-builder/cli.js', '--dir', `--${platform}`, `-c.directories.output=${output}`]
  if (electronDist !== null) args.push(`-c.electronDist=${electronDist}`)
  // Icon and version of a Windows program are put in by a Windows program.
  if (platform === 'win' && OWN !== 'win') args.push('-c.win.signAndEditExecutable=false')
  const { code, output: words } = await runCommand(NODE, args, { cwd: ROOT, quiet: true })
  if (code === 0) return
  say(words)
  throw new SetUpError('electron-builder failed.', 'Its words are above.')
}
