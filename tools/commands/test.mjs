import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startDisplay } from '../set-up/display.mjs'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { NODE } from '../set-up/dependencies.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { say, SetUpError, withProgress } from '../set-up/report.mjs'
import { runCommand } from '../set-up/run-command.mjs'
import { ensureSystemPackages } from '../set-up/system-packages.mjs'
import { build } from './build.mjs'

const RESULTS = join(ROOT, 'out/test-results.json')

/**
 * Everything: types, lint, then all tests. Ends with one line, `N passed, N failed, N skipped`. Arguments go to the test
 * runner and leave types and lint out, as for `npm test -- unit/address`.
 */
export async function run(args) {
  const isElectron = await tryElectron()
  await ensureSystemPackages(['display', 'bus', 'keyring', 'libsecret', 'proxy', 'hostNames', ...(isElectron ? [] : ['chromium'])])
  if (args.length === 0) {
    await check('types', ['node_modules/vue-tsc/bin/vue-tsc.js', '--build'])
    await check('lint', ['node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/'])
  }
  await build()
  say(`end-to-end tests run on ${isElectron ? 'Electron' : 'the Chromium host'}`)
  const display = await startDisplay()
  try {
    mkdirSync(join(ROOT, 'out'), { recursive: true })
    rmSync(RESULTS, { force: true })
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${RESULTS}`, ...args]
    const { code } = await runCommand(NODE, vitest, { cwd: ROOT, env: { ...display.env, WAYLAND_DISPLAY: '' } })
    return Math.max(code, report())
  } finally {
    display.stop()
  }
}

async function check(name, [script, ...args]) {
  await withProgress(name, async () => {
    const { code, output } = await runCommand(NODE, [join(ROOT, script), ...args], { quiet: true, cwd: ROOT })
    if (code === 0) return
    say(output)
    throw new SetUpError(`The check of ${name} found something.`, 'It is listed above.')
  })
}

/** Prints the closing line; 1 when something failed or nothing was run. */
function report() {
  if (!existsSync(RESULTS)) return 1
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests = 0, numFailedTestSuites = 0 } = JSON.parse(readFileSync(RESULTS, 'utf8'))
  const failed = Math.max(numFailedTests, numFailedTests === 0 ? numFailedTestSuites : 0)
  console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`)
  return failed > 0 || numPassedTests === 0 ? 1 : 0
}
