import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { say, SetUpError, withProgress } from './report.mjs'
import { runCommand } from './run-command.mjs'

/** What a command may need of the operating system, and the Debian package that brings it. */
const NEEDS = {
  chromium: { isThere: () => ['chromium', 'chromium-browser', 'google-chrome'].some(onPath), package: 'chromium' },
  curl: { isThere: () => onPath('curl'), package: 'curl' },
  display: { isThere: () => onPath('Xvfb'), package: 'xvfb' },
  bus: { isThere: () => onPath('dbus-daemon'), package: 'dbus' },
  keyring: { isThere: () => onPath('gnome-keyring-daemon'), package: 'gnome-keyring' },
  libsecret: {
    isThere: () =>
      process.platform !== 'linux' || libraryFolders.some((folder) => existsSync(join(folder, 'libsecret-1.so.0'))),
    package: 'libsecret-1-0',
  },
  // The program alone; the package “tinyproxy” would start a service.
  proxy: { isThere: () => onPath('tinyproxy'), package: 'tinyproxy-bin' },
  hostNames: {
    isThere: () => libraryFolders.some((folder) => existsSync(join(folder, 'libnss_wrapper.so'))),
    package: 'libnss-wrapper',
  },
}

const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib']

/** @param {string} name */
function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * Whether something is there already.
 * @param {Need} need
 */
export function has(need) {
  return NEEDS[need].isThere()
}

/** @typedef {keyof typeof NEEDS} Need */

/**
 * Sees to it that all of `needs` are there: installs them on Debian as root, else says what to run.
 * @param {readonly Need[]} needs
 */
export async function ensureSystemPackages(needs) {
  const missing = needs.filter((need) => !has(need)).map((need) => NEEDS[need].package)
  if (missing.length === 0) return
  const command = `apt-get install --yes --no-install-recommends ${missing.join(' ')}`
  if (process.platform !== 'linux' || !onPath('apt-get')) {
    throw new SetUpError(
      `Missing on this computer: ${missing.join(', ')}.`,
      'Install them with the package manager of this system.',
    )
  }
  if (process.getuid?.() !== 0) {
    throw new SetUpError(
      `Missing on this computer: ${missing.join(', ')}.`,
      `Run: sudo apt-get update && sudo ${command}`,
    )
  }
  await withProgress(`installing ${missing.join(', ')}`, async () => {
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    await runCommand('apt-get', ['update', '--quiet'], { quiet: true, env })
    const { code, output } = await runCommand('apt-get', command.split(' ').slice(1), { quiet: true, env })
    if (code === 0) return
    say(output.trim().split('\n').slice(-15).join('\n'))
    throw new SetUpError(`${missing.join(', ')} could not be installed.`, `Run by hand: ${command}`)
  })
}
