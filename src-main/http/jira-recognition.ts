import { asObject, asText } from '../wire-values.ts'
import { AppError } from '../errors/app-error.ts'
import { isSignedByJira } from './jira-signs.ts'
import { readJson } from './json-answer.ts'
import type { HttpResponse } from './response-verdict.ts'
import { isLogInPage, isMarkup } from './server-text.ts'

/**
 * Below a base URL; on most installations, Jira reveals its version there without a log-in (Jira's REST API,
 * `serverInfo`).
 */
export const SERVER_INFO_PATH = '/rest/api/2/serverInfo'

/** What answers instead, whether Jira or Backbone was asked for. */
type SomethingElse =
  /** A redirect on the same host, which may lead to where Jira is. */
  | { readonly kind: 'moved'; readonly to: URL }
  /** A redirect to a page for logging in on the same origin that is not Jira's own. */
  | { readonly kind: 'log-in-page' }
  | { readonly kind: 'elsewhere'; readonly host: string; readonly isLogIn: boolean }
  /** A redirect from https to http on the same host. */
  | { readonly kind: 'downgrade' }
  /** A 401 or 403 from something that is not Jira; `challenge` is the log-in it asks for. */
  | { readonly kind: 'guarded'; readonly status: number; readonly challenge: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'rate-limited' }
  | { readonly kind: 'failing'; readonly status: number }
  /** An HTML page instead of data. */
  | { readonly kind: 'page' }
  | { readonly kind: 'stranger'; readonly status: number }

export type JiraFinding =
  | { readonly kind: 'jira'; readonly version: string; readonly ownBaseUrl: string | null; readonly isSigned: boolean }
  /** Jira itself reveals nothing to anonymous visitors, as a hardened one may. */
  | { readonly kind: 'hidden'; readonly status: number }
  | SomethingElse

export type ApiFinding = { readonly kind: 'answers' } | { readonly kind: 'needs-log-in' } | SomethingElse

/** `serverInfo` has some 15 values, a health page hardly more. */
const ANONYMOUS_BOUNDS = { maxDepth: 16, maxItems: 1_000, maxNames: 1_000, maxText: 65_536, maxValues: 10_000 }

/** As in `10.3.4` or `9.12.0-m0001`. */
const VERSION = /^\d[\w.+-]{0,59}$/

const LOG_IN_WORDS = /log-?in|sign-?in|logon|sso|saml|adfs|oauth|openid|idp|auth/i

/** What the answer to an anonymous `GET <base>/rest/api/2/serverInfo` reveals about the server. */
export async function judgeServerInfo(response: HttpResponse, asked: URL): Promise<JiraFinding> {
  const { status } = response
  if ((status === 401 || status === 403) && isSignedByJira(response)) return { kind: 'hidden', status }
  if (status < 200 || status >= 300) return judgeFailure(response, asked)
  const info = asObject(await parseJson(response.body))
  if (info === null) return isPage(response) ? { kind: 'page' } : { kind: 'stranger', status }
  const version = asText(info.version)
  const ownBaseUrl = asText(info.baseUrl)
  const others = [
    ownBaseUrl !== '',
    Array.isArray(info.versionNumbers),
    typeof info.buildNumber === 'number',
    asText(info.deploymentType) !== '',
    asText(info.serverTitle) !== '',
  ]
  if (!VERSION.test(version) || others.filter(Boolean).length < 2) return { kind: 'stranger', status }
  return {
    kind: 'jira',
    version,
    ownBaseUrl: URL.parse(ownBaseUrl) === null ? null : ownBaseUrl,
    isSigned: isSignedByJira(response),
  }
}

/**
 * What the answer to an anonymous request to Backbone's API says, whose body is documented nowhere: whether the API can
 * be there. A refusal counts as the API's only if it can be told apart from that of something in front of Jira, which
 * must never get Jira's password.
 */
export async function judgeApi(
  response: HttpResponse,
  asked: URL,
  { baseUrl, jira }: { baseUrl: string; jira: JiraFinding },
): Promise<ApiFinding> {
  const { status, body } = response
  const isSigned = isSignedByJira(response)
  const isJson = (await parseJson(body)) !== undefined
  const isKnown = jira.kind === 'jira'
  if (status >= 200 && status < 300) {
    if (isPage(response)) return isSigned && isLogInPage(body) ? { kind: 'needs-log-in' } : { kind: 'page' }
    return isSigned || isKnown || (isJson && jira.kind === 'hidden')
      ? { kind: 'answers' }
      : { kind: 'stranger', status }
  }
  if (status === 401 || status === 403) {
    // If a proxy removes Jira's headers, their absence says nothing; a challenge that is not Jira's still does.
    const isLikely = isKnown && header(response, 'www-authenticate') === '' && (isJson || !jira.isSigned)
    return isSigned || isLikely ? { kind: 'needs-log-in' } : guarded(response)
  }
  if (status >= 300 && status < 400) {
    const to = target(response, asked)
    if (isKnown && to?.href.startsWith(`${baseUrl}/login.jsp`)) return { kind: 'needs-log-in' }
  }
  return judgeFailure(response, asked)
}

/** An answer, and what it says. */
interface Answered<F> {
  readonly finding: F
  readonly response: HttpResponse
}

/** What answered instead of Backbone's API. */
export interface FoundApi extends Answered<ApiFinding> {
  /** The path that was requested, below the base URL. */
  readonly path: string
}

/**
 * Requests Backbone's health page without a log-in and, if there is none, its list: what exists refuses, what does not
 * exist is not found. `jira`: what was found at the same base URL.
 */
export async function findApi(
  baseUrl: string,
  apiPath: string,
  jira: JiraFinding,
  ask: (url: string) => Promise<HttpResponse>,
): Promise<FoundApi> {
  const at = async (path: string): Promise<FoundApi> => {
    const url = baseUrl + apiPath + path
    const response = await ask(url)
    return { finding: await judgeApi(response, new URL(url), { baseUrl, jira }), response, path: apiPath + path }
  }
  const health = await at('/health')
  return health.finding.kind === 'not-found' || health.finding.kind === 'stranger' ? at('/integrations') : health
}

/** Whether Jira answered, or may be behind something that refuses visitors: then its API is asked, which shows it. */
export function mayBeJira({ kind }: JiraFinding): boolean {
  return kind === 'jira' || kind === 'hidden' || kind === 'guarded'
}

/**
 * Whether what answers visitors may be a Jira whose signs something removes, or that shows them nothing but Backbone's
 * API. Refusals decide: what is there refuses, what is not there is not found; a challenge or a page of something else
 * shows that this guards everything alike. A list can only be Backbone's.
 */
export function mayHideJira(jira: Answered<JiraFinding>, api: Answered<ApiFinding>): boolean {
  const isOpen = ({ finding, response }: Answered<JiraFinding | ApiFinding>): boolean =>
    finding.kind === 'guarded' && finding.challenge === '' && !isPage(response)
  if (api.finding.kind === 'stranger') return api.response.status === 200 && /^\s*\[/.test(api.response.body)
  return api.finding.kind === 'guarded' && (jira.finding.kind === 'not-found' || (isOpen(jira) && isOpen(api)))
}

/** Whether an answer to `serverInfo` at least contains a version like Jira's. */
export function tellsVersion({ status, body }: HttpResponse): boolean {
  return status === 200 && /^\s*\{[^{}]*"version"\s*:\s*"\d+\.\d+\.\d+/.test(body.slice(0, 10_000))
}

/** Whether the API is there, so that a credential may be sent to it. */
export function isThere({ kind }: ApiFinding): boolean {
  return kind === 'answers' || kind === 'needs-log-in'
}

function judgeFailure(response: HttpResponse, asked: URL): SomethingElse {
  const { status } = response
  if (status >= 300 && status < 400) return judgeRedirect(response, asked)
  if (status === 401 || status === 403) return guarded(response)
  if (status === 404 || status === 410) return { kind: 'not-found' }
  if (status === 429) return { kind: 'rate-limited' }
  return status >= 500 ? { kind: 'failing', status } : { kind: 'stranger', status }
}

function judgeRedirect(response: HttpResponse, asked: URL): SomethingElse {
  const to = target(response, asked)
  if (to === null) return { kind: 'stranger', status: response.status }
  // The same page under another path is no log-in page, whatever the path is called.
  const isSamePage = to.pathname.split('/').at(-1) === asked.pathname.split('/').at(-1)
  const isLogIn =
    !isSamePage &&
    (LOG_IN_WORDS.test(to.hostname + to.pathname) ||
      /SAMLRequest|RelayState|os_destination|redirect_uri|goto=/i.test(to.search))
  if (to.hostname !== asked.hostname) return { kind: 'elsewhere', host: to.host, isLogIn }
  if (asked.protocol === 'https:' && to.protocol === 'http:') return { kind: 'downgrade' }
  return isLogIn && to.origin === asked.origin ? { kind: 'log-in-page' } : { kind: 'moved', to }
}

/** Where a redirect leads, without user and password; null if that is not a web address. */
function target(response: HttpResponse, asked: URL): URL | null {
  const location = header(response, 'location')
  const to = location === '' ? null : URL.parse(location, asked.href)
  if (to === null) return null
  if (to.protocol !== 'http:' && to.protocol !== 'https:') return null
  to.username = ''
  to.password = ''
  return to
}

function guarded(response: HttpResponse): SomethingElse {
  return {
    kind: 'guarded',
    status: response.status,
    challenge: /^[\w-]{1,20}/.exec(header(response, 'www-authenticate'))?.[0] ?? '',
  }
}

function isPage(response: HttpResponse): boolean {
  return response.body.trim() !== '' && (header(response, 'content-type').includes('html') || isMarkup(response.body))
}

/** Undefined for something that is not JSON, or contains more than either of them would tell a visitor. */
async function parseJson(body: string): Promise<unknown> {
  try {
    return await readJson(body, ANONYMOUS_BOUNDS)
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}

function header(response: HttpResponse, name: string): string {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}
