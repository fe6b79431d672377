import * as v from 'valibot'
import type { StoredProxyGate } from '../http/proxy-gate.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { SettingTable } from '../storage/setting-table.ts'

/** Beside the settings, and none of them: no channel reads or writes it. */
const NAME = 'proxyGate'

const storedSchema = v.object({
  account: v.string(),
  state: v.object({
    unanswered: v.number(),
    block: v.nullable(
      v.object({ reason: v.picklist(['refused', 'unanswered']), attempts: v.number(), lastAttemptAt: v.number() }),
    ),
  }),
})

/** What is known of the log-in to the proxy in use, in `state.db`. */
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

  save(account: string, state: StoredProxyGate | null): void {
    try {
      this.#table.put(NAME, state === null ? null : { account, state })
    } catch (error) {
      // It holds in memory: a full disk must not block requests waiting at the gate.
      logFault(this.#logger, 'proxy gate not stored', error)
    }
  }
}
