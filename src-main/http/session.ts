import type { SessionlessReason } from '#contract/credentials.ts'
import type { Clock } from '../clock.ts'
import { Signal } from '../signal.ts'
import { ServerCookies } from './server-cookies.ts'

/** Since when (epoch ms) and why a server works without sessions. */
export interface Sessionless {
  readonly since: number
  readonly reason: SessionlessReason
}

/** Where it is remembered across restarts. */
export interface SessionlessStore {
  load(): Sessionless | null
  save(sessionless: Sessionless | null): void
}

/** One opened session, as long as it is the current one. */
export interface Lease {
  readonly number: number
}

/** A server that works without sessions is tried with them again after this time. */
const TRY_AGAIN_AFTER_MS = 7 * 86_400_000
/** The least time between two log-ins caused by ended sessions; if they end more often, sessions are useless. */
const MIN_BETWEEN_ENDINGS_MS = 60_000
/**
 * A finding that a mere restart of the server would explain as well lasts this long and is not stored. Found again at
 * the next log-in, it is.
 */
const DOUBT_MS = 60_000

/** Jira's resource for the session that a request uses (Jira's REST API, `auth/1/session`). */
const SESSION_PATH = '/rest/auth/1/session'
/** How many sessions are remembered that are no longer used but may still exist on the server. */
const MAX_OPEN = 10

/** A session on the server, with the `Cookie` header that reaches it. */
interface OpenSession {
  readonly id: string
  readonly cookie: string
}

/** Found once, and not yet again. */
interface Doubt {
  readonly found: Sessionless
  /** In terms of `elapsed`. */
  readonly until: number
}

/** For a single use, such as a connection test. */
export const notRemembered = (): SessionlessStore => ({ load: () => null, save: () => undefined })

/**
 * The session of one server and credential: one log-in, then a cookie, so that the password is not sent with every
 * request. It outlives connections, but not its credential and not its address. If a server keeps no sessions, that is
 * remembered, and sessions are tried again after a week, with another credential, or by *Diagnose*. A single event that
 * may have been a restart is not remembered: it counts for a minute.
 */
export class Session {
  /** There is a session, or there no longer is one, or the server is known to keep none. */
  readonly changed = new Signal()
  readonly cookies: ServerCookies
  /** The address for logging out of a session. */
  readonly resource: URL
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  readonly #store: SessionlessStore
  #sessionless: Sessionless | null
  #lease: Lease | null = null
  #isConfirmed = false
  /** Sessions that may exist on the server, oldest first. */
  #open: readonly OpenSession[] = []
  /** The one that the lease uses. */
  #id: string | null = null
  #wasKept = false
  #opened = 0
  #beganAt = Number.NEGATIVE_INFINITY
  #endedAt = Number.NEGATIVE_INFINITY
  #doubt: Doubt | null = null
  #isTrial = false
  #namesUsers: boolean | null = null
  #tokenUser: string | null = null
  #tellsRefusals = false
  #keepsQueries: boolean | null = null
  /** What to do with the sessions of log-ins that are answered after it was left; null while it is used. */
  #endLate: ((cookies: readonly string[]) => void) | null = null

  constructor(options: { baseUrl: URL; clock: Pick<Clock, 'now' | 'elapsed'>; store: SessionlessStore }) {
    this.cookies = new ServerCookies(options.baseUrl, () => options.clock.now())
    this.resource = new URL(options.baseUrl.href.replace(/\/$/, '') + SESSION_PATH)
    this.#clock = options.clock
    this.#store = options.store
    this.#sessionless = options.store.load()
  }

  /** The session that requests use; null if they need the credential. */
  get lease(): Lease | null {
    return this.#lease
  }

  /** The current session is known to be kept: it was answered for our user by its cookie alone. */
  get isConfirmed(): boolean {
    return this.#lease !== null && this.#isConfirmed
  }

  /**
   * The session that shows which node of a cluster answers: each node knows only its own sessions, and another would
   * not have answered this cookie for our user. Null if nothing shows it.
   */
  get anchor(): Lease | null {
    return this.isConfirmed && this.cookies.sessionId(this.resource) === this.#id ? this.#lease : null
  }

  /** The server was seen to keep a session, and nothing has spoken against it since. */
  get isKept(): boolean {
    return this.#wasKept && this.sessionless === null
  }

  /** Of the sessions that may exist on the server, whether they are still used or not: each is a secret. */
  get openIds(): readonly string[] {
    return this.#open.flatMap(({ id }) => id.split(' '))
  }

  /** Null if sessions are used, or tried with the next log-in. */
  get sessionless(): Sessionless | null {
    if (this.#isTrial) return null
    if (this.#isDoubted && this.#doubt !== null) return this.#doubt.found
    const known = this.#sessionless
    if (known === null) return null
    const age = this.#clock.now() - known.since
    return age >= 0 && age < TRY_AGAIN_AFTER_MS ? known : null
  }

  /** Whether this server's answers say who their user is; null if that is not known yet. */
  get namesUsers(): boolean | null {
    return this.#namesUsers
  }

  /**
   * Its cookie alone will not do: the server is known to keep no sessions, or its answers do not say whose they are.
   */
  get isUnreliable(): boolean {
    return this.sessionless !== null || this.#namesUsers === false
  }

  /** An answer that should say who its user is does so, or does not. After one that does not, none is relied on. */
  learnNaming(isNamed: boolean): void {
    if (this.#namesUsers !== false) this.#namesUsers = isNamed
  }

  /**
   * Jira serves a session that it knows even if it refuses the password beside it, and reports the refusal only as the
   * login reason, unless it heeds `os_authType` (Seraph). The session's cookie is sent with a password only if that
   * reason is known to come through.
   */
  get tellsRefusals(): boolean {
    return this.#tellsRefusals
  }

  /** An answer to a password had a login reason, or had none. */
  learnTelling(isTold: boolean): void {
    this.#tellsRefusals = isTold
  }

  /**
   * Without a session, nothing could be sent where queries are lost: there, the next log-in tries one again at once.
   */
  get #isDoubted(): boolean {
    return this.#keepsQueries !== false && this.#doubt !== null && this.#clock.elapsed() < this.#doubt.until
  }

  /**
   * Whether the query of an address, which says how to log in, is known to reach Jira; null if that has not been
   * determined yet.
   */
  get keepsQueries(): boolean | null {
    return this.#keepsQueries
  }

  learnQueries(isKept: boolean): void {
    this.#keepsQueries = isKept
  }

  /**
   * Another network or proxy may lie in between: before the next password, it is checked again whether queries arrive.
   */
  routeMayHaveChanged(): void {
    this.#keepsQueries = null
  }

  /** The user that the token was first answered for; null if no answer has said so yet. A token itself names nobody. */
  get tokenUser(): string | null {
    return this.#tokenUser
  }

  learnTokenUser(name: string): void {
    this.#tokenUser ??= name
  }

  /**
   * The user deliberately tries again: this answer may be right, and the earlier one may have been for somebody else.
   */
  forgetTokenUser(): void {
    this.#tokenUser = null
  }

  /**
   * The log-in was accepted: the session whose cookie came with its answer, or was sent with it, is now the current
   * one. If there is none, a success shows that none ever comes.
   */
  begin(url: URL, isSuccess: boolean): void {
    this.#noteOpen()
    if (this.#endLate !== null) return this.#endLate(this.#takeOpen())
    if (this.sessionless !== null) return
    if (this.cookies.sessionId(url) === null) return isSuccess ? this.#goWithout('no-cookie') : undefined
    this.#id = this.cookies.sessionId(this.resource)
    this.#beganAt = this.#clock.elapsed()
    this.#opened += 1
    this.#lease = { number: this.#opened }
    this.#isConfirmed = false
  }

  /** A request with only the cookie was answered for our user. */
  confirm(lease: Lease): void {
    if (lease !== this.#lease) return
    const isNews = !this.isKept
    if (this.#doubt?.found.reason === 'not-kept') this.#doubt = null
    // One session does not disprove that sessions end often, but it is used.
    else if (this.#isTrial && this.#doubt !== null) this.#doubt = { ...this.#doubt, until: Number.NEGATIVE_INFINITY }
    this.#isConfirmed = true
    this.#wasKept = true
    if (this.#sessionless !== null) this.#remember(null)
    else if (isNews) this.changed.emit()
  }

  /** A request with only the cookie was answered as anonymous. Answers to an earlier session no longer matter. */
  end(lease: Lease): void {
    if (lease !== this.#lease) return
    this.#open = this.#open.filter(({ id }) => id !== this.#id)
    this.#close()
    const now = this.#clock.elapsed()
    const before = this.#doubt === null ? this.#endedAt : this.#beganAt
    if (!this.#isConfirmed) this.#doubtOrGoWithout('not-kept')
    else if (now - before < MIN_BETWEEN_ENDINGS_MS) this.#doubtOrGoWithout('ends-often')
    else this.#doubt = null
    this.#endedAt = now
  }

  /** The server asks for the password although the session is good (web-sudo): logging in again would be a loop. */
  isAskedAgain(lease: Lease): void {
    if (lease !== this.#lease) return
    this.#lease = null
    this.#remember({ since: this.#clock.now(), reason: 'asks-again' })
  }

  /**
   * Stops using the session without drawing a conclusion, for example after another user's answer. It may still exist
   * on the server.
   */
  drop(): void {
    this.#close()
  }

  /**
   * Forgets everything, for good. Returns the `Cookie` headers for logging out of the sessions that may exist on the
   * server; a log-in answered later hands its own to `endLate`.
   */
  leave(endLate: (cookies: readonly string[]) => void): readonly string[] {
    this.#endLate = endLate
    this.#noteOpen()
    return this.#takeOpen()
  }

  /**
   * Sessions are tried with the next log-in, whatever was found before. The finding stays until the trial finds
   * something, or is over (`endTrial`). Without one, what is in front of the server is checked again.
   */
  beginTrial(): void {
    if (this.#lease === null) [this.#namesUsers, this.#keepsQueries] = [null, null]
    this.#setTrial(true)
  }

  endTrial(): void {
    this.#setTrial(false)
  }

  #setTrial(isTrial: boolean): void {
    const before = this.sessionless
    this.#isTrial = isTrial
    if (this.sessionless !== before) this.changed.emit()
  }

  /** A load balancer may have named another node by now: the newest header counts. */
  #noteOpen(): void {
    const id = this.cookies.sessionId(this.resource)
    const cookie = this.cookies.header(this.resource, { withSession: true })
    if (id === null || cookie === null) return
    this.#open = [...this.#open.filter((open) => open.id !== id), { id, cookie }].slice(-MAX_OPEN)
  }

  #takeOpen(): readonly string[] {
    const cookies = this.#open.map(({ cookie }) => cookie)
    this.#open = []
    this.#close()
    this.cookies.clear()
    return cookies
  }

  #close(): void {
    this.#lease = null
    this.cookies.dropSession()
  }

  #doubtOrGoWithout(reason: SessionlessReason): void {
    // Found before, and now again: the server does work that way.
    if (this.#doubt !== null || this.#sessionless !== null) return this.#goWithout(reason)
    this.#isTrial = false
    this.#wasKept = false
    this.#doubt = { found: { since: this.#clock.now(), reason }, until: this.#clock.elapsed() + DOUBT_MS }
    this.changed.emit()
  }

  #goWithout(reason: SessionlessReason): void {
    this.#close()
    this.#wasKept = false
    this.#remember({ since: this.#clock.now(), reason })
  }

  #remember(sessionless: Sessionless | null): void {
    this.#isTrial = false
    if (sessionless === null && this.#sessionless === null) return
    this.#sessionless = sessionless
    this.#store.save(sessionless)
    this.changed.emit()
  }
}
