import type { GivenConnection } from './changes.ts'
import type { JiraNetwork } from './jira-network.ts'
import { connectorsOf, type Connector, type ConnectorStatus, type Entry } from './model.ts'

/** The result of a sync user's log-in: null if accepted, otherwise Backbone's message. */
type Problem = string | null

/**
 * What running synchronizations do again and again: log in as the sync user of each side, at its base URL. Jira counts
 * it like any other log-in. A side whose password the simulator does not know does not log in.
 */
export class SyncLogIns {
  readonly #network: JiraNetwork | null

  /** Null: what they reach is not simulated, and they never log in. */
  constructor(network: JiraNetwork | null) {
    this.#network = network
  }

  /** A running synchronization logs in once on each side; its status shows the result. */
  logIn(entry: Entry): void {
    if (this.#network === null || entry.status.status === 'STOPPED') return
    for (const connector of connectorsOf(entry)) {
      const password = entry.syncPasswords.get(connector.connectorKey)
      const status = statusOf(entry, connector)
      if (password === undefined || status === undefined) continue
      const { baseUrl, user } = connector.connection.application
      const problem = this.#try(baseUrl, user, password)
      status.online = problem === null
      status.reconnecting = problem !== null
      status.incomingDetails = problem ?? ''
    }
  }

  /**
   * Tries the connection that an update brings, before it is taken over; the problem of the first side that has one.
   */
  problemOf(connections: readonly GivenConnection[]): Problem {
    if (this.#network === null) return null
    for (const { baseUrl, user, password } of connections) {
      const problem = this.#try(baseUrl, user, password)
      if (problem !== null) return problem
    }
    return null
  }

  #try(baseUrl: string, user: string, password: string): Problem {
    const attempt = this.#network?.at(baseUrl)?.attempt(user, password)
    if (attempt === undefined) return `${baseUrl} did not answer.`
    if ('account' in attempt) return null
    const why = attempt.reason === 'AUTHENTICATION_DENIED' ? '403 Forbidden, CAPTCHA_CHALLENGE' : '401 Unauthorized'
    return `The synchronization user ${user} could not log in to ${baseUrl}: ${why}.`
  }
}

function statusOf({ status }: Entry, { connectorKey }: Connector): ConnectorStatus | undefined {
  return [status.firstConnector, status.secondConnector].find((side) => side?.connectorKey === connectorKey)
}
