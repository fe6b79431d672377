import * as v from 'valibot'
import { messageSchema } from './messages/message.ts'
import { healthSchema, synchronizationRefSchema } from './synchronizations.ts'
import { nothing, serverIdSchema, type RequestTable } from './request-parts.ts'

/** A server, or with a key one of its synchronizations. */
export const watchedRefSchema = v.strictObject({
  serverId: synchronizationRefSchema.entries.serverId,
  key: v.nullable(synchronizationRefSchema.entries.key),
})
export type WatchedRef = v.InferOutput<typeof watchedRefSchema>

/** A change to a state. Times are epoch ms by the client's clock. */
export const transitionSchema = v.object({
  at: v.number(),
  health: healthSchema,
  state: messageSchema,
  reason: v.nullable(messageSchema),
})
export type Transition = v.InferOutput<typeof transitionSchema>

/** The states of a server or synchronization, newest first. */
export const timelineSchema = v.object({
  transitions: v.array(transitionSchema),
  /** How far back states are kept. */
  keptSince: v.number(),
})
export type Timeline = v.InferOutput<typeof timelineSchema>

/** The channels of this area. */
export const monitorRequests = {
  'servers:try-once': { args: v.strictObject({ serverId: serverIdSchema }), answer: nothing },
  /** Pauses or resumes the automatic reading of a server; null means all. */
  'servers:pause': {
    args: v.strictObject({ serverId: v.nullable(serverIdSchema), isPaused: v.boolean() }),
    answer: nothing,
  },
  'synchronizations:refresh': {
    args: v.strictObject({ serverId: v.nullable(serverIdSchema) }),
    answer: nothing,
  },
  /** The page reports whether the computer has a network. */
  'monitor:network': { args: v.strictObject({ isOnline: v.boolean() }), answer: nothing },
  'history:timeline': { args: watchedRefSchema, answer: timelineSchema },
} as const satisfies RequestTable
