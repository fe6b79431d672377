import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import { findingOf, judge } from './answer-judgement.ts'
import type { Finding } from './gate-pass.ts'
import { loginReasonOf } from './login-reason.ts'
import {
  blockedError,
  nameInAnswer,
  onlyNameIn,
  readableText,
  sameName,
  type HttpResponse,
  type Verdict,
} from './response-verdict.ts'
import type { Lease, Session } from './session.ts'
import type { SessionVerdict } from './session-verdict.ts'
import { sayingHow, transmit, userOf, type Sending, type Shown, type TransmitOptions } from './transmission.ts'

const MAX_BYTES = 65_536

/**
 * A proxy may remove the headers in which Jira says who the user is. A success may then be an anonymous visitor's, and
 * proves nothing by itself.
 */
export function isUnnamed(response: HttpResponse): boolean {
  return nameInAnswer(response, null) === null && loginReasonOf(response) === ''
}

/** What was sent with a credential, and whether the credential was already found good. */
export interface Sent {
  readonly sending: Sending
  readonly isProven: boolean
  /** The session whose cookie went with it. */
  readonly sessionBefore: string | null
}

/** What was answered to a credential. */
interface Found {
  readonly sending: Sending
  /** See `Finding`. */
  readonly isEachTime: boolean
  readonly isQuestion?: boolean
}

/** What was sent with a session's cookie. */
export interface SentBySession {
  readonly sending: Sending
  readonly lease: Lease
  /**
   * The question whose session it is would carry the same cookie; if this request had another or none, the question
   * would be about somebody else.
   */
  readonly isVouchable: boolean
}

/**
 * Asks Jira for the name of a user in the body of an answer, if its headers name nobody. The session resource is meant
 * for that: a visitor gets a 401 (Jira's REST API, `auth/1/session`). Only then is data that names nobody believed.
 */
export class WhoAmI {
  readonly #options: TransmitOptions & { readonly baseUrl: URL; readonly session: Session }
  #next: Promise<Verdict> | null = null
  #latest: Promise<unknown> = Promise.resolve()

  constructor(options: TransmitOptions & { readonly baseUrl: URL; readonly session: Session }) {
    this.#options = options
  }

  /**
   * Asks who the user is. Good only if the answer names the user of the credential; a token names nobody, so any user
   * will do.
   */
  async ask(
    sending: Sending,
    shown: Shown,
    signal: AbortSignal,
  ): Promise<{ response: HttpResponse; verdict: Verdict }> {
    const { baseUrl, session } = this.#options
    const { credential } = sending
    const response = await transmit(this.#options, this.#question(sending), shown, signal)
    const user = userOf(credential, session)
    const { verdict, value } = await judge(response, baseUrl, { method: 'GET' }, user)
    // Whatever its body says, its headers name the user.
    if (verdict.kind !== 'blocked' && verdict.isAuthenticated) return { response, verdict: GOOD }
    if (verdict.kind === 'blocked') return { response, verdict }
    const name = nameIn(value)
    if (verdict.kind === 'failed' || name === null) return { response, verdict: unsaid(verdict, response) }
    const isOurs = user === null || sameName(name, user)
    if (credential.kind === 'token') session.learnTokenUser(name)
    return { response, verdict: isOurs ? GOOD : ANOTHER_USER }
  }

  /**
   * Logs in through the session resource, which tries a password once, whatever happens to the address on its way
   * (Jira's REST API, `POST auth/1/session`). The headers of the answer were written before the log-in, and name
   * nobody.
   */
  async logIn(
    { credential, onAnswer }: Sending,
    shown: Shown,
    signal: AbortSignal,
  ): Promise<{ response: HttpResponse; verdict: Verdict }> {
    const { baseUrl, session } = this.#options
    const request = {
      method: 'POST',
      url: session.resource,
      headers: { accept: 'application/json', 'content-type': 'application/json', 'x-atlassian-token': 'no-check' },
      json: { username: credential.user, password: credential.secret },
      maxBytes: MAX_BYTES,
    } as const
    const sending = { credential, request, onAnswer: (answer: HttpResponse) => onAnswer(answer, true) }
    const answer = await transmit(this.#options, sending, shown, signal)
    const { 'x-ausername': _nobody, ...headers } = answer.headers
    const response = { ...answer, headers }
    const { verdict, value } = await judge(response, baseUrl, { method: 'GET' }, null)
    if (verdict.kind === 'blocked') return { response, verdict }
    const isGood = verdict.kind === 'good' && (verdict.isAuthenticated || isLogIn(value))
    // Jira says who is asking here, too, even if nothing has yet shown whether that comes through.
    if (isGood) session.learnNaming(!isUnnamed(answer))
    return { response, verdict: isGood ? GOOD : unsaid(verdict, response) }
  }

  /**
   * What an answer to a credential says once it is known whose it is. Rejects with `isAnswerLost` if that cannot be
   * asked.
   */
  async ofCredential(judged: Verdict, response: HttpResponse, sent: Sent, signal: AbortSignal): Promise<Verdict> {
    const { session } = this.#options
    session.learnTelling(loginReasonOf(response) !== '')
    if (!isUnnamed(response)) session.learnNaming(true)
    const name = onlyNameIn(response)
    if (
      sent.sending.credential.kind === 'token' &&
      judged.kind !== 'blocked' &&
      judged.isAuthenticated &&
      name !== null
    )
      session.learnTokenUser(name)
    if (judged.kind === 'blocked' || judged.isAuthenticated) return judged
    if (judged.kind === 'failed' && !(isUnnamed(response) && session.namesUsers === false && isOfJira(response)))
      return judged
    // It may have changed since it was found good; and to ask again would be to send it again.
    if (judged.kind === 'failed' && !this.#hasOpened(sent) && (await this.#mayBeRefusal(sent.sending, signal)))
      return judged
    if (sent.isProven) return { ...judged, isAuthenticated: true }
    if (isUnnamed(response)) session.learnNaming(false)
    const identity = await this.#askAgain(sent, signal).catch((error: unknown) => {
      throw error instanceof AppError ? error.withLostAnswer() : error
    })
    return identity.kind === 'good' ? { ...judged, isAuthenticated: true } : identity
  }

  /** The same for an answer to a session's cookie. */
  async ofSession(
    judged: SessionVerdict,
    response: HttpResponse,
    { sending, lease, isVouchable }: SentBySession,
    signal: AbortSignal,
  ): Promise<SessionVerdict> {
    const { session } = this.#options
    const isSuccess = judged === 'over' && response.status < 300
    const isInconclusive = judged === 'inconclusive' && isOfJira(response)
    if (!isUnnamed(response)) return judged
    // Jira names users there: something else has answered, maybe in the place of Jira's “this session is over”.
    if (session.namesUsers !== false) {
      const isOver = isInconclusive && isVouchable && (await this.#isOver({ sending, lease }, signal))
      return isOver ? 'over' : judged
    }
    if (!(isSuccess || isInconclusive)) return judged
    if (!isVouchable) return 'over'
    const identity = await this.#whose({ sending, lease }, signal).catch((error: unknown) => {
      throw error instanceof AppError && sending.request.method !== 'GET' ? error.withLostAnswer() : error
    })
    // A verdict on another session says nothing about this one.
    if (session.lease !== lease) return 'over'
    if (identity.kind === 'good') return 'ours'
    if (identity.kind === 'blocked')
      return identity.reason === 'intercepted' || identity.reason === 'another-user' ? identity.reason : 'over'
    const { code, message: words, ...more } = identity.error
    const error = new AppError(code, words, more)
    throw sending.request.method === 'GET' ? error : error.withLostAnswer()
  }

  /** Whom Jira says the session's cookie to be for. */
  #whose({ sending, lease }: Pick<SentBySession, 'sending' | 'lease'>, signal: AbortSignal): Promise<Verdict> {
    const { session } = this.#options
    return this.#vouch(async () => {
      const cookie = session.cookies.header(session.resource, { withSession: true })
      return (await this.ask(sending, { cookie, mayBringSession: () => session.lease === lease }, signal)).verdict
    })
  }

  /** Jira itself says that the session is over, or another has begun; false if it says nothing. */
  async #isOver(sent: Pick<SentBySession, 'sending' | 'lease'>, signal: AbortSignal): Promise<boolean> {
    const identity = await this.#whose(sent, signal).catch(() => null)
    if (this.#options.session.lease !== sent.lease) return true
    return identity?.kind === 'blocked' && identity.reason === 'rejected'
  }

  /**
   * What an answer says about the credential that came with the request. If the answer to a password says nothing, it is
   * found out whether it may stand for a refusal. `isQuestion`: the password went to the session resource, which Jira
   * answers with the name of the logged-in user.
   */
  async findingOf(
    verdict: Verdict,
    response: HttpResponse,
    { sending, isEachTime, isQuestion = false }: Found,
    signal: AbortSignal,
  ): Promise<Finding> {
    const finding = findingOf(verdict, response, isEachTime)
    if (finding.kind !== 'inconclusive' || sending.credential.kind === 'token') return finding
    if (isQuestion && isOfJira(response)) return { kind: 'inconclusive', mayBeRefusal: true }
    const question = this.#question(sending)
    const mayBeRefusal = await this.#mayBeRefusal(isQuestion ? question : sending, signal)
    return { kind: 'inconclusive', mayBeRefusal }
  }

  /**
   * Whether an answer to a password may stand for a refusal: the same address is asked as a visitor who says that a
   * password comes along. If that is not refused as Jira does it (401), a proxy may have replaced the refusal. It may
   * replace those below one path only, so that no other address will do. Never so for a token, which names nobody.
   */
  async #mayBeRefusal(sending: Sending, signal: AbortSignal): Promise<boolean> {
    if (sending.credential.kind === 'token') return false
    const question = this.#question(sending)
    const { url } = sending.request
    const cookie = this.#options.session.cookies.header(url, { withSession: false })
    const visitor = { ...question, request: sayingHow({ ...question.request, url }) }
    return transmit(this.#options, visitor, { cookie }, signal).then(
      ({ status }) => status !== 401,
      () => true,
    )
  }

  /** The answer opened a session, whose cookie shows as much as the password would. */
  #hasOpened({ sessionBefore }: Pick<Sent, 'sessionBefore'>): boolean {
    const { cookies, resource } = this.#options.session
    const opened = cookies.sessionId(resource)
    return opened !== null && opened !== sessionBefore
  }

  #question({ credential, onAnswer }: Sending): Sending {
    return {
      credential,
      request: {
        method: 'GET',
        url: this.#options.session.resource,
        headers: { accept: 'application/json' },
        maxBytes: MAX_BYTES,
      },
      onAnswer: (answer) => onAnswer(answer, true),
    }
  }

  /** A password that was just answered is not sent again if the answer opened a session: its cookie is enough. */
  async #askAgain({ sending, sessionBefore }: Sent, signal: AbortSignal): Promise<Verdict> {
    const { cookies, resource } = this.#options.session
    if (sending.credential.kind === 'token') {
      return this.#vouch(async () => {
        const cookie = cookies.header(resource, { withSession: false })
        return (await this.ask(sending, { cookie, withCredential: true }, signal)).verdict
      })
    }
    const isBySession = this.#hasOpened({ sessionBefore })
    const shown = {
      cookie: cookies.header(resource, { withSession: isBySession }),
      withCredential: !isBySession,
      mayBringSession: () => true,
    }
    return (await this.ask(sending, shown, signal)).verdict
  }

  /**
   * One question, asked after several answers have come, is enough for all of them: a user who is known now was known
   * then.
   */
  #vouch(ask: () => Promise<Verdict>): Promise<Verdict> {
    if (this.#next !== null) return this.#next
    const next = this.#latest.then(() => {
      this.#next = null
      return ask()
    })
    this.#next = next
    this.#latest = next.catch(() => undefined)
    return next
  }
}

/** What failed is the question whose answer this is, not the user's request: its object may still exist. */
function unsaid(verdict: Verdict, { status, body }: HttpResponse): Verdict {
  if (verdict.kind === 'failed' && ['http.rate-limited', 'http.server-error'].includes(verdict.error.code))
    return verdict
  return {
    kind: 'failed',
    isAuthenticated: false,
    error: {
      code: 'auth.unanswered',
      message: message('errors.answer.whoseUnsaid', { status }),
      advice: message('errors.answer.whoseUnsaidAdvice'),
      serverText: readableText(body),
    },
  }
}

const GOOD: Verdict = { kind: 'good', isAuthenticated: true }
const ANOTHER_USER: Verdict = {
  kind: 'blocked',
  reason: 'another-user',
  loginUrl: null,
  error: blockedError('another-user'),
}

/** Says something about the request, which a gateway's failure and a limit do not. */
function isOfJira({ status }: HttpResponse): boolean {
  return status < 500 && status !== 429
}

/** What the session resource answers to a log-in. */
function isLogIn(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'session' in value && 'loginInfo' in value
}

function nameIn(value: unknown): string | null {
  const name = typeof value === 'object' && value !== null && 'name' in value ? value.name : null
  return typeof name === 'string' && name !== '' ? name : null
}
