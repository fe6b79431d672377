import * as v from 'valibot'
import { serverIdSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { savedFile, type EventTable, type RequestTable } from './request-parts.ts'

/** What a write does. The trail keeps these codes. */
export const writeActions = [
  'create',
  'update',
  'update-connection',
  'delete',
  'start',
  'stop',
  'resync',
  'import-links',
  'delete-link',
] as const
export type WriteAction = (typeof writeActions)[number]

/**
 * The outcome of a write. For the request: `pending` until an answer arrives; if Syncdeck quits first, the next start
 * sets it to `lost`. If the server accepted it as a task, or its answer was lost, the task's outcome replaces it;
 * `task-lost` means the server no longer knows the task, `unknown` that nobody can tell.
 */
export const writeOutcomeSchema = v.picklist([
  'succeeded',
  'accepted',
  'failed',
  'refused',
  'cancelled',
  'interrupted',
  'unknown',
  'task-lost',
  'lost',
  'not-sent',
  'pending',
])
export type WriteOutcome = v.InferOutput<typeof writeOutcomeSchema>

/** One write that Syncdeck attempted, and its outcome. Times are epoch ms by the client's clock. */
export const auditEntrySchema = v.object({
  id: v.number(),
  at: v.number(),
  serverId: serverIdSchema,
  serverName: v.string(),
  /** Jira user, or the word for a token. */
  user: v.string(),
  method: v.string(),
  /** The address of the request. */
  address: v.string(),
  /** Key of the synchronization or connector, if the write concerned one. */
  object: v.string(),
  /** What was done. */
  action: messageSchema,
  /** The request's body as JSON, secrets masked; empty for none. */
  body: v.string(),
  outcome: writeOutcomeSchema,
  /** Why it did not succeed, or what is not known; for a creation, the new key; else null. */
  details: v.nullable(messageSchema),
})
export type AuditEntry = v.InferOutput<typeof auditEntrySchema>

/** What entries can be asked for by. Values are as the trail keeps them. */
const auditFields = ['server', 'action', 'outcome', 'account', 'object'] as const
export type AuditField = (typeof auditFields)[number]

const values = v.pipe(v.array(v.pipe(v.string(), v.maxLength(500))), v.maxLength(1000))
/** Of one field: only these values, if any are named, and none of those. */
const fieldQuerySchema = v.strictObject({ wanted: v.optional(values), excluded: v.optional(values) })

/** Fields narrow each other; an absent one filters nothing. */
export const auditQuerySchema = v.strictObject({
  /** Each must occur, or else must not, in any field. */
  words: v.optional(
    v.pipe(
      v.array(v.strictObject({ value: v.pipe(v.string(), v.maxLength(500)), isNegated: v.boolean() })),
      v.maxLength(100),
    ),
  ),
  ...(Object.fromEntries(auditFields.map((field) => [field, v.optional(fieldQuerySchema)])) as Record<
    AuditField,
    v.OptionalSchema<typeof fieldQuerySchema, undefined>
  >),
})
export type AuditQuery = v.InferOutput<typeof auditQuerySchema>

/** How many entries are alike in what they can be filtered by. */
export const auditGroupSchema = v.object({
  serverId: serverIdSchema,
  /** A `WriteAction`, or what a later version wrote. */
  action: v.string(),
  outcome: writeOutcomeSchema,
  account: v.string(),
  count: v.number(),
})
export type AuditGroup = v.InferOutput<typeof auditGroupSchema>

/** The audit trail in numbers, and everything that is named in it. */
export const auditSummarySchema = v.object({
  total: v.number(),
  /** Of the entries with the words and the objects that were asked for. */
  groups: v.array(auditGroupSchema),
  /** Also those that were removed, by the name that each had last. */
  servers: v.array(v.object({ id: serverIdSchema, name: v.string() })),
  accounts: v.array(v.string()),
  objects: v.array(v.string()),
})
export type AuditSummary = v.InferOutput<typeof auditSummarySchema>

export const exportFormatSchema = v.picklist(['csv', 'json'])
export type ExportFormat = v.InferOutput<typeof exportFormatSchema>

/** The channels of this area. */
export const auditRequests = {
  'audit:list': { args: auditQuerySchema, answer: v.array(auditEntrySchema) },
  'audit:summary': { args: v.pick(auditQuerySchema, ['words', 'object']), answer: auditSummarySchema },
  'audit:export': { args: v.strictObject({ query: auditQuerySchema, format: exportFormatSchema }), answer: savedFile },
} as const satisfies RequestTable

export const auditEvents = {
  /** The audit trail has grown, or more is known of an entry; views of it should reload. */
  'audit:changed': v.object({ lastId: v.number() }),
} as const satisfies EventTable
