import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'
import { SetUpError } from './report.mjs'

const HELPER = join(ROOT, 'node_modules/electron/dist/chrome-sandbox')

/**
 * Throws if Electron's program would abort at its start, saying what to do: Chromium's sandbox needs a kernel that lets
 * users make namespaces, or a helper owned by root (electron#42510), and refuses to run as root. Linux only.
 * @param {readonly string[]} switches
 */
export function ensureSandbox(switches) {
  if (process.platform !== 'linux') return
  const problem = sandboxProblem({
    isRoot: process.getuid?.() === 0,
    isForbidden: read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1',
    helperMode: mode(HELPER),
    isOff: switches.includes('--no-sandbox'),
  })
  if (problem !== null) throw new SetUpError(...problem)
}

/**
 * What is in the way, and what helps; null if nothing is. `helperMode`: as `stat` has it, with 0 for a helper that is
 * not root's.
 * @param {{ readonly isRoot: boolean, readonly isForbidden: boolean, readonly helperMode: number, readonly isOff: boolean }} system
 * @returns {[problem: string, help: string] | null}
 */
export function sandboxProblem({ isRoot, isForbidden, helperMode, isOff }) {
  if (isOff) return null
  if (isRoot)
    return [
      'Electron does not start for root.',
      'Use another account, or add --no-sandbox: the window then has no sandbox.',
    ]
  if (!isForbidden || (helperMode & 0o4000) !== 0) return null
  return [
    'This system forbids the sandbox of a program that was not installed (AppArmor), and Electron would abort.',
    `Give its helper to root:\n  sudo chown root ${HELPER}\n  sudo chmod 4755 ${HELPER}`,
  ]
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}

/** @param {string} path */
function mode(path) {
  try {
    const { uid, mode: bits } = statSync(path)
    return uid === 0 ? bits : 0
  } catch {
    return 0
  }
}
