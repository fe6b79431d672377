import * as v from 'valibot'
import type { AppError } from '../errors/app-error.ts'
import { attemptNotNoted } from '../errors/not-noted.ts'
import type { StoredProxyGate } from '../http/proxy-gate.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { SettingTable } from '../storage/setting-table.ts'

/** Stored beside the settings but not one of them: no channel reads or writes it. */
const NAME = 'proxyGate'

const storedSchema = v.object({
  account: v.string(),
  state: v.object({
    unanswered: v.number(),
    block: v.nullable(
      v.object({ reason: v.picklist(['refused', 'unanswered']), attempts: v.number(), lastAttemptAt: v.number() }),
    ),
    // Missing or in another form in what an earlier version stored.
    unclear: v.fallback(v.nullable(v.object({ target: v.string(), lastAt: v.number() })), null),
  }),
})

/** What is known about the log-in to the proxy in use, in `state.db`. */
export class ProxyGateStore {
  readonly #table: SettingTable
  readonly #logger: Logger

  constructor(table: SettingTable, logger: Logger) {
    this.#table = table
    this.#logger = logger
  }

  load(account: string): StoredProxyGate | null {
    const stored = v.safeParse(storedSchema, this.#table.all()[NAME])
    return stored.success && stored.output.account === account ? stored.output.state : null
  }

  /** Returns why it could not be stored. */
  save(account: string, state: StoredProxyGate | null): AppError | null {
    try {
      this.#table.put(NAME, state === null ? null : { account, state })
      return null
    } catch (error) {
      logFault(this.#logger, 'proxy gate not stored', error)
      return attemptNotNoted(error)
    }
  }
}
