import { message } from '#contract/messages/message.ts'
import type { AppErrorData } from '#contract/errors.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import type { Account, AccountTurn } from './account.ts'
import { assertProven, failureOf, judge, refusalOf, unsigned } from './answer-judgement.ts'
import type { AuthGate } from './auth-gate.ts'
import { meansDown, type CircuitBreaker } from './circuit-breaker.ts'
import { tellingOnce, type Pass } from './gate-pass.ts'
import { FirstQuestions } from './first-questions.ts'
import { isOverlong } from './network-error.ts'
import { blockedError, saidName, type HttpResponse, type Verdict } from './response-verdict.ts'
import type { SentSecrets } from './sent-secrets.ts'
import type { Lease, Session } from './session.ts'
import { isRefusedBefore, judgeSession, refusingUnknownSessions, sessionOver } from './session-verdict.ts'
import { transmit, userOf, type BareRequest, type OnAnswer, type Sending } from './transmission.ts'
import type { Transport } from './transport.ts'
import type { Credential } from './credential.ts'
import { WhoAmI } from './who-am-i.ts'

interface Answered {
  /** The parsed body; null if there is none. */
  readonly value: unknown
}

export interface ExchangeOptions {
  readonly baseUrl: URL
  readonly apiPath: string
  readonly gate: AuthGate
  readonly session: Session
  readonly account: Account
  readonly sent: SentSecrets
  readonly circuitBreaker: CircuitBreaker
  readonly transport: Transport
  readonly clock: Pick<Clock, 'elapsed'>
  /** See `FirstQuestionsOptions`. */
  readonly onServerInfo?: (body: string) => void
}

/** How many log-ins one read may wait for: its session may end while it waits. */
const MAX_ENDINGS = 3

/**
 * Sends single requests as the user: with the session cookie if there is one, otherwise with the credential and through
 * the auth gate, which opens a session. A request with a password goes alone, and is completed even if its caller
 * cancels.
 */
export class AuthenticatedExchange {
  readonly #options: ExchangeOptions
  readonly #logIns = new Set<Promise<unknown>>()
  readonly #whoAmI: WhoAmI
  /** Aborts log-ins too. */
  readonly #broken = new AbortController()
  readonly #firstQuestions: FirstQuestions

  constructor(options: ExchangeOptions) {
    this.#options = options
    this.#whoAmI = new WhoAmI(options)
    this.#firstQuestions = new FirstQuestions(options)
  }

  /**
   * Rejects with the meaning of an unsuccessful answer. A read whose session is over is repeated; a write rejects with
   * `auth.session-over`, which says that it was refused before it could take effect.
   */
  async send(request: BareRequest, credential: Credential, signal: AbortSignal, onAnswer: OnAnswer): Promise<unknown> {
    for (let endings = 0; endings < MAX_ENDINGS; endings += 1) {
      const answered = await this.#sendOnce({ request, credential, onAnswer }, signal)
      if (answered !== null) return answered.value
      if (request.method !== 'GET') break
    }
    throw sessionOver()
  }

  /** Reports an anonymous answer to the probe received elsewhere a moment ago. */
  heardAnonymously(response: HttpResponse): void {
    this.#firstQuestions.heard(response)
  }

  /** Resolves when no exclusive request is under way. */
  async logInsEnded(): Promise<void> {
    await Promise.allSettled([...this.#logIns])
  }

  /** Aborts requests that would otherwise be completed. */
  breakOff(): void {
    this.#broken.abort()
  }

  /** Null if the session was over, or a cookie was in the way, and nothing was done. */
  async #sendOnce(sending: Sending, signal: AbortSignal): Promise<Answered | null> {
    const { credential, request } = sending
    const { gate, session } = this.#options
    // At a closed gate, the user tries the credential: an answer to the session would say nothing about it.
    const leaseOf = (): Lease | null => (credential.kind === 'basic' && !gate.isOnTrial ? session.lease : null)
    gate.assertOpen()
    let lease = leaseOf()
    if (lease === null) {
      if (request.isBySessionOnly === true) return null
      const pass = await gate.enter(credential.kind === 'basic' ? 'alone' : 'shared', signal)
      if (signal.aborted) {
        // Cancelled just as its turn came: nobody would wait for a log-in started now, or be able to abort it.
        pass.settle({ kind: 'unsent', error: null })
        throw calledOff()
      }
      lease = leaseOf()
      if (lease === null) {
        const done = await this.#seenThrough(pass, signal, (until) => this.#inTurn(sending, pass, until, signal))
        if (done === null || 'value' in done) return done
        lease = done.lease
      }
      // Another request has logged in while this one waited.
      else pass.settle({ kind: 'unsent', error: null })
    }
    return this.#bySession(sending, lease, signal)
  }

  /** The caller may cancel, but an interrupted log-in is worse than one that nobody waits for. */
  #seenThrough<T>({ isAlone }: Pass, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (!isAlone) return work(signal)
    const logIn = work(this.#broken.signal).finally(() => this.#logIns.delete(logIn))
    this.#logIns.add(logIn)
    return logIn
  }

  async #bySession(sending: Sending, lease: Lease, signal: AbortSignal): Promise<Answered | null> {
    const {
      request,
      credential: { user },
    } = sending
    const { session, gate, circuitBreaker, baseUrl } = this.#options
    await circuitBreaker.enter()
    try {
      const cookie = session.cookies.header(request.url, { withSession: true })
      const isVouchable = session.cookies.isSameSession(request.url, session.resource)
      const response = await transmit(
        this.#options,
        session.namesUsers === false ? { ...sending, request: refusingUnknownSessions(request) } : sending,
        { cookie, mayBringSession: () => session.lease === lease },
        signal,
      )
      const judged = judgeSession(response, baseUrl, user)
      const verdict = await this.#whoAmI.ofSession(
        judged,
        response,
        { sending, lease, isVouchable },
        this.#broken.signal,
      )
      switch (verdict) {
        case 'over':
        case 'asks-again':
          if (verdict === 'over') session.end(lease)
          else session.isAskedAgain(lease)
          this.#noteAnswer(response.status >= 400)
          if (request.method === 'GET' || isRefusedBefore(response)) return null
          throw new AppError('http.unexpected-body', message('errors.sessionEnded')).withLostAnswer()
        case 'intercepted':
        case 'another-user':
          // A late answer from an earlier session says nothing about the current one.
          if (session.lease === lease) session.drop()
          gate.close(verdict, null)
          throw failureOf(
            blockedError(verdict, null, verdict === 'another-user' ? saidName(response) : ''),
            response,
            request.method,
            baseUrl,
          )
        case 'ours':
        case 'inconclusive': {
          if (verdict === 'ours') session.confirm(lease)
          const { verdict: whole, value, problem } = await judge(response, baseUrl, request, user)
          if (whole.kind !== 'good')
            throw (whole.kind === 'failed' ? problem : null) ?? refusalOf(whole, response, request.method, baseUrl)
          this.#noteAnswer(true)
          assertProven(request, response)
          return { value }
        }
      }
    } catch (error) {
      this.#noteFailure(error)
      throw error
    }
  }

  /**
   * A password is sent when no other connection is sending one of the same account. The arguments are those of
   * `#byCredential`.
   */
  async #inTurn(
    sending: Sending,
    pass: Pass,
    until: AbortSignal,
    signal: AbortSignal,
  ): Promise<Answered | { readonly lease: Lease } | null> {
    const { kind, secret } = sending.credential
    if (kind === 'token') return this.#byCredential(sending, pass, until, signal)
    const { account, gate } = this.#options
    let turn: AccountTurn
    try {
      turn = await account.enter(AbortSignal.any([until, signal]))
    } catch (error) {
      pass.settle({ kind: 'unsent', error: null })
      throw error
    }
    try {
      const block = await turn.blockFor(secret, gate)
      if (block !== null) {
        pass.settle({ kind: 'blocked-elsewhere', block })
        gate.assertOpen()
      }
      const inTurn = tellingOnce(pass, (finding) => turn.settled(secret, finding, gate.block))
      return await this.#byCredential(sending, inTurn, until, signal)
    } finally {
      turn.leave()
    }
  }

  /**
   * `until` aborts it even after it has left; `signal` only before. Returns the session that was opened if the request
   * itself still has to be sent.
   */
  async #byCredential(
    sending: Sending,
    pass: Pass,
    until: AbortSignal,
    signal: AbortSignal,
  ): Promise<Answered | { readonly lease: Lease } | null> {
    const { request, credential } = sending
    const { session, gate, circuitBreaker, baseUrl } = this.#options
    try {
      await circuitBreaker.enter()
    } catch (error) {
      pass.settle({ kind: 'unsent', error: null })
      throw error
    }
    const isPassword = credential.kind === 'basic'
    let hasLeft = false
    try {
      // Another session, such as that of a test, may have met the same gate a moment ago.
      if (pass.isUnproven || (isPassword && session.keepsQueries === null))
        await this.#firstQuestions.ask(sending, pass, until)
      const mustLeave = (): void => {
        // A request cancelled while it waited, or with an earlier credential, must not be sent.
        if (until.aborted || signal.aborted || !pass.leave()) throw calledOff()
        hasLeft = true
      }
      if (gate.isOnTrial) session.forgetTokenUser()
      const mustBeBySession = isPassword && session.keepsQueries !== true
      if (mustBeBySession && session.isUnreliable) throw this.#withoutSession(pass)
      const isProven = isPassword && (session.namesUsers === false || mustBeBySession)
      if (isProven) {
        mustLeave()
        const lease = await this.#introduce(sending, pass, until)
        if (lease !== null) return { lease }
        if (mustBeBySession) throw this.#withoutSession(pass)
        // What left was accepted; the request itself has not left yet.
        hasLeft = false
      }
      // A password is sent with the session that it has opened, or Jira would open one more for each request, and a
      // load balancer that goes by that cookie would send each to another node. If the user wants to know whether the
      // password is right, it is sent alone: beside a session Jira ignores it. A token is always sent alone: Jira
      // refuses it beside a session that is over.
      const withSession = isPassword && session.tellsRefusals && !gate.isDeliberate
      const cookie = session.cookies.header(request.url, { withSession })
      const sessionBefore = session.cookies.sessionId(session.resource)
      mustLeave()
      const shown = {
        cookie,
        withCredential: true,
        mayBringSession: () => isPassword,
        isOnOwnConnection: pass.isUnproven,
      }
      const response = await transmit(this.#options, sending, shown, until)
      if (!isPassword && response.status === 401 && session.cookies.doubt(cookie)) {
        // Jira refuses a token sent beside a session that is over; that says nothing about the token.
        pass.settle({ kind: 'unsent', error: null })
        this.#noteAnswer(true)
        if (request.method === 'GET' || isRefusedBefore(response)) return null
        throw unsigned(response)
      }
      const { verdict: judged, value, problem } = await judge(response, baseUrl, request, userOf(credential, session))
      const verdict = await this.#whoAmI.ofCredential(judged, response, { sending, isProven, sessionBefore }, until)
      if (isPassword) this.#settleSession(verdict, request.url)
      else if (verdict.kind !== 'blocked' && verdict.isAuthenticated) session.cookies.trust()
      const isEachTime = isPassword && session.lease === null
      pass.settle(await this.#whoAmI.findingOf(verdict, response, { sending, isEachTime }, until))
      if (verdict.kind !== 'good') {
        const failure = refusalOf(verdict, response, request.method, baseUrl)
        // Whoever said that it is done, the answer was not for our user.
        if (verdict !== judged && judged.kind === 'good' && request.method !== 'GET') throw failure.withLostAnswer()
        throw (verdict.kind === 'failed' ? problem : null) ?? failure
      }
      this.#noteAnswer(true)
      assertProven(request, response)
      return { value }
    } catch (error) {
      const noted = this.#noteFailure(error)
      const isLost = hasLeft && !(error instanceof AppError && !error.isAnswerLost)
      // It was answered, although nobody knows how; a token accepted a while ago may continue.
      const isOverlongAnswer = hasLeft && error instanceof AppError && isOverlong(error)
      if (isOverlongAnswer && (isPassword || gate.access.state !== 'ok'))
        pass.settle({ kind: 'blocked', reason: 'overlong', loginUrl: null })
      else if (isLost) pass.settle({ kind: 'lost', error: noted, mayGoAgain: gate.isEnteredAgain })
      else pass.settle({ kind: 'unsent', error: noted })
      throw error
    }
  }

  /**
   * Logs in where answers name nobody. The password is tried with a request for the user and nothing else: the success
   * of any other request might be a visitor's, and a later request might be a second failure. If the query is not known
   * to reach Jira, the session resource gets the password, which it tries once in any case. Null if that opened no
   * session.
   */
  async #introduce(sending: Sending, pass: Pass, until: AbortSignal): Promise<Lease | null> {
    const { gate, session, baseUrl } = this.#options
    const isAsked = session.keepsQueries === true
    const withSession = !isAsked || (session.tellsRefusals && !gate.isDeliberate)
    const cookie = session.cookies.header(session.resource, { withSession })
    const shown = { cookie, mayBringSession: () => true, isOnOwnConnection: pass.isUnproven }
    const { response, verdict } = isAsked
      ? await this.#whoAmI.ask(sending, { ...shown, withCredential: true }, until)
      : await this.#whoAmI.logIn(sending, shown, until)
    this.#settleSession(verdict, sending.request.url)
    if (verdict.kind !== 'good') {
      const found = { sending, isEachTime: false, isQuestion: true }
      pass.settle(await this.#whoAmI.findingOf(verdict, response, found, until))
      throw failureOf(verdict.error, response, 'GET', baseUrl)
    }
    this.#noteAnswer(true)
    const { lease } = session
    if (lease === null || (!isAsked && session.isUnreliable)) return null
    pass.settle({ kind: 'accepted' })
    return lease
  }

  /**
   * The password must not be sent with a request, because Jira would refuse it twice, and a session alone will not do:
   * closes the gate. Unless the session has been left, as for another address, and nobody waits for it.
   */
  #withoutSession(pass: Pass): AppError {
    const { session } = this.#options
    if (!session.isUnreliable) {
      pass.settle({ kind: 'accepted' })
      return calledOff()
    }
    session.drop()
    pass.settle({ kind: 'blocked', reason: 'token-needed', loginUrl: null })
    const { code, message: words, ...more } = blockedError('token-needed')
    return new AppError(code, words, more)
  }

  /** After an answer to a password. */
  #settleSession(verdict: Verdict, url: URL): void {
    const { session } = this.#options
    if (verdict.kind === 'blocked') session.drop()
    else if (verdict.isAuthenticated) session.begin(url, verdict.kind === 'good')
  }

  #noteAnswer(isFromJira: boolean): void {
    if (isFromJira) this.#firstQuestions.answered()
    this.#options.circuitBreaker.answered()
  }

  /** The failure to report; null for a cancelled request. */
  #noteFailure(error: unknown): AppErrorData | null {
    const data = error instanceof AppError && error.code !== 'net.aborted' ? error.data : null
    if (data === null || meansDown(data.code)) this.#options.circuitBreaker.failed(data)
    else this.#noteAnswer(false)
    return data
  }
}
