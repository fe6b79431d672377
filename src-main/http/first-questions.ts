import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { failureOf } from './answer-judgement.ts'
import { failureOfProbe, judgeProbe, judgeQuery, probeOf } from './anonymous-probe.ts'
import type { AuthGate } from './auth-gate.ts'
import { neverSent, type CircuitBreaker } from './circuit-breaker.ts'
import type { Pass } from './gate-pass.ts'
import type { HttpResponse } from './response-verdict.ts'
import type { Session } from './session.ts'
import { sayingHow, transmit, type BareRequest, type Sending, type TransmitOptions } from './transmission.ts'
import { isUnnamed } from './who-am-i.ts'

export interface FirstQuestionsOptions extends TransmitOptions {
  readonly baseUrl: URL
  readonly apiPath: string
  readonly gate: Pick<AuthGate, 'isOnTrial' | 'isDeliberate'>
  readonly session: Session
  readonly circuitBreaker: Pick<CircuitBreaker, 'answered'>
  readonly clock: Pick<Clock, 'elapsed'>
  /** Receives what Jira reveals about itself without a log-in. */
  readonly onServerInfo?: (body: string) => void
}

/** A server that answered this recently is not probed first. */
const ANSWER_IS_RECENT_MS = 5_000

/**
 * The questions asked of a server before a credential is sent: is it available, and does the query of an address
 * arrive?
 */
export class FirstQuestions {
  readonly #options: FirstQuestionsOptions
  /** When the server last answered something that shows that it is up, in terms of `elapsed`. */
  #answeredAt = Number.NEGATIVE_INFINITY
  /** The newest answer to the probe with nothing against it, and when it came. */
  #probed: { readonly response: HttpResponse; readonly at: number } | null = null

  constructor(options: FirstQuestionsOptions) {
    this.#options = options
  }

  /** The server answered something that shows that it is up. */
  answered(): void {
    this.#answeredAt = this.#options.clock.elapsed()
  }

  /** An answer to the probe received elsewhere a moment ago, of a Jira that was recognised. */
  heard(response: HttpResponse): void {
    this.#heardJira(response)
  }

  /**
   * Probes without the credential first (see `judgeProbe`), unless the server answered a moment ago. Before a password
   * that nothing proves at the moment, it also finds out whether a query that says how to log in arrives: a proxy may
   * have come in between.
   */
  async ask(sending: Sending, pass: Pass, signal: AbortSignal): Promise<void> {
    const { method } = sending.request
    const { clock, gate, session, baseUrl } = this.#options
    const isPassword = sending.credential.kind === 'basic'
    try {
      const isQueryUnknown = isPassword && (session.keepsQueries === null || (session.keepsQueries && pass.isUnproven))
      const isRecent = (at: number): boolean => clock.elapsed() - at < ANSWER_IS_RECENT_MS
      if (isQueryUnknown ? !isRecent(this.#probed?.at ?? -Infinity) : !isRecent(this.#answeredAt)) {
        const response = await this.#knock(sending, probeOf(baseUrl), signal)
        const askMore = (url: string): Promise<HttpResponse> =>
          this.#knock(sending, { ...probeOf(baseUrl), url: new URL(url) }, signal)
        const verdict = await judgeProbe(response, this.#options, askMore)
        if (verdict?.kind === 'failed') throw failureOf(verdict.error, response, 'GET', baseUrl)
        if (verdict !== null) {
          // Tokens pass a single sign-on, and the user may have a reason to try a password anyway.
          if (!isPassword || gate.isOnTrial || gate.isDeliberate) return
          if (verdict.isLasting) pass.settle({ kind: 'blocked', reason: 'intercepted', loginUrl: null })
          throw failureOf(verdict.error, response, 'GET', baseUrl)
        }
        this.#heardJira(response)
      }
      if (isQueryUnknown && this.#probed !== null)
        await this.#askWhatBecomesOfQueries(sending, this.#probed.response, signal)
    } catch (error) {
      // A write that was never sent has no answer to lose.
      throw method !== 'GET' && error instanceof AppError && error.isAnswerLost ? neverSent(error.data) : error
    }
  }

  /**
   * `probed`: the answer to the probe without a query. If visitors are refused that, the session resource is requested.
   */
  async #askWhatBecomesOfQueries(sending: Sending, probed: HttpResponse, signal: AbortSignal): Promise<void> {
    const { session, baseUrl } = this.#options
    const knock = async (request: BareRequest): Promise<HttpResponse> => {
      const response = await this.#knock(sending, request, signal)
      const failure = failureOfProbe(response, baseUrl)
      if (failure !== null) throw failureOf(failure.error, response, 'GET', baseUrl)
      return response
    }
    this.#learnNaming(probed)
    let isKept = judgeQuery(probed, await knock(sayingHow(probeOf(baseUrl))))
    if (!isKept && probed.status >= 400) {
      const visit = { ...probeOf(baseUrl), url: session.resource }
      isKept = judgeQuery(await knock(visit), await knock(sayingHow(visit)))
    }
    session.learnQueries(isKept)
  }

  /** Sends a request without the credential. */
  #knock({ credential, onAnswer }: Sending, request: BareRequest, signal: AbortSignal): Promise<HttpResponse> {
    const cookie = this.#options.session.cookies.header(request.url, { withSession: false })
    const knock = { credential, request, onAnswer: (answer: HttpResponse) => onAnswer(answer, true) }
    return transmit(this.#options, knock, { cookie }, signal)
  }

  /** Learns from an anonymous answer. Jira also names visitors: they are “anonymous”. */
  #learnNaming(response: HttpResponse): void {
    if (!isUnnamed(response)) this.#options.session.learnNaming(true)
    else if (response.status < 300) this.#options.session.learnNaming(false)
  }

  /** An anonymous answer with nothing against it. */
  #heardJira(response: HttpResponse): void {
    this.#learnNaming(response)
    this.#probed = { response, at: this.#options.clock.elapsed() }
    this.#options.onServerInfo?.(response.body)
    this.answered()
    this.#options.circuitBreaker.answered()
  }
}
