import { createHash } from 'node:crypto'
import type { ServerId } from '#contract/ids.ts'
import { TimeSlice } from '../time-slice.ts'
import type { CacheDatabase } from './cache-database.ts'

/** What a server answered about one thing, as text kept in parts, and when that was, epoch ms. */
export interface LongReading {
  readonly parts: readonly string[]
  readonly readAt: number
  /** How many of the server's items could not be read and are not in it. */
  readonly missing: number
}

interface Head {
  readonly number: number
  readonly count: number
  readonly digest: string
  readonly readAt: number
  readonly missing: number
}

interface Putting {
  readonly serverId: ServerId
  readonly key: string
  isRemoved: boolean
}

/**
 * Answers of many megabytes in `cache.db`, of one kind, by what they are about. They are stored and fetched part by
 * part in time slices. A new one replaces the last in one step, once all of it is stored: there is a complete one at
 * any moment.
 */
export class LongReadingTable {
  readonly #cache: CacheDatabase
  readonly #kind: string
  /** Those under way, and those waiting for them. */
  readonly #puttings = new Set<Putting>()
  #last: Promise<void> = Promise.resolve()

  constructor(cache: CacheDatabase, kind: 'links' | 'conflicts') {
    this.#cache = cache
    this.#kind = kind
  }

  /** When each was last read, and how many items are missing from it. */
  times(): { serverId: ServerId; key: string; readAt: number; missing: number }[] {
    return this.#cache.all(
      'SELECT server_id AS serverId, key, read_at AS readAt, missing FROM long_reading WHERE kind = ?',
      this.#kind,
    )
  }

  async get(serverId: ServerId, key: string): Promise<LongReading | null> {
    const slice = new TimeSlice()
    for (let head = this.#head(serverId, key); head !== null; head = this.#head(serverId, key)) {
      const parts: string[] = []
      while (parts.length < head.count) {
        const text = this.#part(serverId, key, head.number, parts.length)
        // Another one has replaced it in the meantime.
        if (text === null) break
        parts.push(text)
        if (slice.isOver) await slice.next()
      }
      if (parts.length === head.count) return { parts, readAt: head.readAt, missing: head.missing }
    }
    return null
  }

  /** Resolves when it is stored, or cannot be. One after the other, so that they do not add up. */
  put(serverId: ServerId, key: string, reading: LongReading): Promise<void> {
    const putting = { serverId, key, isRemoved: false }
    this.#puttings.add(putting)
    const stored = this.#last.then(() => this.#put(putting, reading)).finally(() => this.#puttings.delete(putting))
    this.#last = stored.catch(() => undefined)
    return stored
  }

  remove(serverId: ServerId, key: string): void {
    for (const putting of this.#puttings)
      if (putting.serverId === serverId && putting.key === key) putting.isRemoved = true
    this.#cache.write(() => {
      for (const table of ['long_reading', 'long_reading_part']) {
        this.#cache.run(`DELETE FROM ${table} WHERE kind = ? AND server_id = ? AND key = ?`, this.#kind, serverId, key)
      }
    })
  }

  removeServer(serverId: ServerId): void {
    for (const putting of this.#puttings) if (putting.serverId === serverId) putting.isRemoved = true
    this.#cache.write(() => {
      for (const table of ['long_reading', 'long_reading_part']) {
        this.#cache.run(`DELETE FROM ${table} WHERE kind = ? AND server_id = ?`, this.#kind, serverId)
      }
    })
  }

  async #put(putting: Putting, { parts, readAt, missing }: LongReading): Promise<void> {
    const { serverId, key } = putting
    const slice = new TimeSlice()
    const hash = createHash('sha256')
    for (const part of parts) {
      hash.update(part).update('\0')
      if (slice.isOver) await slice.next()
    }
    const digest = hash.digest('hex')
    let head: Head | null = null
    let isSame = false
    const write = (work: () => void): boolean => !putting.isRemoved && this.#cache.write(work)
    const isKnown = write(() => {
      head = this.#head(serverId, key)
      isSame = head !== null && head.digest === digest
      if (isSame)
        this.#cache.run(
          'UPDATE long_reading SET read_at = ?, missing = ? WHERE kind = ? AND server_id = ? AND key = ?',
          readAt,
          missing,
          this.#kind,
          serverId,
          key,
        )
    })
    if (!isKnown || isSame) return
    const number = ((head as Head | null)?.number ?? 0) + 1
    // The remains of one that was cut off.
    if (!(await this.#removeOthers(putting, number - 1, slice))) return
    for (const [index, part] of parts.entries()) {
      const isStored = write(() =>
        this.#cache.run(
          'INSERT INTO long_reading_part (kind, server_id, key, number, part, text) VALUES (?, ?, ?, ?, ?, ?)',
          this.#kind,
          serverId,
          key,
          number,
          index,
          part,
        ),
      )
      if (!isStored) return
      if (slice.isOver) await slice.next()
    }
    const isWhole = write(() =>
      this.#cache.run(
        'INSERT OR REPLACE INTO long_reading (kind, server_id, key, read_at, number, parts, digest, missing) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        this.#kind,
        serverId,
        key,
        readAt,
        number,
        parts.length,
        digest,
        missing,
      ),
    )
    if (isWhole) await this.#removeOthers(putting, number, slice)
  }

  /** Removes the parts of all but one. Returns false if that is impossible. */
  async #removeOthers(putting: Putting, number: number, slice: TimeSlice): Promise<boolean> {
    for (let removed = 1; removed > 0;) {
      const isDone =
        !putting.isRemoved &&
        this.#cache.write(() => {
          removed = this.#cache.run(
            `DELETE FROM long_reading_part WHERE (kind, server_id, key, number, part) IN
             (SELECT kind, server_id, key, number, part FROM long_reading_part WHERE kind = ? AND server_id = ? AND key = ? AND number <> ? LIMIT 10)`,
            this.#kind,
            putting.serverId,
            putting.key,
            number,
          )
        })
      if (!isDone) return false
      if (slice.isOver) await slice.next()
    }
    return true
  }

  #head(serverId: ServerId, key: string): Head | null {
    return (
      this.#cache.get<Head>(
        'SELECT number, parts AS count, digest, read_at AS readAt, missing FROM long_reading WHERE kind = ? AND server_id = ? AND key = ?',
        this.#kind,
        serverId,
        key,
      ) ?? null
    )
  }

  #part(serverId: ServerId, key: string, number: number, part: number): string | null {
    return (
      this.#cache.get<{ text: string }>(
        'SELECT text FROM long_reading_part WHERE kind = ? AND server_id = ? AND key = ? AND number = ? AND part = ?',
        this.#kind,
        serverId,
        key,
        number,
        part,
      )?.text ?? null
    )
  }
}
