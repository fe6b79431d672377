import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Linux's file system in memory. */
const MEMORY = '/dev/shm'

/**
 * A folder of its own for the test that runs, removed afterwards. In memory where there is such a place and `where` says so: for tests
 * that store thousands of times, and are not about what a disk does.
 */
export function scratchFolder(where: 'disk' | 'memory' = 'disk'): string {
  const folder = mkdtempSync(join(where === 'memory' && existsSync(MEMORY) ? MEMORY : tmpdir(), 'syncdeck-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}
