import * as v from 'valibot'
import { refId, synchronizationRefSchema } from './synchronizations.ts'
import { exportFormatSchema } from './audit.ts'
import { serverIdSchema } from './ids.ts'
import { LAST_MOMENT, noArguments, nothing, savedFile, type EventTable, type RequestTable } from './request-parts.ts'
import { messageSchema } from './messages/message.ts'

/** How many conflicts of one synchronization are listed. Any more are only counted. */
export const MAX_CONFLICTS = 10_000

/** Identifies a conflict: the synchronization, and a hash of the conflict's content. */
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
 * A validation problem of a synchronization's configuration. The vendor documents no shape for it: a text is empty if
 * the server sent nothing usable for it. Times are epoch ms by the client's clock.
 */
export const conflictSchema = v.object({
  serverId: serverIdSchema,
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
  /** When a reading first lacked it; null while it exists. */
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
  /** Indented JSON; null if never read. */
  json: v.nullable(v.string()),
  readAt: v.nullable(v.number()),
  /** Why conflicts cannot be read on this server; null if they can. */
  problem: v.nullable(messageSchema),
})
export type ConflictAnswer = v.InferOutput<typeof conflictAnswerSchema>

const conflictRefs = v.pipe(v.array(conflictRefSchema), v.minLength(1), v.maxLength(100_000))
const moment = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_MOMENT))

/** The channels of this area. */
export const conflictRequests = {
  'conflicts:list': { args: noArguments, answer: conflictListSchema },
  'conflicts:answer': { args: synchronizationRefSchema, answer: conflictAnswerSchema },
  /** Reads the conflicts of one synchronization now. */
  'conflicts:refresh': { args: synchronizationRefSchema, answer: nothing },
  /** Answers with those that were new until then, and since when they are seen. */
  'conflicts:mark-seen': {
    args: v.strictObject({ conflicts: conflictRefs }),
    answer: v.object({ seenAt: v.number(), marked: v.array(conflictRefSchema) }),
  },
  /** The inverse: those marked at `seenAt`, and by nobody since, become new again. Answers with the number. */
  'conflicts:mark-new': {
    args: v.strictObject({ conflicts: conflictRefs, seenAt: moment }),
    answer: v.object({ count: v.number() }),
  },
  'conflicts:export': {
    args: v.strictObject({ conflicts: conflictRefs, format: exportFormatSchema }),
    answer: savedFile,
  },
} as const satisfies RequestTable

export const conflictEvents = {
  'conflicts:changed': conflictDeltaSchema,
} as const satisfies EventTable
