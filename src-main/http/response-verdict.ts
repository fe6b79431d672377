import { message, type Message } from '#contract/messages/message.ts'
import type { AppErrorData, ErrorCode } from '#contract/errors.ts'
import type { BlockReason } from '#contract/credentials.ts'
import { loginReasonOf } from './login-reason.ts'
import type { LongBody } from './long-body.ts'
import { leadsAside, leadsElsewhere, leadsToWebSudo, notReadyPage } from './redirects.ts'
import { isLogInPage, isMarkup, INSPECTED_LENGTH, readableText } from './server-text.ts'

export { readableText } from './server-text.ts'

/** An answer as received, with its body decompressed and decoded. */
export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Only the beginning of a long one. */
  readonly body: string
  /** The whole body, if it is longer than one piece. */
  readonly long?: LongBody
}

/**
 * What an answer says about the log-in and about the request. `isAuthenticated` is true only if the answer proves that
 * the credential was accepted: it names the user, or says that the log-in is fine. A success alone may be an anonymous
 * visitor's.
 */
export type Verdict =
  | { readonly kind: 'good'; readonly isAuthenticated: boolean }
  | {
      readonly kind: 'blocked'
      readonly reason: BlockReason
      readonly loginUrl: string | null
      readonly error: AppErrorData
    }
  | { readonly kind: 'failed'; readonly isAuthenticated: boolean; readonly error: AppErrorData }

/** The parts of a request that matter for judging its answer. */
export interface Asked {
  /** The user to log in; null if that is not known (a token). */
  readonly user: string | null
  /** The body is the requested JSON, or empty if none was requested. */
  readonly isJson: boolean
}

/**
 * Statuses with which servers say that a log-in is over or missing, besides 401: IIS (440), Laravel (419), a proxy in
 * between (407, 511).
 */
const LOGIN_STATUSES: ReadonlyMap<number, BlockReason> = new Map([
  [401, 'rejected'],
  [419, 'rejected'],
  [440, 'rejected'],
  [407, 'intercepted'],
  [511, 'intercepted'],
])

/**
 * Judges an answer by status, headers and body, in the order in which Jira's own filters answer: log-in first, then
 * whatever is in front of Jira, then Backbone. Jira says why a log-in failed in `X-Seraph-LoginReason` and
 * `X-Authentication-Denied-Reason`, the first also with status 200, for a page shown to an anonymous visitor, and in
 * the page of a refusal; and who the user is in `X-AUSERNAME`. `asked` is null for a request that carried no
 * credential.
 */
export function judgeResponse(response: HttpResponse, baseUrl: URL, asked: Asked | null = null): Verdict {
  const { status, body } = response
  const loginReason = loginReasonOf(response)
  const deniedReason = header(response, 'x-authentication-denied-reason')
  const name = asked === null ? null : nameInAnswer(response, asked.user)
  const isAuthenticated = loginReason === 'OK' || name === 'ours'

  const refusal = `${loginReason} ${reasonInPage(response)}`
  if (/CAPTCHA_CHALLENGE/i.test(deniedReason) || refusal.includes('AUTHENTICATION_DENIED')) {
    return blocked('captcha', response, sameOriginLoginUrl(deniedReason, baseUrl))
  }
  if (/AUTHENTICATED_FAILED|AUTHORISATION_FAILED/.test(refusal)) return blocked('rejected', response)
  // Web-sudo asks for the password even if it was accepted.
  const asksAgain = status === 401 || (leadsToWebSudo(response) && !leadsElsewhere(response, baseUrl))
  if (loginReason === 'OK' && name === 'ours' && asksAgain)
    return { kind: 'failed', isAuthenticated, error: refusedAllTheSame(response) }
  const byStatus = LOGIN_STATUSES.get(status)
  if (byStatus !== undefined) return blocked(byStatus, response)
  if (
    status === 403 &&
    /basic\s+auth\w*.{0,60}(disabled|not\s+allowed|turned\s+off)/i.test(body.slice(0, INSPECTED_LENGTH))
  ) {
    return blocked('method-off', response)
  }
  if (name === 'another') return anotherUser(response)
  if (name === 'nobody') return blocked('rejected', response)
  if (status === 403 && !isAuthenticated && isLogInPage(body)) return blocked('rejected', response)
  const page = notReadyPage(response, baseUrl)
  if (page !== null) return { kind: 'failed', isAuthenticated, error: notReady(page) }
  if (loginReason === 'OK' && name === 'ours' && leadsAside(response, baseUrl))
    return { kind: 'failed', isAuthenticated, error: unexpectedBody(textOf(response)) }
  if (status >= 300 && status < 400) return blocked('intercepted', response)
  if (status >= 200 && status < 300) return judgeSuccess(response, asked, isAuthenticated)
  return { kind: 'failed', isAuthenticated, error: failure(response) }
}

/** A success is believed only if it has the expected form: pages in front of Jira have status 200 as well. */
function judgeSuccess(response: HttpResponse, asked: Asked | null, isAuthenticated: boolean): Verdict {
  const isPage =
    (header(response, 'content-type').includes('html') && response.body.trim() !== '') || isMarkup(response.body)
  if (asked === null) return isPage ? blocked('intercepted', response) : { kind: 'good', isAuthenticated: false }
  if (asked.isJson) return { kind: 'good', isAuthenticated }
  if (isPage) return blocked('intercepted', response)
  return { kind: 'failed', isAuthenticated, error: unexpectedBody(response.body) }
}

/** The user named in the answer; null if there is none. Jira encodes the name as in a URL. */
export function nameInAnswer(response: HttpResponse, user: string | null): 'ours' | 'another' | 'nobody' | null {
  const named = header(response, 'x-ausername').trim()
  if (named === '') return null
  // A name may contain a comma; or several filters have named the user, and they must agree.
  if (user !== null && whoIs(named, user) === 'ours') return 'ours'
  const users = new Set(named.split(',').map((name) => whoIs(name.trim(), user)))
  const [only = 'another'] = users
  return users.size === 1 ? only : 'another'
}

/** The name of a user that is not known yet, from an answer; null for nobody, and for several. */
export function onlyNameIn(response: HttpResponse): string | null {
  const named = header(response, 'x-ausername').trim()
  const names = new Set(named.split(',').map((name) => name.trim()))
  const [only = ''] = names
  // A name that contains a comma is taken whole.
  const name = names.size === 1 ? only : named
  return name === '' || [...names].some((each) => whoIs(each, null) === 'nobody') ? null : name
}

function whoIs(named: string, user: string | null): 'ours' | 'another' | 'nobody' {
  if (named.toLowerCase() === 'anonymous') return 'nobody'
  if (user === null) return 'ours'
  const spellings = [named, decoded(named), Buffer.from(named, 'latin1').toString('utf8')]
  return spellings.some((spelling) => sameName(spelling, user)) ? 'ours' : 'another'
}

/** Whether two names mean the same user. */
export function sameName(one: string, other: string): boolean {
  return plainName(one) === plainName(other)
}

/**
 * A user's name without the differences that do not matter to Jira, or to a directory behind it: the case of letters,
 * spaces around it, and whether an accented letter is one character or two.
 */
export function plainName(name: string): string {
  return name.trim().normalize('NFC').toLowerCase()
}

/**
 * Why Seraph refused a password, according to the words of its page: a proxy may remove the headers. Empty if it says
 * nothing.
 */
function reasonInPage({ status, body }: HttpResponse): string {
  if (status !== 401 && status !== 403) return ''
  return /Basic Authentication Failure - Reason : ([A-Z_]+)/.exec(body.slice(0, INSPECTED_LENGTH))?.[1] ?? ''
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** An answer that is not what Backbone sends. */
export function unexpectedBody(body: string): AppErrorData {
  return {
    code: 'http.unexpected-body',
    message: message('errors.body.notBackbone'),
    advice: message('errors.body.notBackboneAdvice'),
    serverText: readableText(body),
  }
}

/** Jira redirects everybody to a page of its own, as while it starts. */
function notReady(page: string): AppErrorData {
  return {
    code: 'http.server-error',
    message: message('errors.answer.notReady', { page }),
    advice: message('errors.answer.serverErrorAdvice'),
  }
}

/** Jira says the log-in is fine, yet refuses the request as if it were not. */
function refusedAllTheSame({ status, body }: HttpResponse): AppErrorData {
  const serverText = readableText(body)
  return {
    code: 'auth.forbidden',
    message: message('errors.answer.refusedAllTheSame', { status }),
    advice: message('errors.answer.refusedAllTheSameAdvice'),
    ...(serverText !== '' && { serverText }),
  }
}

function failure(response: HttpResponse): AppErrorData {
  const { status, body } = response
  const serverText = readableText(body)
  const make = (code: ErrorCode, words: Message, advice: Message): AppErrorData => ({
    code,
    message: words,
    advice,
    ...(serverText !== '' && { serverText }),
  })
  if (status === 403 && /XSRF check failed/i.test(body.slice(0, INSPECTED_LENGTH))) {
    return make('auth.xsrf', message('errors.answer.xsrf'), message('errors.answer.xsrfAdvice'))
  }
  if (status === 403) {
    return make('auth.forbidden', message('errors.answer.forbidden'), message('errors.answer.forbiddenAdvice'))
  }
  if (status === 404) {
    return make('api.not-found', message('errors.answer.notFound'), message('errors.answer.notFoundAdvice'))
  }
  if (status === 405 || status === 501) {
    return make(
      'api.method-not-allowed',
      message('errors.answer.notOffered'),
      message('errors.answer.notOfferedAdvice'),
    )
  }
  if (status === 429) {
    return make('http.rate-limited', message('errors.answer.limited'), message('errors.answer.limitedAdvice'))
  }
  if (status >= 500) {
    return make(
      'http.server-error',
      message('errors.answer.serverError', { status }),
      message('errors.answer.serverErrorAdvice'),
    )
  }
  return make('api.refused', message('errors.answer.refused', { status }), message('errors.answer.refusedAdvice'))
}

const BLOCK_ERRORS: Record<BlockReason, Pick<AppErrorData, 'code' | 'message' | 'advice'>> = {
  rejected: {
    code: 'auth.rejected',
    message: message('errors.blocked.rejected'),
    advice: message('errors.blocked.rejectedAdvice'),
  },
  captcha: {
    code: 'auth.captcha',
    message: message('errors.blocked.captcha'),
    advice: message('errors.blocked.captchaAdvice'),
  },
  'method-off': {
    code: 'auth.method-off',
    message: message('errors.blocked.methodOff'),
    advice: message('errors.blocked.methodOffAdvice'),
  },
  'token-needed': {
    code: 'auth.method-off',
    message: message('errors.blocked.tokenNeeded'),
    advice: message('errors.blocked.tokenNeededAdvice'),
  },
  intercepted: {
    code: 'auth.intercepted',
    message: message('errors.blocked.intercepted'),
    advice: message('errors.blocked.interceptedAdvice'),
  },
  'another-user': {
    code: 'auth.intercepted',
    message: message('errors.blocked.anotherUser'),
    advice: message('errors.blocked.anotherUserAdvice'),
  },
  unanswered: {
    code: 'auth.unanswered',
    message: message('errors.blocked.unanswered'),
    advice: message('errors.blocked.unansweredAdvice'),
  },
  'cut-off': {
    code: 'auth.unanswered',
    message: message('errors.blocked.cutOff'),
    advice: message('errors.blocked.unansweredAdvice'),
  },
  overlong: {
    code: 'auth.unanswered',
    message: message('errors.blocked.overlong'),
    advice: message('errors.blocked.overlongAdvice'),
  },
}

/** The message for a closed gate. */
export function blockedError(reason: BlockReason, loginUrl: string | null = null, serverText = ''): AppErrorData {
  return {
    ...BLOCK_ERRORS[reason],
    ...(loginUrl !== null && { loginUrl }),
    ...(serverText !== '' && { serverText }),
  }
}

function blocked(
  reason: BlockReason,
  response: HttpResponse,
  loginUrl: string | null = null,
): Extract<Verdict, { kind: 'blocked' }> {
  return { kind: 'blocked', reason, loginUrl, error: blockedError(reason, loginUrl, textOf(response)) }
}

/** The failure shown by an answer from something in front of Jira. */
export function interceptedBy(response: HttpResponse): AppErrorData {
  return blocked('intercepted', response).error
}

/** Its own words, or where it leads. */
function textOf(response: HttpResponse): string {
  const location = header(response, 'location')
  // A query may contain private data, and a short password in it cannot be told from a word.
  const [target = ''] = location.split(/[?#]/, 1)
  return location === '' ? readableText(response.body) : `HTTP ${response.status} → ${target.slice(0, 300)}`
}

/** The answer is for somebody else: report for whom, and none of its content. */
function anotherUser(response: HttpResponse): Verdict & { readonly kind: 'blocked' } {
  const error = blockedError('another-user', null, saidName(response))
  return { kind: 'blocked', reason: 'another-user', loginUrl: null, error }
}

const MAX_NAME_LENGTH = 100

/** The user whom the headers of an answer name, which may come from anywhere; empty if they name none. */
export function saidName(response: HttpResponse): string {
  const name = decoded(header(response, 'x-ausername').trim())
  return name === '' ? '' : readableText(`X-AUSERNAME: ${name.slice(0, MAX_NAME_LENGTH)}`)
}

/** The captcha's `login-url`, only if it leads to the server itself: the header may come from anywhere. */
function sameOriginLoginUrl(deniedReason: string, baseUrl: URL): string | null {
  const given = /login-url=\s*([^;\s]+)/i.exec(deniedReason)?.[1]
  const url = given === undefined ? null : URL.parse(given, baseUrl.href)
  return url !== null && url.origin === baseUrl.origin && url.username === '' && url.password === '' ? url.href : null
}

function header(response: HttpResponse, name: string): string {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : (value ?? '')
}
