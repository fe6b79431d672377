import { existsSync, fstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { StateDisk, withoutSync } from '../../src-main/storage/state-disk.ts'
import { scratchFolder } from '../support/scratch.ts'

/** A database whose disk answers when the test says so. */
function scene() {
  const path = join(scratchFolder(), 'state.db')
  const database = openStateDatabase(path, 1)
  const syncs: { file: number; ends: (failure?: Error) => void }[] = []
  const disk = new StateDisk(
    path,
    (file) =>
      new Promise((resolve, reject) => {
        syncs.push({ file, ends: (failure) => (failure === undefined ? resolve() : reject(failure)) })
      }),
  )
  const settled: string[] = []
  /** Asks whether the disk is reached, and keeps the answer under a name. */
  const ask = (name: string): Promise<unknown> =>
    disk.reached().then(
      () => settled.push(name),
      () => settled.push(`${name} refused`),
    )
  return { path, database, disk, syncs, settled, ask }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the disk of state.db', () => {
  it('is waited for once by all callers before it answers, and again by those that came after it began', async () => {
    const { syncs, settled, ask } = scene()
    void ask('first')
    await turn()
    void ask('second')
    void ask('third')
    await turn()
    expect(syncs).toHaveLength(1)
    syncs[0]?.ends()
    await turn()
    expect([settled, syncs.length]).toEqual([['first'], 2])
    syncs[1]?.ends()
    await turn()
    expect([settled, syncs.length]).toEqual([['first', 'second', 'third'], 2])
  })

  it('that fails is asked again by the next', async () => {
    const { syncs, settled, ask } = scene()
    void ask('first')
    await turn()
    void ask('second')
    syncs[0]?.ends(new Error('EIO'))
    await turn()
    syncs[1]?.ends()
    await turn()
    expect(settled).toEqual(['first refused', 'second'])
  })

  it('is asked about the file that holds the commits, which is let go of in the end', async () => {
    const { path, database, disk, syncs, settled, ask } = scene()
    withoutSync(database, () => database.exec("INSERT INTO setting (name, value) VALUES ('a', '1')"))
    void ask('one')
    await turn()
    const { file = -1 } = syncs[0] ?? {}
    expect(fstatSync(file).size).toBeGreaterThan(0)
    // Syncdeck ends while it is waited for.
    disk.close()
    expect(() => fstatSync(file)).not.toThrow()
    syncs[0]?.ends()
    await turn()
    expect(settled).toEqual(['one'])
    expect(() => fstatSync(file)).toThrow('EBADF')
    database.close()
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  it('answers by itself on a real disk', async () => {
    const path = join(scratchFolder(), 'state.db')
    const database = openStateDatabase(path, 1)
    const disk = new StateDisk(path)
    await disk.reached()
    disk.close()
    database.close()
  })
})

describe('a commit that does not wait for the disk', () => {
  it('leaves all others waiting, also where it fails, and is decided by the transaction that it is in', () => {
    const { database } = scene()
    const level = () => database.prepare('PRAGMA synchronous').get()
    const before = level()
    let within: unknown
    withoutSync(database, () => (within = level()))
    expect([within, level()]).toEqual([{ synchronous: 1 }, before])
    expect(() =>
      withoutSync(database, () => {
        throw new Error('disk full')
      }),
    ).toThrow('disk full')
    expect(level()).toEqual({ synchronous: 2 })
    database.exec('BEGIN')
    withoutSync(database, () => (within = level()))
    database.exec('COMMIT')
    expect(within).toEqual({ synchronous: 2 })
  })
})
