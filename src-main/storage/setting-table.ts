import type { DatabaseSync } from 'node:sqlite'

/** Settings by name in `state.db`, each value as JSON. */
export class SettingTable {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  all(): Record<string, unknown> {
    const rows = this.#database.prepare('SELECT name, value FROM setting').all() as { name: string; value: string }[]
    return Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown]))
  }

  put(name: string, value: unknown): void {
    this.#database
      .prepare(
        'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      )
      .run(name, JSON.stringify(value))
  }
}
