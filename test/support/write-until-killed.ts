import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { CacheDatabase } from '../../src-main/storage/cache-database.ts'
import { openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { SynchronizationTable } from '../../src-main/storage/synchronization-table.ts'
import { storedServer } from './stored-server.ts'

/** Writes to both databases of a folder as fast as it can, naming each server once it is stored, until it is killed. */
const [folder = '', run = ''] = process.argv.slice(2)
const state = openStateDatabase(join(folder, 'state.db'), Date.now())
const { database, setAside } = openCacheDatabase(join(folder, 'cache.db'), Date.now())
if (setAside !== null) throw new Error(`The cache was set aside: ${setAside.reason}`)
const servers = new ServerTable(state)
const cache = new CacheDatabase(database)
cache.problemChanged.on((problem) => {
  throw new Error(JSON.stringify(problem))
})
const synchronizations = new SynchronizationTable(cache)
writeSync(1, 'begins\n')
for (let count = 0; count < 100_000; count += 1) {
  const id = `${run}-${count}`
  servers.put(storedServer(id))
  writeSync(1, `${id}\n`)
  const rows = Array.from({ length: 20 }, (_, index) => ({
    serverId: `s${count % 5}`,
    key: `INT-${index}`,
    item: JSON.stringify({ filler: 'x'.repeat(400), id }),
    itemReadAt: count,
    status: null,
    statusReadAt: null,
    stateSince: null,
    isSinceSeen: 0 as const,
    isLive: 1 as const,
  }))
  synchronizations.store(`s${count % 5}`, rows, [`INT-${count % 20}`])
}
