import type { DatabaseSync } from 'node:sqlite'
import * as v from 'valibot'
import { draftSchema, type Draft } from '#contract/editing.ts'
import type { ServerId } from '#contract/ids.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { StateCheckpoint } from './state-checkpoint.ts'

/** Drafts in `state.db`, so that they survive a restart. A draft has no place for a password. */
export class DraftTable {
  readonly #database: DatabaseSync
  readonly #checkpoint: Pick<StateCheckpoint, 'soon'>

  constructor(database: DatabaseSync, checkpoint: Pick<StateCheckpoint, 'soon'>) {
    this.#database = database
    this.#checkpoint = checkpoint
  }

  all(): (SynchronizationRef & { draft: Draft })[] {
    const rows = this.#database.prepare('SELECT server_id AS serverId, key, draft FROM draft').all() as {
      serverId: ServerId
      key: string
      draft: string
    }[]
    return rows.flatMap(({ serverId, key, draft }) => {
      const parsed = v.safeParse(draftSchema, JSON.parse(draft))
      return parsed.success ? [{ serverId, key, draft: parsed.output }] : []
    })
  }

  set({ serverId, key }: SynchronizationRef, draft: Draft | null): void {
    this.#checkpoint.soon()
    if (draft === null) {
      this.#database.prepare('DELETE FROM draft WHERE server_id = ? AND key = ?').run(serverId, key)
      return
    }
    this.#database
      .prepare('INSERT OR REPLACE INTO draft (server_id, key, draft) VALUES (?, ?, ?)')
      .run(serverId, key, JSON.stringify(draft))
  }
}
