import { ownAccount, type Account } from './account.ts'
import { wait, type Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import type { AuthGate } from './auth-gate.ts'
import { AuthenticatedExchange } from './authenticated-exchange.ts'
import { assertSendable, type Credential } from './credential.ts'
import { CircuitBreaker, neverSent } from './circuit-breaker.ts'
import type { AnswerBounds } from './json-answer.ts'
import { RateLimiter } from './rate-limiter.ts'
import { RequestQueue, type Urgency } from './request-queue.ts'
import type { HttpResponse } from './response-verdict.ts'
import { SentSecrets } from './sent-secrets.ts'
import { notRemembered, Session } from './session.ts'
import type { BareRequest } from './transmission.ts'
import type { HttpRequest, Transport } from './transport.ts'
import type { WriteAction } from '#contract/audit.ts'
import type { TaskId } from '#contract/ids.ts'

export interface ApiCall {
  readonly method: HttpRequest['method']
  /** Below the API's base, each segment encoded: `/integrations/INT-2`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** Default 2 MiB. */
  readonly maxBytes?: number
  /** Limits of the answer, if they differ from `ANSWER_BOUNDS`. */
  readonly bounds?: Partial<AnswerBounds>
  /** See `BareRequest`. */
  readonly refusal?: (value: unknown) => AppError | null
  /** See `BareRequest`. */
  readonly isProvenBySign?: boolean
  /** A reading that nobody is waiting for; it has the lowest priority. */
  readonly isBackground?: boolean
  readonly isBySessionOnly?: boolean
  readonly signal?: AbortSignal
}

/** A call that changes something. */
export interface WriteCall extends ApiCall {
  readonly action: WriteAction
  /** Key of the synchronization or connector that is changed; empty for one that is being created. */
  readonly object: string
  /** The task that it is a step of. */
  readonly taskId?: TaskId
  /**
   * Resolves when nobody looks any more what became of it. Until then a lost answer is no outcome, and if Syncdeck ends
   * before, the next start reports the write.
   */
  readonly settled?: Promise<undefined>
  /**
   * Called before it is sent once more, perhaps minutes later: others may have acted since. If it rejects, nothing more
   * is sent.
   */
  readonly again?: () => Promise<void>
  /** Throws if the answer cannot be that to this write; that is then noted in place of a success. */
  readonly check?: (answer: unknown) => void
}

export interface Freshness {
  /**
   * The request is sent after this call: an answer under way is not shared. After a write, only this shows what the
   * server has; an earlier request may have been answered before the write.
   */
  readonly isFresh?: boolean
  /** Sent with the session cookie or not at all: rejects with `auth.session-over` if the credential would be needed. */
  readonly isBySessionOnly?: boolean
}

export interface JiraClientOptions {
  readonly baseUrl: string
  readonly apiPath: string
  readonly gate: AuthGate
  /** Absent: a session of its own, for single requests. */
  readonly session?: Session
  /** Absent: nobody else logs in as this user. */
  readonly account?: Account
  readonly transport: Transport
  /** Rejects with `auth.missing` or `vault.*` if there is no usable credential; then nothing is sent. */
  readonly credential: () => Promise<Credential>
  readonly limit: () => number
  readonly clock: Clock
  readonly random: () => number
  /** What is known about the server's rate limit, which outlives connections; by default nothing yet. */
  readonly limiter?: RateLimiter
  /** The secrets that the server may repeat, which outlive connections; by default none yet. */
  readonly sent?: SentSecrets
  /** How often a read is tried; default 3. */
  readonly readTries?: number
  /** Why writing is refused; null if it is allowed. Every write passes here. */
  readonly refuseWrite?: (call: WriteCall) => AppError | null
  /** Receives each answer to `serverInfo` that was requested without a log-in. */
  readonly onServerInfo?: (body: string) => void
  /**
   * Called before each write is sent. The returned function is called with the result.
   */
  readonly onWrite?: (call: WriteCall) => WriteEnded
  /** Resolves when the record of `onWrite` is safely on the disk; if it rejects, the write is not sent. */
  readonly onDisk?: () => Promise<void>
}

/**
 * Receives the outcome of a write: `failure` is null if it was accepted, `hasLeft` tells whether it was sent at all,
 * and `answer` is the JSON of an accepted write.
 */
export type WriteEnded = (failure: unknown, hasLeft: boolean, answer?: unknown) => void

const READ_TRIES = 3
const FIRST_BACKOFF_MS = 400
const DEFAULT_MAX_BYTES = 2 * 1_048_576

/**
 * All requests to one server that carry its credential. Each goes through the queue, with its limit of simultaneous
 * requests and the rate limiter, the auth gate and the circuit breaker, in that order; there is no other way to the
 * server. Reads are tried up to three times, and identical reads in flight are shared. Writes are sent once; `write`
 * names the exceptions. A read that is answered with 429 does not count as a try; it is sent again when its turn comes.
 */
export class JiraClient {
  readonly #options: JiraClientOptions
  readonly #queue: RequestQueue
  readonly #limiter: RateLimiter
  readonly #circuitBreaker = new CircuitBreaker()
  readonly #readsInFlight = new Map<string, Promise<unknown>>()
  readonly #closed = new AbortController()
  #lastAnswer: Pick<HttpResponse, 'status' | 'headers'> | null = null
  readonly #exchange: AuthenticatedExchange

  constructor(options: JiraClientOptions) {
    this.#options = options
    this.#limiter = options.limiter ?? new RateLimiter(options)
    this.#queue = new RequestQueue({ ...options, limiter: this.#limiter })
    const baseUrl = new URL(options.baseUrl)
    const session = options.session ?? new Session({ baseUrl, clock: options.clock, store: notRemembered() })
    const sent = options.sent ?? new SentSecrets(options.clock)
    this.#exchange = new AuthenticatedExchange({
      ...options,
      baseUrl,
      session,
      account: options.account ?? ownAccount,
      sent,
      circuitBreaker: this.#circuitBreaker,
    })
  }

  /** A GET, answered with parsed JSON. Identical reads in flight share an answer, unless `isFresh`. */
  read({ isFresh = false, ...call }: Omit<ApiCall, 'method' | 'json'> & Freshness): Promise<unknown> {
    const request: ApiCall = { ...call, method: 'GET' }
    const identity = JSON.stringify([call.path, call.query, call.headers, call.isBySessionOnly])
    const running = call.signal === undefined && !isFresh ? this.#readsInFlight.get(identity) : undefined
    if (running !== undefined) return running
    const reading = this.#readWithRetries(request).finally(() => {
      if (this.#readsInFlight.get(identity) === reading) this.#readsInFlight.delete(identity)
    })
    if (call.signal === undefined) this.#readsInFlight.set(identity, reading)
    return reading
  }

  /**
   * A write. Resolves with the parsed JSON, or null if the answer was empty. It is sent once, and again only if the
   * first answer proves that nothing was done: a 429 of Jira's own rate limiter, or a session that was over. Each
   * sending is recorded. Any other 429 rejects with `isAnswerLost`. `BackboneApi.operate` writes anew with another
   * verb.
   */
  async write(call: WriteCall): Promise<unknown> {
    try {
      return await this.#write(call)
    } catch (error) {
      if (!(isRateLimited(error) && !error.isAnswerLost) && !isSessionOver(error)) throw error
      await call.again?.()
      return this.#write(call)
    }
  }

  async #write(call: WriteCall): Promise<unknown> {
    const refusal = this.#options.refuseWrite?.(call) ?? null
    if (refusal !== null) throw refusal
    const ended = this.#options.onWrite?.(call)
    let hasLeft = false
    try {
      await this.#options.onDisk?.()
      const answer = await this.#send(call, () => (hasLeft = true))
      call.check?.(answer)
      ended?.(null, hasLeft, answer)
      return answer
    } catch (error) {
      ended?.(error, hasLeft)
      // Cancelled while waiting: there is no answer to lose.
      throw !hasLeft && error instanceof AppError && error.isAnswerLost ? neverSent(error.data) : error
    }
  }

  /** The newest answer to a request that carried the credential, without its body; null before the first. */
  get lastAnswer(): Pick<HttpResponse, 'status' | 'headers'> | null {
    return this.#lastAnswer
  }

  /**
   * Sends a GET without a credential over the caller's transport: through the queue of all requests and, on this
   * server's origin, the circuit breaker. The gate is not involved, and the answer is not judged.
   */
  anonymously(url: URL, transport: Transport, maxBytes: number): Promise<HttpResponse> {
    const signal = this.#closed.signal
    const isOwnOrigin = url.origin === new URL(this.#options.baseUrl).origin
    return this.#queue.run('read', signal, async (permit) => {
      if (isOwnOrigin) await this.#circuitBreaker.enter()
      try {
        const response = await transport.send({
          method: 'GET',
          url,
          headers: { accept: 'application/json' },
          body: null,
          maxBytes,
          signal,
        })
        // Jira counts anonymous visitors apart from users: how much is left for them says nothing, but a demand to wait
        // does.
        if (response.status === 429) permit.answered(429, { 'retry-after': response.headers['retry-after'] }, true)
        if (isOwnOrigin) this.#circuitBreaker.answered()
        return response
      } catch (error) {
        if (isOwnOrigin)
          this.#circuitBreaker.failed(error instanceof AppError && error.code !== 'net.aborted' ? error.data : null)
        throw error
      }
    })
  }

  /**
   * Reports an anonymous answer to `serverInfo` received a moment ago, where Jira was recognised: a log-in does not
   * probe first then.
   */
  heardAnonymously(response: HttpResponse): void {
    this.#exchange.heardAnonymously(response)
  }

  /** Aborts everything under way and closes the connections. */
  close(): void {
    this.#closed.abort()
    this.#exchange.breakOff()
    this.#options.transport.close()
  }

  /**
   * Aborts everything under way except log-ins, whose outcome would be unknown. Resolves when those have ended and the
   * connections are closed.
   */
  async retire(): Promise<void> {
    this.#closed.abort()
    await this.#exchange.logInsEnded()
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

  async #send(call: ApiCall, onLeave?: () => void): Promise<unknown> {
    const signal = this.#signalFor(call)
    const sending = this.#queue.run(urgencyOf(call), signal, async (permit) => {
      const credential = await this.#options.credential()
      assertSendable(credential)
      return this.#exchange.send(
        { ...this.#request(call), ...(onLeave && { onLeave }) },
        credential,
        signal,
        ({ status, headers }, isKnock) => {
          // Jira counts anonymous visitors apart from users: how much is left for them says nothing, but a demand to
          // wait does.
          if (isKnock)
            return status === 429 ? permit.answered(429, { 'retry-after': headers['retry-after'] }, true) : undefined
          this.#lastAnswer = { status, headers }
          permit.answered(status, headers)
        },
      )
    })
    return untilAborted(sending, signal)
  }

  #signalFor(call: ApiCall): AbortSignal {
    return call.signal === undefined ? this.#closed.signal : AbortSignal.any([call.signal, this.#closed.signal])
  }

  #request(call: ApiCall): BareRequest {
    const url = new URL(this.#options.baseUrl + this.#options.apiPath + call.path)
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value)
    return {
      method: call.method,
      url,
      headers: {
        accept: 'application/json',
        // Without it Jira answers writes with “XSRF check failed”.
        ...(call.method !== 'GET' && { 'x-atlassian-token': 'no-check' }),
        ...(call.json !== undefined && { 'content-type': 'application/json' }),
        ...call.headers,
      },
      json: call.json,
      maxBytes: call.maxBytes ?? DEFAULT_MAX_BYTES,
      ...(call.bounds && { bounds: call.bounds }),
      ...(call.refusal && { refusal: call.refusal }),
      ...(call.isProvenBySign && { isProvenBySign: true }),
      ...(call.isBySessionOnly && { isBySessionOnly: true }),
    }
  }
}

function urgencyOf({ method, isBackground }: ApiCall): Urgency {
  if (method !== 'GET') return 'write'
  return isBackground ? 'background' : 'read'
}

/** Refused with 429. The queue uses the same code if the server accepts nothing for a long time. */
function isRateLimited(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'http.rate-limited'
}

/** Refused before it could take effect. */
function isSessionOver(error: unknown): boolean {
  return error instanceof AppError && error.code === 'auth.session-over'
}

function isWorthRetrying(error: AppError): boolean {
  return ['net.unreachable', 'http.server-error'].includes(error.code)
}

/** Rejects as soon as the signal aborts; the work continues. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(calledOff())
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
