import * as v from 'valibot'
import type { EventTopic, RequestChannel } from './channels.ts'
import { connectionAttemptSchema } from './diagnosis.ts'
import { auditEntrySchema, auditQuerySchema, exportFormatSchema } from './audit.ts'
import {
  applyResultSchema,
  connectionFormSchema,
  draftSchema,
  newSynchronizationSchema,
  passwordsSchema,
  requestPreviewSchema,
  snapshotSchema,
} from './editing.ts'
import {
  addressInspectionSchema,
  credentialInputSchema,
  serverInputSchema,
  serverSchema,
  testInputSchema,
  testStepSchema,
} from './servers.ts'
import { connectorRefSchema, importPlanSchema, linkListSchema, resyncSchema } from './links.ts'
import { conflictAnswerSchema, conflictDeltaSchema, conflictListSchema, conflictRefSchema } from './conflicts.ts'
import { notificationSchema, snoozeSchema, storageInfoSchema, timelineSchema, watchedRefSchema } from './monitoring.ts'
import { settingsSchema } from './settings.ts'
import {
  synchronizationDeltaSchema,
  synchronizationDetailSchema,
  synchronizationListSchema,
  synchronizationRefSchema,
} from './synchronizations.ts'
import { taskSchema } from './tasks.ts'

const nothing = v.null()
const noArguments = v.strictObject({})
const isCached = v.optional(v.boolean(), false)
const serverIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100))
const testIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100))
const targetsSchema = v.strictObject({
  targets: v.pipe(v.array(synchronizationRefSchema), v.minLength(1), v.maxLength(20_000)),
})
/** Where an export was saved; null when the user chose not to. */
const savedFile = v.object({ path: v.nullable(v.string()) })
const conflictRefs = v.pipe(v.array(conflictRefSchema), v.minLength(1), v.maxLength(100_000))
const startedTasks = v.object({ taskIds: v.array(v.string()) })

/**
 * State of the operating system's keychain. `locked` can be unlocked by the user, `unavailable` means that there is
 * none on this machine, `error` that it answered with a failure.
 */
export const vaultStateSchema = v.picklist(['ready', 'locked', 'unavailable', 'error'])
export type VaultState = v.InferOutput<typeof vaultStateSchema>

export const appInfoSchema = v.object({
  version: v.string(),
  /** What runs the application, in words. */
  runtime: v.string(),
  isDemo: v.boolean(),
  platform: v.string(),
  /** Syncdeck was started with `--read-only`: nothing is written to any server. */
  isReadOnly: v.boolean(),
  /** Why what is read is not stored, in words; empty while all is well. */
  storageProblem: v.string(),
})
export type AppInfo = v.InferOutput<typeof appInfoSchema>

/** A fault of the page that nobody caught: where it was noticed, and what is known of it. */
export const faultSchema = v.strictObject({
  where: v.pipe(v.string(), v.maxLength(100)),
  message: v.pipe(v.string(), v.maxLength(1000)),
  stack: v.pipe(v.string(), v.maxLength(4000)),
})

/** The one table of the process border: what each channel takes and what it answers. */
export const requests = {
  'app:info': { args: noArguments, answer: appInfoSchema },
  /** A fault of the page that nobody caught, for the log. */
  'app:report-fault': { args: faultSchema, answer: nothing },
  'demo:start': { args: noArguments, answer: nothing },
  'demo:leave': { args: noArguments, answer: nothing },
  'settings:get': { args: noArguments, answer: settingsSchema },
  'settings:set': { args: v.partial(settingsSchema), answer: settingsSchema },
  /** Empty forgets it. It goes to the keychain; nothing answers with it. */
  'settings:set-proxy-password': { args: v.strictObject({ password: v.pipe(v.string(), v.maxLength(2000)) }), answer: nothing },
  /** Tries the log-in to the proxy once more after it was refused. */
  'settings:try-proxy-once': { args: noArguments, answer: nothing },
  'vault:state': { args: noArguments, answer: vaultStateSchema },
  'vault:retry': { args: noArguments, answer: vaultStateSchema },
  'servers:list': { args: noArguments, answer: v.array(serverSchema) },
  'servers:inspect-address': {
    args: v.strictObject({
      address: v.pipe(v.string(), v.maxLength(10_000)),
      /** It is a base URL already. */
      isExact: v.optional(v.boolean()),
      /** Where several base URLs may be meant, the server is asked, without a log-in, trusting these certificates as well. */
      askTrusting: v.optional(v.pipe(v.string(), v.maxLength(200_000))),
    }),
    answer: addressInspectionSchema,
  },
  'servers:add': { args: serverInputSchema, answer: serverSchema },
  'servers:update': {
    args: v.strictObject({ serverId: serverIdSchema, input: serverInputSchema }),
    answer: serverSchema,
  },
  'servers:remove': { args: v.strictObject({ serverId: serverIdSchema }), answer: nothing },
  'servers:reorder': { args: v.strictObject({ serverIds: v.pipe(v.array(serverIdSchema), v.maxLength(1000)) }), answer: nothing },
  'servers:test': {
    args: v.strictObject({
      /** Chosen by the asker; each step is reported as an event that carries it. */
      testId: testIdSchema,
      input: testInputSchema,
      /** The saved server whose stored credential is used when none is given. */
      serverId: v.nullable(serverIdSchema),
      credential: v.nullable(credentialInputSchema),
      /** Log in although what answers was not recognised, where the test offered that. */
      isLogInForced: v.optional(v.boolean()),
    }),
    answer: v.array(testStepSchema),
  },
  /** The connection test of a saved server as it is; `withLogIn`: with one attempt to log in with the stored credential. */
  'servers:diagnose': {
    args: v.strictObject({ testId: testIdSchema, serverId: serverIdSchema, withLogIn: v.boolean(), isLogInForced: v.optional(v.boolean()) }),
    answer: v.array(testStepSchema),
  },
  /** The newest attempts to connect to it, newest first. */
  'servers:connections': { args: v.strictObject({ serverId: serverIdSchema }), answer: v.array(connectionAttemptSchema) },
  'servers:try-once': { args: v.strictObject({ serverId: serverIdSchema }), answer: nothing },
  'credentials:set': {
    args: v.strictObject({
      serverId: serverIdSchema,
      credential: credentialInputSchema,
      /** Keep it in memory only, because the user chose so when the keychain was not ready. */
      isSessionOnly: v.boolean(),
    }),
    answer: nothing,
  },
  /** Ends or resumes the automatic reading of a server; null means all. */
  'servers:pause': {
    args: v.strictObject({ serverId: v.nullable(serverIdSchema), isPaused: v.boolean() }),
    answer: nothing,
  },
  'servers:set-read-only': { args: v.strictObject({ serverId: serverIdSchema, isReadOnly: v.boolean() }), answer: nothing },
  /** `most`: only so many, the worst first; they are there sooner than all. */
  'synchronizations:list': { args: v.strictObject({ most: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(Number.MAX_SAFE_INTEGER))) }), answer: synchronizationListSchema },
  'synchronizations:refresh': {
    args: v.strictObject({ serverId: v.nullable(serverIdSchema) }),
    answer: nothing,
  },
  /** `isCached`: as last read, at once; else read anew. */
  'synchronizations:detail': { args: v.strictObject({ ...synchronizationRefSchema.entries, isCached }), answer: synchronizationDetailSchema },
  'synchronizations:start': { args: targetsSchema, answer: startedTasks },
  'synchronizations:stop': { args: targetsSchema, answer: startedTasks },
  'synchronizations:restart': { args: targetsSchema, answer: startedTasks },
  'synchronizations:preview-edit': {
    args: v.strictObject({ ref: synchronizationRefSchema, draft: draftSchema, passwords: passwordsSchema }),
    answer: requestPreviewSchema,
  },
  'synchronizations:apply-edit': {
    args: v.strictObject({ ref: synchronizationRefSchema, draft: draftSchema, passwords: passwordsSchema }),
    answer: applyResultSchema,
  },
  'synchronizations:preview-connection': {
    args: v.strictObject({ ref: synchronizationRefSchema, form: connectionFormSchema }),
    answer: requestPreviewSchema,
  },
  'synchronizations:update-connection': {
    args: v.strictObject({ ref: synchronizationRefSchema, form: connectionFormSchema }),
    answer: v.object({ taskId: v.string() }),
  },
  'synchronizations:create': {
    args: v.strictObject({ serverId: serverIdSchema, input: newSynchronizationSchema, isStarted: v.boolean() }),
    /** `note`: what the user has to know about it, as that its answer was lost and it was found by reading; empty where all went well. */
    answer: v.object({ key: v.string(), note: v.string() }),
  },
  'synchronizations:delete': {
    args: v.strictObject({ ref: synchronizationRefSchema, typedKey: v.pipe(v.string(), v.maxLength(255)) }),
    answer: nothing,
  },
  'connectors:resync': { args: v.strictObject({ ref: connectorRefSchema, resync: resyncSchema }), answer: nothing },
  /** Null where `isCached` and they were never read. */
  'connectors:links': { args: v.strictObject({ ...connectorRefSchema.entries, isCached }), answer: v.nullable(linkListSchema) },
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
  'connectors:export-links': { args: v.strictObject({ ref: connectorRefSchema, format: exportFormatSchema }), answer: savedFile },
  'drafts:list': {
    args: noArguments,
    answer: v.array(v.object({ serverId: v.string(), key: v.string(), draft: draftSchema })),
  },
  /** Null forgets the draft. */
  'drafts:set': {
    args: v.strictObject({ ref: synchronizationRefSchema, draft: v.nullable(draftSchema) }),
    answer: nothing,
  },
  'conflicts:list': { args: noArguments, answer: conflictListSchema },
  'conflicts:answer': { args: synchronizationRefSchema, answer: conflictAnswerSchema },
  /** Reads the conflicts of one synchronization now. */
  'conflicts:refresh': { args: synchronizationRefSchema, answer: nothing },
  'conflicts:mark-seen': { args: v.strictObject({ conflicts: conflictRefs }), answer: nothing },
  'conflicts:export': { args: v.strictObject({ conflicts: conflictRefs, format: exportFormatSchema }), answer: savedFile },
  'history:timeline': { args: watchedRefSchema, answer: timelineSchema },
  /** Newest first. */
  'notifications:list': { args: noArguments, answer: v.array(notificationSchema) },
  'notifications:mark-read': {
    args: v.strictObject({ ids: v.nullable(v.pipe(v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER))), v.maxLength(10_000))) }),
    answer: nothing,
  },
  'notifications:clear': { args: noArguments, answer: nothing },
  'snoozes:list': { args: noArguments, answer: v.array(snoozeSchema) },
  'snoozes:set': { args: snoozeSchema, answer: nothing },
  'snoozes:end': { args: watchedRefSchema, answer: nothing },
  /** The page tells whether the computer has a network at all. */
  'monitor:network': { args: v.strictObject({ isOnline: v.boolean() }), answer: nothing },
  'storage:info': { args: noArguments, answer: storageInfoSchema },
  /** Looks both databases through; answers with what is wrong, in words, or with nothing. */
  'storage:check': { args: noArguments, answer: v.object({ problem: v.string() }) },
  'storage:backup': { args: noArguments, answer: v.object({ name: v.string() }) },
  'storage:clear-cache': { args: noArguments, answer: nothing },
  /** What somebody who helps needs to know, for the user to read first; `isAnonymous`: without names, addresses and users. */
  'support:bundle': { args: v.strictObject({ isAnonymous: v.boolean() }), answer: v.object({ text: v.string() }) },
  /** Saves the text that was read. */
  'support:save': { args: v.strictObject({ text: v.pipe(v.string(), v.maxLength(2_000_000)) }), answer: savedFile },
  'snapshots:list': { args: noArguments, answer: v.array(snapshotSchema) },
  'snapshots:export': { args: v.strictObject({ id: v.pipe(v.string(), v.maxLength(100)) }), answer: savedFile },
  'audit:list': { args: auditQuerySchema, answer: v.array(auditEntrySchema) },
  'audit:export': { args: v.strictObject({ query: auditQuerySchema, format: exportFormatSchema }), answer: savedFile },
  'clipboard:write': { args: v.strictObject({ text: v.pipe(v.string(), v.maxLength(5_000_000)) }), answer: nothing },
  'tasks:list': { args: noArguments, answer: v.array(taskSchema) },
  'tasks:clear-ended': { args: noArguments, answer: nothing },
  'links:open': {
    args: v.strictObject({
      serverId: serverIdSchema,
      /** `login`: where a captcha is cleared; `backbone`: the app's page; `jira`: the server's start page. */
      target: v.picklist(['jira', 'backbone', 'login', 'issue']),
      /** For `issue`: which one. */
      issueKey: v.optional(v.pipe(v.string(), v.maxLength(255))),
    }),
    answer: nothing,
  },
} as const satisfies Record<RequestChannel, { args: v.GenericSchema; answer: v.GenericSchema }>

/** What each event carries: what changed, never a whole list that may be long. */
export const events = {
  'settings:changed': settingsSchema,
  'vault:changed': vaultStateSchema,
  /** `order` names all servers when one came, went or moved; null when the list is as it was. */
  'servers:changed': v.object({ put: v.array(serverSchema), order: v.nullable(v.array(v.string())) }),
  'servers:test-step': v.object({ testId: v.string(), step: testStepSchema }),
  'synchronizations:changed': synchronizationDeltaSchema,
  /** The audit trail has grown; whoever shows it asks again. */
  'audit:changed': v.object({ lastId: v.number() }),
  /** Something of the main process’s own failed that nobody caught; the log has it. */
  'app:fault': v.object({}),
  'conflicts:changed': conflictDeltaSchema,
  /** All that are kept, newest first. */
  'notifications:changed': v.array(notificationSchema),
  'snoozes:changed': v.array(snoozeSchema),
  /** What is wrong with storing, in words; empty once it works again. */
  'storage:changed': v.object({ problem: v.string() }),
  /** The user chose something outside the window, such as a system notification. */
  'window:navigate': v.object({ ref: v.nullable(watchedRefSchema), view: v.picklist(['synchronizations', 'notifications']) }),
  'tasks:changed': v.object({ put: v.array(taskSchema), removedIds: v.array(v.string()) }),
} as const satisfies Record<EventTopic, v.GenericSchema>

export type RequestArgs<C extends RequestChannel> = v.InferInput<(typeof requests)[C]['args']>
export type RequestValue<C extends RequestChannel> = v.InferOutput<(typeof requests)[C]['answer']>
export type EventPayload<T extends EventTopic> = v.InferOutput<(typeof events)[T]>

/** An event on the wire. `sequence` rises by one with every event: a gap tells the renderer to ask anew. */
export interface EventMessage<T extends EventTopic = EventTopic> {
  readonly topic: T
  readonly sequence: number
  readonly payload: EventPayload<T>
}
