import { join } from 'node:path'
import { NODE } from '../set-up/dependencies.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { say, SetUpError, withProgress } from '../set-up/report.mjs'
import { runCommand } from '../set-up/run-command.mjs'

/**
 * Static checks of the sources, and the commands for them. vue-tsc checks the folders with components; the native
 * compiler, which is many times faster, checks the others. Likewise, oxlint runs the rules that need types, and ESLint
 * all others. oxlint reads no components; `lint-components.ts` gives it their scripts.
 * @satisfies {Record<string, readonly (readonly [script: string, ...args: string[]])[]>}
 */
const CHECKS = {
  types: [
    [
      'node_modules/typescript-native/bin/tsc',
      '--build',
      'src-contract',
      'src-main',
      'src-preload',
      'src-simulator',
      'tools',
      'tools/chromium-host',
      'test',
      // As many as there usually are cores. By itself it has four checkers for each folder, and each of them checks again
      // what they share.
      '--checkers',
      '1',
      '--builders',
      '2',
    ],
    ['node_modules/vue-tsc/bin/vue-tsc.js', '--build', 'src-renderer', 'test/component'],
  ],
  lint: [
    [
      'node_modules/eslint/bin/eslint.js',
      '.',
      '--max-warnings',
      '0',
      '--cache',
      '--cache-location',
      'node_modules/.cache/eslint/',
    ],
    ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
    ['tools/lint/lint-components.ts'],
  ],
  format: [['node_modules/prettier/bin/prettier.cjs', '--check', '.', '--log-level', 'warn']],
}

const CHECK_NAMES = /** @type {(keyof typeof CHECKS)[]} */ (Object.keys(CHECKS))

/** All checks, side by side; rejects with what the first to fail has found. */
export async function checkAll() {
  await Promise.all(CHECK_NAMES.map(check))
}

/** The check of types: those of `tsconfig.json` in each folder. */
export async function types() {
  await check('types')
  return 0
}

/** The check of rules: those of `eslint.config.js`, and those of `.oxlintrc.json`. */
export async function lint() {
  await check('lint')
  return 0
}

/** @param {keyof typeof CHECKS} name */
async function check(name) {
  await withProgress(name, () => Promise.all(CHECKS[name].map((command) => runCheck(name, command))))
}

/**
 * @param {string} name
 * @param {readonly [script: string, ...args: string[]]} command
 */
async function runCheck(name, [script, ...args]) {
  const { code, output } = await runCommand(NODE, [join(ROOT, script), ...args], { quiet: true, cwd: ROOT })
  if (code === 0) return
  say(output)
  throw new SetUpError(`The check of ${name} found something.`, 'It is listed above.')
}
