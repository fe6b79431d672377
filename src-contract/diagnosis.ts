import * as v from 'valibot'
import { errorCodeSchema } from './errors.ts'
import { serverIdInputSchema, serverIdSchema } from './ids.ts'
import { messageSchema } from './messages/message.ts'
import { noArguments, nothing, savedFile, type EventTable, type RequestTable } from './request-parts.ts'
import { credentialInputSchema } from './credentials.ts'
import { addressInspectionSchema, testInputSchema } from './servers.ts'

export const testStepNames = ['address', 'connection', 'tls', 'jira', 'backbone', 'login', 'rights', 'limits'] as const

/** A certificate as presented by a server; nothing in it is verified. */
export const serverCertificateSchema = v.object({
  subject: v.string(),
  issuer: v.string(),
  validFrom: v.string(),
  validTo: v.string(),
  /** SHA-256 fingerprint, in pairs of hexadecimal digits. */
  sha256: v.string(),
  pem: v.string(),
  /** Trusting it would help: it is valid now, and was issued for this host. */
  canBeTrusted: v.boolean(),
})
export type ServerCertificate = v.InferOutput<typeof serverCertificateSchema>

/** One step of the connection test. */
export const testStepSchema = v.object({
  step: v.picklist(testStepNames),
  verdict: v.picklist(['running', 'passed', 'warning', 'failed', 'skipped']),
  message: messageSchema,
  /** Details found on the way. */
  details: v.optional(v.array(messageSchema)),
  advice: v.optional(messageSchema),
  code: v.optional(errorCodeSchema),
  serverText: v.optional(v.string()),
  loginUrl: v.optional(v.string()),
  /** The untrusted certificate, for the user to decide about. */
  certificate: v.optional(serverCertificateSchema),
  /** The base URL found for the address. */
  baseUrl: v.optional(v.string()),
  /** Another address of the same host, offered instead. */
  offer: v.optional(v.object({ address: v.string() })),
  /** The log-in was not tried because the server was not recognised; the user may insist on it. */
  mayLogInAnyway: v.optional(v.boolean()),
})
export type TestStep = v.InferOutput<typeof testStepSchema>

/**
 * One attempt to connect to a server: the route and the reason for it, the trusted certificate authorities, and the
 * result. Identical attempts are merged.
 */
export const connectionAttemptSchema = v.object({
  /** Epoch ms of the first and the last of the merged attempts, and their number. */
  firstAt: v.number(),
  lastAt: v.number(),
  count: v.number(),
  isConnected: v.boolean(),
  /** In order; for people. `about` has the names and addresses; those that a server gives itself are unverified. */
  steps: v.array(
    v.object({
      step: v.picklist(['route', 'authorities', 'name', 'connection', 'tunnel', 'encryption', 'failure']),
      message: messageSchema,
      about: v.optional(messageSchema),
    }),
  ),
})
export type ConnectionAttempt = v.InferOutput<typeof connectionAttemptSchema>
export type ConnectionStep = ConnectionAttempt['steps'][number]

const testIdSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100))

/** The result for one server in a test of several. */
export const serverTestedSchema = v.object({
  serverId: serverIdSchema,
  verdict: v.picklist(['passed', 'warning', 'failed']),
  message: messageSchema,
})
export type ServerTested = v.InferOutput<typeof serverTestedSchema>

/** The channels of this area. */
export const diagnosisRequests = {
  'servers:inspect-address': {
    args: v.strictObject({
      address: v.pipe(v.string(), v.maxLength(10_000)),
      /** The address already is a base URL. */
      isExact: v.optional(v.boolean()),
      /** If the address is ambiguous, the server is asked without a log-in, also trusting these certificates. */
      askTrusting: v.optional(v.pipe(v.string(), v.maxLength(200_000))),
    }),
    answer: addressInspectionSchema,
  },
  'servers:test': {
    args: v.strictObject({
      /** Chosen by the caller; the event of each step carries it. */
      testId: testIdSchema,
      input: testInputSchema,
      /** The saved server whose stored credential is used when none is given. */
      serverId: v.nullable(serverIdInputSchema),
      credential: v.nullable(credentialInputSchema),
      /** Log in even though the server was not recognised as Jira, if the test offered that. */
      isLogInForced: v.optional(v.boolean()),
    }),
    answer: v.array(testStepSchema),
  },
  /**
   * The connection test of a saved server, unchanged; `withLogIn`: with one attempt to log in with the stored
   * credential.
   */
  'servers:diagnose': {
    args: v.strictObject({
      testId: testIdSchema,
      serverId: serverIdInputSchema,
      withLogIn: v.boolean(),
      isLogInForced: v.optional(v.boolean()),
    }),
    answer: v.array(testStepSchema),
  },
  /**
   * Tests saved servers, with one log-in per identity at most. Each result is reported by `servers:tested`; the answer
   * comes after the last. An earlier test of several that is under way starts no further server.
   */
  'servers:test-all': {
    args: v.strictObject({ testId: testIdSchema, serverIds: v.pipe(v.array(serverIdInputSchema), v.maxLength(1000)) }),
    answer: nothing,
  },
  /** Lets the test of several begin with no other server. */
  'servers:stop-test': { args: noArguments, answer: nothing },
  /** The newest attempts to connect to it, newest first. */
  'servers:connections': {
    args: v.strictObject({ serverId: serverIdInputSchema }),
    answer: v.array(connectionAttemptSchema),
  },
  /** The support bundle, for the user to read first. `isAnonymous`: without names, addresses and users. */
  'support:bundle': { args: v.strictObject({ isAnonymous: v.boolean() }), answer: v.object({ text: v.string() }) },
  /** Saves the text that was read. */
  'support:save': { args: v.strictObject({ text: v.pipe(v.string(), v.maxLength(2_000_000)) }), answer: savedFile },
} as const satisfies RequestTable

export const diagnosisEvents = {
  'servers:test-step': v.object({ testId: v.string(), step: testStepSchema }),
  'servers:tested': v.object({ testId: v.string(), tested: serverTestedSchema }),
} as const satisfies EventTable
