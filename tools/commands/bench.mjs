import { startDisplay } from '../set-up/display.mjs'
import { ensureSystemPackages } from '../set-up/system-packages.mjs'
import { build } from './build.mjs'
import { nodeScript } from './node-script.mjs'

/** Measures; see `tools/bench/run.ts`. Arguments name single measurements. */
export async function run(args) {
  await ensureSystemPackages(['display', 'chromium', 'curl'])
  await build()
  const display = await startDisplay()
  try {
    return await nodeScript('tools/bench/run.ts', args, { env: display.env })
  } finally {
    display.stop()
  }
}
