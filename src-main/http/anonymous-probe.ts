import type { HttpResponse, Verdict } from './response-verdict.ts'
import type { BareRequest } from './transmission.ts'
import { leadsElsewhere } from './redirects.ts'
import { judgeResponse } from './response-verdict.ts'

/** Jira reports its version here without a log-in (Jira's REST API, `serverInfo`), or refuses. */
const PROBE_PATH = '/rest/api/2/serverInfo'
const MAX_BYTES = 1_048_576

/** Asks the server at `baseUrl` whether it is there, without a credential. */
export function probeOf(baseUrl: URL): BareRequest {
  return {
    method: 'GET',
    url: new URL(baseUrl.href.replace(/\/$/, '') + PROBE_PATH),
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
 * Judges the answer to a request without a credential: null if nothing speaks against sending one. This finds a server
 * that is down, or whose proxy answers for it, without risking a log-in whose outcome stays unknown; a single sign-on
 * shows by redirecting to another origin.
 */
export function judgeProbe(response: HttpResponse, baseUrl: URL): Exclude<Verdict, { kind: 'good' }> | null {
  const { status } = response
  const verdict = judgeResponse(response, baseUrl)
  if (verdict.kind === 'failed' && (status === 429 || status >= 500)) return verdict
  // Jira itself answers with JSON here, or refuses.
  const isIntercepted = status === 511 || leadsElsewhere(response, baseUrl) || (status >= 200 && status < 300)
  return verdict.kind === 'blocked' && isIntercepted ? verdict : null
}
