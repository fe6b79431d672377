import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Linux's file system in memory; containers often give it 64 MB, which are not enough for a browser's profile. */
const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2 ** 31

/**
 * A folder for the current test, removed afterwards. In memory if there is such a place with room, because every change
 * that Syncdeck stores waits for the disk; tests that are about a disk, or need a lot of it, say so.
 */
export function scratchFolder(where: 'disk' | 'memory' = 'memory'): string {
  const { path, remove } = lastingFolder(where)
  onTestFinished(remove)
  return path
}

/** The same for longer than a test: who asks for it removes it. */
export function lastingFolder(where: 'disk' | 'memory' = 'memory'): {
  readonly path: string
  readonly remove: () => void
} {
  const path = mkdtempSync(join(where === 'memory' && hasMemory() ? MEMORY : tmpdir(), 'syncdeck-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

function hasMemory(): boolean {
  if (!existsSync(MEMORY)) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ENOUGH_BYTES
}
