import { hasDisplay, startDisplay } from '../set-up/display.mjs'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { say, SetUpError } from '../set-up/report.mjs'
import { ensureSandbox } from '../set-up/sandbox.mjs'
import { ensureSystemPackages } from '../set-up/system-packages.mjs'
import { build } from './build.mjs'
import { nodeScript } from './simple.mjs'

/**
 * Shows the application on this computer's screen: on Electron, or on the Chromium host if Electron is not available.
 * @param {readonly string[]} switches
 */
export async function show(switches) {
  const isElectron = await tryElectron()
  if (!isElectron) await ensureSystemPackages(['chromium', 'libsecret'])
  await build()
  if (isElectron) {
    say('running on Electron')
    ensureSandbox(switches)
    return nodeScript('node_modules/electron/cli.js', [ROOT, ...switches])
  }
  say('Electron’s program cannot be had here; running on the Chromium host')
  return nodeScript('tools/chromium-host/start.mjs', [ROOT, ...switches])
}

/**
 * Lets the application check itself, and prints a table; on a screen of its own if this computer has none.
 * @param {readonly string[]} switches
 */
async function selfCheck(switches) {
  const isElectron = await tryElectron()
  if (!isElectron) await ensureSystemPackages(['chromium', 'libsecret'])
  if (process.platform === 'linux' && !process.env.DBUS_SESSION_BUS_ADDRESS)
    await ensureSystemPackages(['bus', 'keyring'])
  if (!hasDisplay()) await ensureSystemPackages(['display'])
  await build()
  if (isElectron) ensureSandbox(switches)
  const display = hasDisplay() ? null : await startDisplay()
  try {
    return await nodeScript('tools/launch/self-check.ts', switches, { env: display?.env })
  } finally {
    display?.stop()
  }
}

/** @param {readonly string[]} args */
export async function run(args) {
  if (args.some((name) => /^--self-check(=|$)/.test(name))) return selfCheck(args)
  if (!hasDisplay()) {
    throw new SetUpError(
      'There is no display to show the window on.',
      'Run it in a desktop session, or see “npm run demo”.',
    )
  }
  return show(args)
}
