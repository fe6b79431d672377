import type { AppErrorData } from '#contract/errors.ts'
import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import type { Finding } from './gate-pass.ts'
import { isSignedByJira } from './jira-signs.ts'
import { readJson, type AnswerBounds } from './json-answer.ts'
import { rateLimitOf } from './rate-limit-headers.ts'
import { leadsElsewhere, leadsToLogIn } from './redirects.ts'
import { judgeResponse, type Asked, type HttpResponse, type Verdict } from './response-verdict.ts'
import type { BareRequest } from './transmission.ts'

/** The request that an answer belongs to. */
interface Question {
  readonly method: string
  readonly bounds?: Partial<AnswerBounds>
  readonly refusal?: (value: unknown) => AppError | null
}

/** Backbone's own answers to a request, if Backbone sent them: 400, 403, 409, 410 and the like. */
const REFUSALS: ReadonlySet<AppErrorData['code']> = new Set(['api.refused', 'auth.forbidden'])

/** The meaning of an answer, and its usable content. */
export interface Judgement {
  readonly verdict: Verdict
  readonly value: unknown
  /** Why a success has no usable content. */
  readonly problem: AppError | null
}

/** `user`: the user whose password was sent; null for a token, which names nobody. */
export async function judge(
  response: HttpResponse,
  baseUrl: URL,
  { method, bounds, refusal = () => null }: Question,
  user: Asked['user'],
): Promise<Judgement> {
  const { value, problem: unreadable } = await parse(response, method !== 'GET', bounds)
  const isSuccess = unreadable === null && response.status < 300 && method === 'GET'
  const found = isSuccess ? refusal(value) : unreadable
  const problem = response.long === undefined ? found : (found?.ofLongAnswer() ?? null)
  return { verdict: judgeResponse(response, baseUrl, { user, isJson: problem === null }), value, problem }
}

/** A write may be answered with an empty body. */
async function parse(
  { body, long, status }: HttpResponse,
  mayBeEmpty: boolean,
  bounds?: Partial<AnswerBounds>,
): Promise<Omit<Judgement, 'verdict'>> {
  if (status >= 300 || (mayBeEmpty && long === undefined && body.trim() === '')) return { value: null, problem: null }
  try {
    return { value: await readJson(long ?? body, bounds), problem: null }
  } catch (error) {
    if (error instanceof AppError) return { value: null, problem: error }
    throw error
  }
}

/** What an answer says about the credential that came with the request. */
export function findingOf(verdict: Verdict, { status, headers }: HttpResponse, isEachTime: boolean): Finding {
  if (verdict.kind === 'blocked') return { kind: 'blocked', reason: verdict.reason, loginUrl: verdict.loginUrl }
  if (verdict.isAuthenticated) return { kind: 'accepted', isEachTime }
  // Jira's own limit applies before any log-in; somebody else's may apply after it.
  if (verdict.kind === 'failed' && status === 429 && rateLimitOf(headers) !== null)
    return { kind: 'unsent', error: verdict.error }
  // It is unknown who reports the failure, and whether the server saw the request.
  return verdict.kind === 'failed' && status >= 500 ? { kind: 'lost', error: verdict.error } : { kind: 'inconclusive' }
}

/**
 * A page that says “done” in answer to a write may have replaced Backbone's own answer, and so may a redirect that
 * leads to no log-in. A 429 may come from something that has already passed the write on (RFC 6585 does not say): only
 * Jira's own rate limiter, recognised by its headers, is known to act before anything that could carry out a request.
 */
export function failureOf(
  { code, message: words, ...more }: AppErrorData,
  response: HttpResponse,
  method: string,
  baseUrl: URL,
): AppError {
  const { status, headers } = response
  const error = new AppError(code, words, more)
  if (status === 502 || status === 503) return error.ofServerAway()
  const isUnclear =
    (code === 'auth.intercepted' && (status < 300 || mayFollowWhatWasDone(response, baseUrl))) ||
    (code === 'http.rate-limited' && rateLimitOf(headers) === null)
  return isUnclear && method !== 'GET' ? error.withLostAnswer() : error
}

/**
 * The failure in a verdict. Like a 429, a refusal that Jira has not signed may hide that a write took effect, and so
 * may a 404 that does not name our user, as Jira's own does.
 */
export function refusalOf(
  verdict: Exclude<Verdict, { kind: 'good' }>,
  response: HttpResponse,
  method: string,
  baseUrl: URL,
): AppError {
  const failure = failureOf(verdict.error, response, method, baseUrl)
  if (method === 'GET') return failure
  // It closes the gate all the same.
  if (verdict.kind === 'blocked') return isSignedByJira(response) ? failure : failure.withLostAnswer()
  if (verdict.isAuthenticated) return failure
  const isUnclear = failure.code === 'api.not-found' || (REFUSALS.has(failure.code) && !isSignedByJira(response))
  if (!isUnclear) return failure
  const { code, data } = failure
  const why = message('errors.answer.unsigned', { status: response.status })
  return new AppError(code, why, { serverText: data.serverText }).withLostAnswer()
}

/**
 * Throws if nothing shows that Jira itself answered a write with success: something in front of it may say “done”
 * although it passed nothing on.
 */
export function assertProven({ isProvenBySign }: Pick<BareRequest, 'isProvenBySign'>, response: HttpResponse): void {
  if (isProvenBySign === true && !isSignedByJira(response)) throw unsigned(response)
}

/** Nothing shows that Jira gave this answer to a write: it may have been carried out, or not. */
export function unsigned({ status }: HttpResponse): AppError {
  return new AppError('http.unexpected-body', message('errors.answer.unsigned', { status })).withLostAnswer()
}

/** A redirect by the server itself to something other than a log-in, or one that says that something was done. */
function mayFollowWhatWasDone(response: HttpResponse, baseUrl: URL): boolean {
  return response.status === 303 || (!leadsElsewhere(response, baseUrl) && !leadsToLogIn(response))
}
