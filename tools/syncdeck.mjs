import { ensureDependencies } from './set-up/dependencies.mjs'
import { say, SetUpError } from './set-up/report.mjs'

/**
 * The entrance of every npm script. Uses only what Node 20 brings, sets up what is missing, then runs the command:
 * `node tools/syncdeck.mjs <command> [arguments]`
 */
const COMMANDS = {
  attack: () => import('./commands/attack.mjs'),
  bench: () => import('./commands/bench.mjs'),
  build: () => import('./commands/build.mjs'),
  demo: () => import('./commands/demo.mjs'),
  dev: () => import('./commands/dev.mjs'),
  orders: () => import('./commands/orders.mjs'),
  package: () => import('./commands/package.mjs'),
  'package-check': () => import('./commands/package-check.mjs'),
  reliability: () => import('./commands/reliability.mjs'),
  simulator: () => import('./commands/simulator.mjs'),
  start: () => import('./commands/start.mjs'),
  test: () => import('./commands/test.mjs'),
}

const [name = '', ...args] = process.argv.slice(2)
const load = COMMANDS[name]
if (load === undefined) {
  say(`no command “${name}”; there are ${Object.keys(COMMANDS).join(', ')}`)
  process.exit(2)
}
try {
  await ensureDependencies()
  const { run } = await load()
  process.exitCode = await run(args)
} catch (error) {
  if (!(error instanceof SetUpError)) throw error
  say(error.message)
  process.exitCode = 1
}
