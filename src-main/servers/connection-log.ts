import type { ConnectionAttempt } from '#contract/diagnosis.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Clock } from '../clock.ts'
import type { TracedConnection } from '../http/connection-trace.ts'

/** How many different attempts are kept per server. */
const KEPT = 50

/** Recent attempts to connect to each server, in memory: route, trust and result. */
export class ConnectionLog {
  readonly #clock: Pick<Clock, 'now'>
  readonly #attempts = new Map<string, ConnectionAttempt[]>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** An attempt that is identical to the last one is counted with it. */
  add(serverId: ServerId, connection: TracedConnection): void {
    const at = this.#clock.now()
    const list = this.#attempts.get(serverId) ?? []
    const [last] = list
    if (last !== undefined && isAlike(last, connection)) {
      list[0] = { ...last, lastAt: at, count: last.count + 1 }
    } else {
      list.unshift({ ...connection, steps: [...connection.steps], firstAt: at, lastAt: at, count: 1 })
      list.length = Math.min(list.length, KEPT)
    }
    this.#attempts.set(serverId, list)
  }

  /** Newest first. */
  attemptsOf(serverId: ServerId): ConnectionAttempt[] {
    return this.#attempts.get(serverId) ?? []
  }

  forget(serverId: ServerId): void {
    this.#attempts.delete(serverId)
  }
}

function isAlike(attempt: ConnectionAttempt, { isConnected, steps }: TracedConnection): boolean {
  return attempt.isConnected === isConnected && JSON.stringify(attempt.steps) === JSON.stringify(steps)
}
