import type { HttpResponse, Verdict } from './response-verdict.ts'
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

/** Redirects with which a server or what stands before it asks for a log-in; 303 says that something was done. */
const ASKS_FIRST: ReadonlySet<number> = new Set([302, 307, 308])

/** A redirect to a page for logging in, by its address: Jira's own (`login.jsp`, `os_destination`), or of single sign-on. */
export function leadsToLogIn({ status, headers }: HttpResponse): boolean {
  if (!ASKS_FIRST.has(status)) return false
  const location = typeof headers.location === 'string' ? headers.location : ''
  return /log[-_]?[io]n|sign[-_]?in|os_destination|permissionviolation|websudo|saml|oauth|openid|\bsso\b/i.test(
    location.slice(0, 2000),
  )
}

/** A redirect to the page by which Jira asks a user again for the password: what web-sudo does where a servlet answers. */
export function leadsToWebSudo({ status, headers }: HttpResponse): boolean {
  const location = typeof headers.location === 'string' ? headers.location : ''
  return ASKS_FIRST.has(status) && /^[^?#]*\/WebSudoAuthenticate\b/i.test(location.slice(0, 2000))
}

/** A redirect to another origin than the server's own. */
export function leadsElsewhere({ status, headers }: HttpResponse, baseUrl: URL): boolean {
  if (status < 300 || status >= 400 || status === 304) return false
  const location = typeof headers.location === 'string' ? headers.location : ''
  // Not by `canParse`, which finds a host of 65,000 letters good, where `new URL` throws (Node 24).
  const to = URL.parse(location, baseUrl.href)
  return to !== null && to.origin !== baseUrl.origin
}
