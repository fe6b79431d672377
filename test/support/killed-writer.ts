import { join, resolve } from 'node:path'
import { checkDatabase } from '../../src-main/storage/check-database.ts'
import { openCacheDatabase, openStateDatabase } from '../../src-main/storage/open-database.ts'
import { ServerTable } from '../../src-main/storage/server-table.ts'
import { runUntilKilled } from './run-until-killed.ts'

const WRITER = resolve(import.meta.dirname, './write-until-killed.ts')

/**
 * Lets a writer write and kills it after it has named `lines` servers and `ms` milliseconds more; resolves with those
 * it named.
 */
async function writeAndKill(folder: string, run: number, lines: number, ms: number): Promise<string[]> {
  const { said, failure } = await runUntilKilled(WRITER, [folder, String(run)], { lines, ms })
  if (failure !== '') throw new Error(`The writer ended by itself: ${failure}`)
  return said.slice(1)
}

/** The random source that decides when a kill happens. */
interface Random {
  whole(from: number, to: number): number
}

/** A writer that is killed and started again on the same two databases. */
export class KilledWriter {
  readonly #folder: string
  readonly #random: Random
  readonly acknowledged = new Set<string>()
  kills = 0

  constructor(folder: string, random: Random) {
    this.#folder = folder
    this.#random = random
  }

  /** Lets it write and kills it at a random moment, `times` in a row. */
  async kill(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      for (const id of await writeAndKill(this.#folder, this.kills, this.#random.whole(0, 6), this.#random.whole(0, 4)))
        this.acknowledged.add(id)
      this.kills += 1
    }
  }

  /** What is wrong with the databases now: damage, a cache that was started afresh, and lost acknowledged writes. */
  problems(): string[] {
    const state = openStateDatabase(join(this.#folder, 'state.db'), 1)
    const { database: cache, setAside } = openCacheDatabase(join(this.#folder, 'cache.db'), 1)
    const stored = new Set(new ServerTable(state).all().map(({ id }) => id))
    const found = [
      ...(setAside === null ? [] : [`the cache was set aside: ${setAside.reason}`]),
      ...[checkDatabase(state, 'integrity_check'), checkDatabase(cache, 'integrity_check')].filter(
        (words) => words !== '',
      ),
      ...[...this.acknowledged].filter((id) => !stored.has(id)).map((id) => `${id} was acknowledged, and is lost`),
    ]
    state.close()
    cache.close()
    return found
  }
}
