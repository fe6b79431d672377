import { spawn } from 'node:child_process'

export interface KilledRun {
  /** All lines that it wrote; a last one without its end was being written, and says nothing. */
  readonly said: string[]
  /** Its error output if it exited on its own; empty if it was killed. */
  readonly failure: string
}

interface KilledWhen {
  /** It is let go until it has said more lines than these. */
  readonly lines: number
  /** Milliseconds that it goes on from then. */
  readonly ms: number
  /** Asked with all that it said; false lets it go on until it says more. */
  readonly isTime?: (said: string) => boolean
}

/** Runs a script of this project in a process of its own, and kills it. */
export function runUntilKilled(
  script: string,
  args: readonly string[],
  { lines, ms, isTime = () => true }: KilledWhen,
): Promise<KilledRun> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    let isKilled = false
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (isKilled || output.split('\n').length <= lines + 1 || !isTime(output)) return
      isKilled = true
      setTimeout(() => child.kill('SIGKILL'), ms)
    })
    child.once('close', () =>
      done({ said: output.split('\n').slice(0, -1), failure: isKilled ? '' : errors || 'It ended by itself.' }),
    )
  })
}
