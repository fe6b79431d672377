import { spawn } from 'node:child_process'

/**
 * @typedef {object} RunOptions
 * @property {boolean} [quiet]
 * @property {NodeJS.ProcessEnv | undefined} [env] beside the variables of this process
 * @property {string} [cwd]
 */

const SCRIPTS = new Set(['npm', 'npx'])

/**
 * Runs a program and resolves with its exit code. `quiet` keeps its output, and returns it, instead of showing it.
 * A program that is missing counts as exit code 127.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<{ readonly code: number, readonly output: string }>}
 */
export function runCommand(program, args, { quiet = false, env = {}, cwd } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // On Windows npm and npx are scripts, which only a shell runs; it joins its words without quotes, so that no path
      // may be among them.
      shell: process.platform === 'win32' && SCRIPTS.has(program),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => resolve({ code: 127, output: String(error) }))
    child.once('close', (code, signal) => resolve({ code: code ?? (signal ? 130 : 1), output }))
  })
}
