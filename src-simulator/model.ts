/**
 * The objects of Backbone's REST API as the vendor's page shows them, field for field. A field that the page's list
 * answer leaves out (`configuration`, `projectConnectorKey`) is optional here and added for single answers.
 */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

export interface Queue {
  '@type': string
  name?: string
  path?: string
}

export interface Connector {
  createdUser: string
  lastModifiedUser: string
  createdDate: string
  lastModifiedDate: string
  connectorKey: string
  projectKey: string
  projectConnectorKey?: string
  connection: {
    application: { baseUrl: string; user: string }
    connector: {
      sendQueue: Queue
      receiveQueue: Queue
      initialInternalPollingDelay: number
      internalPollingInterval: number
    }
  }
  configuration?: JsonObject
}

export interface Integration {
  createdUser: string
  lastModifiedUser: string
  createdDate: string
  lastModifiedDate: string
  integrationKey: string
  summary: string
  description: string
  distributed?: boolean
  master?: boolean
  partnerProjectType?: string
  firstConnector: Connector
  secondConnector?: Connector
}

export interface ConnectorStatus {
  connectorKey: string
  online: boolean
  reconnecting: boolean
  incomingRouteStatus: string
  incomingProcessingStatus: string
  incomingDetails: string
  outgoingRouteStatus: string
  outgoingProcessingStatus: string
  outgoingDetails: string
  externalRouteStatus: string
  issuesInError: number
}

export interface Status {
  status: string
  firstConnector: ConnectorStatus
  secondConnector?: ConnectorStatus
}

export interface Conflict {
  connectorKey: string
  severity: string
  type: string
  field: string
  message: string
}

export interface SyncInformation {
  id: number
  connectorKey: string
  localIssueKey: string
  remoteIssueKey: string
  firstSyncDate: number
  lastOutgoingChange: number
  lastChangeSeen: number
  lastIncomingChange: number
  outgoingMessageSequenceId: number
  incomingMessageSequenceId: number
  comments: Json[]
  incomingChangesIgnored: boolean
}

/** One synchronization with all that the simulated server keeps about it. */
export interface Entry {
  integration: Integration
  status: Status
  conflicts: Conflict[]
  links: SyncInformation[]
  /** Sync users' passwords by connector key; they never leave the simulator. */
  syncPasswords: Map<string, string>
}

/** The vendor's form of a date: an offset without a colon. */
export function vendorDate(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, '+0000')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The vendor's form of a task's time stamp: `Aug 04, 2017 -- 09:50 AM`. */
export function vendorTimestamp(epochMs: number): string {
  const date = new Date(epochMs)
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = date.getUTCHours()
  return (
    `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())}, ${date.getUTCFullYear()} -- ` +
    `${two(hours % 12 === 0 ? 12 : hours % 12)}:${two(date.getUTCMinutes())} ${hours < 12 ? 'AM' : 'PM'}`
  )
}

/** The status of a connector whose synchronization is stopped or running normally. */
export function plainConnectorStatus(connectorKey: string, isRunning: boolean): ConnectorStatus {
  const route = isRunning ? 'STARTED' : 'STOPPED'
  return {
    connectorKey,
    online: true,
    reconnecting: false,
    incomingRouteStatus: route,
    incomingProcessingStatus: 'IDLE',
    incomingDetails: '',
    outgoingRouteStatus: route,
    outgoingProcessingStatus: 'IDLE',
    outgoingDetails: '',
    externalRouteStatus: route,
    issuesInError: 0,
  }
}

export function plainStatus(integration: Integration, isRunning: boolean): Status {
  const status: Status = {
    status: isRunning ? 'RUNNING' : 'STOPPED',
    firstConnector: plainConnectorStatus(integration.firstConnector.connectorKey, isRunning),
  }
  if (integration.secondConnector !== undefined) {
    status.secondConnector = plainConnectorStatus(integration.secondConnector.connectorKey, isRunning)
  }
  return status
}

export function connectorsOf(entry: Entry): Connector[] {
  const { firstConnector, secondConnector } = entry.integration
  return secondConnector === undefined ? [firstConnector] : [firstConnector, secondConnector]
}

/** The integration as a list shows it: neither configuration nor the project connector's key. */
export function withoutConfiguration(integration: Integration): Integration {
  const strip = (connector: Connector): Connector => {
    const { configuration: _configuration, projectConnectorKey: _key, ...rest } = connector
    return rest
  }
  return {
    ...integration,
    firstConnector: strip(integration.firstConnector),
    ...(integration.secondConnector && { secondConnector: strip(integration.secondConnector) }),
  }
}
