import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Finding, OwnFindings, PointResult, SelfCheckReport } from './self-check.ts'

/** How to start this program once more. */
export interface OwnCommand {
  readonly program: string
  readonly args: readonly string[]
}

/** How a program ended, and what it wrote. */
export interface Ended {
  /** Null if it was killed. */
  readonly code: number | null
  readonly output: string
}

/** Longer than all points together take, as long as only few of them hang. */
const RUN_LIMIT_MS = 180_000
/** The end of what the program wrote, if it ended without a result. */
const OUTPUT_CHARACTERS = 4_000

/** These say which profile is used, and what for. */
const NOT_PASSED_ON = /^--(self-check|self-check-run|user-data-dir|portable|demo)(=|$)/

/** The running program's own command, with its switches for screens and the like, but no profile. */
export function ownCommand({
  execPath,
  execArgv,
  argv,
}: Pick<NodeJS.Process, 'execPath' | 'execArgv' | 'argv'>): OwnCommand {
  return { program: execPath, args: [...execArgv, ...argv.slice(1)].filter((arg) => !NOT_PASSED_ON.test(arg)) }
}

/** Runs a program to its end, for at most `limitMs`. */
export function runToEnd(
  { program, args }: OwnCommand,
  { env = {}, limitMs }: { readonly env?: Readonly<Record<string, string>>; readonly limitMs: number },
): Promise<Ended> {
  return new Promise((done, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS)))
    child.once('error', reject)
    // Not `close`: a process that outlives it may hold its output open.
    child.once('exit', (code) => done({ code, output }))
  })
}

/**
 * Starts Syncdeck once more with a profile of its own, lets it check itself and quit, and judges that from outside: what
 * crashes, hangs, or leaves files behind has a report as well. Resolves with the exit code. `file` is null for the
 * standard output.
 */
export async function superviseSelfCheck(
  command: OwnCommand,
  file: string | null,
  limitMs = RUN_LIMIT_MS,
): Promise<0 | 1> {
  const folder = mkdtempSync(join(tmpdir(), 'syncdeck-self-check-'))
  const [profile, resultFile] = [join(folder, 'profile'), join(folder, 'result.json')]
  const args = [...command.args, `--user-data-dir=${profile}`, `--self-check-run=${resultFile}`]
  let found: OwnFindings = { program: {}, points: [] }
  const outside: PointResult[] = []
  const note = (name: string, { isSound, facts }: Finding): void =>
    void outside.push({ name, result: isSound ? 'passed' : 'failed', facts })
  try {
    const { code, output } = await runToEnd({ program: command.program, args }, { limitMs })
    const isAnswered = existsSync(resultFile)
    if (isAnswered) found = JSON.parse(readFileSync(resultFile, 'utf8')) as OwnFindings
    note('start', { isSound: isAnswered, facts: isAnswered ? {} : { output } })
    // SQLite removes both files when the last connection to a database is closed.
    const open = existsSync(profile) ? readdirSync(profile).filter((name) => /-(wal|shm)$/.test(name)) : []
    note('quit', { isSound: code === 0 && open.length === 0, facts: { code, open } })
  } catch (fault) {
    note('start', { isSound: false, facts: { fault: String(fault) } })
  }
  // Windows still holds files for a moment after their process has ended.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  note('nothing-left', { isSound: !existsSync(folder), facts: {} })
  const points = [...found.points, ...outside]
  const isSound = points.every(({ result }) => result !== 'failed')
  const text = `${JSON.stringify({ isSound, program: found.program, points } satisfies SelfCheckReport, null, 2)}\n`
  return writeReport(text, file) && isSound ? 0 : 1
}

/** A report that cannot be written to its file is not lost. Returns whether it is where it was wanted. */
function writeReport(text: string, file: string | null): boolean {
  try {
    if (file === null) process.stdout.write(text)
    else writeFileSync(resolve(file), text)
    return true
  } catch (fault) {
    process.stderr.write(`${String(fault)}\n`)
    process.stdout.write(text)
    return false
  }
}
