import type { AddressInspection } from '#contract/servers.ts'

/** First path segments of Jira's own pages: what stands before one of them is the context path. */
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

const problem = (text: string): AddressInspection => ({ baseUrl: null, problem: text, notes: [], isPlainHttp: false })

/**
 * Reduces any address of a Jira to its base URL: scheme, host, port and context path, without a trailing slash. A page
 * copied from the browser works. What cannot be one is answered with a problem in words, what was changed with notes.
 */
export function inspectAddress(text: string): AddressInspection {
  const typed = text.trim()
  if (typed === '') return problem('Enter the address of the Jira server')
  if (/\s/.test(typed)) return problem('An address has no spaces')
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d)/i.exec(typed)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return problem(`The address must begin with https:// or http://, not ${scheme}:`)
  }
  const whole = scheme === undefined ? `https://${typed}` : typed
  if (!URL.canParse(whole)) return problem('This is not a valid address')
  const url = new URL(whole)
  if (url.username !== '' || url.password !== '') {
    return problem('Leave user name and password out of the address; they have their own fields')
  }
  if (url.hostname === '' || url.hostname.endsWith('..')) return problem('The address has no host')

  const notes: string[] = []
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  const page = segments.findIndex((segment) => JIRA_PAGES.has(segment.toLowerCase()))
  const context = page === -1 ? segments : segments.slice(0, page)
  if (context.at(-1)?.match(/\.jspa?$/)) context.pop()
  if (scheme === undefined) notes.push('https:// was added')
  if (page !== -1 || url.search !== '' || url.hash !== '') notes.push('The page was reduced to the server’s address')
  if (url.hostname.includes('xn--')) notes.push(`The host’s technical name is ${url.hostname}`)
  const path = context.length === 0 ? '' : `/${context.join('/')}`
  return { baseUrl: url.origin + path, problem: null, notes, isPlainHttp: url.protocol === 'http:' }
}

/** Normalises the path of the REST API: one leading slash, none at the end. */
export function normaliseApiPath(path: string, usual: string): string {
  const trimmed = path.trim().replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? usual : `/${trimmed}`
}
