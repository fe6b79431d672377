import { message } from '#contract/messages/message.ts'
import type { AppErrorData } from '#contract/errors.ts'
import { AppError } from '../errors/app-error.ts'
import {
  findApi,
  isThere,
  judgeServerInfo,
  mayBeJira,
  mayHideJira,
  SERVER_INFO_PATH,
  tellsVersion,
} from './jira-recognition.ts'
import { notReadyPage } from './redirects.ts'
import { interceptedBy, judgeResponse, type HttpResponse } from './response-verdict.ts'
import type { BareRequest } from './transmission.ts'

const MAX_BYTES = 1_048_576

/** Asks the server at `baseUrl`, without a credential, whether it is there. */
export function probeOf(baseUrl: URL): BareRequest {
  return {
    method: 'GET',
    url: new URL(baseUrl.href.replace(/\/$/, '') + SERVER_INFO_PATH),
    headers: { accept: 'application/json' },
    maxBytes: MAX_BYTES,
  }
}

/**
 * Whether the query that says how to log in is known to have reached Jira, which refuses it to anyone not logged in
 * (Seraph's `SecurityFilter`). That is certain only if the same address without the query (`plain`) was not refused, or
 * was refused differently: Jira's own resource tells visitors so in JSON, and does not ask them for a password.
 * Something in front of Jira may refuse both.
 */
export function judgeQuery(plain: HttpResponse, saying: HttpResponse): boolean {
  if (saying.status !== 401) return false
  return plain.status !== 401 || (asksForBasic(saying) && !asksForBasic(plain)) || (isData(plain) && !isData(saying))
}

function asksForBasic({ headers }: HttpResponse): boolean {
  return /(?:^|,)\s*basic\b/i.test(String(headers['www-authenticate'] ?? ''))
}

function isData({ body }: HttpResponse): boolean {
  return body.trimStart().startsWith('{')
}

/**
 * Why a password must not follow an anonymous request. `failed`: the server is down, or accepts nothing at the moment.
 */
export type ProbeVerdict =
  | { readonly kind: 'failed'; readonly error: AppErrorData }
  /** Something other than Jira answers. `isLasting`: until somebody acts, and not only while Jira is starting. */
  | { readonly kind: 'stranger'; readonly error: AppErrorData; readonly isLasting: boolean }

/** The failure shown by an answer to any request without a credential; null if the server is up. */
export function failureOfProbe(response: HttpResponse, baseUrl: URL): ProbeVerdict | null {
  const { status } = response
  const verdict = judgeResponse(response, baseUrl)
  const isNotReady = notReadyPage(response, baseUrl) !== null
  return verdict.kind === 'failed' && (isNotReady || status === 429 || status >= 500) ? verdict : null
}

/**
 * Judges the answer to the probe as the connection test does: null if Jira was recognised, so that nothing speaks
 * against sending a password. That finds a server that is down, or whose proxy answers for it, without risking a log-in
 * whose outcome stays unknown; and a log-in page, another server, or something that guards this one never gets Jira's
 * password. If something refuses visitors or does not find the page, `ask` makes the requests that show whether Jira is
 * behind it; if in doubt, it may be.
 */
export async function judgeProbe(
  response: HttpResponse,
  { baseUrl, apiPath }: { readonly baseUrl: URL; readonly apiPath: string },
  ask: (url: string) => Promise<HttpResponse>,
): Promise<ProbeVerdict | null> {
  const failure = failureOfProbe(response, baseUrl)
  if (failure !== null) return failure
  const jira = await judgeServerInfo(response, probeOf(baseUrl).url)
  if (jira.kind === 'jira' || jira.kind === 'hidden' || tellsVersion(response)) return null
  if (mayBeJira(jira) || jira.kind === 'not-found') {
    const base = baseUrl.href.replace(/\/$/, '')
    const api = await findApi(base, apiPath, jira, ask)
    if (isThere(api.finding) || mayHideJira({ finding: jira, response }, api)) return null
    const apiFailure = failureOfProbe(api.response, baseUrl)
    if (apiFailure !== null) return apiFailure
  }
  if (jira.kind === 'not-found') {
    const error = new AppError('auth.intercepted', message('errors.answer.noJira', { status: response.status }), {
      advice: message('errors.answer.noJiraAdvice'),
    })
    return { kind: 'stranger', error: error.data, isLasting: false }
  }
  return { kind: 'stranger', error: interceptedBy(response), isLasting: true }
}
