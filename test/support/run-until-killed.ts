import { spawn } from 'node:child_process'

export interface KilledRun {
  /** All lines that it wrote; a last one without its end was being written, and says nothing. */
  readonly said: string[]
  /** What it wrote to its error output where it ended by itself; empty where it was killed. */
  readonly failure: string
}

/** Runs a script of this project in a process of its own, and kills it `ms` milliseconds after it has said more than `lines` lines, and `isTime` where that is given. */
export function runUntilKilled(
  script: string,
  args: readonly string[],
  { lines, ms, isTime = () => true }: { readonly lines: number; readonly ms: number; readonly isTime?: () => boolean },
): Promise<KilledRun> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    let isKilled = false
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (isKilled || output.split('\n').length <= lines + 1 || !isTime()) return
      isKilled = true
      setTimeout(() => child.kill('SIGKILL'), ms)
    })
    child.once('close', () =>
      done({ said: output.split('\n').slice(0, -1), failure: isKilled ? '' : errors || 'It ended by itself.' }),
    )
  })
}
