import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { BackboneApi, type BackboneOptions } from './backbone-api.ts'
import { drift } from './drift.ts'
import { applyFault, applyLateFault, Faults } from './faults.ts'
import { LogIn, type Account, type LogInOptions } from './log-in.ts'
import type { Entry } from './model.ts'
import { populate } from './population.ts'
import { createRandom, type Random } from './random.ts'
import type { ApiAnswer } from './request-body.ts'
import { RateLimit, type RateLimitOptions } from './rate-limit.ts'

const API_PATH = '/plugins/servlet/backbone-issue-sync/api/1'
const MAX_BODY_BYTES = 5_000_000

export interface JiraOptions extends Partial<BackboneOptions>, Partial<LogInOptions> {
  /** The same seed gives the same synchronizations and the same fate of each task. */
  readonly seed?: number
  readonly synchronizations?: number
  /** Jira's context path, as `/jira`; empty for none. */
  readonly contextPath?: string
  readonly accounts?: readonly Account[]
  readonly latencyMs?: number
  readonly rateLimit?: RateLimitOptions
  /** Key and certificate, PEM; given, the server speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** The loopback address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** 0 picks a free one. */
  readonly port?: number
  /** False: a Jira on which the app is not installed. */
  readonly hasBackbone?: boolean
  /** True: a single sign-on in front redirects everything that is not signed in. */
  readonly hasSingleSignOn?: boolean
}

/** A request as the simulator saw it. Holds no credential. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly user: string | null
  readonly body: string
  status: number
}

const defaultAccounts = (): Account[] => [
  { name: 'admin', password: 'admin', tokens: ['admin-token'], role: 'system-administrator', projects: [] },
]

/** A simulated Jira with Backbone Issue Sync, on loopback only. */
export class SimulatedJira {
  readonly api: BackboneApi
  readonly logIn: LogIn
  readonly faults = new Faults()
  readonly seen: SeenRequest[] = []
  /** The most requests that were under way at once. */
  peakConcurrency = 0

  readonly #options: JiraOptions
  readonly #random: Random
  readonly #rateLimit: RateLimit | null
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #port: number
  #underWay = 0

  constructor(options: JiraOptions = {}) {
    this.#options = options
    this.#port = options.port ?? 0
    this.#random = createRandom(options.seed ?? 1)
    this.#rateLimit = options.rateLimit ? new RateLimit(options.rateLimit) : null
    this.logIn = new LogIn(options.accounts ?? defaultAccounts(), {
      failuresBeforeCaptcha: options.failuresBeforeCaptcha ?? 3,
      isBasicDisabled: options.isBasicDisabled ?? false,
      isAnonymousAllowed: options.isAnonymousAllowed ?? false,
    })
    this.api = new BackboneApi(this.#random, {
      startVerb: options.startVerb ?? 'PUT',
      embedsStatus: options.embedsStatus ?? false,
      reportsProgress: options.reportsProgress ?? false,
      taskDurationMs: options.taskDurationMs ?? 0,
      taskFailureRate: options.taskFailureRate ?? 0,
    })
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

  async stop(): Promise<void> {
    this.api.tasks.forget()
    await this.goOffline()
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

  /** How many log-ins Jira refused for this user. */
  failedLogIns(user: string): number {
    return this.logIn.refusedAttempts.get(user) ?? 0
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
    const method = request.method ?? 'GET'
    const url = new URL(request.url ?? '/', 'http://jira.invalid')
    const context = this.#options.contextPath ?? ''
    if (!url.pathname.startsWith(`${context}/`)) return end(response, { status: 404, text: 'Not found' })
    const path = url.pathname.slice(context.length)
    const isApi = path.startsWith(`${API_PATH}/`)
    const apiPath = isApi ? path.slice(API_PATH.length) : path
    const seen: SeenRequest = { method, path: apiPath, user: userOf(request), body, status: 0 }
    this.seen.push(seen)
    response.on('finish', () => {
      seen.status = response.statusCode
    })

    const fault = this.faults.take(method, apiPath)
    if (fault !== null && applyFault(fault, request, response)) return

    if (this.#options.hasSingleSignOn && !request.headers.authorization?.startsWith('Bearer ')) {
      response.writeHead(302, { Location: `https://login.example/?goto=${encodeURIComponent(path)}` })
      response.end()
      return
    }
    if (path === '/rest/api/2/serverInfo') return end(response, { status: 200, json: this.#serverInfo() })
    if (!isApi || this.#options.hasBackbone === false) {
      return end(response, { status: 404, text: '<html><body>Oops, you&#39;ve found a dead link.</body></html>' })
    }
    if (this.#rateLimit !== null && !this.#rateLimit.pass(response)) return
    const account = this.logIn.judge(request, response, `${this.baseUrl}/login.jsp`)
    if (account === null) return
    if (account === 'anonymous') return end(response, { status: 200, json: [] })
    if (method !== 'GET' && request.headers['x-atlassian-token'] !== 'no-check') {
      return end(response, { status: 403, text: 'XSRF check failed' })
    }
    const answer = this.api.answer({
      method,
      segments: apiPath.slice(1).split('/').map(decodeURIComponent),
      query: url.searchParams,
      body,
      headers: request.headers,
      account,
    })
    if (applyLateFault(fault, request, response)) return
    end(response, answer)
  }

  #serverInfo(): unknown {
    return {
      baseUrl: this.baseUrl,
      version: '10.3.4',
      versionNumbers: [10, 3, 4],
      deploymentType: 'Server',
      buildNumber: 10030004,
      serverTitle: 'Jira',
    }
  }
}

function userOf(request: IncomingMessage): string | null {
  const header = request.headers.authorization ?? ''
  if (!header.startsWith('Basic ')) return header === '' ? null : 'token'
  return Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')[0] ?? null
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Error('The request body is too large')
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks)
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole).toString('utf8')
}

function end(response: ServerResponse, answer: ApiAnswer): void {
  if ('json' in answer) {
    response.writeHead(answer.status, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify(answer.json))
  } else if ('text' in answer) {
    const type = answer.text.startsWith('<') ? 'text/html' : 'text/plain'
    response.writeHead(answer.status, { 'Content-Type': `${type};charset=UTF-8` })
    response.end(answer.text)
  } else {
    response.writeHead(answer.status)
    response.end()
  }
}
