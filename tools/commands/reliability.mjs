import { ROOT } from '../set-up/paths.mjs'
import { NODE } from '../set-up/dependencies.mjs'
import { runCommand } from '../set-up/run-command.mjs'

/** Lets every fault happen to every read and write, and writes what was seen into `docs/reliability.md`. */
export async function run() {
  const env = { SYNCDECK_WRITE_RELIABILITY: '1' }
  const { code } = await runCommand(NODE, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'faults'], { cwd: ROOT, env })
  return code
}
