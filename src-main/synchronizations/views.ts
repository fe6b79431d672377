import type { Noted } from '#contract/noted.ts'
import { isBlank, shownText } from '#contract/shown-text.ts'
import type {
  Connector,
  ConnectorStatus,
  SynchronizationDetail,
  SynchronizationRow,
} from '#contract/synchronizations.ts'
import { readIntegration, type ConnectorSide, type Integration } from '../backbone/integration.ts'
import { deriveConnectorHealth } from './health.ts'
import type { SynchronizationRecord } from './synchronization-record.ts'

/** How many conflicts a synchronization has, and how many of them nobody has marked as seen. */
export interface ConflictCounts {
  readonly all: number
  readonly unseen: number
}

/** A synchronization as a row of the table; texts of the server as they are shown. */
export function buildRow(
  record: SynchronizationRecord,
  conflicts: ConflictCounts | null,
  noted: Noted,
): SynchronizationRow {
  const { integration } = record
  const side = (connector: ConnectorSide | null): SynchronizationRow['first'] =>
    connector && {
      connectorKey: connector.connectorKey,
      projectKey: shownText(connector.projectKey),
      user: shownText(connector.user),
      baseUrl: shownText(connector.baseUrl),
    }
  return {
    serverId: record.serverId,
    key: integration.key,
    summary: isBlank(integration.summary) ? '' : shownText(integration.summary),
    ...kindOf(integration),
    first: side(integration.first),
    second: side(integration.second),
    ...record.healthState,
    conflictCount: conflicts?.all ?? null,
    newConflictCount: conflicts?.unseen ?? null,
    since: record.since,
    isSinceSeen: record.isSinceSeen,
    fetchedAt: record.statusReadAt ?? record.itemReadAt,
    source: record.source,
    ...noted,
  }
}

/** A synchronization as its panel shows it, from the object in `json` and the status last read. */
export function buildDetail(
  record: SynchronizationRecord,
  json: string,
  readAt: number,
  source: 'live' | 'cache',
): Omit<SynchronizationDetail, 'problem'> {
  const integration = readIntegration(JSON.parse(json)) ?? record.integration
  const { health, state, reason } = record.healthState
  const side = (connector: ConnectorSide | null, status: ConnectorStatus | null): Connector | null =>
    connector && { ...connector, status, ...deriveConnectorHealth(status) }
  return {
    serverId: record.serverId,
    key: integration.key,
    summary: integration.summary,
    description: integration.description,
    ...kindOf(integration),
    createdUser: integration.createdUser,
    createdDate: integration.createdDate,
    lastModifiedUser: integration.lastModifiedUser,
    lastModifiedDate: integration.lastModifiedDate,
    health,
    state,
    reason,
    first: side(integration.first, record.status?.first ?? null),
    second: side(integration.second, record.status?.second ?? null),
    json,
    fetchedAt: readAt,
    source,
  }
}

function kindOf({ isDistributed, isMaster }: Integration): Pick<SynchronizationRow, 'kind' | 'role'> {
  if (!isDistributed) return { kind: 'centralized', role: null }
  return { kind: 'distributed', role: isMaster === null ? null : isMaster ? 'primary' : 'secondary' }
}
