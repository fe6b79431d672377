import * as v from 'valibot'
import { savedFile, type EventTable, type RequestTable } from './request-parts.ts'

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
  /** What was done, in words. */
  action: v.string(),
  /** The request's body as JSON, secrets masked; empty for none. */
  body: v.string(),
  /** `pending` until an answer arrives. If Syncdeck quits first, the next start sets it to `lost`. */
  outcome: v.picklist(['pending', 'accepted', 'refused', 'lost', 'not-sent']),
  /** The failure in words; empty when accepted. */
  details: v.string(),
})
export type AuditEntry = v.InferOutput<typeof auditEntrySchema>

export const auditQuerySchema = v.strictObject({
  /** Every word must occur, in any field. */
  text: v.pipe(v.string(), v.maxLength(500)),
  serverId: v.nullable(v.pipe(v.string(), v.maxLength(100))),
  outcome: v.nullable(v.picklist(['pending', 'accepted', 'refused', 'lost', 'not-sent'])),
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
  /** The audit trail has grown; views of it should reload. */
  'audit:changed': v.object({ lastId: v.number() }),
} as const satisfies EventTable
