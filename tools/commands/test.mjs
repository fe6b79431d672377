import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tryElectron } from '../set-up/electron-binary.mjs'
import { NODE } from '../set-up/dependencies.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { say, SetUpError } from '../set-up/report.mjs'
import { runCommand } from '../set-up/run-command.mjs'
import { ensureSystemPackages } from '../set-up/system-packages.mjs'
import { build } from './build.mjs'
import { checkAll } from './checks.mjs'

/**
 * What Vitest writes.
 * @typedef {object} Results
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numFailedTestSuites
 * @property {number} numPendingTests
 * @property {number} [numTodoTests]
 */

const RESULTS = join(ROOT, 'out/test-results.json')

/**
 * Everything: types, lint, format, then all tests. Ends with one line, `N passed, N failed, N skipped`. Arguments are
 * parts of paths of specs, as in `npm test -- unit/address`, and leave types and lint out; from the first option on
 * they are the test runner's.
 * @param {readonly string[]} given
 */
export async function run(given) {
  const args = given[0] === '--' ? given.slice(1) : given
  const firstOption = args.findIndex((arg) => arg.startsWith('-'))
  const missing = matchingNothing(firstOption < 0 ? args : args.slice(0, firstOption))
  if (missing.length > 0)
    throw new SetUpError(
      `There is no spec with ${missing.map((part) => `“${part}”`).join(' or ')} in its path.`,
      'They are below test/.',
    )
  const isElectron = await tryElectron()
  await ensureSystemPackages([
    'display',
    'bus',
    'keyring',
    'libsecret',
    'proxy',
    'hostNames',
    ...(isElectron ? [] : /** @type {const} */ (['chromium'])),
  ])
  await Promise.all([...(args.length > 0 ? [] : [checkAll()]), build()])
  say(`end-to-end tests run on ${isElectron ? 'Electron' : 'the Chromium host'}`)
  mkdirSync(join(ROOT, 'out'), { recursive: true })
  rmSync(RESULTS, { force: true })
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${RESULTS}`,
    ...args,
  ]
  const { code } = await runCommand(NODE, vitest, { cwd: ROOT })
  return Math.max(code, report())
}

/**
 * Those of `parts` that no spec's path contains.
 * @param {readonly string[]} parts
 */
function matchingNothing(parts) {
  const specs = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.spec.ts'),
  )
  return parts.filter(
    (part) => !specs.some((path) => join(ROOT, 'test', path).replaceAll('\\', '/').includes(part.replace(/^\.\//, ''))),
  )
}

/** Prints the closing line; 1 when something failed or nothing was run. */
function report() {
  if (!existsSync(RESULTS)) {
    console.log('0 passed, 0 failed, 0 skipped: nothing was run')
    return 1
  }
  const {
    numPassedTests,
    numFailedTests,
    numPendingTests,
    numTodoTests = 0,
    numFailedTestSuites = 0,
  } = /** @type {Results} */ (JSON.parse(readFileSync(RESULTS, 'utf8')))
  const failed = Math.max(numFailedTests, numFailedTests === 0 ? numFailedTestSuites : 0)
  console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`)
  return failed > 0 || numPassedTests === 0 ? 1 : 0
}
