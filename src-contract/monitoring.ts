import * as v from 'valibot'
import { serverIdInputSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { healthSchema, synchronizationRefSchema } from './synchronizations.ts'
import { noArguments, nothing, type RequestTable } from './request-parts.ts'

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

/** The last 24 hours in cells of half an hour, which begin on the hour and half past; the last one is not over. */
export const CELL_MS = 1_800_000
export const CELLS = 48

/** How many synchronizations one request may name. */
export const MAX_STRIPS = 200

/** The worst health in each cell, oldest first; null if nothing was known. */
const stripSchema = v.pipe(v.array(v.nullable(healthSchema)), v.length(CELLS))
export type Strip = v.InferOutput<typeof stripSchema>

export const stripsSchema = v.object({
  /** When the first cell begins; epoch ms. */
  from: v.number(),
  /** In the order in which they were asked for. */
  strips: v.array(stripSchema),
})
export type Strips = v.InferOutput<typeof stripsSchema>

/**
 * How many synchronizations of all servers were in a health at the end of each cell, the last one at present; null if
 * nothing was known.
 */
const countsSchema = v.pipe(v.array(v.nullable(v.number())), v.length(CELLS))

export const recentCountsSchema = v.object({ error: countsSchema, attention: countsSchema })
export type RecentCounts = v.InferOutput<typeof recentCountsSchema>

/** The channels of this area. */
export const monitorRequests = {
  'servers:try-once': { args: v.strictObject({ serverId: serverIdInputSchema }), answer: nothing },
  /** Pauses or resumes the automatic reading of a server; null means all. */
  'servers:pause': {
    args: v.strictObject({ serverId: v.nullable(serverIdInputSchema), isPaused: v.boolean() }),
    answer: nothing,
  },
  'synchronizations:refresh': {
    args: v.strictObject({ serverId: v.nullable(serverIdInputSchema) }),
    answer: nothing,
  },
  /** The page reports whether the computer has a network. */
  'monitor:network': { args: v.strictObject({ isOnline: v.boolean() }), answer: nothing },
  'history:timeline': { args: watchedRefSchema, answer: timelineSchema },
  'history:strips': {
    args: v.strictObject({ refs: v.pipe(v.array(synchronizationRefSchema), v.maxLength(MAX_STRIPS)) }),
    answer: stripsSchema,
  },
  'history:counts': { args: noArguments, answer: recentCountsSchema },
} as const satisfies RequestTable
