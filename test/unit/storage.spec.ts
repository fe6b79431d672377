import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { applyMigrations, pendingMigrations, SchemaTooNewError } from '../../src-main/storage/migrate.ts'
import { openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { scratchFolder } from '../support/scratch.ts'
import { storedServer } from '../support/stored-server.ts'

describe('migrations', () => {
  const first = { number: 1, sql: 'CREATE TABLE a (x) STRICT;'.replace(' STRICT', '') }
  const second = { number: 2, sql: 'CREATE TABLE b (x);' }

  it('are applied once, in order', () => {
    const database = new DatabaseSync(':memory:')
    applyMigrations(database, pendingMigrations(database, [first]), 1)
    expect(pendingMigrations(database, [first, second])).toEqual([second])
  })

  it('leave nothing behind when one fails', () => {
    const database = new DatabaseSync(':memory:')
    const broken = { number: 1, sql: 'CREATE TABLE a (x); CREATE TABLE a (x);' }
    expect(() => applyMigrations(database, pendingMigrations(database, [broken]), 1)).toThrow(/already exists/)
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'a'").all()).toEqual([])
  })

  it('refuse a schema that is newer, or another under the same number', () => {
    const database = new DatabaseSync(':memory:')
    applyMigrations(database, pendingMigrations(database, [first, second]), 1)
    expect(() => pendingMigrations(database, [first])).toThrow(SchemaTooNewError)
    expect(() => pendingMigrations(database, [first, { number: 2, sql: 'CREATE TABLE c (x);' }])).toThrow(/differs/)
  })
})

describe('state.db', () => {
  it('is refused, and left as it is, when it is damaged', () => {
    const path = join(scratchFolder(), 'state.db')
    writeFileSync(path, 'this is no database, and certainly long enough to be looked at as one'.repeat(20))
    expect(() => openStateDatabase(path, 1)).toThrow()
    expect(existsSync(path)).toBe(true)
  })

  it('keeps servers in the user’s order with everything that belongs to them', () => {
    const table = new ServerTable(openStateDatabase(join(scratchFolder(), 'state.db'), 1))
    for (const id of ['a', 'b', 'c']) table.put(storedServer(id))
    table.reorder(['c', 'a'])
    expect(table.all().map(({ id }) => id)).toEqual(['c', 'a', 'b'])
    expect(table.all()[0]).toEqual(storedServer('c'))
  })

  it('forgets a block with another version of the credential, and with its server', () => {
    const table = new ServerTable(openStateDatabase(join(scratchFolder(), 'state.db'), 1))
    table.put(storedServer('a'))
    const block = { reason: 'captcha', since: 5, attempts: 2, lastAttemptAt: 6, loginUrl: null } as const
    table.setBlock('a', 3, block)
    expect(table.block('a', 3)).toEqual(block)
    expect(table.block('a', 4)).toBeNull()
    table.remove('a')
    expect(table.block('a', 3)).toBeNull()
  })
})

it('a damaged cache.db is set aside and an empty one begun', () => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'cache.db'), 'garbage'.repeat(1000))
  const { database, setAside } = openCacheDatabase(join(folder, 'cache.db'), 42)
  expect(setAside?.movedTo).toBe(join(folder, 'cache.db.set-aside-42'))
  expect(readdirSync(folder)).toContain('cache.db.set-aside-42')
  expect(database.prepare('SELECT count(*) AS n FROM synchronization').get()).toEqual({ n: 0 })
  database.close()
})
