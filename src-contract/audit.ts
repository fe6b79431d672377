import * as v from 'valibot'
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
 * What became of a write. Of the request: `pending` until an answer arrives; if Syncdeck quits first, the next start sets it to `lost`.
 * Where the server accepted it as a task, or its answer was lost, the task's end takes over; `task-lost` is that of a task which the
 * server no longer knows, `unknown` one that nobody can tell.
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
  serverId: v.string(),
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
  /** Why it did not succeed, or what is not known; of what was created its key; else null. */
  details: v.nullable(messageSchema),
})
export type AuditEntry = v.InferOutput<typeof auditEntrySchema>

export const auditQuerySchema = v.strictObject({
  /** Every word must occur, in any field. */
  text: v.pipe(v.string(), v.maxLength(500)),
  serverId: v.nullable(v.pipe(v.string(), v.maxLength(100))),
  outcome: v.nullable(writeOutcomeSchema),
})
export type AuditQuery = v.InferOutput<typeof auditQuerySchema>

export const exportFormatSchema = v.picklist(['csv', 'json'])
export type ExportFormat = v.InferOutput<typeof exportFormatSchema>

/** The channels of this area. */
export const auditRequests = {
  'audit:list': { args: auditQuerySchema, answer: v.array(auditEntrySchema) },
  'audit:export': { args: v.strictObject({ query: auditQuerySchema, format: exportFormatSchema }), answer: savedFile },
} as const satisfies RequestTable

export const auditEvents = {
  /** The audit trail has grown, or more is known of an entry; views of it should reload. */
  'audit:changed': v.object({ lastId: v.number() }),
} as const satisfies EventTable
