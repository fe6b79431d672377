import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { checkDatabase, openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { createRandom } from '../../src-simulator/random.ts'
import { scratchFolder } from '../support/scratch.ts'

const WRITER = resolve(import.meta.dirname, '../support/write-until-killed.ts')

/** Lets a writer write and kills it after it has named `lines` servers and `ms` milliseconds more; resolves with those it named. */
function writeAndKill(folder: string, run: number, lines: number, ms: number): Promise<string[]> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [WRITER, folder, String(run)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    let isKilled = false
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (isKilled || output.split('\n').length <= lines + 1) return
      isKilled = true
      setTimeout(() => child.kill('SIGKILL'), ms)
    })
    child.once('close', () => {
      if (!isKilled) return fail(new Error(`The writer ended by itself: ${errors}`))
      // A last line without its end was being written and is no acknowledgement.
      done(output.split('\n').slice(1, -1))
    })
  })
}

it('200 kills at random moments of writing leave both databases whole, and lose nothing that was acknowledged', { timeout: 240_000 }, async () => {
  const random = createRandom(7)
  let kills = 0
  const lane = async (): Promise<void> => {
    const folder = scratchFolder()
    const acknowledged = new Set<string>()
    for (let round = 0; round < 100; round += 1) {
      for (const id of await writeAndKill(folder, round, random.whole(0, 6), random.whole(0, 4))) acknowledged.add(id)
      kills += 1
      if (round % 10 !== 9) continue
      const state = openStateDatabase(join(folder, 'state.db'), 1)
      const { database: cache, setAside } = openCacheDatabase(join(folder, 'cache.db'), 1)
      expect(setAside).toBeNull()
      expect(checkDatabase(state, 'integrity_check')).toBe('')
      expect(checkDatabase(cache, 'integrity_check')).toBe('')
      const stored = new Set(new ServerTable(state).all().map(({ id }) => id))
      expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
      state.close()
      cache.close()
    }
    expect(acknowledged.size).toBeGreaterThan(100)
  }
  await Promise.all([lane(), lane()])
  expect(kills).toBe(200)
})
