import * as v from 'valibot'
import { exportFormatSchema } from './audit.ts'
import { baseUrlSchema, draftFieldSchema, newUserSchema, type DraftField } from './editing.ts'
import {
  jobIdInputSchema,
  jobIdSchema,
  serverIdInputSchema,
  serverIdSchema,
  taskIdSchema,
  type ServerId,
} from './ids.ts'
import { maintenanceNoteSchema, maintenanceTextSchema } from './maintenance.ts'
import { messageSchema } from './messages/message.ts'
import { problem } from './messages/problem.ts'
import { projectKeySchema } from './project-key.ts'
import { noArguments, nothing, savedFile, type EventTable, type RequestTable } from './request-parts.ts'
import { synchronizationRefSchema } from './synchronizations.ts'

/**
 * What a job does: stop what is running; restart exactly what such a job stopped; set a sync user's new password;
 * replace part of base URLs, or of names and descriptions; delete; create the same on another server.
 */
export const jobKinds = [
  'maintenance',
  'maintenance-end',
  'new-password',
  'change-addresses',
  'change-texts',
  'clean-up',
  'copy',
] as const
export const jobKindSchema = v.picklist(jobKinds)
export type JobKind = v.InferOutput<typeof jobKindSchema>

/**
 * `planned`: nothing was sent; `paused`: by the user or by itself, and nothing new begins; `interrupted`: an earlier
 * session ended while it was running. Only the user can continue from any of these.
 */
export const jobStateSchema = v.picklist(['planned', 'running', 'paused', 'interrupted', 'ended'])
export type JobState = v.InferOutput<typeof jobStateSchema>

/**
 * `needless`: nothing was sent, because the server already showed the wanted state; `unknown`: neither an answer nor a
 * reading reveals the outcome; `left`: not begun, and never will be.
 */
export const stepOutcomeSchema = v.picklist(['waiting', 'under-way', 'done', 'needless', 'failed', 'unknown', 'left'])
export type StepOutcome = v.InferOutput<typeof stepOutcomeSchema>

export const stepNameSchema = v.picklist(['stop', 'start', 'update', 'edit', 'delete', 'create'])
export type StepName = v.InferOutput<typeof stepNameSchema>

/** One request that a job sends. Times are epoch ms by the client's clock. */
export const jobStepSchema = v.object({
  name: stepNameSchema,
  /** Steps of a later phase begin when every target is through with the earlier ones. */
  phase: v.number(),
  /** Below the API of its server. */
  path: v.string(),
  /** Sent only where a log-in of this target was refused, so that it does not go on trying. */
  isOnlyIfRefused: v.boolean(),
  outcome: stepOutcomeSchema,
  /** The task that it became; null before. */
  taskId: v.nullable(taskIdSchema),
  /** The result, or why it waits; null if there is nothing to say. */
  result: v.nullable(messageSchema),
  begunAt: v.nullable(v.number()),
  endedAt: v.nullable(v.number()),
})
export type JobStep = v.InferOutput<typeof jobStepSchema>

/** A sync user of one side, and the Jira that it logs in to. */
export const syncAccountSchema = v.object({ user: v.string(), baseUrl: v.string() })
export type SyncAccount = v.InferOutput<typeof syncAccountSchema>

/** What a job may change by finding and replacing. */
export const replacedFields = [
  'summary',
  'description',
  'firstConnector.connection.application.baseUrl',
  'secondConnector.connection.application.baseUrl',
] as const satisfies readonly DraftField[]
export const replacedFieldSchema = v.picklist(replacedFields)
export type ReplacedField = v.InferOutput<typeof replacedFieldSchema>

/** One field of a synchronization, with its value when the job was planned and its new value, there or in the copy. */
export const jobChangeSchema = v.object({ field: draftFieldSchema, from: v.string(), to: v.string() })
export type JobChange = v.InferOutput<typeof jobChangeSchema>

/**
 * A part that no request can create: part of a side's configuration, by the server's name, with its value in the
 * original as JSON, secrets masked.
 */
export const handWorkSchema = v.object({ side: v.picklist(['first', 'second']), part: v.string(), was: v.string() })
export type HandWork = v.InferOutput<typeof handWorkSchema>

/** The copy that a job makes of a synchronization. */
export const jobCopySchema = v.object({
  /** The server that gets it. */
  serverId: serverIdSchema,
  serverName: v.string(),
  /** What it is called there; null until it is known to be there. */
  key: v.nullable(v.string()),
  byHand: v.array(handWorkSchema),
})
export type JobCopy = v.InferOutput<typeof jobCopySchema>

/** A synchronization of a job, with what it was when the job was planned. */
export const jobTargetSchema = v.object({
  serverId: serverIdSchema,
  serverName: v.string(),
  key: v.string(),
  summary: v.string(),
  before: v.object({
    /** Backbone's word. */
    state: v.string(),
    /** A side did not reach its Jira. */
    isOffline: v.boolean(),
    first: v.nullable(syncAccountSchema),
    second: v.nullable(syncAccountSchema),
  }),
  /**
   * The fields changed by finding and replacing, or every field of a copy; empty in jobs of other kinds, and if the
   * text was not found.
   */
  changes: v.array(jobChangeSchema),
  /** Null in jobs of other kinds. */
  copy: v.nullable(jobCopySchema),
  /**
   * What could not be kept before something irreversible was done; null if everything was kept, or nothing needed to
   * be.
   */
  missing: v.nullable(messageSchema),
  /** Why nothing is sent for it; null if it takes part. */
  leftOut: v.nullable(messageSchema),
  /**
   * When it was seen to run again after a maintenance had stopped it, epoch ms; null before, and in jobs of other
   * kinds.
   */
  backAt: v.nullable(v.number()),
  steps: v.array(jobStepSchema),
})
export type JobTarget = v.InferOutput<typeof jobTargetSchema>

/** How far a target is; a job counts its targets so. */
export function targetStateOf({ leftOut, steps }: TargetSteps): TargetState {
  const has = (outcome: StepOutcome): boolean => steps.some((step) => step.outcome === outcome)
  if (leftOut !== null) return 'leftOut'
  if (has('under-way')) return 'underWay'
  if (has('failed')) return 'failed'
  if (has('unknown')) return 'unknown'
  if (has('waiting')) return 'waiting'
  return has('left') ? 'left' : 'done'
}
interface TargetSteps extends Pick<JobTarget, 'leftOut'> {
  readonly steps: readonly Pick<JobStep, 'outcome'>[]
}

/** The server that the requests for a target go to. */
export function addresseeOf({ copy, serverId, serverName }: Pick<JobTarget, 'copy' | 'serverId' | 'serverName'>): {
  readonly serverId: ServerId
  readonly serverName: string
} {
  return copy ?? { serverId, serverName }
}

/**
 * Whether what failed of a target, or is unknown, may be tried again. Not a creation that may have taken effect: there
 * would be two of it.
 */
export function isRetriable(target: Pick<JobTarget, 'leftOut' | 'copy'> & TargetSteps): boolean {
  const state = targetStateOf(target)
  if (target.copy === null) return state === 'failed' || state === 'unknown'
  return state === 'failed' && target.copy.key === null
}

/** What is replaced by what, in every occurrence. Case-sensitive. */
export const replacementSchema = v.strictObject({
  find: v.pipe(v.string(), v.minLength(1, problem('jobs.errors.nothingToFind')), v.maxLength(1000)),
  /** In a pattern's replacement `$1`, `$<name>` and `$&` stand for what was found, and `$$` for a dollar sign. */
  by: v.pipe(v.string(), v.maxLength(10_000)),
  /**
   * `find` is a regular expression in RE2's syntax, which has neither look-around nor back-references, and cannot take
   * long.
   */
  isPattern: v.boolean(),
})
export type Replacement = v.InferOutput<typeof replacementSchema>

/** As for other lists, and a page for people who have no Syncdeck. */
export const jobFormatSchema = v.picklist([...exportFormatSchema.options, 'html'])
export type JobFormat = v.InferOutput<typeof jobFormatSchema>

/** A job without its targets. */
export const jobSchema = v.object({
  id: jobIdSchema,
  kind: jobKindSchema,
  /** The job that it undoes; null if it undoes none. */
  originId: v.nullable(jobIdSchema),
  /** The user that it is about, with every address that leads to the user's Jira; null if it is about none. */
  about: v.nullable(v.object({ user: v.string(), baseUrls: v.array(v.string()) })),
  /** The server that gets copies; null for a job that makes none. */
  copyTo: v.nullable(v.object({ serverId: serverIdSchema, serverName: v.string() })),
  /** What it replaces; null for one that replaces nothing, and for a way back. */
  replacement: v.nullable(replacementSchema),
  /** The note of a maintenance; null if nothing was entered, and in jobs of other kinds. */
  maintenance: v.nullable(maintenanceNoteSchema),
  state: jobStateSchema,
  /** Why it is halted; null while it is not, or if the user paused it. */
  halt: v.nullable(messageSchema),
  /** How many targets: those left out, those of which every step is over well, and so on. Together they are all. */
  counts: v.object({
    leftOut: v.number(),
    waiting: v.number(),
    underWay: v.number(),
    done: v.number(),
    failed: v.number(),
    unknown: v.number(),
    left: v.number(),
  }),
  plannedAt: v.number(),
  begunAt: v.nullable(v.number()),
  endedAt: v.nullable(v.number()),
})
export type Job = v.InferOutput<typeof jobSchema>
export type TargetState = keyof Job['counts']

export const wholeJobSchema = v.object({
  ...jobSchema.entries,
  targets: v.array(jobTargetSchema),
  /** The sync users whose passwords are needed for the next requests. */
  asks: v.array(syncAccountSchema),
})
export type WholeJob = v.InferOutput<typeof wholeJobSchema>

/** A sync user that synchronizations use, and how many of which servers. */
export const syncUserSchema = v.object({
  ...syncAccountSchema.entries,
  servers: v.array(v.object({ serverId: serverIdSchema, count: v.number() })),
})
export type SyncUser = v.InferOutput<typeof syncUserSchema>

const userSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
const addressSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(2000))

/** The password of a sync user; it lives until the job has ended, and is stored nowhere. */
const syncPasswordSchema = v.strictObject({
  user: userSchema,
  baseUrl: addressSchema,
  password: v.pipe(v.string(), v.minLength(1, problem('errors.fields.user.password')), v.maxLength(2000)),
})
export type SyncPassword = v.InferOutput<typeof syncPasswordSchema>

const rowsOf = <Schema extends v.GenericSchema<string, string>>(to: Schema) =>
  v.pipe(v.array(v.strictObject({ from: v.pipe(v.string(), v.maxLength(2000)), to })), v.maxLength(10_000))

/** What replaces each value in a copy, wherever it occurs. Values not named stay the same. */
export const copyMappingSchema = v.strictObject({
  baseUrls: rowsOf(baseUrlSchema),
  users: rowsOf(newUserSchema),
  projects: rowsOf(projectKeySchema),
})
export type CopyMapping = v.InferOutput<typeof copyMappingSchema>

const targetsSchema = v.pipe(v.array(synchronizationRefSchema), v.minLength(1), v.maxLength(20_000))
const jobIdArgs = v.strictObject({ id: jobIdInputSchema })

/** The channels of this area. */
export const jobRequests = {
  /** All jobs, newest first. */
  'jobs:list': { args: noArguments, answer: v.array(jobSchema) },
  'jobs:get': { args: jobIdArgs, answer: wholeJobSchema },
  /** Reads the servers, and stores what would be done. Nothing is written on a server before `jobs:begin`. */
  'jobs:plan-maintenance': { args: v.strictObject({ targets: targetsSchema }), answer: wholeJobSchema },
  /** Every sync user that is known. */
  'jobs:sync-users': { args: noArguments, answer: v.array(syncUserSchema) },
  /**
   * Plans a new password of a sync user for all synchronizations that use it at one of these addresses. It is given
   * when the job asks for it.
   */
  'jobs:plan-password': {
    args: v.strictObject({
      user: userSchema,
      baseUrls: v.pipe(v.array(addressSchema), v.minLength(1), v.maxLength(100)),
    }),
    answer: wholeJobSchema,
  },
  /** Plans the deletion of these. What runs is stopped first. Of each a copy is kept. */
  'jobs:plan-clean-up': { args: v.strictObject({ targets: targetsSchema }), answer: wholeJobSchema },
  /** Plans a replacement in names, descriptions or both. */
  'jobs:plan-texts': {
    args: v.strictObject({
      targets: targetsSchema,
      fields: v.pipe(v.array(v.picklist(['summary', 'description'])), v.minLength(1), v.maxLength(2)),
      replacement: replacementSchema,
    }),
    answer: wholeJobSchema,
  },
  /** Plans a replacement in base URLs. The passwords of the sync users are given when the job asks for them. */
  'jobs:plan-addresses': {
    args: v.strictObject({
      targets: targetsSchema,
      sides: v.pipe(v.array(v.picklist(['first', 'second'])), v.minLength(1), v.maxLength(2)),
      replacement: replacementSchema,
    }),
    answer: wholeJobSchema,
  },
  /**
   * Plans copies of these on another server. The passwords of their sync users are given when the job asks for them.
   */
  'jobs:plan-copy': {
    args: v.strictObject({ targets: targetsSchema, serverId: serverIdInputSchema, mapping: copyMappingSchema }),
    answer: wholeJobSchema,
  },
  /** Plans the inverse of an ended or halted job. `targets`: only these; null for all. */
  'jobs:plan-back': {
    args: v.strictObject({ ...jobIdArgs.entries, targets: v.nullable(targetsSchema) }),
    answer: wholeJobSchema,
  },
  /**
   * `typed`: for a job that deletes, the number of deletions, as typed by the user. `maintenance`: the note of a
   * maintenance; null for none. Its planned end is in the future.
   */
  'jobs:begin': {
    args: v.strictObject({
      ...jobIdArgs.entries,
      typed: v.optional(v.pipe(v.string(), v.maxLength(20)), ''),
      maintenance: v.optional(v.nullable(maintenanceTextSchema), null),
    }),
    answer: nothing,
  },
  /** Nothing new begins; what is under way is followed until it ends. */
  'jobs:pause': { args: jobIdArgs, answer: nothing },
  /** `passwords`: those that `asks` names; what was given before needs not be given again while Syncdeck runs. */
  'jobs:go-on': {
    args: v.strictObject({
      ...jobIdArgs.entries,
      passwords: v.optional(v.pipe(v.array(syncPasswordSchema), v.maxLength(1000)), []),
    }),
    answer: nothing,
  },
  /** What has not begun is left. */
  'jobs:end': { args: jobIdArgs, answer: nothing },
  /** Tries again, of a job that has ended, what failed or is unknown. */
  'jobs:retry': { args: jobIdArgs, answer: nothing },
  /** Forgets a job that is planned, or has ended. */
  'jobs:forget': { args: jobIdArgs, answer: nothing },
  /** Saves the outcome for each of its synchronizations. */
  'jobs:export': {
    args: v.strictObject({ ...jobIdArgs.entries, format: jobFormatSchema }),
    answer: savedFile,
  },
} as const satisfies RequestTable

export const jobEvents = {
  'jobs:changed': v.object({ put: v.array(jobSchema), removedIds: v.array(jobIdSchema) }),
} as const satisfies EventTable
