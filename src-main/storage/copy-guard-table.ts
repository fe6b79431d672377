import type { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import type { ServerId } from '#contract/ids.ts'

const storedGuardSchema = v.pipe(
  v.object({
    /** Jira's own base URL as last reported; null if it never was. */
    told: v.nullable(v.string()),
    goneBack: v.nullable(v.object({ key: v.string(), count: v.number(), at: v.number() })),
    /** The signs that the user has explained. */
    settled: v.array(v.string()),
    /** Nothing is started there. */
    isCopy: v.boolean(),
  }),
  v.transform(({ told, ...others }) => ({ stated: told, ...others })),
)

/** What is known about a server, and what the user said about it. */
export type StoredGuard = Readonly<v.InferOutput<typeof storedGuardSchema>>

export const NOTHING_SEEN: StoredGuard = { stated: null, goneBack: null, settled: [], isCopy: false }

/** The copy guard’s part of `state.db`. It is removed with its server. */
export class CopyGuardTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  all(): ReadonlyMap<string, StoredGuard> {
    const rows = this.#database.prepare('SELECT server_id AS serverId, guard FROM copy_guard').all() as {
      serverId: ServerId
      guard: string
    }[]
    return new Map(
      rows.flatMap(({ serverId, guard }) => {
        const known = v.safeParse(storedGuardSchema, JSON.parse(guard))
        return known.success ? [[serverId, known.output]] : []
      }),
    )
  }

  put(serverId: ServerId, { stated, ...others }: StoredGuard): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO copy_guard (server_id, guard) VALUES (?, ?)')
      .run(serverId, JSON.stringify({ told: stated, ...others }))
  }
}
