import type { HttpResponse, Verdict } from './response-verdict.ts'
import { leadsElsewhere } from './redirects.ts'
import { judgeResponse } from './response-verdict.ts'

/** Jira reports its version here without a log-in (Jira's REST API, `serverInfo`), or refuses. */
export const PROBE_PATH = '/rest/api/2/serverInfo'

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
