import * as v from 'valibot'
import { messageSchema } from './messages/message.ts'
import { LAST_MOMENT } from './request-parts.ts'

/**
 * What the user says about a maintenance when starting it. `until`: its planned end, epoch ms; null if there is none.
 */
export const maintenanceTextSchema = v.strictObject({
  why: v.pipe(v.string(), v.trim(), v.maxLength(500)),
  until: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_MOMENT))),
  /** At the planned end, what was stopped is started by itself. */
  startsAtEnd: v.optional(v.boolean(), false),
})
export type MaintenanceText = v.InferOutput<typeof maintenanceTextSchema>

/**
 * The note of a maintenance. While what it stopped was not started again, every row shows it, and alarms about its
 * state are muted.
 */
export const maintenanceNoteSchema = v.object({
  why: v.string(),
  until: v.nullable(v.number()),
  /** The Jira users with which its servers are asked, each once; a token names none. */
  users: v.array(v.string()),
  /** When the user was notified that the planned end has passed; epoch ms, null before. */
  remindedAt: v.nullable(v.number()),
  /** What was stopped is started by itself at the planned end. */
  startsAtEnd: v.boolean(),
  /** Why it will not be: the user is asked instead. Null while it may be. */
  onlyAsks: v.nullable(messageSchema),
})
export type MaintenanceNote = v.InferOutput<typeof maintenanceNoteSchema>
