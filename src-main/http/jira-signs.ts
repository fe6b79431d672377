import type { HttpResponse } from './response-verdict.ts'

/** Headers that Jira's own filters, and nothing in front of it, put on answers, including refusals. */
const JIRA_HEADERS = [
  'x-arequestid',
  'x-anodeid',
  'x-asessionid',
  'x-ausername',
  'x-asen',
  'x-seraph-loginreason',
  'x-authentication-denied-reason',
]

/**
 * Jira's challenges: that of its OAuth filter, and Seraph's, which refuses before any other part of Jira has answered.
 */
const JIRAS_CHALLENGE = /^\s*OAuth\b|\bBasic realm="protected-area"/i

/** Jira's own cookie, which it sets with nearly every answer. */
const JIRAS_COOKIE = /^\s*atlassian\.xsrf\.token=/i

/** The lines of `Set-Cookie` that are a sign of Jira's own, without what is secret in them. */
export function cookieSigns({ headers }: Pick<HttpResponse, 'headers'>): string[] {
  return [headers['set-cookie'] ?? []].flat().flatMap((line) => JIRAS_COOKIE.exec(line)?.[0].trim() ?? [])
}

/** Whether an answer bears a sign of Jira's own: its headers, its cookie, or its challenge. */
export function isSignedByJira({ headers }: Pick<HttpResponse, 'headers'>): boolean {
  return (
    JIRA_HEADERS.some((name) => (headers[name] ?? '') !== '') ||
    cookieSigns({ headers }).length > 0 ||
    JIRAS_CHALLENGE.test(String(headers['www-authenticate'] ?? ''))
  )
}
