import type { Account } from './account.ts'
import { vendorDate, type Connector, type Entry, type JsonObject } from './model.ts'
import { asObject, Refusal } from './request-body.ts'

/** As the vendor says about its own interface: project key and sync user are not editable, so they are left alone. */
export function update(entry: Entry, body: JsonObject, account: Account): void {
  const { integration } = entry
  if (typeof body.summary === 'string') integration.summary = body.summary
  if (typeof body.description === 'string') integration.description = body.description
  for (const [side, connector] of sides(entry)) {
    const application = asObject(asObject(asObject(body[side])?.connection)?.application)
    if (typeof application?.baseUrl === 'string') connector.connection.application.baseUrl = application.baseUrl
    if (typeof application?.password === 'string') entry.syncPasswords.set(connector.connectorKey, application.password)
  }
  integration.lastModifiedUser = account.name
  integration.lastModifiedDate = vendorDate(Date.now())
}

/** Refuses an `applicationConnection` that does not name base URL, user and password of each side, or another user. */
export function requireConnections(entry: Entry, body: JsonObject): void {
  for (const [side, connector] of sides(entry)) {
    const given = asObject(body[side])
    if (!['baseUrl', 'user', 'password'].every((field) => typeof given?.[field] === 'string' && given[field] !== '')) {
      throw new Refusal(400, `${side}: baseUrl, user and password are required`)
    }
    if (given?.user !== connector.connection.application.user) {
      throw new Refusal(400, `${side}.user: the sync user cannot be changed`)
    }
  }
}

/** The connection of one side as an `applicationConnection` gives it. */
export interface GivenConnection {
  readonly connector: Connector
  readonly baseUrl: string
  readonly user: string
  readonly password: string
}

/** What `requireConnections` let pass. */
export function givenConnections(entry: Entry, body: JsonObject): GivenConnection[] {
  return sides(entry).map(([side, connector]) => {
    const given = asObject(body[side])
    const [baseUrl, user, password] = [String(given?.baseUrl), String(given?.user), String(given?.password)]
    return { connector, baseUrl, user, password }
  })
}

export function changeConnections(entry: Entry, given: readonly GivenConnection[]): void {
  for (const { connector, baseUrl, password } of given) {
    connector.connection.application.baseUrl = baseUrl
    entry.syncPasswords.set(connector.connectorKey, password)
  }
}

function sides(entry: Entry): ['firstConnector' | 'secondConnector', Connector][] {
  const { firstConnector, secondConnector } = entry.integration
  return secondConnector === undefined
    ? [['firstConnector', firstConnector]]
    : [
        ['firstConnector', firstConnector],
        ['secondConnector', secondConnector],
      ]
}
