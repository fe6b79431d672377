import type { SessionlessReason } from '#contract/servers.ts'
import type { Clock } from '../clock.ts'
import { Signal } from '../signal.ts'
import type { HttpResponse } from './response-verdict.ts'
import { ServerCookies } from './server-cookies.ts'

/** Since when (epoch ms) and why a server works without sessions. */
export interface Sessionless {
  readonly since: number
  readonly reason: SessionlessReason
}

/** Where it is remembered, over restarts. */
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
/** What a restart of the server looks like too holds for so long, and is not remembered; found anew at the next log-in, it is the server's way. */
const DOUBT_MS = 60_000

/** Found once, and not yet again. */
interface Doubt {
  readonly found: Sessionless
  /** By `elapsed`. */
  readonly until: number
}

/** For what is asked once, as by a connection test. */
export const notRemembered = (): SessionlessStore => ({ load: () => null, save: () => undefined })

/**
 * The session of one server and credential: one log-in, then a cookie, so that the password is not sent with every
 * request. It outlives connections, but not its credential and not its address. Where a server keeps no sessions, it is
 * remembered that it works without, and tried anew after a week, with another credential, or by *Diagnose*. A single event that may
 * have been a restart is not remembered: it holds for a minute.
 */
export class Session {
  /** There is a session, or there is none any more, or the server is known to keep none. */
  readonly changed = new Signal()
  readonly cookies: ServerCookies
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  readonly #store: SessionlessStore
  #sessionless: Sessionless | null
  #lease: Lease | null = null
  #isConfirmed = false
  #isOpen = false
  #wasKept = false
  #opened = 0
  #beganAt = Number.NEGATIVE_INFINITY
  #endedAt = Number.NEGATIVE_INFINITY
  #doubt: Doubt | null = null

  constructor(options: { baseUrl: URL; clock: Pick<Clock, 'now' | 'elapsed'>; store: SessionlessStore }) {
    this.cookies = new ServerCookies(options.baseUrl, () => options.clock.now())
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

  /** The server keeps a session for the cookies that are here, whether requests go by it or not: it is to be logged out of. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** The server was seen to keep a session, and nothing was found against it since. */
  get isKept(): boolean {
    return this.#wasKept && this.sessionless === null
  }

  /** Null where sessions are used, or tried with the next log-in. */
  get sessionless(): Sessionless | null {
    if (this.#doubt !== null && this.#clock.elapsed() < this.#doubt.until) return this.#doubt.found
    const known = this.#sessionless
    if (known === null) return null
    const age = this.#clock.now() - known.since
    return age >= 0 && age < TRY_AGAIN_AFTER_MS ? known : null
  }

  /** The log-in was accepted: the session that came with its answer is the current one. Where none did, a success shows that none ever does. */
  begin(response: Pick<HttpResponse, 'headers'>, url: URL, isSuccess: boolean): void {
    this.cookies.dropSession()
    this.cookies.keep(response, url, { withSession: true })
    this.#isOpen = this.cookies.hasSession(url)
    if (this.sessionless !== null) return
    if (!this.#isOpen) return isSuccess ? this.#goWithout('no-cookie') : undefined
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
    this.#isConfirmed = true
    this.#wasKept = true
    if (this.#sessionless !== null) this.#remember(null)
    else if (isNews) this.changed.emit()
  }

  /** A request with only the cookie was answered as anonymous. Answers to an earlier session no longer matter. */
  end(lease: Lease): void {
    if (lease !== this.#lease) return
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

  /** Forgets the session without a conclusion, for example after another user's answer. */
  drop(): void {
    this.#close()
  }

  /** Sessions are tried with the next log-in, whatever was found before. */
  tryAgain(): void {
    if (this.#doubt !== null) this.#doubt = { ...this.#doubt, until: Number.NEGATIVE_INFINITY }
    this.#remember(null)
  }

  #close(): void {
    this.#lease = null
    this.#isOpen = false
    this.cookies.dropSession()
  }

  #doubtOrGoWithout(reason: SessionlessReason): void {
    if (this.#doubt !== null) return this.#goWithout(reason)
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
    if (sessionless === null && this.#sessionless === null) return
    this.#sessionless = sessionless
    this.#store.save(sessionless)
    this.changed.emit()
  }
}
