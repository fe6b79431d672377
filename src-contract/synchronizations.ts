import * as v from 'valibot'
import { exportFormatSchema } from './audit.ts'
import { serverIdInputSchema, serverIdSchema, type ServerId } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { notedEntries } from './noted.ts'
import { isCached, savedFile, type EventTable, type RequestTable } from './request-parts.ts'

/** Of a synchronization’s or a connector’s key, in characters; Jira’s own are far shorter. */
export const MAX_KEY_LENGTH = 255

/** One side of a synchronization, as far as a row of the table needs it. */
export const rowSideSchema = v.object({
  connectorKey: v.string(),
  projectKey: v.string(),
  /** The sync user; empty if the server did not say. */
  user: v.string(),
  /** The address of that side’s Jira, secrets masked; empty if the server did not say. */
  baseUrl: v.string(),
})

/** Derived from the state word, both connectors and the errors; the order of the list is “worst first”. */
export const healthSchema = v.picklist(['error', 'attention', 'transition', 'unknown', 'running', 'stopped'])
export type Health = v.InferOutput<typeof healthSchema>

/** The rank of each, worst first. */
export const HEALTH_RANK: Readonly<Record<Health, number>> = {
  error: 0,
  attention: 1,
  transition: 2,
  unknown: 3,
  running: 4,
  stopped: 5,
}

/** A row of the table. Times are epoch ms by the client's clock. */
export const synchronizationRowSchema = v.object({
  serverId: serverIdSchema,
  key: v.string(),
  summary: v.string(),
  kind: v.picklist(['centralized', 'distributed']),
  /** For a distributed synchronization: whether this Jira holds the primary half. */
  role: v.nullable(v.picklist(['primary', 'secondary'])),
  first: v.nullable(rowSideSchema),
  second: v.nullable(rowSideSchema),
  health: healthSchema,
  /** An unknown state is shown as the server sent it. */
  state: messageSchema,
  /** The reason for the health; null if the state says it all. */
  reason: v.nullable(messageSchema),
  /** Issues in error of both connectors together; null if the server did not say. */
  issuesInError: v.nullable(v.number()),
  /** Conflicts of its configuration; null if they were never read. */
  conflictCount: v.nullable(v.number()),
  /** Those of them that nobody has marked as seen; null if they were never read. */
  newConflictCount: v.nullable(v.number()),
  /** When it entered this state; null if unknown. */
  since: v.nullable(v.number()),
  /** Whether it was seen to enter it; otherwise it may have been in it for longer than `since` says. */
  isSinceSeen: v.boolean(),
  /** When the state was read. */
  fetchedAt: v.number(),
  /** `live`: took part in its server's last reading, and is as old as that; `cache`: as old as `fetchedAt`. */
  source: v.picklist(['live', 'cache']),
  ...notedEntries,
})
export type SynchronizationRow = v.InferOutput<typeof synchronizationRowSchema>

export const synchronizationListSchema = v.object({
  /** The event sequence number this snapshot is as of. */
  sequence: v.number(),
  /**
   * The rows (`SynchronizationRow`) as JSON: copying tens of thousands of objects between processes costs more than
   * parsing.
   */
  rows: v.string(),
})
export type SynchronizationList = v.InferOutput<typeof synchronizationListSchema>

/** A change of the list: rows to set, and references to remove. */
export const synchronizationDeltaSchema = v.object({
  put: v.array(synchronizationRowSchema),
  removed: v.array(v.object({ serverId: serverIdSchema, key: v.string() })),
})
export type SynchronizationDelta = v.InferOutput<typeof synchronizationDeltaSchema>

export const synchronizationRefSchema = v.strictObject({
  serverId: serverIdInputSchema,
  key: v.pipe(v.string(), v.minLength(1), v.maxLength(MAX_KEY_LENGTH)),
})
export type SynchronizationRef = v.InferOutput<typeof synchronizationRefSchema>

/**
 * Names a synchronization among those of all servers, or a server itself, as the key of a map. Nothing takes it apart
 * again.
 */
export type RefId = string & v.Brand<'RefId'>

/** `key`: null for the server itself. */
export function refId({ serverId, key }: { readonly serverId: ServerId; readonly key: string | null }): RefId {
  return `${serverId} ${key ?? ''}` as RefId
}

/** A route of a connector, its words as the server sent them. */
export const routeSchema = v.object({
  route: v.string(),
  processing: v.string(),
  details: v.string(),
})

export const connectorStatusSchema = v.object({
  isOnline: v.nullable(v.boolean()),
  isReconnecting: v.nullable(v.boolean()),
  incoming: routeSchema,
  outgoing: routeSchema,
  external: v.string(),
  issuesInError: v.nullable(v.number()),
})
export type ConnectorStatus = v.InferOutput<typeof connectorStatusSchema>

export const queueSchema = v.object({ type: v.string(), target: v.string() })

export const connectorSchema = v.object({
  connectorKey: v.string(),
  projectKey: v.string(),
  baseUrl: v.string(),
  user: v.string(),
  createdUser: v.string(),
  createdDate: v.string(),
  lastModifiedUser: v.string(),
  lastModifiedDate: v.string(),
  sendQueue: v.nullable(queueSchema),
  receiveQueue: v.nullable(queueSchema),
  initialPollingDelayMs: v.nullable(v.number()),
  pollingIntervalMs: v.nullable(v.number()),
  status: v.nullable(connectorStatusSchema),
  /** Derived from its status. */
  health: healthSchema,
  /** What it is doing, or what is wrong with it. */
  state: messageSchema,
  reason: v.nullable(messageSchema),
})
export type Connector = v.InferOutput<typeof connectorSchema>

/** Everything known of one synchronization. `json` is the server's own object, secrets masked. */
export const synchronizationDetailSchema = v.object({
  serverId: serverIdSchema,
  key: v.string(),
  summary: v.string(),
  description: v.string(),
  kind: v.picklist(['centralized', 'distributed']),
  role: v.nullable(v.picklist(['primary', 'secondary'])),
  createdUser: v.string(),
  createdDate: v.string(),
  lastModifiedUser: v.string(),
  lastModifiedDate: v.string(),
  state: messageSchema,
  health: healthSchema,
  reason: v.nullable(messageSchema),
  first: v.nullable(connectorSchema),
  second: v.nullable(connectorSchema),
  json: v.string(),
  fetchedAt: v.number(),
  source: v.picklist(['live', 'cache']),
  /** Why it could not be refreshed; null if it was, or if that was not requested. */
  problem: v.nullable(messageSchema),
})
export type SynchronizationDetail = v.InferOutput<typeof synchronizationDetailSchema>

/** The channels of this area. */
export const synchronizationRequests = {
  /** `most`: only this many, the worst first; faster than all. */
  'synchronizations:list': {
    args: v.strictObject({
      most: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER))),
    }),
    answer: synchronizationListSchema,
  },
  /** `isCached`: as last read, at once; otherwise it is read again. */
  'synchronizations:detail': {
    args: v.strictObject({ ...synchronizationRefSchema.entries, isCached }),
    answer: synchronizationDetailSchema,
  },
  /** Saves their rows, with tags and notes, in this order. Those that are no longer listed are left out. */
  'synchronizations:export': {
    args: v.strictObject({
      targets: v.pipe(v.array(synchronizationRefSchema), v.minLength(1), v.maxLength(100_000)),
      format: exportFormatSchema,
    }),
    answer: savedFile,
  },
} as const satisfies RequestTable

export const synchronizationEvents = {
  'synchronizations:changed': synchronizationDeltaSchema,
} as const satisfies EventTable
