import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { cacheMigrations } from '../../src-main/storage/cache-schema.ts'
import { ConflictTable } from '../../src-main/storage/conflict-table.ts'
import { applyMigrations, pendingMigrations } from '../../src-main/storage/migrate.ts'
import { LongReadingTable } from '../../src-main/storage/long-reading-table.ts'
import { checkDatabase } from '../../src-main/storage/check-database.ts'
import { openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { stateMigrations } from '../../src-main/storage/state-schema.ts'
import { StorageCare } from '../../src-main/storage/storage-care.ts'
import { SynchronizationTable } from '../../src-main/storage/synchronization-table.ts'
import { TransitionTable } from '../../src-main/storage/transition-table.ts'
import { scratchFolder } from '../support/scratch.ts'
import { addServer, startJira, startMain } from '../support/services.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'
import { until } from '../../tools/until.ts'
import { foreign, message } from '../../src-contract/messages/message.ts'
import { said } from '../support/said.ts'

const MINIMUM_SERVER = `INSERT INTO server (id, position, name, base_url, api_path, environment, project_keys, ca_pem, allow_plain_http, is_demo)
  VALUES ('old', 1, 'Old', 'https://jira.example', '/api', 'test', '[]', '', 0, 0)`

describe('a database of an earlier version', () => {
  it.each(stateMigrations.slice(0, -1).map(({ number }) => number))(
    'state.db, schema %i, keeps what is in it',
    (number) => {
      const path = join(scratchFolder(), 'state.db')
      const old = new DatabaseSync(path)
      applyMigrations(old, pendingMigrations(old, stateMigrations.slice(0, number)), 1)
      old.exec(MINIMUM_SERVER)
      old.close()
      const database = openStateDatabase(path, 2)
      expect(new ServerTable(database).all()).toMatchObject([{ id: 'old', name: 'Old', isPaused: false }])
      expect(checkDatabase(database, 'integrity_check')).toBe('')
      database.close()
      const copy = new DatabaseSync(`${path}.before-migration`, { readOnly: true })
      expect(pendingMigrations(copy, stateMigrations.slice(0, number))).toEqual([])
      copy.close()
    },
  )

  it.each(cacheMigrations.slice(0, -1).map(({ number }) => number))(
    'cache.db, schema %i, keeps what was read',
    async (number) => {
      const path = join(scratchFolder(), 'cache.db')
      const old = new DatabaseSync(path)
      applyMigrations(old, pendingMigrations(old, cacheMigrations.slice(0, number)), 1)
      if (number === 1) {
        old.exec(
          `INSERT INTO synchronization (server_id, key, item, item_read_at, status, status_read_at, detail, detail_read_at) VALUES ('s', 'INT-2', '{}', 5, '{"status":"RUNNING"}', 6, '{"a":1}', 7)`,
        )
      } else {
        old.exec(`INSERT INTO synchronization (server_id, key, item, item_read_at, status, status_read_at) VALUES ('s', 'INT-2', '{}', 5, '{"status":"RUNNING"}', 6);
        INSERT INTO detail VALUES ('s', 'INT-2', '{"a":1}', 7);`)
        old.exec(
          number === 2
            ? `INSERT INTO link_reading VALUES ('s', 'C-1', 8, '[{"id":1}]');
               INSERT INTO conflict_reading VALUES ('s', 'INT-2', 9, '{}')`
            : `INSERT INTO long_reading (kind, server_id, key, read_at, number, parts, digest) VALUES ('links', 's', 'C-1', 8, 1, 1, ''), ('conflicts', 's', 'INT-2', 9, 1, 1, '');
               INSERT INTO long_reading_part VALUES ('links', 's', 'C-1', 1, 0, '[{"id":1}]'), ('conflicts', 's', 'INT-2', 1, 0, '{}')`,
        )
      }
      old.close()
      const { database, setAside } = openCacheDatabase(path, 2)
      expect(setAside).toBeNull()
      const cache = new CacheDatabase(database)
      const table = new SynchronizationTable(cache)
      expect([...table.all()]).toMatchObject([{ serverId: 's', key: 'INT-2', statusReadAt: 6, isLive: 1 }])
      expect(table.detail('s', 'INT-2')).toEqual({ detail: '{"a":1}', readAt: 7 })
      expect(await new LongReadingTable(cache, 'links').get('s', 'C-1')).toEqual(
        number === 1 ? null : { parts: ['[{"id":1}]'], readAt: 8, missing: 0 },
      )
      expect(await new LongReadingTable(cache, 'conflicts').get('s', 'INT-2')).toEqual(
        number === 1 ? null : { parts: ['{}'], readAt: 9, missing: 0 },
      )
      database.close()
    },
  )
})

/** A cache in memory whose problems are noted. */
function openCache() {
  const { database } = openCacheDatabase(join(scratchFolder(), 'cache.db'), 1)
  const problems: string[] = []
  const clock = new SimulatedClock()
  const cache = new CacheDatabase(database, clock)
  cache.problemChanged.on((problem) => problems.push(said(problem)))
  return { database, problems, clock, cache }
}

const transition = (at: number, key = 'INT-2') =>
  ({ at, serverId: 's', key, health: 'running', state: foreign(`at ${at}`), reason: null }) as const

describe('a full disk', () => {
  it('stops storing with one message, and says so once it has worked again for a while', async () => {
    const { database, problems, clock, cache } = openCache()
    const table = new TransitionTable(cache)
    const pages = (database.prepare('PRAGMA page_count').get() as { page_count: number }).page_count
    database.exec(`PRAGMA max_page_count = ${pages + 2}`)
    for (let at = 0; at < 500; at += 1) table.add([transition(at)])
    expect(problems).toEqual(['the disk is full'])
    database.exec('PRAGMA max_page_count = 1000000')
    table.add([transition(999)])
    expect(problems).toEqual(['the disk is full'])
    await clock.advance(60_000)
    table.add([transition(1000)])
    expect(problems).toEqual(['the disk is full', ''])
    expect(table.statesOf('s', 'INT-2', 1)).toMatchObject([{ at: 1000 }])
  })

  it('lets the application continue with what it has in memory, and the user is told', async () => {
    const jira = await startJira({ synchronizations: 60, embedsStatus: true })
    const main = startMain()
    const serverId = await addServer(main, jira)
    const { page_count: pages } = main.services.cache.get<{ page_count: number }>('PRAGMA page_count') ?? {
      page_count: 0,
    }
    main.services.cache.get(`PRAGMA max_page_count = ${pages + 2}`)
    await main.ask('synchronizations:refresh', { serverId })
    expect(await main.rows()).toHaveLength(60)
    expect(said((await main.ask('storage:info', {})).problem)).toBe('the disk is full')
    await until('the user is told', () =>
      main.told.some(({ kind, title }) => kind === 'storage' && said(title) === 'Readings are not being saved'),
    )
    expect(main.events.filter(({ topic }) => topic === 'storage:changed')).toHaveLength(1)
  })
})

describe('pruning', () => {
  it('removes old states in small steps, but never the one that still holds', () => {
    const table = new TransitionTable(openCache().cache)
    table.add([transition(1), transition(2), transition(3), transition(1, 'INT-3')])
    expect(table.prune(100, 1)).toBe(1)
    expect(table.prune(100, 10)).toBe(1)
    expect(table.prune(100, 10)).toBe(0)
    expect(table.statesOf('s', 'INT-2', 10)).toMatchObject([{ at: 3 }])
    expect(table.statesOf('s', 'INT-3', 10)).toMatchObject([{ at: 1 }])
  })

  it('removes conflicts that have long been gone, and no others', () => {
    const table = new ConflictTable(openCache().cache)
    const conflict = (identity: string, goneAt: number | null) => ({
      serverId: 's',
      key: 'INT-2',
      identity,
      connectorKey: '',
      kind: '',
      severity: '',
      field: '',
      message: identity,
      firstSeenAt: 1,
      lastSeenAt: 2,
      goneAt,
      seenAt: null,
    })
    table.store(
      ['there', 'gone', 'just gone'].map((identity, index) => ({
        conflict: conflict(identity, [null, 5, 50][index] ?? null),
        raw: '{}',
      })),
    )
    expect(table.prune(10, 10).map(({ identity }) => identity)).toEqual(['gone'])
    expect(
      table
        .all()
        .map(({ identity }) => identity)
        .sort(),
    ).toEqual(['just gone', 'there'])
  })
})

describe('every query', () => {
  it.each([
    ['transition', 'SELECT at FROM transition WHERE server_id = ? AND key = ? ORDER BY at DESC, id DESC LIMIT 5'],
    ['conflict', 'SELECT raw FROM conflict WHERE server_id = ? AND key = ? AND identity = ?'],
    ['conflicts that are gone', 'SELECT key FROM conflict WHERE gone_at IS NOT NULL AND gone_at < ? LIMIT 5'],
    ['detail', 'SELECT detail FROM detail WHERE server_id = ? AND key = ?'],
    ['readings of a kind', 'SELECT key FROM long_reading WHERE kind = ?'],
    [
      'part of a reading',
      'SELECT text FROM long_reading_part WHERE kind = ? AND server_id = ? AND key = ? AND number = ? AND part = ?',
    ],
    [
      'parts of other readings',
      'SELECT part FROM long_reading_part WHERE kind = ? AND server_id = ? AND key = ? AND number <> ? LIMIT 10',
    ],
    ['old states', 'SELECT id FROM transition WHERE at < ? ORDER BY at LIMIT 5'],
  ])('of the cache has an index: %s', (_name, sql) => {
    const { database } = openCache()
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...Array.from(sql.matchAll(/\?/g), () => 1)) as {
      detail: string
    }[]
    for (const { detail } of plan) expect(detail).not.toMatch(/^SCAN|TEMP B-TREE/)
  })
})

describe('copies of state.db', () => {
  it('are whole, five are kept, and the database is in use meanwhile', async () => {
    const folder = scratchFolder()
    const state = openStateDatabase(join(folder, 'state.db'), 1)
    const servers = new ServerTable(state)
    servers.put(storedServer('a'))
    const { database, cache } = openCache()
    let now = 1000
    const care = new StorageCare({ folder, state, cache, cacheDatabase: database, clock: { now: () => now } })
    expect(care.lastBackupAt).toBeNull()
    for (; now < 1007; now += 1) {
      const copying = care.backup()
      servers.put(storedServer(`b${now}`))
      await copying
    }
    const names = readdirSync(folder).filter((name) => name.startsWith('state.backup-'))
    expect(names.sort()).toEqual([1002, 1003, 1004, 1005, 1006].map((at) => `state.backup-${at}.db`))
    expect(care.lastBackupAt).toBe(1006)
    const copy = new DatabaseSync(join(folder, 'state.backup-1006.db'), { readOnly: true })
    expect(checkDatabase(copy, 'integrity_check')).toBe('')
    expect((copy.prepare('SELECT count(*) AS n FROM server').get() as { n: number }).n).toBeGreaterThanOrEqual(7)
    expect(care.check()).toBeNull()
    copy.close()
  })
})

it('what SQLite finds wrong is reported with the file that it is in', () => {
  const found = (said: string) =>
    ({ prepare: () => ({ get: () => ({ integrity_check: said }) }) }) as unknown as DatabaseSync
  const { cache } = openCache()
  const care = new StorageCare({
    folder: scratchFolder(),
    state: found('row 1 missing'),
    cache,
    cacheDatabase: found('ok'),
    clock: { now: () => 0 },
  })
  expect(care.check()).toEqual(message('errors.storage.unsound', { name: 'state.db', problem: 'row 1 missing' }))
})

it('a damaged cache is started afresh, and the user is told where the old one is', async () => {
  const folder = scratchFolder()
  await startMain({ folder }).close()
  for (const suffix of ['-wal', '-shm']) rmSync(join(folder, `cache.db${suffix}`), { force: true })
  writeFileSync(join(folder, 'cache.db'), 'garbage'.repeat(1000))
  const main = startMain({ folder })
  await until('the user is told', () =>
    main.told.some(({ title }) => said(title) === 'The cache was damaged and is being rebuilt'),
  )
  expect(said(main.told[0]?.text)).toMatch(/cache\.db\.set-aside-\d+/)
})

it('clearing the cache forgets what was read, and reads it again', async () => {
  const jira = await startJira({ synchronizations: 5, embedsStatus: true })
  const main = startMain()
  const serverId = await addServer(main, jira)
  await main.ask('synchronizations:refresh', { serverId })
  main.services.watching.start()
  await main.ask('storage:clear-cache', {})
  await until('it is there again', async () => (await main.rows()).length === 5)
  expect((await main.ask('servers:list', {}))[0]?.synchronizationCount).toBe(5)
})
