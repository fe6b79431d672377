import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../set-up/paths.mjs'
import { say, SetUpError } from '../set-up/report.mjs'
import { vitest } from './simple.mjs'
import { optionsOf, randomSeed } from './options.mjs'

const RESULTS = join(ROOT, 'out/attack')
const names = () =>
  readdirSync(join(ROOT, 'test/attack'))
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => name.replace('.spec.ts', ''))

/**
 * Attacks what is promised with random cases, until the time is up, and prints what was found: `--minutes 10`, `--seed
 * 1` (else a random one, which is printed), `--only channels`. Each violation comes with the seed that starts with it.
 * Exit code 1 if there is one.
 * @param {readonly string[]} args
 */
export async function run(args) {
  const { minutes, seed, only } = checkedOptions(args)
  const attacks = only === '' ? names() : [only]
  const seconds = Math.max(
    1,
    Math.round((minutes * 60 * Math.min(availableParallelism(), attacks.length)) / attacks.length),
  )
  say(`seed ${seed}, ${minutes} min: ${attacks.join(', ')}`)
  rmSync(RESULTS, { recursive: true, force: true })
  const code = await vitest(
    ['--project', 'attack', '--reporter', 'dot', ...attacks.map((name) => `attack/${name}.spec`)],
    {
      SYNCDECK_ATTACK_SECONDS: String(seconds),
      SYNCDECK_ATTACK_SEED: String(seed),
    },
  )
  return Math.max(code, report(attacks))
}

/** @param {readonly string[]} args */
function checkedOptions(args) {
  const options = optionsOf(args, { minutes: 10, seed: randomSeed(), only: '' })
  if (!(options.minutes > 0) || !Number.isInteger(options.seed))
    throw new SetUpError(
      'Minutes are a number above 0, and a seed is a whole one.',
      'For example: npm run attack -- --minutes 2 --seed 7',
    )
  if (options.only !== '' && !names().includes(options.only))
    throw new SetUpError(`There is no attack “${options.only}”.`, `There are ${names().join(', ')}.`)
  return options
}

/**
 * Prints the table; 1 if anything was violated, or an attack reported nothing.
 * @param {readonly string[]} attacks
 */
function report(attacks) {
  let isBad = false
  console.log('\n| attack | cases | seconds | violation | count |\n|---|---:|---:|---|---:|')
  for (const name of attacks) {
    const result = resultOf(name)
    if (result === null) {
      isBad = true
      console.log(`| ${name} | | | it did not come to its end | |`)
      continue
    }
    for (const [kind, found] of Object.entries(result.violations)) {
      isBad ||= found > 0
      console.log(`| ${name} | ${result.cases} | ${result.seconds} | ${kind} | ${found} |`)
    }
  }
  return isBad ? 1 : 0
}

/**
 * @typedef {object} Result
 * @property {number} cases
 * @property {number} seconds
 * @property {Readonly<Record<string, number>>} violations how often each kind was seen
 */

/**
 * The result that an attack wrote; null without one that can be read.
 * @param {string} name
 */
function resultOf(name) {
  try {
    return /** @type {Result} */ (JSON.parse(readFileSync(join(RESULTS, `${name}.json`), 'utf8')))
  } catch {
    return null
  }
}
