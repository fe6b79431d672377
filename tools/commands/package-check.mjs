import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { NODE } from '../set-up/dependencies.mjs'
import { runCommand } from '../set-up/run-command.mjs'
import { say, SetUpError } from '../set-up/report.mjs'
import { build } from './build.mjs'
import { nodeScript } from './node-script.mjs'

/**
 * Packages the application as a folder and says what is in the archive. Where Electron's program cannot be had, a placeholder
 * stands for it, and fuses, which are bits in that program, are not set. `--built` takes what is in `out/` already, and a file that is
 * named gets the list of everything that is shipped, with its hashes.
 */
export async function run(args) {
  const isElectron = await tryElectron()
  if (!args.includes('--built')) await build()
  const code = await nodeScript('tools/package/sbom.ts', ['out/sbom.cdx.json'])
  if (code !== 0) return code
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-package-'))
  try {
    await packageInto(folder, isElectron)
    return await nodeScript('tools/package/check-package.ts', [join(folder, 'out'), ...args.filter((arg) => arg !== '--built')])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function packageInto(folder, isElectron) {
  const config = join(folder, 'electron-builder.yml')
  const text = readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')
  writeFileSync(config, isElectron ? text : text.replace(/^electronFuses:\n(?: {2}.*\n)+/m, ''))
  const args = ['node_modules/electron-builder/cli.js', '--dir', '--config', config, `-c.directories.output=${join(folder, 'out')}`]
  if (!isElectron) args.push(`-c.electronDist=${placeholder(folder)}`)
  const { code, output } = await runCommand(NODE, args, { cwd: ROOT, quiet: true })
  if (code === 0) return
  say(output)
  throw new SetUpError('electron-builder failed.', 'Its words are above.')
}

/** A folder in the place of Electron's distribution. */
function placeholder(folder) {
  const dist = join(folder, 'electron')
  mkdirSync(dist)
  const program = join(dist, 'electron')
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, 0o755)
  return dist
}
