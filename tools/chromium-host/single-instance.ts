import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Sent by a second instance to the first. */
export const SECOND_INSTANCE_SIGNAL = 'SIGUSR2'

/** Takes the lock of a profile. Returns false if a running process holds it, and signals that process. */
export function takeSingleInstanceLock(folder: string): boolean {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'chromium-host.lock')
  for (;;) {
    try {
      // Written first and then linked in one step, so that nobody reads a lock without its holder.
      const own = `${path}.${process.pid}`
      writeFileSync(own, String(process.pid))
      try {
        linkSync(own, path)
      } finally {
        rmSync(own)
      }
      process.on('exit', () => rmSync(path, { force: true }))
      return true
    } catch {
      const holder = Number(readFileSync(path, 'utf8'))
      if (isAlive(holder)) {
        process.kill(holder, SECOND_INSTANCE_SIGNAL)
        return false
      }
      rmSync(path, { force: true })
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch {
    return false
  }
}
