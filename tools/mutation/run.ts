import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { outcomeOf, scoreOf, type Mutant, type Outcome } from './report.ts'
import { samplePieces, type Piece } from './sample.ts'
import { SUBJECTS, subjectsNamed, type Subject } from './subjects.ts'

/**
 * Makes small changes to the code, one at a time, and checks whether a spec fails: `npm run mutation`. Arguments: the
 * names of subjects, separated by commas; the seed of the sample; how many lines of each subject's functions are
 * mutated; and the minutes after which it ends, with what was tested until then. Exit code 1 if the score of a subject
 * is below the goal.
 */
const ROOT = resolve(import.meta.dirname, '../..')
const OUT = join(ROOT, 'out/mutation')
const GOAL_PERCENT = 80
/** A mutant that never ends is ended after this long, and three times what the specs take. */
const PATIENCE_MS = 8_000

const [names = '', seed = '1', lines = '60', minutes = '60'] = process.argv.slice(2)
const deadline = Date.now() + Number(minutes) * 60_000

function configurationOf({ specs }: Subject, pieces: readonly Piece[]): object {
  return {
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', './tools/mutation/note-mutants.mjs'],
    vitest: { configFile: 'vitest.config.ts', related: false },
    mutate: pieces.map(({ file, from, to }) => `${file}:${from}-${to}`),
    testFiles: specs.map((spec) => `test/${spec}.spec.ts`),
    // Words are tested where they are shown, and names are checked by the compiler.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignoreStatic: true,
    coverageAnalysis: 'perTest',
    disableTypeChecks: false,
    concurrency: 2,
    // A busy computer takes longer than Stryker allows for all specs together.
    dryRunTimeoutMinutes: 30,
    timeoutMS: PATIENCE_MS,
    timeoutFactor: 3,
    reporters: ['note-mutants', 'progress-append-only'],
    tempDirName: join(OUT, 'sandbox'),
    ignorePatterns: ['/out', '/dist', '/docs'],
    allowConsoleColors: false,
  }
}

/** The result for the mutants tested within `ms` milliseconds. `isWhole`: that was the whole sample. */
async function mutate(name: string, subject: Subject, ms: number): Promise<Outcome & { readonly isWhole: boolean }> {
  const notesPath = join(OUT, `${name}.mutants`)
  const configurationPath = join(OUT, `${name}.json`)
  const pieces = samplePieces(ROOT, subject.sources, Number(seed), Number(lines))
  writeFileSync(configurationPath, JSON.stringify(configurationOf(subject, pieces)))
  rmSync(notesPath, { force: true })
  const stryker = 'node_modules/@stryker-mutator/core/bin/stryker.js'
  const child = spawn(process.execPath, [stryker, 'run', configurationPath], {
    cwd: ROOT,
    env: { ...process.env, SYNCDECK_MUTANTS: notesPath },
    stdio: ['ignore', 2, 2],
  })
  const timer = setTimeout(() => child.kill(), ms)
  const code = await new Promise<number | null>((done) => child.once('exit', done))
  clearTimeout(timer)
  const notes = existsSync(notesPath) ? readFileSync(notesPath, 'utf8').trim().split('\n') : []
  const mutants = notes.map((line) => JSON.parse(line) as Mutant)
  const outcome = outcomeOf(mutants, ROOT, (file) => readFileSync(join(ROOT, file), 'utf8'))
  return { ...outcome, isWhole: code === 0 }
}

mkdirSync(OUT, { recursive: true })
const rows: string[] = []
const survivors: string[] = []
let isGood = true
const chosen = subjectsNamed(names.split(',').filter((name) => name !== ''))
for (const [index, name] of chosen.entries()) {
  const subject = SUBJECTS[name]
  if (subject === undefined) continue
  // What one subject leaves of its share, the others have.
  const outcome = await mutate(name, subject, (deadline - Date.now()) / (chosen.length - index))
  const score = scoreOf(outcome)
  isGood &&= score !== null && score >= GOAL_PERCENT
  survivors.push(...outcome.survivors)
  const scoreText = score === null ? '–' : `${Math.round(score)} %`
  const folder = outcome.isWhole ? name : `${name} (stopped early)`
  rows.push(`| ${folder} | ${outcome.noticed} | ${outcome.survivors.length} | ${outcome.equivalent} | ${scoreText} |`)
}
rmSync(join(OUT, 'sandbox'), { recursive: true, force: true })
for (const survivor of survivors) console.log(survivor)
console.log('\n| folder | noticed | survived | equivalent | score |\n|---|---:|---:|---:|---:|')
for (const row of rows) console.log(row)
process.exitCode = isGood ? 0 : 1
