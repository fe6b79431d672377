import { spawn } from 'node:child_process'
import { say, SetUpError } from './report.mjs'

/** Whether there is a screen to show windows on. */
export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Starts an Xvfb on a free display number and returns how to reach and end it; `isQuiet` says nothing of it.
 * @param {{ readonly isQuiet?: boolean }} options
 * @returns {Promise<{ readonly env: { readonly DISPLAY: string }, readonly stop: () => void }>}
 */
export async function startDisplay({ isQuiet = false } = {}) {
  // Without `-noreset` it restarts whenever its last window closes, and refuses one that opens at that moment.
  const how = ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp', '-noreset']
  const child = spawn('Xvfb', how, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  /** @type {string} */
  const number = await new Promise((resolve, reject) => {
    child.once('error', () => reject(new SetUpError('Xvfb cannot be started.', 'Install the package xvfb.')))
    child.once('exit', (code) => reject(new SetUpError(`Xvfb ended with code ${code}.`, 'Run “Xvfb :99” to see why.')))
    child.stdio[3]?.once('data', (data) => resolve(String(data).trim()))
  })
  if (!isQuiet) say(`no display here; started one of its own (:${number})`)
  return { env: { DISPLAY: `:${number}` }, stop: () => child.kill() }
}
