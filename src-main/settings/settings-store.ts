import * as v from 'valibot'
import { defaultSettings, settingsSchema, type Settings } from '#contract/settings.ts'
import { Signal } from '../signal.ts'
import type { SettingTable } from '../storage/setting-table.ts'

/** The user's settings. A stored value that this version does not accept counts as not set. */
export class SettingsStore {
  readonly #table: SettingTable
  readonly changed = new Signal<[settings: Settings, before: Settings]>()
  #settings: Settings

  constructor(table: SettingTable) {
    this.#table = table
    const stored = table.all()
    const accepted = Object.entries(settingsSchema.entries).flatMap(([name, schema]) => {
      const parsed = v.safeParse(schema, stored[name])
      return parsed.success ? [[name, parsed.output] as const] : []
    })
    this.#settings = { ...defaultSettings, ...(Object.fromEntries(accepted) as Partial<Settings>) }
  }

  get(): Settings {
    return this.#settings
  }

  /** Changes the given settings and stores them. */
  set(change: Partial<Settings>): Settings {
    for (const [name, value] of Object.entries(change)) this.#table.put(name, value)
    const before = this.#settings
    this.#settings = { ...before, ...change }
    this.changed.emit(this.#settings, before)
    return this.#settings
  }
}
