import * as v from 'valibot'
import { certificateSchema } from './certificates.ts'
import { copyGuardSchema } from './copy-guard.ts'
import {
  accessSchema,
  credentialInfoSchema,
  credentialInputSchema,
  logInUserSchema,
  sessionlessReasonSchema,
} from './credentials.ts'
import { appErrorSchema } from './errors.ts'
import { serverIdInputSchema, serverIdSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { problem } from './messages/problem.ts'
import { notedEntries } from './noted.ts'
import { pemCertificates } from './pem.ts'
import { listedProjectKeySchema } from './project-key.ts'
import { noArguments, nothing, type EventTable, type RequestTable } from './request-parts.ts'

export const NAME_MAX_LENGTH = 120

export const environmentSchema = v.picklist(['production', 'test', 'development'])
export type Environment = v.InferOutput<typeof environmentSchema>

const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, problem('errors.fields.name.missing')),
  v.maxLength(NAME_MAX_LENGTH),
)

const caPemSchema = v.pipe(
  v.string(),
  v.maxLength(200_000, problem('errors.fields.certificate.tooLong')),
  v.trim(),
  v.check((text) => text === '' || pemCertificates(text).length > 0, problem('errors.fields.certificate.noPem')),
)

/** What a user enters about a server. The renderer checks its form with the same schema. */
export const serverInputSchema = v.strictObject({
  name: nameSchema,
  /** Any address of the Jira; the main process derives the base URL. */
  address: v.pipe(v.string(), v.maxLength(4000, problem('errors.fields.address.tooLong'))),
  /** The path of Backbone's REST API below the base URL; empty for the usual one. */
  apiPath: v.pipe(v.string(), v.trim(), v.maxLength(500)),
  environment: environmentSchema,
  /** For project administrators: the only projects to list. Empty means all. */
  projectKeys: v.pipe(v.array(listedProjectKeySchema), v.maxLength(200)),
  /** Additional certificate authorities for this server, PEM; empty for none. */
  caPem: caPemSchema,
  /** The explicit yes to sending a password over plain `http:`. */
  allowPlainHttp: v.boolean(),
  /** The address is the base URL: a context path that bears the name of a page of Jira’s is kept. */
  isAddressExact: v.optional(v.boolean()),
})
export type ServerInput = v.InferOutput<typeof serverInputSchema>

/** The part that a connection test needs. */
export const testInputSchema = v.omit(serverInputSchema, ['name', 'environment'])
export type TestInput = v.InferOutput<typeof testInputSchema>

/** Whether the server answers. */
export const reachSchema = v.object({
  state: v.picklist(['not-asked', 'reachable', 'unreachable']),
  isAsking: v.boolean(),
  /** Since when `state` applies, epoch ms. */
  since: v.number(),
  /** Epoch ms of the last complete reading; null before the first. */
  lastReadAt: v.nullable(v.number()),
  /** Epoch ms of the next scheduled reading; null if none is scheduled. */
  nextReadAt: v.nullable(v.number()),
  /** Why the last reading failed, if it did. */
  error: v.nullable(appErrorSchema),
  /** What was missing from the last complete reading, and why, one message each; empty if nothing was. */
  gaps: v.array(messageSchema),
})
export type Reach = v.InferOutput<typeof reachSchema>

/** A server's rate limit, if it slows Syncdeck down. */
export const rateLimitSchema = v.object({
  /** Requests per second that it accepts in the long run; null if unknown. */
  perSecond: v.nullable(v.number()),
  /** Epoch ms until which it accepts no requests; null if it does. */
  heldUntil: v.nullable(v.number()),
})
export type RateLimitState = v.InferOutput<typeof rateLimitSchema>

export const serverSchema = v.object({
  id: serverIdSchema,
  name: v.string(),
  /** Normalised: scheme, host, port and context path, without a trailing slash. */
  baseUrl: v.string(),
  apiPath: v.string(),
  environment: environmentSchema,
  projectKeys: v.array(v.string()),
  caPem: v.string(),
  allowPlainHttp: v.boolean(),
  /** A simulated server of the demo mode. */
  isDemo: v.boolean(),
  /** The user paused the automatic reading of this server. */
  isPaused: v.boolean(),
  /** Syncdeck writes nothing to it, by the user's choice or because it was started with `--read-only`. */
  isReadOnly: v.boolean(),
  /** Absent if nothing suggests a copy of another Jira. */
  copyGuard: v.exactOptional(copyGuardSchema),
  /** Another server in the list has the same base URL. */
  sharesAddress: v.boolean(),
  credential: v.nullable(credentialInfoSchema),
  access: accessSchema,
  /**
   * Since when (epoch ms) and why the server works without sessions. Null if it has sessions, or if that is not known
   * yet.
   */
  sessionless: v.nullable(v.object({ since: v.number(), reason: sessionlessReasonSchema })),
  /** The server has kept a session with the present password since Syncdeck was started. */
  isSessionKept: v.boolean(),
  reach: reachSchema,
  /** Null if nothing had to wait for it recently. */
  rateLimit: v.nullable(rateLimitSchema),
  /** Those that are known, in the order in which they end; that of the server since the first connection. */
  certificates: v.array(certificateSchema),
  synchronizationCount: v.number(),
  ...notedEntries,
})
export type Server = v.InferOutput<typeof serverSchema>

/** How an address was understood. */
export const addressInspectionSchema = v.object({
  baseUrl: v.nullable(v.string()),
  problem: v.nullable(messageSchema),
  notes: v.array(messageSchema),
  isPlainHttp: v.boolean(),
  /** Other possible base URLs, which keep more of the path, longest first; empty if the address is unambiguous. */
  candidates: v.array(v.string()),
})
export type AddressInspection = v.InferOutput<typeof addressInspectionSchema>

/** A line of a list of servers as it was understood. */
export const listedServerSchema = v.object({
  line: v.number(),
  name: v.string(),
  /** Null for an address that cannot be used. */
  baseUrl: v.nullable(v.string()),
  environment: environmentSchema,
  user: v.string(),
  /** A server of this address is in Syncdeck already, or further up in the list. */
  isKnown: v.boolean(),
  /** Why it is not added; null if it can be. */
  problem: v.nullable(messageSchema),
})
export type ListedServer = v.InferOutput<typeof listedServerSchema>

/** What an import would add. */
export const serverListPlanSchema = v.object({ lines: v.array(listedServerSchema) })
export type ServerListPlan = v.InferOutput<typeof serverListPlanSchema>

/**
 * A server that the user picked from a list. `address`: its base URL; `user`: whose password has to be entered, or
 * empty.
 */
export const newServerSchema = v.strictObject({
  ...v.pick(serverInputSchema, ['name', 'address', 'environment']).entries,
  user: logInUserSchema,
})
export type NewServer = v.InferOutput<typeof newServerSchema>

/** The channels of this area. */
export const serverRequests = {
  'servers:list': { args: noArguments, answer: v.array(serverSchema) },
  /** With a credential that the keychain refuses, nothing is added. */
  'servers:add': {
    args: v.strictObject({
      ...serverInputSchema.entries,
      credential: v.optional(credentialInputSchema),
      isSessionOnly: v.optional(v.boolean()),
    }),
    answer: serverSchema,
  },
  /** What a list would add: a pasted one, or null for a file that the user chooses; answers null if they chose none. */
  'servers:plan-import': {
    args: v.strictObject({ text: v.nullable(v.pipe(v.string(), v.maxLength(1_000_000))) }),
    answer: v.nullable(serverListPlanSchema),
  },
  /** Adds them without a password, and so without asking any. Answers with those that were not there already. */
  'servers:import': {
    args: v.strictObject({ servers: v.pipe(v.array(newServerSchema), v.minLength(1), v.maxLength(1000)) }),
    answer: v.array(serverSchema),
  },
  'servers:update': {
    args: v.strictObject({
      serverId: serverIdInputSchema,
      input: serverInputSchema,
      credential: v.optional(credentialInputSchema),
      isSessionOnly: v.optional(v.boolean()),
    }),
    answer: serverSchema,
  },
  'servers:remove': { args: v.strictObject({ serverId: serverIdInputSchema }), answer: nothing },
  'servers:reorder': {
    args: v.strictObject({ serverIds: v.pipe(v.array(serverIdInputSchema), v.maxLength(1000)) }),
    answer: nothing,
  },
  'servers:set-read-only': {
    args: v.strictObject({ serverId: serverIdInputSchema, isReadOnly: v.boolean() }),
    answer: nothing,
  },
  'links:open': {
    args: v.strictObject({
      serverId: serverIdInputSchema,
      /** `login`: where a captcha is cleared; `backbone`: the app's page; `jira`: the server's start page. */
      target: v.picklist(['jira', 'backbone', 'login', 'issue']),
      /** For `issue`: which one. */
      issueKey: v.optional(v.pipe(v.string(), v.maxLength(255))),
    }),
    answer: nothing,
  },
} as const satisfies RequestTable

export const serverEvents = {
  /** `order` lists all server ids when one was added, removed or moved; otherwise null. */
  'servers:changed': v.object({ put: v.array(serverSchema), order: v.nullable(v.array(serverIdSchema)) }),
} as const satisfies EventTable
