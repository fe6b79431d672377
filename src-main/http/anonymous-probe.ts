import type { HttpResponse, Verdict } from './response-verdict.ts'
import { sayingHow, type BareRequest } from './transmission.ts'
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

/** The same by an address that says how to log in. Jira refuses that to everybody who does not (Seraph's `SecurityFilter`). */
export function queryProbeOf(baseUrl: URL): BareRequest {
  return sayingHow(probeOf(baseUrl))
}

/**
 * Whether the query of such an address is known to have reached Jira: only where it was refused, and the same address without it (`plain`)
 * was not, or without asking for a password in the header. A Jira that hides from visitors refuses both, and so may what stands before it.
 */
export function judgeQuery(plain: HttpResponse, saying: HttpResponse): boolean {
  return saying.status === 401 && (plain.status !== 401 || (asksForBasic(saying) && !asksForBasic(plain)))
}

function asksForBasic({ headers }: HttpResponse): boolean {
  return /(?:^|,)\s*basic\b/i.test(String(headers['www-authenticate'] ?? ''))
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
