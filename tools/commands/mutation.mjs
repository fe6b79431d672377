import { say, SetUpError } from '../set-up/report.mjs'
import { optionsOf } from './options.mjs'
import { nodeScript } from './simple.mjs'

/**
 * Makes small changes to the code and checks whether a spec fails; see `tools/mutation/run.ts`: `--folder
 * tasks,editing`, `--count 60` for about this many mutants of each, `--seed 1` to select them, `--minutes 60`. The seed
 * is always the same unless another is asked for, so that two runs can be compared. Exit code 1 below the goal.
 * @param {readonly string[]} args
 */
export async function run(args) {
  const { folder, seed, count, minutes } = optionsOf(args, { folder: '', seed: 1, count: 60, minutes: 60 })
  if (!Number.isInteger(seed) || !(count >= 1) || !(minutes > 0))
    throw new SetUpError(
      'A seed is a whole number; count and minutes are numbers above 0.',
      'For example: npm run mutation -- --folder tasks --count 100 --seed 7',
    )
  say(`seed ${seed}, about ${count} mutants of each folder, ${minutes} min at most`)
  return nodeScript('tools/mutation/run.ts', [folder, seed, count, minutes].map(String))
}
