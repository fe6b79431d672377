import * as v from 'valibot'
import { problem } from './messages/problem.ts'

export const credentialKindSchema = v.picklist(['basic', 'token'])
export type CredentialKind = v.InferOutput<typeof credentialKindSchema>

/** Whether a text can be a token: a header carries it unchanged, and any other characters were copied with it. */
export function isTokenText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text)
}

/**
 * Whether a log-in with user and password can contain a text: Jira reads the header as ISO 8859-1 (JRASERVER-59828),
 * and refuses any other encoding.
 */
export function isLogInText(text: string): boolean {
  return /^[\0-\xff]*$/.test(text)
}

/** Whether a text can be the user of a log-in with a password, which begins behind the first colon (RFC 7617, 2). */
export function isLogInUser(text: string): boolean {
  return isLogInText(text) && !text.includes(':')
}

/**
 * With each accented letter as one character (RFC 7617, 2.1): some keyboards and macOS's file names write it as two.
 */
const composed = v.transform((text: string) => text.normalize('NFC'))

/** The user of a log-in with a password. */
export const logInUserSchema = v.pipe(
  v.string(),
  v.maxLength(255),
  composed,
  v.check(isLogInText, problem('errors.fields.logIn')),
  v.check(isLogInUser, problem('errors.fields.colon')),
)

const secretSchema = v.pipe(v.string(), v.minLength(1, problem('errors.fields.secret')), v.maxLength(2000))

/** A credential on its way in. It is write-only: nothing ever answers with `secret`. */
export const credentialInputSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('basic'),
    /** Jira user name. */
    user: logInUserSchema,
    secret: v.pipe(secretSchema, composed, v.check(isLogInText, problem('errors.fields.logIn'))),
  }),
  v.strictObject({
    kind: v.literal('token'),
    /** Only a label. */
    user: v.pipe(v.string(), v.maxLength(255)),
    /** Personal access token. */
    secret: v.pipe(secretSchema, v.check(isTokenText, problem('errors.fields.token'))),
  }),
])
export type CredentialInput = v.InferOutput<typeof credentialInputSchema>

/** What is known about a stored credential: that it exists, and where. */
export const credentialInfoSchema = v.object({
  kind: credentialKindSchema,
  user: v.string(),
  kept: v.picklist(['keychain', 'session', 'missing']),
})
export type CredentialInfo = v.InferOutput<typeof credentialInfoSchema>

/**
 * `unanswered`: it is not known whether an attempt was accepted; another might be one too many. `overlong`: the same,
 * because the headers of the answer could not be read. `cut-off`: the same, because Syncdeck quit before the result was
 * known; the attempt may not have left. `token-needed`: a password would be tried twice, or its answers could be
 * anybody's, because queries are not known to arrive, and sessions or user names are missing as well.
 */
export const blockReasonSchema = v.picklist([
  'rejected',
  'captcha',
  'method-off',
  'intercepted',
  /** The log-in may be fine, but the answers are for somebody else. */
  'another-user',
  'unanswered',
  'cut-off',
  'overlong',
  'token-needed',
])
export type BlockReason = v.InferOutput<typeof blockReasonSchema>

/** Why a server gets the password with every request instead of a session cookie. */
export const sessionlessReasonSchema = v.picklist([
  /** The answer to a log-in brings no cookie. */
  'no-cookie',
  /** The first request that carries it is treated as anonymous. */
  'not-kept',
  /** The password is asked for although the session is good: web-sudo. */
  'asks-again',
  /** Sessions end within a minute, again and again. */
  'ends-often',
])
export type SessionlessReason = v.InferOutput<typeof sessionlessReasonSchema>

/** State of the auth gate of one server: whether requests that carry the credential may leave. */
export const accessSchema = v.variant('state', [
  v.object({ state: v.literal('unknown') }),
  v.object({ state: v.literal('probing') }),
  v.object({ state: v.literal('ok') }),
  v.object({
    state: v.literal('blocked'),
    reason: blockReasonSchema,
    /** Epoch ms. */
    since: v.number(),
    /**
     * Log-in attempts since the credential was last set that failed, or may have: an upper bound if the last was cut
     * off.
     */
    attempts: v.number(),
    /** Epoch ms before which “Test once” is refused. */
    nextAttemptAt: v.number(),
    loginUrl: v.nullable(v.string()),
  }),
])
export type Access = v.InferOutput<typeof accessSchema>
