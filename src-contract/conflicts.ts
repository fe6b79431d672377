import * as v from 'valibot'
import { refId, synchronizationRefSchema } from './synchronizations.ts'
import { exportFormatSchema } from './audit.ts'
import { noArguments, nothing, savedFile, type EventTable, type RequestTable } from './request-parts.ts'

/** Names one conflict: the synchronization, and what the conflict is made of as a hash. */
export const conflictRefSchema = v.strictObject({
  ...synchronizationRefSchema.entries,
  identity: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
})
export type ConflictRef = v.InferOutput<typeof conflictRefSchema>

/** Names a conflict among those of all servers, as `RefId` does a synchronization. */
export type ConflictId = string & v.Brand<'ConflictId'>

export function conflictId(ref: ConflictRef): ConflictId {
  return `${refId(ref)} ${ref.identity}` as ConflictId
}

/**
 * A validation problem of a synchronization's configuration. The vendor documents no shape for it: every text is empty
 * where the server sent nothing that could be read as such. Times are epoch ms by the client's clock.
 */
export const conflictSchema = v.object({
  serverId: v.string(),
  key: v.string(),
  identity: v.string(),
  connectorKey: v.string(),
  /** What it is about, as the server names it: a type, a category, or the name under which it was listed. */
  kind: v.string(),
  /** As sent. */
  severity: v.string(),
  field: v.string(),
  message: v.string(),
  firstSeenAt: v.number(),
  lastSeenAt: v.number(),
  /** When a reading first lacked it; null while it is there. */
  goneAt: v.nullable(v.number()),
  /** When the user marked it as seen; null while it is new. */
  seenAt: v.nullable(v.number()),
})
export type Conflict = v.InferOutput<typeof conflictSchema>

export const conflictDeltaSchema = v.object({ put: v.array(conflictSchema), removed: v.array(conflictRefSchema) })
export type ConflictDelta = v.InferOutput<typeof conflictDeltaSchema>

export const conflictListSchema = v.object({
  /** The event sequence number this snapshot is as of. */
  sequence: v.number(),
  conflicts: v.array(conflictSchema),
})

/** What the server last answered about the conflicts of one synchronization, whatever its shape. */
export const conflictAnswerSchema = v.object({
  /** JSON, indented; null where it was never read. */
  json: v.nullable(v.string()),
  readAt: v.nullable(v.number()),
  /** Why the conflicts cannot be read on this server, in words; empty where they can. */
  problem: v.string(),
})
export type ConflictAnswer = v.InferOutput<typeof conflictAnswerSchema>

const conflictRefs = v.pipe(v.array(conflictRefSchema), v.minLength(1), v.maxLength(100_000))

/** The channels of this area. */
export const conflictRequests = {
  'conflicts:list': { args: noArguments, answer: conflictListSchema },
  'conflicts:answer': { args: synchronizationRefSchema, answer: conflictAnswerSchema },
  /** Reads the conflicts of one synchronization now. */
  'conflicts:refresh': { args: synchronizationRefSchema, answer: nothing },
  'conflicts:mark-seen': { args: v.strictObject({ conflicts: conflictRefs }), answer: nothing },
  'conflicts:export': {
    args: v.strictObject({ conflicts: conflictRefs, format: exportFormatSchema }),
    answer: savedFile,
  },
} as const satisfies RequestTable

export const conflictEvents = {
  'conflicts:changed': conflictDeltaSchema,
} as const satisfies EventTable
