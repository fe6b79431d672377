import * as v from 'valibot'
import { jobIdSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { watchedRefSchema } from './monitoring.ts'
import { LAST_MOMENT, noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'

export const notificationKinds = [
  'stopped',
  'problem',
  'recovered',
  'conflicts',
  'task-failed',
  'write-unknown',
  'server-away',
  'server-back',
  'server-blocked',
  'certificate',
  'storage',
  'job',
] as const
export const notificationKindSchema = v.picklist(notificationKinds)
export type NotificationKind = v.InferOutput<typeof notificationKindSchema>

/** A notification. A digest combines several. */
export const notificationSchema = v.object({
  id: v.number(),
  at: v.number(),
  kind: notificationKindSchema,
  tone: v.picklist(['bad', 'attention', 'good']),
  title: messageSchema,
  text: v.nullable(messageSchema),
  /** What it is about; clicking shows it. */
  items: v.array(v.object({ ...watchedRefSchema.entries, text: messageSchema })),
  /** The job that it is about; null if it is about none. */
  jobId: v.nullable(jobIdSchema),
  isRead: v.boolean(),
})
export type Notification = v.InferOutput<typeof notificationSchema>

/** No notifications about something until `until`, epoch ms; null: until the user ends it. */
export const snoozeSchema = v.strictObject({
  ...watchedRefSchema.entries,
  until: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_MOMENT))),
  reason: v.pipe(v.string(), v.trim(), v.maxLength(500)),
})
export type Snooze = v.InferOutput<typeof snoozeSchema>

const notificationIds = v.strictObject({
  ids: v.pipe(
    v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))),
    v.maxLength(10_000),
  ),
})

/** The channels of this area. */
export const notificationRequests = {
  /** Newest first. */
  'notifications:list': { args: noArguments, answer: v.array(notificationSchema) },
  'notifications:mark-read': { args: notificationIds, answer: nothing },
  /** Takes them out of the list. Answers with those that were in it. */
  'notifications:dismiss': { args: notificationIds, answer: notificationIds },
  /** The inverse, for an hour: they come back as they were. Answers with those that did. */
  'notifications:restore': { args: notificationIds, answer: notificationIds },
  'snoozes:list': { args: noArguments, answer: v.array(snoozeSchema) },
  'snoozes:set': { args: snoozeSchema, answer: nothing },
  'snoozes:end': { args: watchedRefSchema, answer: nothing },
} as const satisfies RequestTable

export const notificationEvents = {
  /** All stored notifications, newest first. */
  'notifications:changed': v.array(notificationSchema),
  'snoozes:changed': v.array(snoozeSchema),
} as const satisfies EventTable
