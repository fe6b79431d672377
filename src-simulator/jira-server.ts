import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Account } from './account.ts'
import { AsyncTasks } from './async-tasks.ts'
import { BackboneApi } from './backbone-api.ts'
import { Cluster } from './cluster.ts'
import { cookiesOf } from './cookies.ts'
import { drift } from './drift.ts'
import { applyFault, applyLateFault, Faults } from './faults.ts'
import { API_PATH, FrontDoor } from './front-door.ts'
import { readBody, sendAnswer } from './http-answer.ts'
import type { JiraNetwork } from './jira-network.ts'
import type { JiraOptions, SeenRequest } from './jira-options.ts'
import { LogIn } from './log-in.ts'
import { LogIns, type LogInRecord } from './log-ins.ts'
import { withoutConfiguration, type Entry } from './model.ts'
import { pastConflictsOf, pastOf, type Past } from './past.ts'
import { populate } from './population.ts'
import { createRandom, type Random } from './random.ts'
import { RateLimit } from './rate-limit.ts'
import { SESSION_PATH } from './session-resource.ts'
import { Sessions, type SessionOptions } from './sessions.ts'
import { SyncLogIns } from './sync-log-ins.ts'

const SESSION_IDLE_MS = 5 * 3_600_000

const defaultAccounts = (): Account[] => [
  { name: 'admin', password: 'admin', tokens: ['admin-token'], role: 'system-administrator', projects: [] },
]

/** A simulated Jira with Backbone Issue Sync, on loopback only. */
export class SimulatedJira {
  readonly api: BackboneApi
  /** The nodes, their sessions and tasks, and the balancer before them. */
  readonly cluster: Cluster
  readonly logIn: LogIn
  readonly faults = new Faults()
  readonly seen: SeenRequest[] = []
  /** The most requests that were under way at once. */
  peakConcurrency = 0

  readonly #options: JiraOptions
  readonly #random: Random
  readonly #frontDoor: FrontDoor
  readonly #network: JiraNetwork | null
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #port: number
  #underWay = 0
  #interval: NodeJS.Timeout | undefined

  /** `restored`: the Jira from whose backup it was restored; see `restoredFrom`. */
  constructor(options: JiraOptions = {}, restored?: SimulatedJira) {
    const { now = Date.now, nodes = 1, stickiness = 'ROUTEID', reportsProgress = false } = options
    this.#options = options
    this.#port = options.port ?? 0
    this.#random = createRandom(options.seed ?? 1)
    const logIns = new LogIns(options.failuresBeforeCaptcha ?? 3, now, restored?.logIn.logIns)
    this.logIn = new LogIn(restored?.logIn.accounts() ?? options.accounts ?? defaultAccounts(), logIns, {
      isBasicDisabled: options.isBasicDisabled ?? false,
      isAnonymousAllowed: options.isAnonymousAllowed ?? false,
      servesRefused: options.servesRefused ?? false,
      apiAuthType: options.apiAuthType ?? 'none',
      hasWebSudo: options.hasWebSudo ?? false,
      webSudoRedirects: options.webSudoRedirects ?? false,
    })
    this.#network = options.network ?? null
    const apiOptions = {
      startVerb: options.startVerb ?? 'PUT',
      embedsStatus: options.embedsStatus ?? false,
      reportsProgress,
      taskDurationMs: options.taskDurationMs ?? 0,
      taskFailureRate: options.taskFailureRate ?? 0,
      checksConnections: options.checksConnections ?? false,
      startsStopped: options.startsStopped ?? true,
    }
    this.api = new BackboneApi(this.#random, apiOptions, new SyncLogIns(this.#network))
    for (const entry of restored?.api.entries.values() ?? []) this.api.put(structuredClone(entry))
    const sessionOptions: SessionOptions = {
      hasSessions: options.hasSessions ?? true,
      givesVisitorsSessions: options.givesVisitorsSessions ?? true,
      sessionIdBytes: options.sessionIdBytes ?? 16,
      sessionIdleMs: options.sessionIdleMs ?? SESSION_IDLE_MS,
      endsSessionsOnPasswordChange: options.endsSessionsOnPasswordChange ?? false,
    }
    const names = Array.from({ length: nodes }, (_, index) => `node${index + 1}`)
    this.cluster = new Cluster(
      names.map((name) => ({
        name,
        sessions: new Sessions(sessionOptions, stickiness === 'JSESSIONID' && nodes > 1 ? `.${name}` : '', now),
        tasks: new AsyncTasks(this.#random, reportsProgress),
        rateLimit: options.rateLimit ? new RateLimit(options.rateLimit, now) : null,
      })),
      stickiness,
    )
    this.#frontDoor = new FrontDoor({
      options,
      api: this.api,
      logIn: this.logIn,
      baseUrl: () => this.baseUrl,
    })
  }

  /**
   * A Jira as an administrator restores it on another machine: with the current synchronizations, users and log-in
   * counters of the original, and without its new base URL set.
   */
  static restoredFrom(original: SimulatedJira, options: JiraOptions = {}): SimulatedJira {
    return new SimulatedJira({ ...original.#options, port: 0, statedBaseUrl: original.baseUrl, ...options }, original)
  }

  /** Without a trailing slash. Known after `start`. */
  get baseUrl(): string {
    return `${this.#options.tls ? 'https' : 'http'}://${this.#host}:${this.#port}${this.#options.contextPath ?? ''}`
  }

  get #host(): string {
    return this.#options.host ?? '127.0.0.1'
  }

  /** Begins to listen and, the first time, makes the synchronizations. */
  async start(): Promise<this> {
    const handler = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response)
    const server = this.#options.tls ? createHttpsServer(this.#options.tls, handler) : createHttpServer(handler)
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#port, this.#host, resolve)
    })
    const isFirstStart = this.#server === null && this.api.entries.size === 0
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
    if (isFirstStart) {
      const count = this.#options.synchronizations ?? 0
      for (const entry of populate(this.#random, count, this.baseUrl, Date.now())) this.api.put(entry)
    }
    this.alsoAt(this.baseUrl)
    const { syncEveryMs } = this.#options
    clearInterval(this.#interval)
    if (syncEveryMs !== undefined) this.#interval = setInterval(() => this.api.synchronize(), syncEveryMs).unref()
    return this
  }

  /** Goes off the network: open connections break, new ones are refused. `start` brings it back on the same port. */
  async goOffline(): Promise<void> {
    const server = this.#server
    if (server === null || !server.listening) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  /** Gives it one more address, by which the other Jiras of its network reach it. */
  alsoAt(address: string): void {
    this.#network?.add(address, { logIn: this.logIn, isThere: () => this.#server?.listening === true })
  }

  async stop(): Promise<void> {
    clearInterval(this.#interval)
    this.cluster.restart()
    await this.goOffline()
  }

  /** Restarts Jira on the same port: connections break, sessions and tasks are gone. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  entry(key: string): Entry {
    const found = this.api.entries.get(key)
    if (found === undefined) throw new Error(`The simulated Jira has no synchronization ${key}`)
    return found
  }

  /** Lets something small happen; see `drift`. */
  drift(): void {
    drift(this.#random, [...this.api.entries.values()])
  }

  /** The last days of all synchronizations, for an application that begins to watch them now; see `pastOf`. */
  past(now: number): Past[] {
    // Its own source, so that everything done later stays the same.
    const random = createRandom(this.#options.seed ?? 1)
    return [...this.api.entries.values()].map((entry) => ({
      item: withoutConfiguration(entry.integration),
      states: pastOf(random, entry, now),
      conflicts: pastConflictsOf(random, entry, now),
    }))
  }

  /** How many log-ins Jira refused for this user. */
  failedLogIns(user: string): number {
    return this.logIn.logIns.of(user).failed
  }

  /** How many tokens it did not know. */
  get refusedTokens(): number {
    return this.logIn.refusedTokens
  }

  /** What Jira counted of this user's log-ins. */
  logInsOf(user: string): LogInRecord {
    return this.logIn.logIns.of(user)
  }

  /** Requests whose path below the API begins with `path`. */
  requestsTo(path: string, method?: string): SeenRequest[] {
    return this.seen.filter((item) => item.path.startsWith(path) && (method === undefined || item.method === method))
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay += 1
    this.peakConcurrency = Math.max(this.peakConcurrency, this.#underWay)
    let isCounted = true
    response.on('close', () => {
      if (isCounted) this.#underWay -= 1
      isCounted = false
    })
    try {
      const body = await readBody(request)
      if (this.#options.latencyMs) await new Promise((resolve) => setTimeout(resolve, this.#options.latencyMs))
      this.#route(request, response, body)
    } catch {
      if (!response.headersSent) response.writeHead(500)
      response.end()
    }
  }

  #route(request: IncomingMessage, response: ServerResponse, body: string): void {
    if (this.#options.strippedCookies === 'requests') delete request.headers.cookie
    const method = request.method ?? 'GET'
    const url = new URL(request.url ?? '/', 'http://jira.invalid')
    if (this.#options.dropsQueries === true) url.search = ''
    const context = this.#options.contextPath ?? ''
    if (!url.pathname.startsWith(`${context}/`)) return sendAnswer(response, { status: 404, text: 'Not found' })
    const path = url.pathname.slice(context.length)
    const cookies = cookiesOf(request.headers.cookie)
    const { node, routeId } = this.cluster.route(cookies)
    const apiPath = path.startsWith(`${API_PATH}/`) ? path.slice(API_PATH.length) : null
    const seen: SeenRequest = {
      method,
      path: apiPath ?? path,
      body: path === SESSION_PATH ? '' : body,
      ...namedBy(request),
      node: node.name,
      status: 0,
    }
    this.seen.push(seen)
    response.on('finish', () => {
      seen.status = response.statusCode
    })

    const fault = this.faults.take(method, seen.path)
    if (fault !== null && applyFault(fault, request, response)) return
    const { answer, headers, visitor } = this.#frontDoor.answer({
      method,
      path,
      apiPath,
      query: url.searchParams,
      body,
      headers: request.headers,
      cookies,
      node,
      routeId,
    })
    if (visitor !== null) Object.assign(seen, visitor)
    if (applyLateFault(fault, request, response)) return
    sendAnswer(response, answer, headers)
  }
}

/** Who the `Authorization` of a request names, before anybody looked whether it is so. */
function namedBy(request: IncomingMessage): Pick<SeenRequest, 'user' | 'by'> {
  const header = request.headers.authorization ?? ''
  if (header === '') return { user: null, by: null }
  if (!header.startsWith('Basic ')) return { user: 'token', by: 'token' }
  return { user: Buffer.from(header.slice(6), 'base64').toString('latin1').split(':')[0] ?? null, by: 'password' }
}
