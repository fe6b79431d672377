import type { DatabaseSync } from 'node:sqlite'
import type { WatchedRef } from '#contract/monitoring.ts'
import { foreign } from '#contract/messages/message.ts'
import type { Notification, Snooze } from '#contract/notifications.ts'
import { readMessage, storedMessage } from './stored-message.ts'

type NotificationRow = Omit<Notification, 'title' | 'text' | 'items' | 'isRead'> & {
  title: string
  text: string
  items: string
  isRead: number
}

/** Notifications and snoozes, in `state.db`. */
export class NotificationTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  /** Newest first. */
  list(limit: number): Notification[] {
    const rows = this.#database
      .prepare(
        'SELECT id, at, kind, tone, title, text, items, job_id AS jobId, is_read AS isRead FROM notification WHERE dismissed_at IS NULL ORDER BY at DESC, id DESC LIMIT ?',
      )
      .all(limit) as unknown as NotificationRow[]
    return rows.map((row) => ({
      ...row,
      title: readMessage(row.title) ?? foreign(''),
      text: readMessage(row.text),
      items: JSON.parse(row.items) as Notification['items'],
      isRead: row.isRead === 1,
    }))
  }

  /** Returns the new notification's id. */
  add({ at, kind, tone, title, text, items, jobId }: Omit<Notification, 'id' | 'isRead'>): number {
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO notification (at, kind, tone, title, text, items, job_id) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(at, kind, tone, storedMessage(title), storedMessage(text), JSON.stringify(items), jobId)
    return Number(lastInsertRowid)
  }

  /** Returns the ids of those that changed. */
  markRead(ids: readonly number[]): number[] {
    return this.#update('SET is_read = ?1 WHERE is_read <> ?1', 1, ids)
  }

  /** Removes them from the list; returns the ids of those that were in it. */
  dismiss(ids: readonly number[], at: number): number[] {
    return this.#update('SET dismissed_at = ?1 WHERE dismissed_at IS NULL', at, ids)
  }

  /** Restores them; returns the ids of those that were dismissed and still kept. */
  restore(ids: readonly number[]): number[] {
    return this.#update('SET dismissed_at = ?1 WHERE dismissed_at IS NOT ?1', null, ids)
  }

  /**
   * Removes what is older than `before`, or was dismissed before `dismissedBefore`; returns how many of the first kind.
   */
  prune(before: number, dismissedBefore: number): number {
    this.#database.prepare('DELETE FROM notification WHERE dismissed_at < ?').run(dismissedBefore)
    return Number(this.#database.prepare('DELETE FROM notification WHERE at < ?').run(before).changes)
  }

  #update(change: string, value: number | null, ids: readonly number[]): number[] {
    return this.#database
      .prepare(`UPDATE notification ${change} AND id IN (SELECT value FROM json_each(?2)) RETURNING id`)
      .all(value, JSON.stringify(ids))
      .map(({ id }) => Number(id))
  }

  snoozes(): Snooze[] {
    const rows = this.#database
      .prepare('SELECT server_id AS serverId, key, until, reason FROM snooze')
      .all() as unknown as Snooze[]
    return rows.map((row) => ({ ...row, key: row.key === '' ? null : row.key }))
  }

  setSnooze({ serverId, key, until, reason }: Snooze): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO snooze (server_id, key, until, reason) VALUES (?, ?, ?, ?)')
      .run(serverId, key ?? '', until, reason)
  }

  endSnooze({ serverId, key }: WatchedRef): void {
    this.#database.prepare('DELETE FROM snooze WHERE server_id = ? AND key = ?').run(serverId, key ?? '')
  }
}
