import { NODE } from '../set-up/dependencies.mjs'
import { ROOT } from '../set-up/paths.mjs'
import { say, SetUpError } from '../set-up/report.mjs'
import { runCommand } from '../set-up/run-command.mjs'

/**
 * Lets random orders of events happen to servers, users and Syncdeck, and looks at what is promised of log-ins: `--runs 20000`,
 * `--seed 1` (a random one is chosen and told). Exit code 1 where something was seen that must not be; its seed and path are told.
 */
export async function run(args) {
  const { runs, seed } = optionsOf(args)
  say(`seed ${seed}, ${runs} orders of events`)
  const { code } = await runCommand(NODE, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'unit/log-in-orders'], {
    cwd: ROOT,
    env: { SYNCDECK_RUNS: String(runs), SYNCDECK_SEED: String(seed) },
  })
  return code
}

function optionsOf(args) {
  const options = { runs: 20_000, seed: 1 + Math.floor(Math.random() * 1_000_000_000) }
  for (let index = 0; index < args.length; index += 2) {
    const [name, value] = [args[index]?.replace(/^--/, ''), args[index + 1]]
    if (!(name in options) || value === undefined) throw new SetUpError(`“${args[index]}” is not understood.`, 'There are --runs and --seed, each with a value.')
    options[name] = Number(value)
  }
  if (!Number.isInteger(options.runs) || options.runs < 1 || !Number.isInteger(options.seed)) throw new SetUpError('Runs are a whole number above 0, and a seed is a whole one.', 'For example: npm run orders -- --runs 500 --seed 7')
  return options
}
