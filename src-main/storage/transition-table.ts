import { foreign } from '#contract/messages/message.ts'
import type { Transition } from '#contract/monitoring.ts'
import type { Health } from '#contract/synchronizations.ts'
import type { CacheDatabase } from './cache-database.ts'
import { readMessage, storedMessage } from './stored-message.ts'

/** What went into a state; `key` is empty for the server itself. */
export interface StoredTransition extends Transition {
  readonly serverId: string
  readonly key: string
}

/** States over time in `cache.db`. */
export class TransitionTable {
  readonly #cache: CacheDatabase

  constructor(cache: CacheDatabase) {
    this.#cache = cache
  }

  add(transitions: readonly StoredTransition[]): void {
    if (transitions.length === 0) return
    this.#cache.write(() => {
      for (const { at, serverId, key, health, state, reason } of transitions) {
        this.#cache.run(
          'INSERT INTO transition (at, server_id, key, health, label, reason) VALUES (?, ?, ?, ?, ?, ?)',
          at,
          serverId,
          key,
          health,
          storedMessage(state),
          storedMessage(reason),
        )
      }
    })
  }

  /** Newest first, at most `limit`. */
  statesOf(serverId: string, key: string, limit: number): Transition[] {
    const rows: { at: number; health: Health; label: string; reason: string }[] = this.#cache.all(
      'SELECT at, health, label, reason FROM transition WHERE server_id = ? AND key = ? ORDER BY at DESC, id DESC LIMIT ?',
      serverId,
      key,
      limit,
    )
    return rows.map(({ at, health, label, reason }) => ({
      at,
      health,
      state: readMessage(label) ?? foreign(''),
      reason: readMessage(reason),
    }))
  }

  /** Removes at most `limit` that are older than `before`, but never the last one of an object: it is the state that still holds. */
  prune(before: number, limit: number): number {
    let removed = 0
    this.#cache.write(() => {
      removed = this.#cache.run(
        `DELETE FROM transition WHERE id IN (
           SELECT old.id FROM transition old WHERE old.at < ? AND EXISTS (
             SELECT 1 FROM transition newer WHERE newer.server_id = old.server_id AND newer.key = old.key AND newer.at > old.at
           ) ORDER BY old.at LIMIT ?)`,
        before,
        limit,
      )
    })
    return removed
  }

  removeServer(serverId: string): void {
    this.#cache.write(() => this.#cache.run('DELETE FROM transition WHERE server_id = ?', serverId))
  }
}
