import type { Clock } from '../clock.ts'
import type { Session } from './session.ts'
import type { Transport } from './transport.ts'

/** How long a log-out may take: nothing depends on it. */
const LOG_OUT_MS = 1_000

/** Ends sessions on their servers, as far as that is possible within a second. Never rejects. */
export class LogOuts {
  readonly #clock: Pick<Clock, 'after'>
  readonly #underWay = new Map<Promise<void>, AbortController>()
  /** What ends the sessions that are used once and are in use now. */
  readonly #usedOnce = new Set<() => void>()

  constructor(clock: Pick<Clock, 'after'>) {
    this.#clock = clock
  }

  /**
   * Ends a session, and any that was opened along the way, including one opened by a log-in that is still being
   * answered. Each over its own connection. Resolves when all are ended.
   */
  leave(session: Session, connect: () => Transport): Promise<void> {
    const end = (cookies: readonly string[]): Promise<void> => this.#end(cookies, session.resource, connect)
    return end(session.leave((late) => void end(late)))
  }

  /**
   * A session for a single use, such as that of a test, until the returned function ends it. `connect`: for ending it
   * if Syncdeck quits in the meantime.
   */
  useOnce(session: Session, connect: () => Transport): (by: Transport) => Promise<void> {
    const end = (): void => void this.leave(session, connect)
    this.#usedOnce.add(end)
    return (by) => {
      this.#usedOnce.delete(end)
      return this.leave(session, () => by)
    }
  }

  /** Ends all sessions for a single use. */
  leaveThoseUsedOnce(): void {
    for (const end of this.#usedOnce) end()
    this.#usedOnce.clear()
  }

  /** Resolves when nothing is under way, after a second at most. */
  async ended(): Promise<void> {
    const cancel = this.#clock.after(LOG_OUT_MS, () => {
      for (const controller of this.#underWay.values()) controller.abort()
    })
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.keys())
    cancel()
  }

  #end(cookies: readonly string[], url: URL, connect: () => Transport): Promise<void> {
    if (cookies.length === 0) return Promise.resolve()
    const controller = new AbortController()
    const cancel = this.#clock.after(LOG_OUT_MS, () => controller.abort())
    const ending = logOut(cookies, url, connect(), controller.signal).finally(() => {
      cancel()
      this.#underWay.delete(ending)
    })
    this.#underWay.set(ending, controller)
    return ending
  }
}

async function logOut(cookies: readonly string[], url: URL, transport: Transport, signal: AbortSignal): Promise<void> {
  // If it fails, the session expires after some hours without use.
  await Promise.allSettled(
    cookies.map((cookie) =>
      transport.send({
        method: 'DELETE',
        url,
        headers: { accept: 'application/json', 'x-atlassian-token': 'no-check', cookie },
        body: null,
        maxBytes: 65_536,
        signal,
      }),
    ),
  )
  transport.close()
}
