import type { ServerId } from '#contract/ids.ts'
import { endedWithin, type Clock } from '../clock.ts'
import type { JiraClient } from '../http/jira-client.ts'

/** Clients kept only for their log-ins under way: if the answer to one were lost, the user would have to act. */
export class RetiringClients {
  readonly #clients = new Map<JiraClient, { readonly serverId: ServerId; readonly ended: Promise<void> }>()

  /** Aborts everything except log-ins. Resolves once these have ended on their own and the connections are closed. */
  async add(serverId: ServerId, client: JiraClient): Promise<void> {
    const ended = client.retire().finally(() => this.#clients.delete(client))
    this.#clients.set(client, { serverId, ended })
    await ended
  }

  /** Also aborts the log-ins of a server. */
  breakOff(serverId: ServerId): void {
    for (const [client, retiring] of this.#clients) if (retiring.serverId === serverId) client.close()
  }

  /** Waits this long, in ms, for the last answers, then aborts the rest. */
  async close(clock: Clock, patienceMs: number): Promise<void> {
    const ending = Promise.all([...this.#clients.values()].map(({ ended }) => ended))
    await endedWithin(clock, patienceMs, ending)
    for (const client of this.#clients.keys()) client.close()
    await ending
  }
}
