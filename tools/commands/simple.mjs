import { join } from 'node:path'
import { NODE } from '../set-up/dependencies.mjs'
import { startDisplay } from '../set-up/display.mjs'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { SetUpError } from '../set-up/report.mjs'
import { runCommand } from '../set-up/run-command.mjs'
import { ensureSystemPackages } from '../set-up/system-packages.mjs'
import { build } from './build.mjs'

/**
 * Runs a script with the project's own Node, from the project's folder; resolves with its exit code.
 * @param {string} path
 * @param {readonly string[]} args
 * @param {import('../set-up/run-command.mjs').RunOptions} options
 */
export async function nodeScript(path, args = [], options = {}) {
  return (await runCommand(NODE, [join(ROOT, path), ...args], { cwd: ROOT, ...options })).code
}

/**
 * Runs specs with Vitest; resolves with its exit code.
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function vitest(args, env) {
  return nodeScript('node_modules/vitest/vitest.mjs', ['run', ...args], { env })
}

/**
 * Measures; see `tools/bench/run.ts`. Arguments name single measurements.
 * @param {readonly string[]} args
 */
export async function bench(args) {
  await ensureSystemPackages(['display', 'chromium', 'curl'])
  await build()
  const display = await startDisplay()
  try {
    return await nodeScript('tools/bench/run.ts', args, { env: display.env })
  } finally {
    display.stop()
  }
}

/**
 * The application on Electron, with the page replaced as its sources change.
 * @param {readonly string[]} args
 */
export async function dev(args) {
  if (!(await tryElectron())) {
    throw new SetUpError(
      'Hot reload needs Electron’s program, which cannot be had here.',
      'Use “npm start”; it builds what changed and runs on the Chromium host.',
    )
  }
  return nodeScript('node_modules/electron-vite/bin/electron-vite.js', ['dev', '--watch', ...args])
}

/**
 * electron-builder for this platform; arguments go to it.
 * @param {readonly string[]} args
 */
export async function packageApplication(args) {
  await build()
  const code = await nodeScript('tools/package/sbom.ts', ['out/sbom.cdx.json'])
  return code === 0 ? nodeScript('node_modules/electron-builder/cli.js', args) : code
}

/** Lets every fault happen to every read and write, and writes what was seen into `docs/reliability.md`. */
export function reliability() {
  return vitest(['--project', 'faults'], { SYNCDECK_WRITE_RELIABILITY: '1' })
}

/**
 * Only the simulated Jira servers; the argument is the seed.
 * @param {readonly string[]} args
 */
export function simulator(args) {
  return nodeScript('src-simulator/command-line.ts', args)
}
