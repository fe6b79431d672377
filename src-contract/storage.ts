import * as v from 'valibot'
import { messageSchema } from './messages/message.ts'
import { noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'

/** The two databases and their upkeep. Sizes in bytes, times in epoch ms. */
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
  /** The problem with storing; null while all is well. */
  problem: v.nullable(messageSchema),
})
export type StorageInfo = v.InferOutput<typeof storageInfoSchema>

/** The channels of this area. */
export const storageRequests = {
  'storage:info': { args: noArguments, answer: storageInfoSchema },
  /** Checks both databases; answers with the problem found, or with null. */
  'storage:check': { args: noArguments, answer: v.object({ problem: v.nullable(messageSchema) }) },
  'storage:backup': { args: noArguments, answer: v.object({ name: v.string() }) },
  'storage:clear-cache': { args: noArguments, answer: nothing },
} as const satisfies RequestTable

export const storageEvents = {
  /** The problem with storing; null once it works again. */
  'storage:changed': v.object({ problem: v.nullable(messageSchema) }),
} as const satisfies EventTable
