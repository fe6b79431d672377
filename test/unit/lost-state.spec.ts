import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openImmutable } from '../../src-main/storage/check-database.ts'
import { StateLostError } from '../../src-main/storage/lost-state.ts'
import { applyMigrations, pendingMigrations } from '../../src-main/storage/migrate.ts'
import { openStateDatabase } from '../../src-main/storage/open-database.ts'
import { openOrRecover, type LostStateAnswer, type LostStateQuestion } from '../../src-main/storage/recover-state.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { stateMigrations } from '../../src-main/storage/state-schema.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startMain } from '../support/services.ts'
import { SimulatedClock } from '../support/simulated-clock.ts'
import { storedServer } from '../support/stored-server.ts'

const NOW = 9_000

/**
 * A folder as a crash leaves it: what was stored last is in the `-wal` alone. With `copies`, two whole ones and a
 * damaged newer one.
 */
function crashed({ copies = true } = {}): { folder: string; path: string } {
  const [working, folder] = [scratchFolder(), scratchFolder()]
  const [source, path] = [join(working, 'state.db'), join(folder, 'state.db')]
  const database = openStateDatabase(source, 1)
  new ServerTable(database).put(storedServer('first'))
  database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  if (copies) {
    copyFileSync(source, join(folder, 'state.backup-1000.db'))
    new ServerTable(database).put(storedServer('second'))
    database.exec('PRAGMA wal_checkpoint(PASSIVE)')
    copyFileSync(source, join(folder, 'state.backup-2000.db'))
    writeFileSync(join(folder, 'state.backup-3000.db'), 'garbage'.repeat(1000))
  }
  new ServerTable(database).put(storedServer('last'))
  for (const suffix of ['', '-wal']) copyFileSync(source + suffix, path + suffix)
  database.close()
  return { folder, path }
}

/** A file of one page, as SQLite makes it before the first table is in it. */
function withoutTables(path: string): void {
  rmSync(path, { force: true })
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE gone (x); DROP TABLE gone')
  database.close()
}

const LOSSES: readonly [name: string, found: string, lose: (path: string) => void][] = [
  ['is missing, its -wal too', 'missing', (path) => ['', '-wal'].forEach((suffix) => rmSync(path + suffix))],
  ['is missing, its -wal is there', 'missing', (path) => rmSync(path)],
  ['is empty, its -wal is there', 'empty', (path) => truncateSync(path, 0)],
  [
    'is empty, without its -wal',
    'empty',
    (path) => {
      rmSync(`${path}-wal`)
      truncateSync(path, 0)
    },
  ],
  [
    'has no tables, without its -wal',
    'without tables',
    (path) => {
      rmSync(`${path}-wal`)
      withoutTables(path)
    },
  ],
  [
    'is damaged',
    'damaged',
    (path) => {
      rmSync(`${path}-wal`)
      writeFileSync(path, 'no database'.repeat(1000))
    },
  ],
]

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]))
const serversIn = (database: DatabaseSync): string[] => new ServerTable(database).all().map(({ id }) => id)

/** Starts as the application does, the user answering so. */
async function start(path: string, answer: LostStateAnswer) {
  const asked: LostStateQuestion[] = []
  const database = await openOrRecover({
    path,
    open: () => openStateDatabase(path, NOW),
    now: () => NOW,
    ask: async (question) => {
      asked.push(question)
      return answer
    },
  })
  const servers = database === null ? null : serversIn(database)
  database?.close()
  return { asked, servers }
}

it.each(LOSSES)(
  'a state.db that %s is not begun anew without a word, and nothing is touched',
  async (_name, found, lose) => {
    const { folder, path } = crashed()
    lose(path)
    const before = contents(folder)
    expect(() => openStateDatabase(path, NOW)).toThrow(StateLostError)
    expect(contents(folder)).toEqual(before)
    const { asked, servers } = await start(path, 'quit')
    expect(asked).toMatchObject([{ found, copy: { name: 'state.backup-2000.db', at: 2000 }, folder }])
    expect(servers).toBeNull()
    expect(contents(folder)).toEqual(before)
  },
)

it.each(LOSSES)(
  'a state.db that %s is replaced by the newest whole copy where the user wants that; the old files are kept',
  async (_name, _found, lose) => {
    const { folder, path } = crashed()
    lose(path)
    const before = contents(folder)
    expect((await start(path, 'use the copy')).servers).toEqual(['first', 'second'])
    const after = contents(folder)
    for (const suffix of ['', '-wal'])
      expect(after[`state.db.set-aside-${NOW}${suffix}`]).toBe(before[`state.db${suffix}`])
    for (const name of Object.keys(before).filter((name) => name.startsWith('state.backup')))
      expect(after[name]).toBe(before[name])
    expect((await start(path, 'quit')).asked).toEqual([])
  },
)

it.each(LOSSES)(
  'a state.db that %s is begun anew where the user wants that; the copies are out of the reach of later ones',
  async (_name, _found, lose) => {
    const { folder, path } = crashed()
    lose(path)
    const before = contents(folder)
    expect((await start(path, 'start empty')).servers).toEqual([])
    const after = contents(folder)
    for (const [name, text] of Object.entries(before)) {
      const kept = /^state\.db(-\w+)?$/.test(name)
        ? name.replace('state.db', `state.db.set-aside-${NOW}`)
        : `${name}.set-aside-${NOW}`
      expect(after[kept], name).toBe(text)
    }
    expect(Object.keys(after).filter((name) => name.startsWith('state.backup-') && name.endsWith('.db'))).toEqual([])
    expect((await start(path, 'quit')).asked).toEqual([])
  },
)

it('what is set aside twice in one millisecond replaces nothing', async () => {
  const { folder, path } = crashed()
  for (const text of ['once', 'twice']) {
    writeFileSync(path, text)
    await start(path, 'use the copy')
  }
  expect([NOW, NOW + 1].map((at) => readFileSync(join(folder, `state.db.set-aside-${at}`), 'utf8'))).toEqual([
    'once',
    'twice',
  ])
})

it('without a copy that can be used only starting empty and quitting are left', async () => {
  const { path } = crashed({ copies: false })
  truncateSync(path, 0)
  expect((await start(path, 'quit')).asked).toMatchObject([{ found: 'empty', copy: null }])
  expect((await start(path, 'start empty')).servers).toEqual([])
})

it.each<[string, (path: string) => void]>([
  ['missing', (path) => rmSync(path)],
  ['empty', (path) => truncateSync(path, 0)],
  ['without tables', withoutTables],
])('a state.db that is %s where only the cache tells of earlier use is no first start', async (found, lose) => {
  const folder = scratchFolder()
  const main = startMain({ folder })
  await main.close()
  const path = join(folder, 'state.db')
  rmSync(`${path}-wal`, { force: true })
  lose(path)
  const before = contents(folder)
  expect((await start(path, 'quit')).asked).toMatchObject([{ found, copy: null }])
  expect(contents(folder)).toEqual(before)
  // The user is asked once: the traces of earlier use are set aside with it.
  expect(await start(path, 'start empty')).toMatchObject({ asked: [{ found }], servers: [] })
  expect(contents(folder)[`cache.db.set-aside-${NOW}`]).toBe(before['cache.db'])
  expect((await start(path, 'quit')).asked).toEqual([])
  expect(startMain({ folder }).services.registry.all()).toEqual([])
})

it('what is in the -wal alone, as after a crash, is there, without a question', async () => {
  expect(await start(crashed().path, 'quit')).toMatchObject({
    asked: [],
    servers: expect.arrayContaining(['first', 'second', 'last']) as unknown,
  })
  // As an earlier version left it: the tables, too, are in the -wal.
  const [source, path] = [join(scratchFolder(), 'state.db'), join(scratchFolder(), 'state.db')]
  withoutTables(source)
  const database = new DatabaseSync(source)
  applyMigrations(database, pendingMigrations(database, stateMigrations), 1)
  new ServerTable(database).put(storedServer('only'))
  for (const suffix of ['', '-wal']) copyFileSync(source + suffix, path + suffix)
  database.close()
  expect(await start(path, 'quit')).toEqual({ asked: [], servers: ['only'] })
  expect(readdirSync(dirname(path))).toEqual(['state.db'])
})

it('a first start, and one after a start that was never finished, asks nothing', async () => {
  const first = join(scratchFolder(), 'state.db')
  expect(await start(first, 'quit')).toEqual({ asked: [], servers: [] })
  const broken = join(scratchFolder(), 'state.db')
  withoutTables(broken)
  expect(await start(broken, 'quit')).toEqual({ asked: [], servers: [] })
})

it('the tables are in a new file from the beginning', () => {
  const path = join(scratchFolder(), 'state.db')
  const database = openStateDatabase(path, 1)
  const alone = openImmutable(path)
  expect(serversIn(alone)).toEqual([])
  alone.close()
  database.close()
})

it('soon after the user did something, and when idle, state.db is whole without its -wal', async () => {
  const clock = new SimulatedClock()
  const main = startMain({ clock })
  const alone = <T>(look: (database: DatabaseSync) => T): T => {
    const database = openImmutable(join(main.folder, 'state.db'))
    try {
      return look(database)
    } finally {
      database.close()
    }
  }
  const isDark = (): boolean =>
    alone((database) => JSON.stringify(database.prepare('SELECT * FROM setting').all()).includes('dark'))
  await main.ask('settings:set', { appearance: 'dark' })
  expect(isDark()).toBe(false)
  await clock.advance(1_000)
  expect(isDark()).toBe(true)
  // This is not reported to the page.
  main.services.snapshots.put({
    id: 'a',
    serverId: 's',
    serverName: 'S',
    key: 'INT-2',
    summary: '',
    takenAt: 1,
    why: 'delete',
    json: '{}',
  })
  await clock.advance(60_000)
  expect(alone((database) => database.prepare('SELECT id FROM snapshot').all())).toMatchObject([{ id: 'a' }])
})

it('a new state.db has its tables from its first moment, whenever Syncdeck is killed; what was left is cleared away', () => {
  const folder = scratchFolder()
  const path = join(folder, 'state.db')
  writeFileSync(`${path}.begun`, 'half')
  const schemas: unknown[] = []
  const exec = DatabaseSync.prototype.exec
  const spy = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    if (existsSync(path)) {
      const database = openImmutable(path)
      schemas.push(database.prepare('SELECT count(*) AS steps FROM migration').get()?.steps)
      database.close()
    }
    exec.call(this, sql)
  })
  onTestFinished(() => spy.mockRestore())
  openStateDatabase(path, NOW).close()
  expect(new Set(schemas)).toEqual(new Set([stateMigrations.length]))
  expect(readdirSync(folder)).toEqual(['state.db'])
})
