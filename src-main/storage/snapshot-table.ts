import type { DatabaseSync } from 'node:sqlite'
import type { KeptCopy, KeptLinks, Snapshot } from '#contract/editing.ts'
import { inTransaction } from './migrate.ts'
import { readMessage, storedMessage } from './stored-message.ts'

/** The links of a connector, gzipped JSON; null if they could not be read. */
export interface StoredLinks extends KeptLinks {
  readonly json: Uint8Array | null
}

type LinksRow = Omit<KeptLinks, 'problem'> & { readonly id: string; readonly problem: string }

const COLUMNS = 'id, server_id AS serverId, server_name AS serverName, key, summary, taken_at AS takenAt, why'

/** Copies of synchronizations in `state.db`, with the links of their sides. */
export class SnapshotTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Newest first. */
  all(): KeptCopy[] {
    const links = Map.groupBy(
      this.#rows<LinksRow>(
        `SELECT snapshot_id AS id, connector_key AS connectorKey, count, unreadable, problem FROM snapshot_links ORDER BY rowid`,
      ),
      ({ id }) => id,
    )
    return this.#rows<Omit<KeptCopy, 'links'>>(`SELECT ${COLUMNS} FROM snapshot ORDER BY taken_at DESC, id`).map(
      (snapshot) => ({
        ...snapshot,
        links: (links.get(snapshot.id) ?? []).map(({ id: _id, problem, ...row }) => ({
          ...row,
          problem: readMessage(problem),
        })),
      }),
    )
  }

  /** The server’s object in a copy, as JSON; null if there is no such copy. */
  json(id: string): string | null {
    const row = this.#database.prepare('SELECT json FROM snapshot WHERE id = ?').get(id)
    return (row?.json ?? null) as string | null
  }

  /** The links of a connector in a copy; null if none were kept. */
  links(id: string, connectorKey: string): Uint8Array | null {
    const row = this.#database
      .prepare('SELECT json FROM snapshot_links WHERE snapshot_id = ? AND connector_key = ?')
      .get(id, connectorKey)
    return (row?.json ?? null) as Uint8Array | null
  }

  /** All of it or nothing. */
  put(snapshot: Omit<Snapshot, 'links'>, links: readonly StoredLinks[] = []): void {
    inTransaction(this.#database, () => {
      const { id, serverId, serverName, key, summary, takenAt, why, json } = snapshot
      this.#database
        .prepare(
          'INSERT INTO snapshot (id, server_id, server_name, key, summary, taken_at, why, json) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(id, serverId, serverName, key, summary, takenAt, why, json)
      const add = this.#database.prepare(
        'INSERT INTO snapshot_links (snapshot_id, connector_key, count, unreadable, problem, json) VALUES (?, ?, ?, ?, ?, ?)',
      )
      for (const one of links)
        add.run(id, one.connectorKey, one.count, one.unreadable, storedMessage(one.problem), one.json)
    })
  }

  /** Forgets copies made before this moment, epoch ms, if the original is still on its server. */
  prune(before: number): void {
    this.#database.prepare("DELETE FROM snapshot WHERE why <> 'delete' AND taken_at < ?").run(before)
  }

  #rows<T>(sql: string): T[] {
    return this.#database.prepare(sql).all() as unknown as T[]
  }
}
