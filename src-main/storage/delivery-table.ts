import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { CacheDatabase } from './cache-database.ts'

/** What was last read of one direction of a synchronization. */
export interface StoredDelivery {
  /** The side that receives. */
  readonly toward: 'first' | 'second'
  /** The latest outgoing change of the other side, and the latest incoming one of this side, epoch ms of their Jira. */
  readonly sentAt: number
  readonly receivedAt: number
  /** Changes with anything that this side notes as received. */
  readonly digest: string
  /** 1 if what was sent has once been seen to arrive. */
  readonly isProven: 0 | 1
  /** 1 if something was sent, and nothing has been received since. */
  readonly isWaiting: 0 | 1
}

/** The deliveries of each synchronization in `cache.db`. They are removed with the rows of their server. */
export class DeliveryTable {
  readonly #cache: CacheDatabase

  constructor(cache: CacheDatabase) {
    this.#cache = cache
  }

  of({ serverId, key }: SynchronizationRef): StoredDelivery[] {
    return this.#cache.all(
      `SELECT toward, sent_at AS sentAt, received_at AS receivedAt, digest, is_proven AS isProven,
       is_waiting AS isWaiting FROM delivery WHERE server_id = ? AND key = ?`,
      serverId,
      key,
    )
  }

  put({ serverId, key }: SynchronizationRef, deliveries: readonly StoredDelivery[]): void {
    this.#cache.write(() => {
      this.#cache.run('DELETE FROM delivery WHERE server_id = ? AND key = ?', serverId, key)
      for (const { toward, sentAt, receivedAt, digest, isProven, isWaiting } of deliveries)
        this.#cache.run(
          `INSERT INTO delivery (server_id, key, toward, sent_at, received_at, digest, is_proven, is_waiting)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          serverId,
          key,
          toward,
          sentAt,
          receivedAt,
          digest,
          isProven,
          isWaiting,
        )
    })
  }
}
