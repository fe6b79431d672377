import type { AppErrorData, ErrorCode } from '#contract/errors.ts'
import type { BlockReason } from '#contract/servers.ts'

/** An answer as it came, body decompressed and decoded. */
export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/**
 * What an answer says about the log-in and about the request.
 * `isAuthenticated` is true only where the answer proves that the credential was accepted.
 */
export type Verdict =
  | { readonly kind: 'good'; readonly isAuthenticated: boolean }
  | { readonly kind: 'blocked'; readonly reason: BlockReason; readonly loginUrl: string | null; readonly error: AppErrorData }
  | { readonly kind: 'failed'; readonly isAuthenticated: boolean; readonly error: AppErrorData }

const MAX_SERVER_TEXT = 600

/** Longest text of a server that is shown, white space folded and HTML reduced to its words. */
export function readableText(body: string): string {
  const text = /^\s*</.test(body)
    ? body
        .slice(0, 20_000)
        .replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
        .replace(/<[^>]*>/g, ' ')
    : messageOfJson(body) ?? body.slice(0, 20_000)
  const folded = text.replace(/\s+/g, ' ').trim()
  return folded.length > MAX_SERVER_TEXT ? `${folded.slice(0, MAX_SERVER_TEXT)}…` : folded
}

function messageOfJson(body: string): string | null {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'string') return value
    if (typeof value !== 'object' || value === null) return null
    const { message, errorMessages, errors } = value as Record<string, unknown>
    const texts = [
      message,
      ...(Array.isArray(errorMessages) ? errorMessages : []),
      ...(typeof errors === 'object' && errors !== null ? Object.entries(errors).map(([name, text]) => `${name}: ${String(text)}`) : []),
    ].filter((text): text is string => typeof text === 'string' && text !== '')
    return texts.length > 0 ? texts.join(' ') : null
  } catch {
    return null
  }
}

/**
 * Judges an answer by status, headers and body, in the order in which Jira's own filters speak: log-in first,
 * then what lies in front of Jira, then Backbone. Jira says why a log-in failed in `X-Seraph-LoginReason` and
 * `X-Authentication-Denied-Reason`; the first may come with status 200, for a page shown to an anonymous visitor.
 */
export function judgeResponse(response: HttpResponse, baseUrl: URL): Verdict {
  const { status, body } = response
  const loginReason = header(response, 'x-seraph-loginreason').toUpperCase()
  const deniedReason = header(response, 'x-authentication-denied-reason')
  const isHtml = header(response, 'content-type').includes('html') || /^\s*<(!doctype|html)/i.test(body)
  const isAuthenticated = loginReason === 'OK'

  if (/CAPTCHA_CHALLENGE/i.test(deniedReason) || loginReason.includes('AUTHENTICATION_DENIED')) {
    return blocked('captcha', response, sameOriginLoginUrl(deniedReason, baseUrl))
  }
  if (status === 401 || loginReason.includes('AUTHENTICATED_FAILED')) return blocked('rejected', response)
  if (status === 403 && /basic\s+auth\w*.{0,60}(disabled|not\s+allowed|turned\s+off)/i.test(body)) {
    return blocked('method-off', response)
  }
  if (status >= 300 && status < 400) return blocked('intercepted', response)
  if (status >= 200 && status < 300) {
    return isHtml && body.trim() !== '' ? blocked('intercepted', response) : { kind: 'good', isAuthenticated: true }
  }
  return { kind: 'failed', isAuthenticated, error: failure(response) }
}

function failure(response: HttpResponse): AppErrorData {
  const { status, body } = response
  const serverText = readableText(body)
  const make = (code: ErrorCode, message: string, advice: string): AppErrorData => ({
    code,
    message,
    advice,
    ...(serverText !== '' && { serverText }),
  })
  if (status === 403 && /XSRF check failed/i.test(body)) {
    return make('auth.xsrf', 'Jira refused the request: its XSRF check failed.', 'A proxy may be removing request headers; ask whoever runs it.')
  }
  if (status === 403) {
    return make(
      'auth.forbidden',
      'The user has no right to do this in Backbone.',
      'Ask for system administration, or enter the project keys that the user administers.',
    )
  }
  if (status === 404) {
    return make('api.not-found', 'Jira does not know this address.', 'It may have been deleted; the connection test tells whether Backbone is there.')
  }
  if (status === 405 || status === 501) {
    return make('api.method-not-allowed', 'This version of Backbone does not offer that.', 'Check the version of the app on this server.')
  }
  if (status === 429) {
    return make('http.rate-limited', 'Jira limits the rate of requests.', 'Syncdeck waits as long as Jira asks and then goes on.')
  }
  if (status >= 500) {
    return make('http.server-error', `The server failed to answer (HTTP ${status}).`, 'Syncdeck keeps asking, less and less often.')
  }
  return make('api.refused', `The server refused the request (HTTP ${status}).`, 'Its own words tell why.')
}

const BLOCK_WORDS: Record<BlockReason, { code: ErrorCode; message: string; advice: string }> = {
  rejected: {
    code: 'auth.rejected',
    message: 'Jira refused the user name and password, or the token.',
    advice: 'Update the credentials. Syncdeck has stopped asking this server, so that the account is not locked.',
  },
  captcha: {
    code: 'auth.captcha',
    message: 'Jira demands a captcha for this account.',
    advice: 'Log in to Jira once with the browser, then press “Test once”. Until then even the right password is refused.',
  },
  'method-off': {
    code: 'auth.method-off',
    message: 'Logging in with a password is switched off on this Jira.',
    advice: 'Use a personal access token instead. The password is not wrong.',
  },
  intercepted: {
    code: 'auth.intercepted',
    message: 'Something in front of Jira answered instead of it: a log-in page, a redirect or a proxy.',
    advice: 'Check the address; with single sign-on, use a personal access token.',
  },
}

/** The words for a closed gate. */
export function blockedError(reason: BlockReason, loginUrl: string | null = null, serverText = ''): AppErrorData {
  return {
    ...BLOCK_WORDS[reason],
    ...(loginUrl !== null && { loginUrl }),
    ...(serverText !== '' && { serverText }),
  }
}

function blocked(reason: BlockReason, response: HttpResponse, loginUrl: string | null = null): Verdict {
  const location = header(response, 'location')
  const text = location === '' ? readableText(response.body) : `HTTP ${response.status}, redirected to ${location.slice(0, 300)}`
  return { kind: 'blocked', reason, loginUrl, error: blockedError(reason, loginUrl, text) }
}

/** The captcha's `login-url`, only where it leads to the server itself: the header may come from anywhere. */
function sameOriginLoginUrl(deniedReason: string, baseUrl: URL): string | null {
  const given = /login-url=\s*([^;\s]+)/i.exec(deniedReason)?.[1]
  if (given === undefined || !URL.canParse(given, baseUrl.href)) return null
  const url = new URL(given, baseUrl)
  return url.origin === baseUrl.origin && url.username === '' && url.password === '' ? url.href : null
}

function header(response: HttpResponse, name: string): string {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}
