import { deniedReason, type LogIn, type LoginReason, type Visitor } from './log-in.ts'
import type { Account } from './account.ts'
import { asObject, methodNotAllowed, type ApiAnswer } from './request-body.ts'
import type { Json } from './model.ts'
import type { Session, Sessions } from './sessions.ts'

export const SESSION_PATH = '/rest/auth/1/session'

interface SessionRequest {
  readonly method: string
  readonly contentType: string
  readonly body: string
  readonly visitor: Exclude<Visitor, { kind: 'refused' }>
  readonly sessions: Sessions
  readonly baseUrl: string
}

/** The result of a request to the resource: the answer, who it was from, and a session to set as a cookie. */
interface Outcome {
  readonly answer: ApiAnswer
  readonly account: Account | null
  readonly opened: Session | null
  readonly reason: LoginReason | null
}

/**
 * `/rest/auth/1/session`, after Jira's REST documentation: GET identifies the user, POST with `username` and `password`
 * logs in (and counts like any other log-in), DELETE logs out. Without a log-in, GET and DELETE answer 401. The headers
 * of an answer were determined before the resource was reached.
 */
export function answerSession(request: SessionRequest, logIn: LogIn): Outcome {
  const { method, visitor } = request
  const account = visitor.kind === 'user' ? visitor.account : null
  const same = { account, opened: visitor.opened, reason: visitor.reason }
  if (method === 'POST') return open(request, logIn)
  if (method !== 'GET' && method !== 'DELETE') return { ...same, answer: methodNotAllowed('GET, POST, DELETE') }
  if (visitor.kind !== 'user')
    return {
      ...same,
      answer: errors(401, 'You are not authenticated. Authentication required to perform this operation.'),
    }
  if (method === 'DELETE') {
    if (visitor.session !== null) request.sessions.end(visitor.session.id)
    return { ...same, answer: { status: 204, empty: true }, opened: request.sessions.open(null) }
  }
  const { name } = visitor.account
  const self = `${request.baseUrl}/rest/api/latest/user?username=${encodeURIComponent(name)}`
  return { ...same, answer: { status: 200, json: { self, name, loginInfo: loginInfo(logIn, name) } } }
}

function open({ contentType, body, visitor, sessions, baseUrl }: SessionRequest, logIn: LogIn): Outcome {
  const before = visitor.kind === 'user' ? visitor.session : visitor.opened
  const nobody = { account: visitor.kind === 'user' ? visitor.account : null, opened: null }
  if (!contentType.startsWith('application/json'))
    return { ...nobody, reason: null, answer: { status: 415, text: 'Unsupported Media Type' } }
  const { username, password } = credentials(body)
  if (username === null || password === null) return { ...nobody, reason: null, answer: errors(401, 'Login failed') }
  const attempt = logIn.attempt(username, password)
  if ('reason' in attempt) {
    const { reason } = attempt
    const answer =
      reason === 'AUTHENTICATION_DENIED'
        ? {
            ...errors(403, 'Login denied'),
            headers: { 'X-Authentication-Denied-Reason': deniedReason(`${baseUrl}/login.jsp`) },
          }
        : { ...errors(401, 'Login failed'), headers: { 'WWW-Authenticate': 'JIRA REST POST' } }
    return { ...nobody, reason: visitor.reason ?? reason, answer }
  }
  const { account } = attempt
  if (before !== null) sessions.end(before.id)
  const opened = sessions.open(account)
  // Without sessions, Jira still answers like this, with an id that opens nothing.
  const session = { name: 'JSESSIONID', value: opened?.id ?? '' }
  return {
    ...nobody,
    opened,
    reason: visitor.reason ?? 'OK',
    answer: { status: 200, json: { session, loginInfo: loginInfo(logIn, account.name) } },
  }
}

function credentials(body: string): { username: string | null; password: string | null } {
  let parsed: Json
  try {
    parsed = JSON.parse(body) as Json
  } catch {
    parsed = null
  }
  const { username, password } = asObject(parsed) ?? {}
  return {
    username: typeof username === 'string' ? username : null,
    password: typeof password === 'string' ? password : null,
  }
}

function loginInfo(logIn: LogIn, name: string): Record<string, unknown> {
  const { succeeded, failed, lastFailedAt, previousSucceededAt } = logIn.logIns.of(name)
  const date = (epochMs: number): string => new Date(epochMs).toISOString().replace('Z', '+0000')
  return {
    failedLoginCount: failed,
    loginCount: succeeded,
    ...(lastFailedAt !== null && { lastFailedLoginTime: date(lastFailedAt) }),
    ...(previousSucceededAt !== null && { previousLoginTime: date(previousSucceededAt) }),
  }
}

function errors(status: number, message: string): { status: number; json: unknown } {
  return { status, json: { errorMessages: [message], errors: {} } }
}
