import type { ServerId } from '#contract/ids.ts'
import { foreign } from '#contract/messages/message.ts'
import type { Transition } from '#contract/monitoring.ts'
import type { Health } from '#contract/synchronizations.ts'
import type { CacheDatabase } from './cache-database.ts'
import { readMessage, storedMessage } from './stored-message.ts'

/** What entered a state; `key` is empty for the server itself. */
export interface StoredTransition extends Transition {
  readonly serverId: ServerId
  readonly key: string
}

/** A change of health; `at` is in epoch ms. */
export interface HealthChange {
  readonly at: number
  readonly health: Health
}

/** A change of a synchronization's health, with its position among all changes. */
export interface PlacedChange extends HealthChange {
  readonly id: number
  readonly serverId: ServerId
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
  statesOf(serverId: ServerId, key: string, limit: number): Transition[] {
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

  /** What a synchronization's health became after `from`, newest first, at most `limit`. */
  healthsAfter(serverId: ServerId, key: string, from: number, limit: number): HealthChange[] {
    return this.#cache.all(
      'SELECT at, health FROM transition WHERE server_id = ? AND key = ? AND at > ? ORDER BY at DESC, id DESC LIMIT ?',
      serverId,
      key,
      from,
      limit,
    )
  }

  /** The last change of a synchronization's health up to `at`, inclusive; undefined if none is known. */
  healthAt(serverId: ServerId, key: string, at: number): HealthChange | undefined {
    return this.#cache.get(
      'SELECT at, health FROM transition WHERE server_id = ? AND key = ? AND at <= ? ORDER BY at DESC, id DESC LIMIT 1',
      serverId,
      key,
      at,
    )
  }

  /**
   * The changes of all synchronizations after `from`, newest first, at most `limit`; those before `next` in that order.
   */
  changesAfter(from: number, next: Pick<PlacedChange, 'at' | 'id'> | null, limit: number): PlacedChange[] {
    return this.#cache.all(
      `SELECT id, at, server_id AS serverId, key, health FROM transition
       WHERE at > ? AND (at, id) < (?, ?) AND key <> '' ORDER BY at DESC, id DESC LIMIT ?`,
      from,
      next?.at ?? Number.MAX_SAFE_INTEGER,
      next?.id ?? Number.MAX_SAFE_INTEGER,
      limit,
    )
  }

  /** When the oldest known change of a synchronization happened; null if none is known. */
  get knownSince(): number | null {
    const oldest = this.#cache.get<{ at: number }>("SELECT at FROM transition WHERE key <> '' ORDER BY at LIMIT 1")
    return oldest?.at ?? null
  }

  /**
   * Removes at most `limit` that are older than `before`, but never the last one of an object: that state still
   * applies.
   */
  prune(before: number, limit: number): number {
    let removed = 0
    this.#cache.write(() => {
      removed = this.#cache.run(
        `DELETE FROM transition WHERE id IN (
           SELECT old.id FROM transition AS old WHERE old.at < ? AND EXISTS (
             SELECT 1 FROM transition AS newer WHERE newer.server_id = old.server_id AND newer.key = old.key AND newer.at > old.at
           ) ORDER BY old.at LIMIT ?)`,
        before,
        limit,
      )
    })
    return removed
  }

  removeServer(serverId: ServerId): void {
    this.#cache.write(() => this.#cache.run('DELETE FROM transition WHERE server_id = ?', serverId))
  }
}
