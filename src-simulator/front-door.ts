import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { BackboneApi } from './backbone-api.ts'
import type { Node } from './cluster.ts'
import { setCookie } from './cookies.ts'
import type { Headers } from './http-answer.ts'
import type { SeenRequest } from './jira-options.ts'
import type { JiraOptions } from './jira-options.ts'
import { NOBODY, type AuthType, type LogIn, type LoginReason } from './log-in.ts'
import type { Account } from './account.ts'
import type { ApiAnswer } from './request-body.ts'
import { answerSession, SESSION_PATH } from './session-resource.ts'
import type { Session } from './sessions.ts'

/**
 * The path of Backbone's API below Jira's base address. A servlet's path, so Seraph's rules for `/rest` do not hold.
 */
export const API_PATH = '/plugins/servlet/backbone-issue-sync/api/1'

interface DoorOptions {
  readonly options: JiraOptions
  readonly api: BackboneApi
  readonly logIn: LogIn
  readonly baseUrl: () => string
}

interface DoorRequest {
  readonly method: string
  /** Below the context path. */
  readonly path: string
  /** Below the API's path; null if it does not belong to the API. */
  readonly apiPath: string | null
  readonly query: URLSearchParams
  readonly body: string
  readonly headers: IncomingHttpHeaders
  readonly cookies: ReadonlyMap<string, readonly string[]>
  readonly node: Node
  /** A new `ROUTEID`, where the balancer sends the client elsewhere. */
  readonly routeId: string | undefined
}

interface DoorAnswer {
  readonly answer: ApiAnswer
  readonly headers: Headers
  /** Who was let in, for the record of requests; null if nobody was. */
  readonly visitor: Pick<SeenRequest, 'user' | 'by'> | null
}

/** Who an answer is for, according to its headers. */
interface Stamp {
  readonly account: Account | null
  readonly opened: Session | null
  readonly reason: LoginReason | null
  /** False: without `X-AUSERNAME`; default: with it. */
  readonly isNamed?: boolean
}

/** What every request passes: single sign-on, log-in, rate limit and XSRF check, before Jira or Backbone answers. */
export class FrontDoor {
  readonly #options: JiraOptions
  readonly #api: BackboneApi
  readonly #logIn: LogIn
  readonly #baseUrl: () => string

  constructor({ options, api, logIn, baseUrl }: DoorOptions) {
    this.#options = options
    this.#api = api
    this.#logIn = logIn
    this.#baseUrl = baseUrl
  }

  get #sessionCookie(): string {
    return this.#options.sessionCookieName ?? 'JSESSIONID'
  }

  answer(request: DoorRequest): DoorAnswer {
    const { method, path, apiPath, node } = request
    if (this.#options.hasSingleSignOn && !request.headers.authorization?.startsWith('Bearer ')) {
      const headers = { Location: `https://login.example/?goto=${encodeURIComponent(path)}` }
      return { answer: { status: 302, empty: true, headers }, headers: {}, visitor: null }
    }
    const visitor = this.#logIn.judge(
      {
        authorization: request.headers.authorization,
        sessionIds: request.cookies.get(this.#sessionCookie) ?? [],
        authType: this.#authType(request),
        asksAuthType: request.query.has('os_authType'),
        isAdministration: apiPath !== null,
        path,
        sessions: node.sessions,
      },
      `${this.#baseUrl()}/login.jsp`,
    )
    if (visitor.kind === 'refused') {
      const { account, opened, reason } = visitor
      return this.#answered(request, visitor.answer, { account, opened, reason, isNamed: account !== null })
    }
    if (path === SESSION_PATH) {
      const contentType = request.headers['content-type'] ?? ''
      const outcome = answerSession(
        { method, contentType, body: request.body, visitor, sessions: node.sessions, baseUrl: this.#baseUrl() },
        this.#logIn,
      )
      return this.#answered(request, outcome.answer, outcome, visitor.kind === 'user' ? visitor.by : null)
    }
    const stamp: Stamp = {
      account: visitor.kind === 'user' ? visitor.account : null,
      opened: visitor.opened,
      reason: visitor.reason,
    }
    if (path === '/rest/api/2/serverInfo')
      return this.#answered(request, { status: 200, json: this.#serverInfo() }, stamp)
    if (apiPath === null || this.#options.hasBackbone === false) {
      return this.#answered(
        request,
        { status: 404, text: '<html><body>Oops, you&#39;ve found a dead link.</body></html>' },
        stamp,
      )
    }
    if (visitor.kind === 'anonymous')
      return this.#answered(
        request,
        this.#options.isAnonymousAllowed ? { status: 200, json: [] } : NOBODY.answer,
        stamp,
      )
    if (method !== 'GET' && !this.#passesXsrfCheck(request.headers))
      return this.#answered(request, { status: 403, text: 'XSRF check failed' }, stamp, visitor.by)
    const limit = node.rateLimit?.take(visitor.account.name)
    if (limit?.isAllowed === false)
      return this.#answered(request, { status: 429, empty: true, headers: limit.headers }, stamp, visitor.by)
    const answer = this.#api.answer({
      method,
      segments: apiPath.slice(1).split('/').map(decodeURIComponent),
      query: request.query,
      body: request.body,
      headers: request.headers,
      account: visitor.account,
      tasks: node.tasks,
    })
    return this.#answered(request, { ...answer, headers: { ...limit?.headers, ...answer.headers } }, stamp, visitor.by)
  }

  #authType({ query, path, apiPath }: DoorRequest): AuthType {
    const asked = query.get('os_authType')
    if (asked === 'any' || asked === 'basic' || asked === 'cookie') return asked
    if (asked !== null) return 'none'
    if (apiPath !== null) return this.#options.apiAuthType ?? 'none'
    // Log-in and log-out must be open to somebody whose session is over.
    return path.startsWith('/rest/') && !path.startsWith('/rest/auth/') ? 'any' : 'none'
  }

  /** `no-check` is for programs: a browser, which names the page's origin, passes only from Jira's own pages. */
  #passesXsrfCheck(headers: IncomingHttpHeaders): boolean {
    const token = headers['x-atlassian-token']
    if (token !== 'no-check' && token !== 'nocheck') return false
    return headers.origin === undefined || headers.origin === new URL(this.#baseUrl()).origin
  }

  #answered(request: DoorRequest, answer: ApiAnswer, stamp: Stamp, by: SeenRequest['by'] = null): DoorAnswer {
    const isSecure = this.#options.tls !== undefined
    const path = this.#options.contextPath || '/'
    const cookies: string[] = []
    if (stamp.opened !== null) {
      cookies.push(setCookie(this.#sessionCookie, stamp.opened.id, { path, isSecure, isHttpOnly: true }))
      const token = `BSIM-JIRA-0000-0001_${randomBytes(20).toString('hex')}_${stamp.opened.account === null ? 'lout' : 'lin'}`
      cookies.push(setCookie('atlassian.xsrf.token', token, { path, isSecure, isHttpOnly: false }))
    }
    if (request.routeId !== undefined)
      cookies.push(setCookie('ROUTEID', request.routeId, { path: '/', isSecure: false, isHttpOnly: false }))
    const strips = this.#options.stripsUserHeaders ?? false
    return {
      answer: strips === 'all' ? withoutOwnHeaders(answer) : answer,
      headers: {
        ...userHeaders(stamp, strips),
        ...((this.#options.nodes ?? 1) > 1 && strips !== 'all' && { 'X-ANODEID': request.node.name }),
        ...(cookies.length > 0 && this.#options.strippedCookies !== 'answers' && { 'Set-Cookie': cookies }),
      },
      visitor: stamp.account === null || by === null ? null : { user: stamp.account.name, by },
    }
  }

  #serverInfo(): unknown {
    return {
      baseUrl: this.#options.statedBaseUrl ?? this.#baseUrl(),
      version: '10.3.4',
      versionNumbers: [10, 3, 4],
      deploymentType: 'Server',
      buildNumber: 10030004,
      serverTitle: 'Jira',
    }
  }
}

function withoutOwnHeaders<T extends { readonly headers?: Headers }>(answer: T): T {
  const kept = Object.entries(answer.headers ?? {}).filter(([name]) => !/^x-/i.test(name))
  return { ...answer, headers: Object.fromEntries(kept) }
}

function userHeaders(
  { account, reason, isNamed = true }: Stamp,
  stripped: JiraOptions['stripsUserHeaders'] & {},
): Headers {
  return {
    ...(isNamed &&
      (stripped === false || stripped === 'reason') && {
        'X-AUSERNAME': account === null ? 'anonymous' : encodeURIComponent(account.name),
      }),
    ...(stripped === false && reason !== null && { 'X-Seraph-LoginReason': reason }),
  }
}
