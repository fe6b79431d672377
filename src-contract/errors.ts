import * as v from 'valibot'
import { serverIdSchema } from './ids.ts'
import { messageSchema, type Message } from './messages/message.ts'

/**
 * The closed list of failures that Syncdeck tells apart. A code says what kind of thing happened, and so what the user
 * can do; the message is in the error itself.
 */
export const errorCodes = [
  'auth.rejected',
  'auth.captcha',
  'auth.method-off',
  'auth.intercepted',
  'auth.unanswered',
  'auth.session-over',
  'auth.forbidden',
  'auth.xsrf',
  'auth.blocked',
  'auth.too-soon',
  'auth.missing',
  'net.unreachable',
  'net.timeout',
  'net.dns',
  'net.aborted',
  'net.proxy',
  'net.proxy-refused',
  'tls.untrusted',
  'http.rate-limited',
  'http.server-error',
  'http.unexpected-body',
  'http.body-too-large',
  'http.redirected',
  'api.not-found',
  'api.refused',
  'api.method-not-allowed',
  'vault.no-entry',
  'vault.locked',
  'vault.unavailable',
  'vault.failed',
  'input.invalid',
  'server.unknown',
  'server.moved',
  'synchronization.unknown',
  'storage.failed',
  'app.read-only',
  'app.copy',
  'ipc.invalid-args',
  'ipc.untrusted-sender',
  'internal',
] as const

export const errorCodeSchema = v.picklist(errorCodes)
export type ErrorCode = v.InferOutput<typeof errorCodeSchema>

/** A failure as shown to the user. Holds no secret, no header and no stack. */
export const appErrorSchema = v.object({
  code: errorCodeSchema,
  /** What happened, one sentence. */
  message: messageSchema,
  /** What the user can do about it, one sentence. */
  advice: v.optional(messageSchema),
  serverId: v.optional(serverIdSchema),
  /** The server's own words, cut to a readable length; to be shown as plain text. */
  serverText: v.optional(v.string()),
  /** The address of a browser log-in that clears a captcha; only ever on the server's own origin. */
  loginUrl: v.optional(v.string()),
  /** A write that may or may not have taken effect. It was not repeated; check before repeating it. */
  isOutcomeUnknown: v.optional(v.boolean()),
  /** Messages by field of the form that was sent. */
  fields: v.optional(v.record(v.string(), messageSchema)),
})
export type AppErrorData = v.InferOutput<typeof appErrorSchema>

/** A failure with its words. */
export type WordedError = Omit<AppErrorData, 'message' | 'advice' | 'fields'> & {
  readonly message: string
  readonly advice?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** `say`: how this process words a message. */
export function worded(
  { message, advice, fields, ...data }: AppErrorData,
  say: (words: Message) => string,
): WordedError {
  return {
    ...data,
    message: say(message),
    ...(advice !== undefined && { advice: say(advice) }),
    ...(fields !== undefined && {
      fields: Object.fromEntries(Object.entries(fields).map(([field, problem]) => [field, say(problem)])),
    }),
  }
}

/** How every request is answered: an exception never crosses the process border as an exception. */
export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: AppErrorData }
