import * as v from 'valibot'
import type { WindowPlace } from './window-place.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { SettingTable } from '../storage/setting-table.ts'

/** Stored beside the settings but not one of them: no channel reads or writes it. */
const NAME = 'windowPlace'

const pixels = v.pipe(v.number(), v.safeInteger())
const placeSchema = v.object({
  bounds: v.object({ x: pixels, y: pixels, width: pixels, height: pixels }),
  isMaximized: v.boolean(),
})

/** Where the window was when it was last closed, in `state.db`. */
export class WindowPlaceStore {
  readonly #table: SettingTable
  readonly #logger: Logger

  constructor(table: SettingTable, logger: Logger) {
    this.#table = table
    this.#logger = logger
  }

  /** Null before the first time, and if an earlier version stored something of another form. */
  load(): WindowPlace | null {
    const stored = v.safeParse(placeSchema, this.#table.all()[NAME])
    return stored.success ? stored.output : null
  }

  /** Never throws: a window that opens in a different place is not worth an error. */
  save(place: WindowPlace): void {
    try {
      this.#table.put(NAME, place)
    } catch (error) {
      logFault(this.#logger, 'place of the window not stored', error)
    }
  }
}
