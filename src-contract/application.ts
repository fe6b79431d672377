import * as v from 'valibot'
import { jobIdSchema } from './ids.ts'
import { watchedRefSchema } from './monitoring.ts'
import { noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'
import { messageSchema } from './messages/message.ts'

export const appInfoSchema = v.object({
  version: v.string(),
  /** The program that runs the application, such as Electron with its version. */
  runtime: v.string(),
  isDemo: v.boolean(),
  platform: v.string(),
  /** The languages that the operating system asks for, the most wanted first (BCP 47). */
  systemLanguages: v.array(v.string()),
  /** Syncdeck was started with `--read-only`: nothing is written to any server. */
  isReadOnly: v.boolean(),
  /** Why readings cannot be stored; null while they can. */
  storageProblem: v.nullable(messageSchema),
})
export type AppInfo = v.InferOutput<typeof appInfoSchema>

/** An uncaught error of the page, and where it was noticed. */
export const faultSchema = v.strictObject({
  where: v.pipe(v.string(), v.maxLength(100)),
  message: v.pipe(v.string(), v.maxLength(1000)),
  stack: v.pipe(v.string(), v.maxLength(4000)),
})

/** The channels of this area. */
export const applicationRequests = {
  'app:info': { args: noArguments, answer: appInfoSchema },
  /** Logs an uncaught fault of the page. */
  'app:report-fault': { args: faultSchema, answer: nothing },
  'demo:start': { args: noArguments, answer: nothing },
  'demo:leave': { args: noArguments, answer: nothing },
  'clipboard:write': { args: v.strictObject({ text: v.pipe(v.string(), v.maxLength(5_000_000)) }), answer: nothing },
} as const satisfies RequestTable

export const applicationEvents = {
  /** An uncaught fault of the main process; the log has the details. */
  'app:fault': v.object({}),
  /** The user chose something outside the window, such as a system notification. */
  'window:navigate': v.object({
    ref: v.nullable(watchedRefSchema),
    view: v.picklist(['synchronizations', 'notifications', 'jobs']),
    /** The job whose page is wanted; null for no particular one. */
    jobId: v.nullable(jobIdSchema),
  }),
} as const satisfies EventTable
