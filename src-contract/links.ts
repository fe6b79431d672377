import * as v from 'valibot'
import { synchronizationRefSchema } from './synchronizations.ts'
import { exportFormatSchema } from './audit.ts'
import { isCached, nothing, savedFile, type RequestTable } from './request-parts.ts'
import { messageSchema } from './messages/message.ts'
import { problem } from './messages/problem.ts'

/** A connector of a synchronization, as the two endpoints below `/connectors/{key}` need it. */
export const connectorRefSchema = v.strictObject({
  ...synchronizationRefSchema.entries,
  connectorKey: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
})
export type ConnectorRef = v.InferOutput<typeof connectorRefSchema>

/** Two issues that are synchronized (the vendor's sync information). Times are epoch ms; null if none was sent. */
export const linkSchema = v.object({
  id: v.string(),
  localIssueKey: v.string(),
  remoteIssueKey: v.string(),
  firstSyncAt: v.nullable(v.number()),
  lastOutgoingAt: v.nullable(v.number()),
  lastIncomingAt: v.nullable(v.number()),
  isIncomingIgnored: v.boolean(),
})
export type Link = v.InferOutput<typeof linkSchema>

/** How many links cross the process border at once; a connector may have some hundred thousand. */
export const LINKS_AT_ONCE = 2000

export const linkListSchema = v.object({
  /** The first of them, `LINKS_AT_ONCE` at most. */
  links: v.array(linkSchema),
  count: v.number(),
  /** The id for fetching the others; null if these are all. */
  listId: v.nullable(v.string()),
  fetchedAt: v.number(),
  /** `cache`: the server was unavailable, for this reason. */
  source: v.picklist(['live', 'cache']),
  problem: v.nullable(messageSchema),
  /** Links of the same answer that cannot be read, and are neither shown nor exported. */
  unreadable: v.number(),
})
export type LinkList = v.InferOutput<typeof linkListSchema>

/** How many links of a file are shown before an import. */
export const LINKS_SHOWN = 200

/** How many, and the first of them to look at. */
const someLinksSchema = v.object({ count: v.number(), first: v.array(linkSchema) })

/** What importing a file would do; nothing has been sent. */
export const importPlanSchema = v.object({
  /** Identifies the file that was read, for the import itself. */
  planId: v.string(),
  fileName: v.string(),
  fresh: someLinksSchema,
  same: someLinksSchema,
  /** As the file has them. */
  different: someLinksSchema,
  /** Links that the file lacks, because they could not be read when it was exported. */
  missingInFile: v.number(),
  /** Links of the server that cannot be read: if the file has them, they count as new. */
  unreadable: v.number(),
})
export type ImportPlan = v.InferOutput<typeof importPlanSchema>

/** `POST /connectors/{connectorKey}/resync`. */
export const resyncSchema = v.strictObject({
  /** Empty for all issues. */
  jql: v.pipe(v.string(), v.trim(), v.maxLength(20_000)),
  fieldMappings: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(500))),
    v.minLength(1, problem('errors.fields.fieldMappings')),
    v.maxLength(1000),
  ),
  responsibility: v.boolean(),
  sendStatusField: v.boolean(),
})
export type Resync = v.InferOutput<typeof resyncSchema>

/** The channels of this area. */
export const linkRequests = {
  'connectors:resync': { args: v.strictObject({ ref: connectorRefSchema, resync: resyncSchema }), answer: nothing },
  /** Null if `isCached` and they were never read. */
  'connectors:links': {
    args: v.strictObject({ ...connectorRefSchema.entries, isCached }),
    answer: v.nullable(linkListSchema),
  },
  /**
   * The next of a long list, `LINKS_AT_ONCE` at most. Fails if the list is no longer kept, because others were read
   * since.
   */
  'connectors:more-links': {
    args: v.strictObject({
      listId: v.pipe(v.string(), v.maxLength(100)),
      from: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000)),
    }),
    answer: v.array(linkSchema),
  },
  'connectors:delete-link': {
    args: v.strictObject({ ref: connectorRefSchema, id: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) }),
    answer: nothing,
  },
  /** Lets the user choose a file and compares it; null when none was chosen. */
  'connectors:plan-import': { args: connectorRefSchema, answer: v.nullable(importPlanSchema) },
  'connectors:import-links': {
    args: v.strictObject({ planId: v.pipe(v.string(), v.maxLength(100)), withDifferent: v.boolean() }),
    answer: v.object({ sent: v.number() }),
  },
  'connectors:export-links': {
    args: v.strictObject({ ref: connectorRefSchema, format: exportFormatSchema }),
    answer: savedFile,
  },
} as const satisfies RequestTable
