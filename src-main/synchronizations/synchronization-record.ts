import type { ServerId } from '#contract/ids.ts'
import { isSameMessage } from '#contract/messages/message.ts'
import {
  readIntegration,
  readStatus,
  type Integration,
  type IntegrationStatus,
  type ListedIntegration,
} from '../backbone/integration.ts'
import { asObject, type WireObject } from '../wire-values.ts'
import { maskedJson } from '../logging/redact.ts'
import type { CachedSynchronization } from '../storage/synchronization-table.ts'
import { deriveHealth, NOT_READ, type HealthState } from './health.ts'
import { reportsAll, reportsNoLess, type Asked } from './reported-state.ts'

/** One synchronization as last read. Texts are kept to compare and to store; times are epoch ms. */
export interface SynchronizationRecord {
  readonly serverId: ServerId
  readonly integration: Integration
  readonly status: IntegrationStatus | null
  readonly healthState: HealthState
  /** Since when the state applies; null if that is not known. */
  readonly since: number | null
  /** Whether it was seen to enter that state; otherwise it may have been in it for longer. */
  readonly isSinceSeen: boolean
  readonly itemText: string
  readonly itemReadAt: number
  /** Like `statusOrder`, for the request that read the object itself. */
  readonly itemOrder: number
  readonly statusText: string | null
  readonly statusReadAt: number | null
  /**
   * The place of the request that read the status in the order of all requests, so that a late answer is recognised.
   */
  readonly statusOrder: number
  /** What the status contained when it was last read itself; null if that has not happened in this session. */
  readonly asked: Asked | null
  readonly source: 'live' | 'cache'
}

/** If the last reading is longer ago than this, in ms, a different state may have begun at any time in between. */
const SEEN_WITHIN_MS = 10 * 60_000

/** A change of a synchronization; `before` is null for a new one, `after` for a deleted one. */
export interface Change {
  readonly serverId: ServerId
  readonly key: string
  readonly before: SynchronizationRecord | null
  readonly after: SynchronizationRecord | null
}

/**
 * Whether an item of a list that was read at `readAt` contains as much of the state as the status itself, which then
 * need not be requested.
 */
export function isStateListed(
  { integration, original }: ListedIntegration,
  before: SynchronizationRecord | null,
  readAt: number,
): boolean {
  const listed = readStatus(original.status)
  return reportsNoLess(listed, before?.status ?? null) && reportsAll(listed, integration, before?.asked ?? null, readAt)
}

/**
 * Merges an item of a list into the record. The state is kept if the list says less, and so is anything from a later
 * request. If the status itself still has to be read, the record is as fresh as it was.
 */
export function fromListItem(
  serverId: ServerId,
  { integration, original }: ListedIntegration,
  before: SynchronizationRecord | null,
  readAt: number,
  order: number,
): SynchronizationRecord {
  const { status, ...item } = original
  const read = { integration, itemText: maskedJson(item), itemReadAt: readAt, itemOrder: order }
  const {
    integration: newest,
    itemText,
    itemReadAt,
    itemOrder,
  } = before !== null && order < before.itemOrder ? before : read
  const record: SynchronizationRecord = {
    serverId,
    integration: newest,
    itemText,
    itemReadAt,
    itemOrder,
    status: before?.status ?? null,
    healthState: before?.healthState ?? NOT_READ,
    since: before?.since ?? null,
    isSinceSeen: before?.isSinceSeen ?? false,
    statusText: before?.statusText ?? null,
    statusReadAt: before?.statusReadAt ?? null,
    statusOrder: before?.statusOrder ?? 0,
    asked: before?.asked ?? null,
    source: before?.source ?? 'live',
  }
  if (!reportsNoLess(readStatus(status), record.status)) return record
  const next = withStatus(record, status, readAt, order)
  return isStateListed({ integration, original }, before, readAt) ? next : { ...next, source: record.source }
}

/**
 * The record with the answer to a request for its status, or unchanged if a later request has already been answered.
 */
export function withAsked(
  before: SynchronizationRecord,
  value: unknown,
  readAt: number,
  order: number,
): SynchronizationRecord {
  if (order < before.statusOrder) return before
  return { ...withStatus(before, value, readAt, order), asked: { status: readStatus(value), at: readAt } }
}

/** The record with a state just read, or unchanged if a later request has already been answered. */
export function withStatus(
  before: SynchronizationRecord,
  value: unknown,
  readAt: number,
  order: number,
): SynchronizationRecord {
  if (order < before.statusOrder) return before
  const statusText = JSON.stringify(value ?? null)
  if (statusText === before.statusText) return { ...before, statusReadAt: readAt, statusOrder: order, source: 'live' }
  const status = readStatus(value)
  const healthState = deriveHealth(status)
  const isSameState = hasSameState(before.healthState, healthState)
  return {
    ...before,
    status,
    statusText,
    healthState,
    statusReadAt: readAt,
    statusOrder: order,
    source: 'live',
    since: isSameState ? before.since : readAt,
    isSinceSeen: isSameState
      ? before.isSinceSeen
      : before.statusReadAt !== null && readAt - before.statusReadAt <= SEEN_WITHIN_MS,
  }
}

/** Whether two are the same state; their reasons may differ. */
export function hasSameState(a: HealthState, b: HealthState): boolean {
  return a.health === b.health && isSameMessage(a.state, b.state)
}

/** The record with an object just read, or unchanged if a later request has already been answered. */
export function withItem(
  before: SynchronizationRecord,
  integration: Integration,
  value: unknown,
  readAt: number,
  order: number,
): SynchronizationRecord {
  if (order < before.itemOrder) return before
  return { ...before, integration, itemText: maskedJson(asListed(value)), itemReadAt: readAt, itemOrder: order }
}

/** Null for a row that this version cannot read. `lastReadAt`: its server's last complete reading. */
export function fromCache(row: CachedSynchronization, lastReadAt: number): SynchronizationRecord | null {
  const integration = readIntegration(JSON.parse(row.item))
  if (integration === null) return null
  // Only changes are stored: a row that took part in the last reading is as fresh as that, however long it has been the
  // same.
  const readAt = (stored: number): number => (row.isLive === 1 ? Math.max(stored, lastReadAt) : stored)
  const status = row.status === null ? null : readStatus(JSON.parse(row.status))
  return {
    serverId: row.serverId,
    integration,
    itemText: row.item,
    itemReadAt: readAt(row.itemReadAt),
    itemOrder: 0,
    status,
    healthState: row.status === null ? NOT_READ : deriveHealth(status),
    since: row.stateSince,
    isSinceSeen: row.isSinceSeen === 1,
    statusText: row.status,
    statusReadAt: row.statusReadAt === null ? null : readAt(row.statusReadAt),
    statusOrder: 0,
    asked: null,
    source: 'cache',
  }
}

export function toCache(record: SynchronizationRecord): CachedSynchronization {
  return {
    serverId: record.serverId,
    key: record.integration.key,
    item: record.itemText,
    itemReadAt: record.itemReadAt,
    status: record.statusText,
    statusReadAt: record.statusReadAt,
    stateSince: record.since,
    isSinceSeen: record.isSinceSeen ? 1 : 0,
    isLive: record.source === 'live' ? 1 : 0,
  }
}

/** A detail in the form of a list item, so that the next list does not look like a change. */
function asListed(value: unknown): WireObject {
  const strip = (side: unknown): unknown => {
    const {
      configuration: _configuration,
      projectConnectorKey: _key,
      ...rest
    } = (asObject(side) ?? {}) as Record<string, unknown>
    return rest
  }
  const { firstConnector, secondConnector, ...rest } = (asObject(value) ?? {}) as Record<string, unknown>
  return {
    ...rest,
    ...(firstConnector !== undefined && { firstConnector: strip(firstConnector) }),
    ...(secondConnector !== undefined && { secondConnector: strip(secondConnector) }),
  }
}
