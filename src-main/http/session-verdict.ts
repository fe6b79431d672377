import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import { isSignedByJira } from './jira-signs.ts'
import { leadsAside, leadsElsewhere, leadsToLogIn, leadsToWebSudo, notReadyPage } from './redirects.ts'
import { loginReasonOf } from './login-reason.ts'
import { nameInAnswer, type Asked, type HttpResponse } from './response-verdict.ts'
import { isLogInPage, INSPECTED_LENGTH } from './server-text.ts'
import type { BareRequest } from './transmission.ts'

/**
 * What an answer to a request with only a cookie says about the session: it is ours, it is over (which is no failed
 * log-in), the password is required anyway; something else answered, or for somebody else; or nothing, as in a
 * gateway's failure.
 */
export type SessionVerdict = 'ours' | 'over' | 'asks-again' | 'intercepted' | 'another-user' | 'inconclusive'

/** Statuses that say that a log-in is over: Jira's, Laravel's and IIS's. */
const OVER: ReadonlySet<number> = new Set([401, 419, 440])

/**
 * Jira names the user of every answer in `X-AUSERNAME` and says in `X-Seraph-LoginReason` that the log-in is in order.
 * A success that does neither may be an anonymous visitor's, and is not believed. Web-sudo, Jira's “secure
 * administrator session”, answers a session that is in order with 401, or leads it to a page that asks for the
 * password.
 */
export function judgeSession(response: HttpResponse, baseUrl: URL, user: Asked['user']): SessionVerdict {
  const { status, body } = response
  const name = nameInAnswer(response, user)
  const reason = loginReasonOf(response)
  const isInOrder = reason === 'OK'
  if (name === 'another') return 'another-user'
  if (leadsElsewhere(response, baseUrl)) return 'intercepted'
  if (status === 401 && name === 'ours' && isInOrder) return 'asks-again'
  if ((status === 401 || status === 403) && name !== 'nobody' && /websudo/i.test(body.slice(0, INSPECTED_LENGTH)))
    return 'asks-again'
  if (leadsToWebSudo(response) && name !== 'nobody') return 'asks-again'
  if (notReadyPage(response, baseUrl) !== null) return 'inconclusive'
  // Jira itself sends our user somewhere else: that is about what was requested.
  if (name === 'ours' && isInOrder && leadsAside(response, baseUrl)) return 'ours'
  if (name === 'nobody' || OVER.has(status) || (status >= 300 && status < 400)) return 'over'
  if (reason !== '' && !isInOrder) return 'over'
  if (name === 'ours' || isInOrder) return 'ours'
  if (status === 403 && isLogInPage(body)) return 'over'
  return status < 300 ? 'over' : 'inconclusive'
}

/**
 * The answer shows that a write was refused before it could take effect. Of redirects, only one to a log-in does:
 * others may come after the write took effect, as 303 always does (RFC 9110, 15.4.4). Something that Jira has not
 * signed may come from in front of it, where the write may have been passed on.
 */
export function isRefusedBefore(response: HttpResponse): boolean {
  const isRefusal = OVER.has(response.status) || response.status === 403 || leadsToLogIn(response)
  return isRefusal && isSignedByJira(response)
}

/**
 * The same request, made so that Jira refuses an unknown session with 401 instead of serving a visitor (Seraph's
 * `os_authType`). A visitor's answer could not be told from the user's if answers name nobody, and another node may
 * know the session if asked.
 */
export function refusingUnknownSessions(request: BareRequest): BareRequest {
  const url = new URL(request.url)
  url.searchParams.set('os_authType', 'any')
  return { ...request, url }
}

/** The request was refused before it could take effect, because its session is over. */
export function sessionOver(): AppError {
  return new AppError('auth.session-over', message('errors.sessionOver'), {
    advice: message('errors.sessionOverAdvice'),
  })
}
