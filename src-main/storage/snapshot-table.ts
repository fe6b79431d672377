import type { DatabaseSync } from 'node:sqlite'
import type { Snapshot } from '#contract/editing.ts'

/** Copies of deleted synchronizations in `state.db`. */
export class SnapshotTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Newest first. */
  all(): Snapshot[] {
    return this.#database
      .prepare(
        `SELECT id, server_id AS serverId, server_name AS serverName, key, summary, taken_at AS takenAt, json
         FROM snapshot ORDER BY taken_at DESC, id`,
      )
      .all() as unknown as Snapshot[]
  }

  put(snapshot: Snapshot): void {
    this.#database
      .prepare(
        'INSERT INTO snapshot (id, server_id, server_name, key, summary, taken_at, json) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(
        snapshot.id,
        snapshot.serverId,
        snapshot.serverName,
        snapshot.key,
        snapshot.summary,
        snapshot.takenAt,
        snapshot.json,
      )
  }
}
