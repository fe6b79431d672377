import { say, SetUpError } from '../set-up/report.mjs'
import { vitest } from './simple.mjs'
import { optionsOf, randomSeed } from './options.mjs'

/**
 * Runs random orders of events on servers, users and Syncdeck, and checks what is promised about log-ins: `--runs
 * 20000`, `--seed 1` (else a random one, which is printed). Exit code 1 if a promise was broken; its seed and path are
 * printed.
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
