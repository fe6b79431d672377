import { loginReasonOf } from './login-reason.ts'

/** The beginning of an answer; names of headers in lower case. */
interface Beginning {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** Redirects by which a server, or something in front of it, asks for a log-in; 303 says that something was done. */
const ASKS_FIRST: ReadonlySet<number> = new Set([302, 307, 308])

/** The pages to which Jira redirects everybody while it starts, or while a problem of its own locks it. */
const NOT_READY = /\/(startup\.jsp|secure\/errors\.jsp)$/

const LOG_IN_WORDS = /log[-_]?[io]n|sign[-_]?in|os_destination|permissionviolation|websudo|saml|oauth|openid|\bsso\b/i
/** How Jira asks somebody who has logged in: by its log-in page, by web-sudo, or for another user with more rights. */
const ASKS_A_USER = /^[^?#]*\/(WebSudoAuthenticate\b|login\.jsp(?=[?#]|$))|[?&]permissionViolation=true\b/i

/**
 * A redirect to a page for logging in, by its address: Jira's own (`login.jsp`, `os_destination`), or of single
 * sign-on.
 */
export function leadsToLogIn(beginning: Beginning): boolean {
  return ASKS_FIRST.has(beginning.status) && namesLogIn(beginning)
}

/** A redirect within the server's own origin that has nothing to do with logging in. */
export function leadsAside(beginning: Beginning, baseUrl: URL): boolean {
  const { status } = beginning
  return status >= 300 && status < 400 && !leadsElsewhere(beginning, baseUrl) && !namesLogIn(beginning)
}

/**
 * Whether the address to which an answer leads is one for logging in. Whom Jira has just accepted it asks in a few
 * ways only; any other address merely contains such a word, as that of a project may.
 */
function namesLogIn(beginning: Beginning): boolean {
  const location = locationOf(beginning).slice(0, 2000)
  return loginReasonOf(beginning) === 'OK' ? ASKS_A_USER.test(location) : LOG_IN_WORDS.test(location)
}

/**
 * The page of its own to which Jira redirects everybody because it is not ready; null if this is not such a redirect.
 */
export function notReadyPage(beginning: Beginning, baseUrl: URL): string | null {
  if (!ASKS_FIRST.has(beginning.status)) return null
  const to = URL.parse(locationOf(beginning), baseUrl.href)
  return to?.origin === baseUrl.origin ? (NOT_READY.exec(to.pathname)?.[1] ?? null) : null
}

function locationOf({ headers: { location } }: Pick<Beginning, 'headers'>): string {
  return typeof location === 'string' ? location : ''
}

/**
 * A redirect to the page on which Jira asks a user for the password again: what web-sudo does where a servlet answers.
 */
export function leadsToWebSudo({ status, headers }: Beginning): boolean {
  const location = typeof headers.location === 'string' ? headers.location : ''
  return ASKS_FIRST.has(status) && /^[^?#]*\/WebSudoAuthenticate\b/i.test(location.slice(0, 2000))
}

/** A redirect to another origin than the server's own. */
export function leadsElsewhere({ status, headers }: Beginning, baseUrl: URL): boolean {
  if (status < 300 || status >= 400 || status === 304) return false
  const location = typeof headers.location === 'string' ? headers.location : ''
  // Not with `canParse`, which accepts a host of 65,000 letters, for which `new URL` throws (Node 24).
  const to = URL.parse(location, baseUrl.href)
  return to !== null && to.origin !== baseUrl.origin
}
