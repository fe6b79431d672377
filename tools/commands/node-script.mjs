import { join } from 'node:path'
import { NODE } from '../set-up/dependencies.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { runCommand } from '../set-up/run-command.mjs'

/** Runs a script with the project's own Node, from the project's folder; resolves with its exit code. */
export async function nodeScript(path, args = [], options = {}) {
  return (await runCommand(NODE, [join(ROOT, path), ...args], { cwd: ROOT, ...options })).code
}
