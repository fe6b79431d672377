import type { AppErrorData } from '#contract/errors.ts'
import type { CredentialKind } from '#contract/servers.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import type { AuthGate, Finding, Pass } from './auth-gate.ts'
import { Circuit, meansDown, neverSent } from './circuit.ts'
import { readJson, type AnswerBounds } from './json-answer.ts'
import { judgeKnock, KNOCK_PATH } from './knock.ts'
import { RateLimiter, type Permit } from './rate-limiter.ts'
import { RequestQueue, type Urgency } from './request-queue.ts'
import { judgeResponse, type HttpResponse, type Verdict } from './response-verdict.ts'
import { secretPattern, strikeSecrets } from './strike-secrets.ts'
import type { HttpRequest, Transport } from './transport.ts'

/** A secret with what it belongs to; lives in memory only. */
export interface Credential {
  readonly kind: CredentialKind
  readonly user: string
  readonly secret: string
}

export interface ApiCall {
  readonly method: HttpRequest['method']
  /** Below the API's base, each segment encoded: `/integrations/INT-2`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** Default 2 MiB. */
  readonly maxBytes?: number
  /** What the answer may hold, where it differs from `ANSWER_BOUNDS`. */
  readonly bounds?: Partial<AnswerBounds>
  /** A reading that nobody waits for; it leaves after all others. */
  readonly isBackground?: boolean
  readonly signal?: AbortSignal
}

export interface Freshness {
  /**
   * The request leaves after this call: an answer under way is not shared. After a write only this tells what the server has;
   * what was asked before may have been answered before.
   */
  readonly isFresh?: boolean
}

export interface JiraClientOptions {
  readonly baseUrl: string
  readonly apiPath: string
  readonly gate: AuthGate
  readonly transport: Transport
  /** Rejects with `auth.missing` or `vault.*` where there is no usable credential; then nothing is sent. */
  readonly credential: () => Promise<Credential>
  readonly limit: () => number
  readonly clock: Clock
  readonly random: () => number
  /** What is known of the server's rate limit, which outlives connections; default is to know nothing yet. */
  readonly limiter?: RateLimiter
  /** How often a read is tried; default 3. */
  readonly readTries?: number
  /** Why nothing may be written now; null where it may. The one place that all writes pass. */
  readonly refuseWrite?: () => AppError | null
  /** Told of each write before it is sent; the returned function is told how it went, null for an answer that accepted it. */
  readonly onWrite?: (call: ApiCall) => (failure: unknown) => void
}

const READ_TRIES = 3
const FIRST_BACKOFF_MS = 400
const DEFAULT_MAX_BYTES = 2 * 1_048_576
/** A server that answered this recently is not asked first whether it is there. */
const ANSWER_IS_RECENT_MS = 5_000

/**
 * All requests to one server that carry its credential. Each goes through the queue, with its limit of simultaneous requests and
 * the rate limiter, the auth gate and the circuit breaker, in that order; there is no other way to the server.
 * Reads are tried up to three times and identical ones in flight are one; writes are sent once, whatever happens. An answer
 * that only says that there were too many requests (429) is no try: nothing was done, and it is sent again in its turn.
 */
export class JiraClient {
  readonly #options: JiraClientOptions
  readonly #queue: RequestQueue
  readonly #limiter: RateLimiter
  readonly #circuit = new Circuit()
  readonly #readsInFlight = new Map<string, Promise<unknown>>()
  readonly #closed = new AbortController()
  #lastAnswer: Pick<HttpResponse, 'status' | 'headers'> | null = null
  /** Also breaks off the log-ins. */
  readonly #broken = new AbortController()
  readonly #logIns = new Set<Promise<unknown>>()
  readonly #baseUrl: URL
  /** When the server last answered anything that shows that it is up, by `elapsed`. */
  #answeredAt = Number.NEGATIVE_INFINITY

  constructor(options: JiraClientOptions) {
    this.#options = options
    this.#baseUrl = new URL(options.baseUrl)
    this.#limiter = options.limiter ?? new RateLimiter(options)
    this.#queue = new RequestQueue({ ...options, limiter: this.#limiter })
  }

  /** A GET, answered with parsed JSON. One that is the same as another in flight shares its answer, unless it is asked to be fresh. */
  read({ isFresh = false, ...call }: Omit<ApiCall, 'method' | 'json'> & Freshness): Promise<unknown> {
    const request: ApiCall = { ...call, method: 'GET' }
    const identity = JSON.stringify([call.path, call.query, call.headers])
    const running = call.signal === undefined && !isFresh ? this.#readsInFlight.get(identity) : undefined
    if (running !== undefined) return running
    const reading = this.#readWithRetries(request).finally(() => {
      if (this.#readsInFlight.get(identity) === reading) this.#readsInFlight.delete(identity)
    })
    if (call.signal === undefined) this.#readsInFlight.set(identity, reading)
    return reading
  }

  /**
   * A write. Answered with parsed JSON, or null where the server answered with nothing. It is sent at most once, but for a
   * first answer of 429, which says that nothing was done: it is then sent once more when the server takes requests again.
   */
  async write(call: ApiCall): Promise<unknown> {
    try {
      return await this.#write(call)
    } catch (error) {
      if (!isRateLimited(error)) throw error
      return this.#write(call)
    }
  }

  async #write(call: ApiCall): Promise<unknown> {
    const refusal = this.#options.refuseWrite?.() ?? null
    if (refusal !== null) throw refusal
    const ended = this.#options.onWrite?.(call)
    try {
      const answer = await this.#send(call)
      ended?.(null)
      return answer
    } catch (error) {
      ended?.(error)
      throw error
    }
  }

  /** The newest answer to a request that carried the credential, without its body; null before the first. */
  get lastAnswer(): Pick<HttpResponse, 'status' | 'headers'> | null {
    return this.#lastAnswer
  }

  /**
   * Sends a GET that carries no credential, over a transport of the caller's: through the queue of all requests and, on this
   * server's origin, the circuit breaker. The gate is not concerned, and the answer is not judged.
   */
  anonymously(url: URL, transport: Transport, maxBytes: number): Promise<HttpResponse> {
    const signal = this.#closed.signal
    const isOwnOrigin = url.origin === new URL(this.#options.baseUrl).origin
    return this.#queue.run('read', signal, async (permit) => {
      if (isOwnOrigin) await this.#circuit.enter()
      try {
        const response = await transport.send({ method: 'GET', url, headers: { accept: 'application/json' }, body: null, maxBytes, signal })
        // Jira counts anonymous visitors apart from users: what is left for them says nothing, a demand to wait does.
        if (response.status === 429) permit.answered(429, { 'retry-after': response.headers['retry-after'] })
        if (isOwnOrigin) this.#circuit.answered()
        return response
      } catch (error) {
        if (isOwnOrigin) this.#circuit.failed(error instanceof AppError && error.code !== 'net.aborted' ? error.data : null)
        throw error
      }
    })
  }

  /** Breaks off everything under way and closes the connections. */
  close(): void {
    this.#closed.abort()
    this.#broken.abort()
    this.#options.transport.close()
  }

  /**
   * Breaks off everything under way but log-ins: one that was broken off would be one of which nobody knows what became. Resolves when
   * these have ended by themselves and the connections are closed.
   */
  async retire(): Promise<void> {
    this.#closed.abort()
    await Promise.allSettled([...this.#logIns])
    this.#options.transport.close()
  }

  async #readWithRetries(call: ApiCall): Promise<unknown> {
    const tries = this.#options.readTries ?? READ_TRIES
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#send(call)
      } catch (error) {
        if (isRateLimited(error) && this.#limiter.isWorthWaiting && tries > 1) {
          attempt -= 1
          continue
        }
        if (attempt >= tries || !(error instanceof AppError) || !isWorthRetrying(error)) throw error
        const backoff = FIRST_BACKOFF_MS * 3 ** (attempt - 1) * (0.5 + this.#options.random())
        await wait(this.#options.clock, backoff, this.#signalFor(call))
      }
    }
  }

  async #send(call: ApiCall): Promise<unknown> {
    const signal = this.#signalFor(call)
    const sending = this.#queue.run(urgencyOf(call), signal, async (permit) => {
      const credential = await this.#options.credential()
      const pass = await this.#options.gate.enter(signal)
      if (!pass.isUnproven) return this.#exchange(call, credential, pass, permit, signal)
      // Whoever asked may go away; the log-in is seen through, because half of one is worth less than nothing.
      const logIn = this.#exchange(call, credential, pass, permit, this.#broken.signal)
      this.#logIns.add(logIn)
      return logIn.finally(() => this.#logIns.delete(logIn))
    })
    return untilAborted(sending, signal)
  }

  async #exchange(call: ApiCall, credential: Credential, pass: Pass, permit: Permit, signal: AbortSignal): Promise<unknown> {
    try {
      await this.#circuit.enter()
    } catch (error) {
      pass.settle({ kind: 'unsent', error: null })
      throw error
    }
    let hasLeft = false
    try {
      if (pass.isUnproven && this.#options.gate.access.state !== 'ok') await this.#knock(call, credential, pass, permit, signal)
      pass.leave()
      hasLeft = true
      const answer = await this.#options.transport.send(this.#request(call, credential, pass.isUnproven, signal))
      const response = strikeSecrets(answer, secretPattern(credential, call.json))
      this.#lastAnswer = { status: response.status, headers: response.headers }
      permit.answered(response.status, response.headers)
      const { value, problem } = await parse(response, call)
      const verdict = judgeResponse(response, this.#baseUrl, { user: credential.kind === 'token' ? null : credential.user, isJson: problem === null })
      pass.settle(findingOf(verdict, response))
      if (verdict.kind === 'failed' && problem !== null) throw problem
      if (verdict.kind !== 'good') throw failureOf(verdict.error, response, call.method)
      this.#answered()
      return value
    } catch (error) {
      const told = error instanceof AppError && error.code !== 'net.aborted' ? error.data : null
      if (told === null || meansDown(told.code)) this.#circuit.failed(told)
      else this.#answered()
      const isLost = hasLeft && !(error instanceof AppError && !error.isAnswerLost)
      pass.settle({ kind: isLost ? 'lost' : 'unsent', error: told })
      throw error
    }
  }

  /** Asks without the credential first: see `judgeKnock`. Not where the server has answered a moment ago. */
  async #knock(call: ApiCall, credential: Credential, pass: Pass, permit: Permit, signal: AbortSignal): Promise<void> {
    if (this.#options.clock.elapsed() - this.#answeredAt < ANSWER_IS_RECENT_MS) return
    try {
      const answer = await this.#options.transport.send({
        method: 'GET',
        url: new URL(this.#options.baseUrl + KNOCK_PATH),
        headers: { accept: 'application/json' },
        body: null,
        maxBytes: DEFAULT_MAX_BYTES,
        signal,
      })
      // What a server heard earlier, it may say now.
      const response = strikeSecrets(answer, secretPattern(credential))
      if (response.status === 429) permit.answered(429, { 'retry-after': response.headers['retry-after'] })
      const verdict = judgeKnock(response, this.#baseUrl)
      if (verdict === null) return this.#answered()
      if (verdict.kind === 'failed') throw new AppError(verdict.error.code, verdict.error.message, verdict.error)
      // Where a single sign-on stands in front, tokens pass it; and the user may have a reason to try a password all the same.
      if (credential.kind === 'token' || this.#options.gate.isOnTrial) return
      pass.settle({ kind: 'blocked', reason: verdict.reason, loginUrl: verdict.loginUrl })
      throw new AppError(verdict.error.code, verdict.error.message, verdict.error)
    } catch (error) {
      // Of a write that was never sent the answer cannot be lost.
      throw call.method !== 'GET' && error instanceof AppError && error.isAnswerLost ? neverSent(error.data) : error
    }
  }

  #answered(): void {
    this.#answeredAt = this.#options.clock.elapsed()
    this.#circuit.answered()
  }

  #signalFor(call: ApiCall): AbortSignal {
    return call.signal === undefined ? this.#closed.signal : AbortSignal.any([call.signal, this.#closed.signal])
  }

  #request(call: ApiCall, credential: Credential, isOnOwnConnection: boolean, signal: AbortSignal): HttpRequest {
    const url = new URL(this.#options.baseUrl + this.#options.apiPath + call.path)
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
    return {
      method: call.method,
      url,
      headers: {
        accept: 'application/json',
        authorization: authorization(credential),
        // Without it Jira answers writes with “XSRF check failed”.
        ...(call.method !== 'GET' && { 'x-atlassian-token': 'no-check' }),
        ...(call.json !== undefined && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      body: call.json === undefined ? null : JSON.stringify(call.json),
      maxBytes: call.maxBytes ?? DEFAULT_MAX_BYTES,
      isOnOwnConnection,
      signal,
    }
  }
}

/** The header's value. Basic is sent as UTF-8 (RFC 7617); Jira reads it so. */
export function authorization({ kind, user, secret }: Credential): string {
  return kind === 'token' ? `Bearer ${secret}` : `Basic ${Buffer.from(`${user}:${secret}`, 'utf8').toString('base64')}`
}

/** A page that says “done” in answer to a write may have taken the place of Backbone's own answer. */
function failureOf({ code, message, ...more }: AppErrorData, { status }: HttpResponse, method: string): AppError {
  const error = new AppError(code, message, more)
  return code === 'auth.intercepted' && status < 300 && method !== 'GET' ? error.withLostAnswer() : error
}

function urgencyOf({ method, isBackground }: ApiCall): Urgency {
  if (method !== 'GET') return 'write'
  return isBackground ? 'background' : 'read'
}

/** Refused with 429. What the queue itself refuses has the same code, and only where the server accepts nothing for long. */
function isRateLimited(error: unknown): boolean {
  return error instanceof AppError && error.code === 'http.rate-limited'
}

function isWorthRetrying(error: AppError): boolean {
  return ['net.unreachable', 'http.server-error'].includes(error.code)
}

/** What an answer says about the credential that came with the request. */
function findingOf(verdict: Verdict, { status }: HttpResponse): Finding {
  if (verdict.kind === 'blocked') return { kind: 'blocked', reason: verdict.reason, loginUrl: verdict.loginUrl }
  if (verdict.isAuthenticated) return { kind: 'accepted' }
  // What exceeds a rate limit is not processed (RFC 6585).
  if (verdict.kind === 'failed' && status === 429) return { kind: 'unsent', error: verdict.error }
  // Who says that the server failed, and whether the server saw the request, is not known.
  return verdict.kind === 'failed' && status >= 500 ? { kind: 'lost', error: verdict.error } : { kind: 'untold' }
}

/** Rejects as soon as the signal says so; the work goes on. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new AppError('net.aborted', 'The request was called off.'))
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** What a success says; `problem` is why it says nothing that can be used. */
async function parse({ body, status }: HttpResponse, { method, bounds }: ApiCall): Promise<{ value: unknown; problem: AppError | null }> {
  if (status >= 300 || (method !== 'GET' && body.trim() === '')) return { value: null, problem: null }
  try {
    return { value: await readJson(body, bounds), problem: null }
  } catch (error) {
    if (error instanceof AppError) return { value: null, problem: error }
    throw error
  }
}
