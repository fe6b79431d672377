import * as v from 'valibot'
import { serverIdSchema, taskIdSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'
import { synchronizationRefSchema } from './synchronizations.ts'

/** Operations that do not change a synchronization's configuration. */
export const runOperations = ['start', 'stop', 'restart'] as const
export const runOperationSchema = v.picklist(runOperations)
export type RunOperation = v.InferOutput<typeof runOperationSchema>

export const operationSchema = v.picklist(['start', 'stop', 'restart', 'update', 'connection'])
export type Operation = v.InferOutput<typeof operationSchema>

/**
 * How a task ended. `lost`: the node that had it no longer knows it; `unknown`: neither an answer nor a reading reveals
 * the outcome.
 */
export const outcomeSchema = v.picklist([
  'succeeded',
  'failed',
  'refused',
  'cancelled',
  'lost',
  'unknown',
  'interrupted',
])
export type Outcome = v.InferOutput<typeof outcomeSchema>

/**
 * An operation from the click to its end. State and outcome are two things: `outcome` is set exactly when `state` is
 * `ended`. Times are epoch ms by the client's clock; the server's time stamps carry no zone and are never computed
 * with.
 */
export const taskSchema = v.object({
  id: taskIdSchema,
  /** The same for all tasks of one click. */
  batchId: v.string(),
  serverId: serverIdSchema,
  serverName: v.string(),
  key: v.string(),
  summary: v.string(),
  operation: operationSchema,
  state: v.picklist(['sending', 'running', 'confirming', 'ended']),
  outcome: v.nullable(outcomeSchema),
  /** The write under way; differs from `operation` only for a restart, which has two steps. */
  step: v.picklist(['start', 'stop', 'update', 'connection']),
  /** 1 to 100 if the server reports progress that moves, else null. */
  progress: v.nullable(v.number()),
  /** How it is progressing, or what it has done; null if there is nothing to say. */
  message: v.nullable(messageSchema),
  /** Why it did not end as it should; null if it did, and while it runs. */
  failure: v.nullable(messageSchema),
  /** The server's own words about a failure; empty if there were none. */
  serverText: v.string(),
  /** Why watching is on hold; null while it is not. */
  waiting: v.nullable(messageSchema),
  startedAt: v.number(),
  endedAt: v.nullable(v.number()),
})
export type Task = v.InferOutput<typeof taskSchema>

const targetsSchema = v.strictObject({
  targets: v.pipe(v.array(synchronizationRefSchema), v.minLength(1), v.maxLength(20_000)),
})
const startedTasks = v.object({ taskIds: v.array(taskIdSchema) })

/** The channels of this area. */
export const taskRequests = {
  'synchronizations:start': { args: targetsSchema, answer: startedTasks },
  'synchronizations:stop': { args: targetsSchema, answer: startedTasks },
  'synchronizations:restart': { args: targetsSchema, answer: startedTasks },
  'tasks:list': { args: noArguments, answer: v.array(taskSchema) },
  'tasks:clear-ended': { args: noArguments, answer: nothing },
} as const satisfies RequestTable

export const taskEvents = {
  'tasks:changed': v.object({ put: v.array(taskSchema), removedIds: v.array(taskIdSchema) }),
} as const satisfies EventTable
