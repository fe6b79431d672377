import { isSameMessage, type Message } from '#contract/messages/message.ts'
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { systemClock, type Clock } from '../clock.ts'
import { storageProblem } from '../errors/storage-problem.ts'
import { Signal } from '../signal.ts'
import { inTransaction } from './migrate.ts'

/** How long nothing may have failed before storing counts as working again. */
const CALM_MS = 60_000

/**
 * `cache.db` with the tables' statements, which are prepared once. What cannot be stored because the disk is full or
 * fails is skipped: everything continues from memory.
 */
export class CacheDatabase {
  /**
   * The problem in words, reported once, and an empty text when storing has worked for a while: on a disk that is
   * nearly full, small writes succeed between large ones that fail.
   */
  readonly problemChanged = new Signal<[problem: Message | null]>()
  readonly #database: DatabaseSync
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #statements = new Map<string, StatementSync>()
  #problem: Message | null = null
  #failedAt = 0
  #isClosed = false

  constructor(database: DatabaseSync, clock: Pick<Clock, 'elapsed'> = systemClock) {
    this.#database = database
    this.#clock = clock
  }

  /** Why nothing is stored at present; null if all is well. */
  get problem(): Message | null {
    return this.#problem
  }

  all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as unknown as Row[]
  }

  /** One row after the other, for a list that need not be in memory as a whole. */
  each<Row>(sql: string, ...values: SQLInputValue[]): Iterable<Row> {
    return this.#prepare(sql).iterate(...values) as unknown as Iterable<Row>
  }

  get<Row>(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as unknown as Row | undefined
  }

  /** To be called inside `write`. Returns how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  /** Runs `work` in one transaction. Returns false if it could not be stored. */
  write(work: () => void): boolean {
    // A late answer that arrives while Syncdeck quits; it is read again after the next start.
    if (this.#isClosed) return false
    try {
      inTransaction(this.#database, work)
      if (this.#problem !== null && this.#clock.elapsed() - this.#failedAt >= CALM_MS) this.#report(null)
      return true
    } catch (error) {
      const problem = storageProblem(error)
      if (problem === null) throw error
      this.#failedAt = this.#clock.elapsed()
      this.#report(problem)
      return false
    }
  }

  close(): void {
    this.#isClosed = true
    this.#statements.clear()
    this.#database.close()
  }

  /** Returns the space of removed rows to the disk. */
  compact(): void {
    this.#database.exec('VACUUM')
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #report(problem: Message | null): void {
    if (isSameMessage(problem, this.#problem)) return
    this.#problem = problem
    this.problemChanged.emit(problem)
  }
}
