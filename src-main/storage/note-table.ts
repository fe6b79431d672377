import type { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import type { ServerId } from '#contract/ids.ts'
import type { WatchedRef } from '#contract/monitoring.ts'
import { noteSchema, NO_NOTE, tagSchema, type Note } from '#contract/noted.ts'
import { inTransaction } from './migrate.ts'
import type { StateCheckpoint } from './state-checkpoint.ts'

/** The user's notes about a server (`key` null) or a synchronization. */
export interface StoredNote extends WatchedRef {
  readonly tags: readonly string[]
  readonly note: Note
  /** When the synchronization disappeared from the list, epoch ms; null if it is listed, and for servers. */
  readonly goneAt: number | null
}

const storedTags = v.array(tagSchema)

/** Tags and notes in `state.db`. They are removed with their server. */
export class NoteTable {
  readonly #database: DatabaseSync
  readonly #checkpoint: Pick<StateCheckpoint, 'soon'>

  constructor(database: DatabaseSync, checkpoint: Pick<StateCheckpoint, 'soon'>) {
    this.#database = database
    this.#checkpoint = checkpoint
  }

  all(): StoredNote[] {
    const rows = this.#database
      .prepare('SELECT server_id AS serverId, key, tags, note, gone_at AS goneAt FROM note')
      .all() as { serverId: ServerId; key: string; tags: string; note: string; goneAt: number | null }[]
    return rows.map(({ serverId, key, tags, note, goneAt }) => {
      const [knownTags, knownNote] = [
        v.safeParse(storedTags, JSON.parse(tags)),
        v.safeParse(noteSchema, JSON.parse(note)),
      ]
      return {
        serverId,
        key: key === '' ? null : key,
        tags: knownTags.success ? knownTags.output : [],
        note: knownNote.success ? knownNote.output : NO_NOTE,
        goneAt,
      }
    })
  }

  /** Stores all of them, or none. */
  putAll(notes: readonly StoredNote[]): void {
    this.#checkpoint.soon()
    inTransaction(this.#database, () => {
      const put = this.#database.prepare(
        'INSERT OR REPLACE INTO note (server_id, key, tags, note, gone_at) VALUES (?, ?, ?, ?, ?)',
      )
      for (const { serverId, key, tags, note, goneAt } of notes)
        put.run(serverId, key ?? '', JSON.stringify(tags), JSON.stringify(note), goneAt)
    })
  }

  removeAll(refs: readonly WatchedRef[]): void {
    this.#checkpoint.soon()
    inTransaction(this.#database, () => {
      const remove = this.#database.prepare('DELETE FROM note WHERE server_id = ? AND key = ?')
      for (const { serverId, key } of refs) remove.run(serverId, key ?? '')
    })
  }
}
