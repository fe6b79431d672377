import { foreign } from '../../src-contract/messages/message.ts'
import { AppError } from '../../src-main/errors/app-error.ts'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import type { HttpRequest, Transport } from '../../src-main/http/transport.ts'
import type { RateLimit } from '../../src-simulator/rate-limit.ts'
import { inFront } from './simulated-proxies.ts'
import { Refusals } from './refusals.ts'
import type { SimulatedClock } from './simulated-clock.ts'

/**
 * `down`: nothing arrives. `silent`: it arrives, and is not answered in time. `loses`: it arrives and is judged, and
 * the answer is lost on its way. `gateway`: the same, reported by a proxy's 502. `loses-log-ins`: only requests with a
 * password lose their answer. `asks-writes`: writes take effect, and something in front asks for a log-in in answer to
 * them. `limited`: refused before anything is judged.
 */
export type HostMode = 'up' | 'down' | 'silent' | 'loses' | 'loses-log-ins' | 'gateway' | 'asks-writes' | 'limited'

/**
 * How sessions are treated: they live, no cookie comes, the cookie is not known, or administration asks for the
 * password again.
 */
export type SessionKeeping = 'kept' | 'no-cookie' | 'not-known' | 'asks-again'

export interface SimulatedHost {
  readonly keys: readonly string[]
  readonly embedsStatus: boolean
  mode: HostMode
  password: string
  keeping: SessionKeeping
  /** Nobody is answered 200 with what visitors see instead of 401. */
  isAnonymousAllowed: boolean
  /** Of its synchronizations. */
  visitorsSee: number
  /** A changed password ends sessions. */
  endsWithPassword: boolean
  /** Living sessions, on any node. */
  readonly sessions: Set<string>
  /**
   * Which of the two nodes of the cluster the balancer leads to; sessions and tasks are known on their own node alone.
   */
  node: 0 | 1
  /** The balancer leads each request to any node, whatever cookie it carries. */
  isSpread: boolean
  /** A proxy takes out of every answer who its user is. */
  namesNobody: boolean
  /** A proxy takes the query out of every address, and so what says how to log in. */
  dropsQueries: boolean
  /** A proxy hides Jira's version from visitors. */
  hidesVersion: boolean
  /** A proxy has a page of its own for what the API refuses. */
  hidesRefusals: boolean
  /** A proxy gives each answer a cookie of its own, another each time. */
  setsCookies: boolean
  /** Nobody gets a session's cookie too, as Tomcat gives visitors one. */
  givesVisitorsCookies: boolean
  /** Log-ins with a password: good ones, and refused ones. */
  loggedIn: number
  refused: number
  /**
   * Refused ones since the last good one; from the third on Jira demands a captcha, and refuses the right password as
   * well.
   */
  refusedInARow: number
  /** What they come from. */
  readonly refusals: Refusals
  /** Requests that carried a password, under way at once, at most. */
  peakOfPasswords: number
  /** Requests under way, but for log-ins and log-outs. */
  underWay: number
  /** Writes that arrived. */
  readonly writes: string[]
  /** Of these, the ones that took effect. */
  readonly accepted: string[]
  /** Hears of each of them. */
  onAccepted: (write: string) => void
  /** Requests that carried a token and the cookie of a session that a password opened. */
  mixedTokens: number
  /** How quickly it takes requests; null for as they come. */
  rateLimit: RateLimit | null
  /** Seconds that it asks for in mode `limited`. */
  retryAfter: number
  /** State words that differ from RUNNING. */
  readonly states: Map<string, string>
  /** When each path was last answered, by elapsed ms. */
  readonly answeredAt: Map<string, number>
  /** The longest that a path waited since `watchFrom` was set. */
  readonly gaps: Map<string, number>
}

export function simulatedHost(count: number, embedsStatus: boolean): SimulatedHost {
  return {
    keys: Array.from({ length: count }, (_, index) => `INT-${index}`),
    embedsStatus,
    mode: 'up',
    password: 'right',
    keeping: 'kept',
    isAnonymousAllowed: false,
    visitorsSee: 0,
    endsWithPassword: false,
    sessions: new Set(),
    node: 0,
    isSpread: false,
    namesNobody: false,
    dropsQueries: false,
    hidesVersion: false,
    hidesRefusals: false,
    setsCookies: false,
    givesVisitorsCookies: false,
    loggedIn: 0,
    refused: 0,
    refusedInARow: 0,
    refusals: new Refusals(),
    peakOfPasswords: 0,
    underWay: 0,
    writes: [],
    accepted: [],
    onAccepted: () => undefined,
    mixedTokens: 0,
    rateLimit: null,
    retryAfter: 3,
    states: new Map(),
    answeredAt: new Map(),
    gaps: new Map(),
  }
}

/** The token that all hosts know as the user's. */
export const TOKEN = 'token'
/** Tells users their own names, and visitors nothing (Jira's REST API, `auth/1/session`). */
const SESSION = '/rest/auth/1/session'
/** Tells visitors Jira's version (Jira's REST API, `serverInfo`). */
const VERSION = '/rest/api/2/serverInfo'
const SERVER_INFO = JSON.stringify({ version: '10.3.4', buildNumber: 10_030_004, serverTitle: 'Jira' })
/** Jira's usual number of failed log-ins, after which it demands a captcha. */
const MOST_ATTEMPTS = 3

/**
 * Whose a request is: by password, by token, by session, refused by a wrong password or for a captcha, asked again by
 * web-sudo, or nobody's.
 */
type Visitor =
  'password' | 'token' | 'session' | 'refused' | 'refused-beside-session' | 'captcha' | 'asked-again' | 'nobody'

/**
 * A network of hosts on a simulated clock. `onSend` is called with each request that leaves, before it counts as under
 * way.
 */
export class SimulatedNetwork {
  readonly #clock: SimulatedClock
  readonly #hosts: ReadonlyMap<string, SimulatedHost>
  readonly #random: () => number
  readonly #onSend: (host: SimulatedHost) => void
  readonly #passwords = new Map<SimulatedHost, number>()
  readonly #underWay = new Map<SimulatedHost, number>()
  #isOver = false
  #opened = 0

  constructor(options: {
    clock: SimulatedClock
    hosts: ReadonlyMap<string, SimulatedHost>
    random: () => number
    onSend: (host: SimulatedHost) => void
  }) {
    this.#clock = options.clock
    this.#hosts = options.hosts
    this.#random = options.random
    this.#onSend = options.onSend
  }

  transport(): Transport {
    return { send: (request) => this.#send(request), close: () => undefined }
  }

  /** Its sender was killed: its connections are closed, and pending requests no longer count. */
  end(): void {
    this.#isOver = true
    for (const [host, count] of this.#underWay) host.underWay -= count
  }

  #count(host: SimulatedHost, change: number): void {
    if (this.#isOver) return
    host.underWay += change
    this.#underWay.set(host, (this.#underWay.get(host) ?? 0) + change)
  }

  #send(request: HttpRequest): Promise<HttpResponse> {
    // As the real transport: what was called off before does not leave.
    if (request.signal?.aborted)
      return Promise.reject(new AppError('net.aborted', foreign('The request was cancelled.')))
    const host = this.#hosts.get(request.url.host)
    if (host === undefined) throw new Error(`There is no host ${request.url.host}`)
    // What belongs to a log-in may be left from an earlier connection, and a log-out comes when all else is over.
    const hasPassword = (request.headers.authorization !== undefined && !hasToken(request)) || isLogIn(request)
    const isCounted = !hasPassword && isApi(request)
    if (isCounted) {
      this.#count(host, 1)
      this.#onSend(host)
    }
    const passwords = (change: number): void => {
      const now = (this.#passwords.get(host) ?? 0) + (hasPassword ? change : 0)
      this.#passwords.set(host, now)
      host.peakOfPasswords = Math.max(host.peakOfPasswords, now)
    }
    passwords(1)
    // The server judges it when it arrives, and that counts, whatever happens to the answer.
    const { mode } = host
    if (request.method !== 'GET' && isApi(request) && mode !== 'down')
      host.writes.push(`${request.method} ${pathOf(request)}`)
    const answer = mode === 'down' || mode === 'limited' ? null : this.#answer(host, request)
    return new Promise((resolve, reject) => {
      const done = (end: () => void): void => {
        cancel()
        request.signal?.removeEventListener('abort', onAbort)
        if (isCounted) this.#count(host, -1)
        passwords(-1)
        end()
      }
      const onAbort = (): void => done(() => reject(new AppError('net.aborted', foreign('The request was cancelled.'))))
      const delay = mode === 'silent' ? 30_000 : 20 + 300 * this.#random()
      const cancel = this.#clock.after(delay, () =>
        done(() => {
          if (mode === 'silent') return reject(new AppError('net.timeout', foreign('It did not answer in time.')))
          if (mode === 'limited')
            return resolve({ status: 429, headers: { 'retry-after': String(host.retryAfter) }, body: '' })
          if (mode === 'gateway') return resolve({ status: 502, headers: {}, body: '<html>Bad gateway</html>' })
          const isLost = mode === 'loses-log-ins' ? hasPassword : mode !== 'up' && mode !== 'asks-writes'
          if (isLost || answer === null)
            return reject(new AppError('net.unreachable', foreign('It cannot be reached.')).withLostAnswer())
          if (answer.status === 200 && answer.headers['x-ausername'] === 'admin')
            this.#noteAnswer(host, pathOf(request))
          resolve(inFront({ ...host, mode }, request.method, isApi(request), answer))
        }),
      )
      if (request.signal?.aborted) onAbort()
      else request.signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  #answer(host: SimulatedHost, sent: HttpRequest): HttpResponse {
    const request = host.dropsQueries ? withoutQuery(sent) : sent
    const pathname = ownPath(request)
    if (host.isSpread) host.node = this.#random() < 0.5 ? 0 : 1
    const nobody = {
      'x-ausername': 'anonymous',
      'content-type': 'application/json',
      ...(host.givesVisitorsCookies &&
        host.keeping !== 'no-cookie' && { 'set-cookie': [cookieOf(this.#nextId(host))] }),
    }
    if (pathname === VERSION && host.hidesVersion) return { status: 403, headers: {}, body: '' }
    if (isSayingHow(request) && !hasLoggedIn(host, request)) return { status: 401, headers: {}, body: '' }
    if (pathname === VERSION) return { status: 200, headers: nobody, body: SERVER_INFO }
    if (pathname === SESSION && request.method === 'DELETE') {
      host.sessions.delete(sessionOf(request) ?? '')
      return { status: 204, headers: nobody, body: '' }
    }
    if (isLogIn(request)) return this.#logIn(host, request, nobody)
    const visitor = this.#visitor(host, request)
    switch (visitor) {
      case 'refused':
      case 'nobody': {
        const headers = visitor === 'refused' ? { ...nobody, 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' } : nobody
        if (!isServed(host, visitor, request)) return { status: 401, headers, body: '' }
        const isList = pathOf(request) === '/integrations'
        const seen = isList
          ? bodyOf({ ...host, keys: host.keys.slice(0, host.visitorsSee) }, 'GET', '/integrations')
          : []
        return { status: 200, headers, body: JSON.stringify(seen) }
      }
      case 'captcha':
        return {
          status: 403,
          headers: { ...nobody, 'x-seraph-loginreason': 'AUTHENTICATION_DENIED', ...denied(request) },
          body: '',
        }
      case 'asked-again':
        return {
          status: 401,
          headers: { 'x-ausername': 'admin', 'x-seraph-loginreason': 'OK' },
          body: 'This resource requires WebSudo.',
        }
      case 'password':
      case 'token':
      case 'refused-beside-session':
      case 'session': {
        const path = pathOf(request)
        const limit = host.mode === 'up' ? (host.rateLimit?.take('admin') ?? null) : null
        const limitHeaders = Object.fromEntries(
          Object.entries(limit?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
        )
        if (request.method !== 'GET' && limit?.isAllowed !== false) accept(host, request.method, path)
        // A log-in keeps the session that is its user's already.
        const isOpened = visitor === 'password' && host.keeping !== 'no-cookie' && !knowsSession(host, request)
        const cookie = isOpened ? { 'set-cookie': [cookieOf(this.#open(host))] } : {}
        const headers = {
          'x-ausername': 'admin',
          'x-seraph-loginreason': visitor === 'refused-beside-session' ? 'AUTHENTICATED_FAILED' : 'OK',
          'content-type': 'application/json',
          ...limitHeaders,
          ...cookie,
        }
        if (limit?.isAllowed === false) return { status: 429, headers, body: '' }
        if (pathname === SESSION) return { status: 200, headers, body: '{"name":"admin"}' }
        if (path.startsWith('/async-tasks/') && path !== `/async-tasks/t${host.node}`)
          return { status: 404, headers, body: '' }
        return { status: 200, headers, body: JSON.stringify(bodyOf(host, request.method, path)) }
      }
    }
  }

  #visitor(host: SimulatedHost, request: HttpRequest): Visitor {
    const { authorization } = request.headers
    if (authorization === undefined) {
      if (!knowsSession(host, request)) return 'nobody'
      return host.keeping === 'asks-again' ? 'asked-again' : 'session'
    }
    if (hasToken(request)) {
      if (host.sessions.has(sessionOf(request) ?? '')) host.mixedTokens += 1
      // A refused one counts against nobody.
      return authorization === `Bearer ${TOKEN}` ? 'token' : 'nobody'
    }
    // If the address says how to log in, Jira looks for a session first, and tries a password once; else twice.
    const isSaid = request.url.searchParams.has('os_authType')
    if (isSaid && knowsSession(host, request)) return 'session'
    const password = Buffer.from(authorization.slice('Basic '.length), 'base64')
      .toString('latin1')
      .replace(/^[^:]*:/, '')
    const first = attempt(host, password)
    if (first === 'password') return first
    // Jira serves a session that it knows, and reports the refusal only as the login reason.
    if (knowsSession(host, request)) return first === 'captcha' ? first : 'refused-beside-session'
    return isSaid ? first : attempt(host, password)
  }

  /**
   * The resource of the session tries a password once, whatever the address says (Jira's REST API, `POST
   * auth/1/session`). What the headers say was found out before.
   */
  #logIn(host: SimulatedHost, request: HttpRequest, nobody: HttpResponse['headers']): HttpResponse {
    const { password } = JSON.parse(request.body ?? '') as { password: string }
    const visitor = attempt(host, password)
    if (visitor === 'captcha') return { status: 403, headers: { ...nobody, ...denied(request) }, body: '' }
    if (visitor === 'refused')
      return { status: 401, headers: { ...nobody, 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }, body: '' }
    const cookie = host.keeping === 'no-cookie' ? {} : { 'set-cookie': [cookieOf(this.#open(host))] }
    const headers = { ...nobody, 'x-seraph-loginreason': 'OK', ...cookie }
    return { status: 200, headers, body: '{"session":{"name":"JSESSIONID"},"loginInfo":{}}' }
  }

  #open(host: SimulatedHost): string {
    const id = this.#nextId(host)
    if (host.keeping !== 'not-known') host.sessions.add(id)
    return id
  }

  #nextId({ node }: SimulatedHost): string {
    this.#opened += 1
    return `s${this.#opened}.${node}`
  }

  #noteAnswer(host: SimulatedHost, path: string): void {
    const note = (name: string): void => {
      const now = this.#clock.elapsed()
      const before = host.answeredAt.get(name)
      if (before !== undefined) host.gaps.set(name, Math.max(host.gaps.get(name) ?? 0, now - before))
      host.answeredAt.set(name, now)
    }
    note(path)
    if (path === '/integrations' && host.embedsStatus) for (const key of host.keys) note(`/integrations/${key}/status`)
  }
}

/** What Jira makes of a password, and counts. */
function attempt(host: SimulatedHost, password: string): 'password' | 'refused' | 'captcha' {
  const isGood = password === host.password
  const isCaptcha = host.refusedInARow >= MOST_ATTEMPTS
  if (isGood && !isCaptcha) {
    host.loggedIn += 1
    host.refusedInARow = 0
    return 'password'
  }
  host.refused += 1
  host.refusedInARow += 1
  host.refusals.refused(password, isGood)
  if (host.refusedInARow === MOST_ATTEMPTS) host.refusals.captchaBegan()
  return isCaptcha ? 'captcha' : 'refused'
}

function denied({ url }: HttpRequest): HttpResponse['headers'] {
  return { 'x-authentication-denied-reason': `CAPTCHA_CHALLENGE; login-url=${url.origin}/login.jsp` }
}

/** A write takes effect. */
function accept(host: SimulatedHost, method: string, path: string): void {
  host.accepted.push(`${method} ${path}`)
  host.onAccepted(`${method} ${path}`)
  const [, key = '', operation] = /^\/integrations\/([^/]+)\/(start|stop)$/.exec(path) ?? []
  if (operation !== undefined) host.states.set(key, operation === 'stop' ? 'STOPPED' : 'RUNNING')
}

/**
 * Visitors may read, unless they come with an invalid session and ask to be refused then, or with a wrong password and
 * an address that says that there is one (Seraph's `os_authType`). If answers say whose they are, the latter are still
 * let in.
 */
function isServed(host: SimulatedHost, visitor: 'refused' | 'nobody', request: HttpRequest): boolean {
  const isUnknown = request.url.searchParams.get('os_authType') === 'any' && sessionOf(request) !== undefined
  const isLetIn = visitor === 'refused' ? !host.namesNobody || !isSayingHow(request) : !isUnknown
  return host.isAnonymousAllowed && isLetIn && request.method === 'GET' && ownPath(request) !== SESSION
}

/** Its address says that a password comes along (Seraph's `os_authType`). */
function isSayingHow({ url }: HttpRequest): boolean {
  return url.searchParams.get('os_authType') === 'basic'
}

function hasLoggedIn(host: SimulatedHost, request: HttpRequest): boolean {
  return request.headers.authorization !== undefined || knowsSession(host, request)
}

function withoutQuery(request: HttpRequest): HttpRequest {
  const url = new URL(request.url)
  url.search = ''
  return { ...request, url }
}

function hasToken({ headers }: HttpRequest): boolean {
  return headers.authorization?.startsWith('Bearer ') ?? false
}

function isLogIn(request: HttpRequest): boolean {
  return request.method === 'POST' && ownPath(request) === SESSION
}

/** Of Jira's own resources, without what stands before them in the base URL. */
function ownPath({ url }: HttpRequest): string {
  return url.pathname.replace(/^.*(?=\/rest\/)/, '')
}

function isApi(request: HttpRequest): boolean {
  return !ownPath(request).startsWith('/rest/')
}

function pathOf({ url }: HttpRequest): string {
  return url.pathname.replace(/^.*\/api/, '')
}

function sessionOf({ headers }: HttpRequest): string | undefined {
  return /(?:^|; )JSESSIONID=([^;]+)/.exec(headers.cookie ?? '')?.[1]
}

function cookieOf(id: string): string {
  return `JSESSIONID=${id}; Path=/; HttpOnly`
}

/** By the node that it reached. */
function knowsSession(host: SimulatedHost, request: HttpRequest): boolean {
  const id = sessionOf(request) ?? ''
  return host.sessions.has(id) && id.endsWith(`.${host.node}`)
}

function bodyOf(host: SimulatedHost, method: string, path: string): unknown {
  const item = (key: string) => ({
    integrationKey: key,
    summary: key,
    distributed: false,
    lastModifiedDate: '2026-03-01',
  })
  const status = (key: string) => ({ status: host.states.get(key) ?? 'RUNNING' })
  const id = `t${host.node}`
  if (path.startsWith('/async-tasks/')) return { id, finished: true, progress: 100 }
  if (method !== 'GET') return { id, finished: false, progress: 0 }
  if (path === '/integrations')
    return host.keys.map((key) => ({ ...item(key), ...(host.embedsStatus && { status: status(key) }) }))
  if (path.endsWith('/status')) return status(path.split('/').at(-2) ?? '')
  if (path.endsWith('/conflicts')) return []
  return item(path.split('/').at(-1) ?? '')
}
