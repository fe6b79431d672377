import { join } from 'node:path'
import { hasDisplay, startDisplay } from '../set-up/display.mjs'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { say } from '../set-up/report.mjs'
import { ensureSystemPackages } from '../set-up/system-packages.mjs'
import { build } from './build.mjs'
import { nodeScript } from './simple.mjs'
import { show } from './start.mjs'

/**
 * With a display: the application with simulated servers, to click. Without: a tour that leaves pictures in
 * `out/tour/`.
 * @param {readonly string[]} args
 */
export async function run(args) {
  if (hasDisplay() && !args.includes('--tour')) {
    return show(['--demo', `--user-data-dir=${join(ROOT, 'out/demo-profile')}`])
  }
  const isElectron = await tryElectron()
  await ensureSystemPackages([
    'display',
    'bus',
    'keyring',
    'libsecret',
    ...(isElectron ? [] : /** @type {const} */ (['chromium'])),
  ])
  await build()
  say(isElectron ? 'running on Electron' : 'Electron’s program cannot be had here; running on the Chromium host')
  const display = hasDisplay() ? null : await startDisplay()
  try {
    return await nodeScript('tools/tour/tour.ts', [], { env: display?.env })
  } finally {
    display?.stop()
  }
}
