import * as v from 'valibot'
import { healthSchema, synchronizationRefSchema } from './synchronizations.ts'

/** A server, or with a key one of its synchronizations. */
export const watchedRefSchema = v.strictObject({
  serverId: synchronizationRefSchema.entries.serverId,
  key: v.nullable(synchronizationRefSchema.entries.key),
})
export type WatchedRef = v.InferOutput<typeof watchedRefSchema>

/** A state that something went into. Times are epoch ms by the client's clock. */
export const transitionSchema = v.object({
  at: v.number(),
  health: healthSchema,
  label: v.string(),
  reason: v.string(),
})
export type Transition = v.InferOutput<typeof transitionSchema>

/** The states of a server or synchronization, newest first. */
export const timelineSchema = v.object({
  transitions: v.array(transitionSchema),
  /** How far back states are kept. */
  keptSince: v.number(),
})
export type Timeline = v.InferOutput<typeof timelineSchema>

export const notificationKinds = ['stopped', 'problem', 'recovered', 'conflicts', 'task-failed', 'write-unknown', 'server-away', 'server-back', 'server-blocked', 'storage'] as const
export const notificationKindSchema = v.picklist(notificationKinds)
export type NotificationKind = v.InferOutput<typeof notificationKindSchema>

/** Something that the user is told. A digest tells of several things at once. */
export const notificationSchema = v.object({
  id: v.number(),
  at: v.number(),
  kind: notificationKindSchema,
  tone: v.picklist(['bad', 'attention', 'good']),
  title: v.string(),
  text: v.string(),
  /** What it is about; clicking shows it. */
  items: v.array(v.object({ ...watchedRefSchema.entries, text: v.string() })),
  isRead: v.boolean(),
})
export type Notification = v.InferOutput<typeof notificationSchema>

/** The last moment that a `Date` can name, in epoch ms. */
const LAST_MOMENT = 8_640_000_000_000_000

/** No notifications about something until `until`, epoch ms; null: until the user ends it. */
export const snoozeSchema = v.strictObject({
  ...watchedRefSchema.entries,
  until: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_MOMENT))),
  reason: v.pipe(v.string(), v.trim(), v.maxLength(500)),
})
export type Snooze = v.InferOutput<typeof snoozeSchema>

/** The two databases, and what is done to keep them well. Sizes in bytes, times in epoch ms. */
export const storageInfoSchema = v.object({
  folder: v.string(),
  stateBytes: v.number(),
  cacheBytes: v.number(),
  backups: v.array(v.object({ name: v.string(), at: v.number(), bytes: v.number() })),
  counts: v.object({
    synchronizations: v.number(),
    conflicts: v.number(),
    transitions: v.number(),
    auditEntries: v.number(),
    tasks: v.number(),
  }),
  /** What is wrong with storing, in words; empty while all is well. */
  problem: v.string(),
})
export type StorageInfo = v.InferOutput<typeof storageInfoSchema>
