import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE } from './dependencies.mjs'
import { ROOT } from './paths.mjs'
import { withProgress } from './report.mjs'
import { runCommand } from './run-command.mjs'

const FOLDER = join(ROOT, 'node_modules/electron')
const NOT_HAD = join(ROOT, 'node_modules/.cache/syncdeck-electron-not-had')
const ASK_AGAIN_AFTER_MS = 24 * 3_600_000

/** Whether Electron's program is there; it is not part of the npm package. */
export function hasElectron() {
  return (
    existsSync(join(FOLDER, 'path.txt')) &&
    existsSync(join(FOLDER, 'dist', readFileSync(join(FOLDER, 'path.txt'), 'utf8')))
  )
}

/** Tries to download Electron's program, at most once a day if that failed. Without it, the Chromium host is used. */
export async function tryElectron() {
  if (hasElectron()) return true
  if (process.env.SYNCDECK_NO_ELECTRON_DOWNLOAD || failedLately()) return false
  const isHad = await withProgress('asking for Electron’s program', async () => {
    const { code } = await runCommand(NODE, [join(FOLDER, 'install.js')], { quiet: true })
    return code === 0 && hasElectron()
  })
  if (!isHad) writeFileSync(NOT_HAD, String(Date.now()))
  return isHad
}

function failedLately() {
  return existsSync(NOT_HAD) && Date.now() - Number(readFileSync(NOT_HAD, 'utf8')) < ASK_AGAIN_AFTER_MS
}
