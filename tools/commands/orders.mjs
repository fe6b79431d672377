import { say, SetUpError } from '../set-up/report.mjs'
import { vitest } from './simple.mjs'
import { optionsOf, randomSeed } from './options.mjs'

/**
 * Lets random orders of events happen to servers, users and Syncdeck, and looks at what is promised of log-ins: `--runs 20000`,
 * `--seed 1` (a random one is chosen and told). Exit code 1 where something was seen that must not be; its seed and path are told.
 * @param {readonly string[]} args
 */
export async function run(args) {
  const { runs, seed } = optionsOf(args, { runs: 20_000, seed: randomSeed() })
  if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed))
    throw new SetUpError(
      'Runs are a whole number above 0, and a seed is a whole one.',
      'For example: npm run orders -- --runs 500 --seed 7',
    )
  say(`seed ${seed}, ${runs} orders of events`)
  return vitest(['--project', 'unit', 'unit/log-in-orders'], {
    SYNCDECK_RUNS: String(runs),
    SYNCDECK_SEED: String(seed),
  })
}
