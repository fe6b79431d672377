import { message, type Message } from '#contract/messages/message.ts'
import { holdsUserinfo } from '#contract/masking.ts'
import type { AddressInspection } from '#contract/servers.ts'

/** First path segments of Jira's own pages: whatever comes before one of them is the context path. */
const JIRA_PAGES = new Set([
  'browse',
  'secure',
  'projects',
  'issues',
  'issue',
  'plugins',
  'login.jsp',
  'logout',
  'rest',
  'servicedesk',
  'portal',
  'admin',
  'si',
  'sr',
  'charts',
  'download',
  'rpc',
  'welcome',
])

/** The most base URLs that are considered for one address. */
const MAX_CANDIDATES = 3

const LOG_IN_PROBLEM = message('errors.address.logIn')

const problem = (words: Message): AddressInspection => ({
  baseUrl: null,
  problem: words,
  notes: [],
  isPlainHttp: false,
  candidates: [],
})

/**
 * Reduces any address of a Jira to its base URL: scheme, host, port and context path, without a trailing slash. The
 * address of a page, copied from the browser, works too. If this is impossible, the result has a problem; changes are
 * listed as notes. A context path may have the name of a page (`/issues`, `/projects`); only the server knows which it
 * is, so longer base URLs are returned as candidates. `isExact`: the address is already a base URL, and nothing was cut
 * off.
 */
export function inspectAddress(text: string, isExact = false): AddressInspection {
  const typed = text.trim()
  if (typed === '') return problem(message('errors.address.missing'))
  const isComplete = /^(?:[a-z][a-z\d+.-]*:(?!\d)|[/\\])/i.test(typed)
  if (holdsUserinfo(isComplete ? typed : `https://${typed}`)) return problem(LOG_IN_PROBLEM)
  if (/\s/.test(typed)) return problem(message('errors.address.spaces'))
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d)/i.exec(typed)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return problem(message('errors.address.scheme', { scheme }))
  }
  const whole = scheme === undefined ? `https://${typed}` : typed
  const url = URL.parse(whole)
  if (url === null) return problem(message('errors.address.invalid'))
  if (url.hostname === '' || url.hostname.endsWith('..')) return problem(message('errors.address.host'))

  const notes: Message[] = []
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  const hasPage = !isExact && /\.jspa?$/.test(segments.at(-1) ?? '')
  if (hasPage) segments.pop()
  const pages = isExact
    ? []
    : segments.flatMap((segment, index) => (JIRA_PAGES.has(segment.toLowerCase()) ? [index] : []))
  const [page = -1, ...laterPages] = pages
  const context = page === -1 ? segments : segments.slice(0, page)
  // A context path never has an “@”: this is the rest of a password that contains a “/”.
  if (context.some((segment) => segment.includes('@'))) return problem(LOG_IN_PROBLEM)
  const candidates =
    page === -1
      ? []
      : [segments.length, ...laterPages.toReversed()]
          .slice(0, MAX_CANDIDATES)
          .map((length) => baseOf(url, segments.slice(0, length)))
  if (scheme === undefined) notes.push(message('errors.address.notes.scheme'))
  if (page !== -1 || hasPage || url.search !== '' || url.hash !== '') notes.push(message('errors.address.notes.page'))
  if (url.hostname.includes('xn--')) notes.push(message('errors.address.notes.technical', { host: url.hostname }))
  return { baseUrl: baseOf(url, context), problem: null, notes, isPlainHttp: url.protocol === 'http:', candidates }
}

function baseOf({ origin }: URL, context: readonly string[]): string {
  return context.length === 0 ? origin : `${origin}/${context.join('/')}`
}

/** Normalises the path of the REST API: one leading slash, none at the end. */
export function normaliseApiPath(path: string, usual: string): string {
  const trimmed = path.trim().replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? usual : `/${trimmed}`
}

/**
 * Why a text cannot be the path of the REST API, to which keys and names are appended; null if it can. A `.` or `..`,
 * however encoded, leads to another path (WHATWG URL, “double-dot URL path segment”), and so does anything that a
 * server on the way may decode to one.
 */
export function apiPathProblem(path: string): Message | null {
  if (/[?#\\]/.test(path)) return message('errors.address.api.ends')
  if (/[\s\p{Cc}]/u.test(path.trim())) return message('errors.address.api.spaces')
  return path.split('/').every(isPlainSegment) ? null : message('errors.address.api.elsewhere')
}

function isPlainSegment(segment: string): boolean {
  try {
    const decoded = decodeURIComponent(segment)
    return !/^\.{1,2}$|[/\\]/.test(decoded)
  } catch {
    return false
  }
}
