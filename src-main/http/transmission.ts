import type { AppError } from '../errors/app-error.ts'
import type { Credential } from './credential.ts'
import type { AnswerBounds } from './json-answer.ts'
import { cookieSigns } from './jira-signs.ts'
import type { HttpResponse } from './response-verdict.ts'
import { sessionsSet } from './server-cookies.ts'
import type { Session } from './session.ts'
import type { SentSecrets } from './sent-secrets.ts'
import { secretPattern, strikeSecrets } from './strike-secrets.ts'
import type { HttpRequest, Transport } from './transport.ts'

/** A request without anything that identifies the user. */
export interface BareRequest extends Pick<HttpRequest, 'method' | 'url' | 'headers' | 'maxBytes'> {
  /** The body, sent as JSON; absent for none. */
  readonly json?: unknown
  /** Limits of the answer, if they differ from `ANSWER_BOUNDS`. */
  readonly bounds?: Partial<AnswerBounds>
  /**
   * Why a successful reading is not what was requested; null if it is. If it is not, something else may have answered,
   * and the answer says nothing about the log-in. Absent: any JSON will do.
   */
  readonly refusal?: (value: unknown) => AppError | null
  /**
   * Nothing in its answer shows that the server carried it out: a success counts only with a sign of Jira's own, and is
   * a lost answer otherwise.
   */
  readonly isProvenBySign?: boolean
  /** The credential must not go with it. */
  readonly isBySessionOnly?: boolean
  /** Called right before the request goes to the transport. */
  readonly onLeave?: () => void
}

/** Called with every answer. `isKnock`: the request was anonymous. */
export type OnAnswer = (response: HttpResponse, isKnock: boolean) => void

/** One request with everything needed to send it. */
export interface Sending {
  readonly request: BareRequest
  readonly credential: Credential
  readonly onAnswer: OnAnswer
}

/** What shows who the user is. */
export interface Shown {
  readonly cookie: string | null
  readonly withCredential?: boolean
  /** Asked when the answer is there: whether the session that it may open is the user's; default: no. */
  readonly mayBringSession?: () => boolean
  /** Over a connection that no other request shares. */
  readonly isOnOwnConnection?: boolean
}

/** What requests to a server go through. */
export interface TransmitOptions {
  readonly transport: Transport
  readonly session: Pick<Session, 'cookies' | 'openIds'>
  readonly sent: SentSecrets
}

/** The user of the credential: a token names nobody, but its first answers did. Null if none has yet. */
export function userOf({ kind, user }: Credential, { tokenUser }: Pick<Session, 'tokenUser'>): string | null {
  return kind === 'basic' ? user : tokenUser
}

/**
 * Sends a request with what shows who the user is, and keeps the cookies of its answer. What the server has been sent
 * is struck from the answer before anybody sees it.
 */
export async function transmit(
  { transport, session, sent }: TransmitOptions,
  { request, credential, onAnswer }: Sending,
  { cookie, withCredential = false, mayBringSession = () => false, isOnOwnConnection = false }: Shown,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const { method, json, maxBytes } = request
  const { url } = withCredential && credential.kind === 'basic' ? sayingHow(request) : request
  const headers = {
    ...request.headers,
    ...(withCredential && { authorization: authorization(credential) }),
    ...(cookie !== null && { cookie }),
  }
  const heardBefore = sent.all()
  sent.note(json)
  request.onLeave?.()
  const answer = await transport.send({
    method,
    url,
    headers,
    body: json === undefined ? null : JSON.stringify(json),
    maxBytes,
    isOnOwnConnection,
    signal,
  })
  // A late answer to a session that is over brings a visitor's cookie, which must not replace the user's.
  session.cookies.keep(answer, url, { withSession: mayBringSession() })
  // A server may repeat what it was sent: with this request, earlier, or while it answered.
  const heard = new Set([...heardBefore, ...sent.all()])
  const inCookies = new Set([...secretCookies(cookie), ...session.openIds.filter(isLong), ...sessionsSet(answer)])
  const response = strikeSecrets(
    withoutCookies(answer),
    secretPattern(credential, [json, ...heard]),
    // One by one: a load balancer may renew its cookie with each answer, and the others stay as they are.
    ...[...inCookies].map((value) => secretPattern({ kind: 'token', user: credential.user, secret: value })),
  )
  onAnswer(response, false)
  return response
}

/**
 * The same request with an address that says how to log in. Otherwise Jira tries a password in the header twice: its
 * log-in filter does, and the filter behind it does again if that opened no session. Each refusal counts (Seraph's
 * `HttpAuthFilter` and `SecurityFilter`). With `os_authType`, only the second does.
 */
export function sayingHow(request: BareRequest): BareRequest {
  const url = new URL(request.url)
  url.searchParams.set('os_authType', 'basic')
  return { ...request, url }
}

/** Strikes the ids of sessions that the answer itself opens from everything but its cookies. */
export function withoutOwnSessions(answer: HttpResponse): HttpResponse {
  const [first, ...others] = sessionsSet(answer)
  if (first === undefined) return answer
  const pattern = secretPattern(
    { kind: 'token', user: '', secret: first },
    others.map((cookie) => ({ cookie })),
  )
  const struck = strikeSecrets(withoutCookies(answer), pattern)
  return { ...struck, headers: { ...struck.headers, 'set-cookie': answer.headers['set-cookie'] } }
}

/** Whatever keeps them has them by now. Nothing else needs more of them than that Jira set them. */
function withoutCookies({ headers, ...answer }: HttpResponse): HttpResponse {
  const { 'set-cookie': _kept, ...others } = headers
  const signs = cookieSigns({ headers })
  return { ...answer, headers: signs.length === 0 ? others : { ...others, 'set-cookie': signs } }
}

/** The header's value. Jira reads user and password in ISO 8859-1 (Seraph's `SecurityUtils`), not in UTF-8. */
function authorization({ kind, user, secret }: Credential): string {
  return kind === 'token'
    ? `Bearer ${secret}`
    : `Basic ${Buffer.from(`${user}:${secret}`, 'latin1').toString('base64')}`
}

/** One that opens a session is as good as a password; a short one is a load balancer's, and an ordinary word. */
function isLong({ length }: string): boolean {
  return length >= 12
}

/** The secrets of a cookie header. */
export function secretCookies(header: string | null): string[] {
  return (header ?? '')
    .split('; ')
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
    .filter(isLong)
}
