import { ensureDependencies } from './set-up/dependencies.mjs'
import { say, SetUpError } from './set-up/report.mjs'

/**
 * The entry point of every npm script. Uses only what Node 20 provides, sets up what is missing, then runs the command:
 * `node tools/syncdeck.mjs <command> [arguments]`
 */
/**
 * @typedef {readonly string[]} Args
 * @typedef {(args: Args) => number | Promise<number>} Command
 */

/** @type {(load: () => Promise<{ readonly run: Command }>) => Command} */
const run = (load) => async (args) => (await load()).run(args)
/** @type {(name: 'bench' | 'dev' | 'packageApplication' | 'reliability' | 'simulator') => Command} */
const simple = (name) => async (args) => (await import('./commands/simple.mjs'))[name](args)
/** @type {(name: 'lint' | 'types') => Command} */
const checks = (name) => async () => (await import('./commands/checks.mjs'))[name]()
/** @type {Readonly<Record<string, Command>>} */
const COMMANDS = {
  attack: run(() => import('./commands/attack.mjs')),
  bench: simple('bench'),
  build: run(() => import('./commands/build.mjs')),
  demo: run(() => import('./commands/demo.mjs')),
  dev: simple('dev'),
  lint: checks('lint'),
  mutation: run(() => import('./commands/mutation.mjs')),
  orders: run(() => import('./commands/orders.mjs')),
  package: simple('packageApplication'),
  'package-check': run(() => import('./commands/package-check.mjs')),
  reliability: simple('reliability'),
  simulator: simple('simulator'),
  start: run(() => import('./commands/start.mjs')),
  test: run(() => import('./commands/test.mjs')),
  types: checks('types'),
}

const [name = '', ...args] = process.argv.slice(2)
const command = COMMANDS[name]
if (command === undefined) {
  say(`no command “${name}”; there are ${Object.keys(COMMANDS).join(', ')}`)
  process.exit(2)
}
try {
  await ensureDependencies()
  process.exitCode = await command(args)
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
