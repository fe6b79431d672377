import { message } from '#contract/messages/message.ts'
import type { AppErrorData } from '#contract/errors.ts'
import type { Access, BlockReason } from '#contract/credentials.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import { Signal } from '../signal.ts'
import type { StoredBlock } from '../storage/server-table.ts'
import { AttemptPause } from './attempt-pause.ts'
import { AttemptNote, type BlockStore } from './attempt-note.ts'
import type { Finding, Pass, Use } from './gate-pass.ts'
import { blockedError } from './response-verdict.ts'
import { AdmissionQueue } from './admission-queue.ts'

/**
 * After this long without proof the credential counts as unproven again, so that a round of requests after a pause
 * begins with a single request. A password changed in the meantime then costs one failure, not one per connection.
 */
const PROOF_LASTS_MS = 5_000

/** After this many inconclusive answers in a row, even a proven credential is no longer sent. */
const MAX_DOUBTS = 2

/** The request that goes alone, or is about to. */
interface Alone {
  hasLeft: boolean
  /** The user has entered its credential again since it left. */
  isEnteredAgain: boolean
}

/**
 * Stands before every request that carries a server's credential, so that a wrong password is tried once and not once
 * per synchronization: Jira locks an account behind a captcha after a few failures. A password goes with one request at
 * a time, and so does a token while it is unproven; all others wait for the verdict. The first refusal closes the gate,
 * and so does a request whose outcome is unknown: it may have been refused. Only the user opens it: by a new credential
 * (`reset`) or by one deliberate attempt (`tryOnce`).
 */
export class AuthGate {
  /** `access` has changed. */
  readonly changed = new Signal()
  /** The credential was accepted for the first time since it was entered, refused, or read at the start. */
  readonly proven = new Signal()
  readonly #store: BlockStore
  readonly #clock: Clock
  readonly #line = new AdmissionQueue<Pass>()
  readonly #note: AttemptNote
  /** The time between two presses of “Test once”. */
  readonly #pause: AttemptPause
  #block: StoredBlock | null
  /** Closes it when the credential would have to be sent again. */
  #foreseen: StoredBlock | null = null
  #failedAttempts: number
  /** In terms of `elapsed`, so that setting the clock back does not renew an old proof. */
  #provenAt: number | null = null
  #wasProven = false
  #doubts = 0
  #use: Use = 'shared'
  #alone: Alone | null = null
  /** The block suspended for the user's one attempt; it returns unless the attempt succeeds. */
  #onTrial: StoredBlock | null = null
  /** When the user asked for the attempt that is being made, in terms of `elapsed`; a session may be enough for it. */
  #deliberateSince: number | null = null
  #lastState: Access['state'] = 'unknown'
  /** Rises whenever the credential changes, so that late verdicts about the old one are ignored. */
  #generation = 0
  /** Rises whenever the gate closes: a request let out before proves nothing afterwards. */
  #closings = 0

  constructor(options: { store: BlockStore; clock: Clock }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#note = new AttemptNote({ ...options, isUnderWay: () => this.#alone !== null })
    this.#pause = new AttemptPause(options.clock)
    this.#block = options.store.load()
    if (this.#block !== null) this.#pause.begin(this.#block.lastAttemptAt)
    this.#failedAttempts = this.#block?.attempts ?? 0
    this.#lastState = this.access.state
  }

  get access(): Access {
    if (this.#block !== null) {
      const { reason, since, attempts, loginUrl } = this.#block
      return { state: 'blocked', reason, since, attempts, nextAttemptAt: this.#pause.overAt, loginUrl }
    }
    if (this.#provenAt !== null) return { state: 'ok' }
    return { state: this.#alone === null ? 'unknown' : 'probing' }
  }

  /** Why it is closed, or would close if the credential had to be sent; null otherwise. */
  get block(): StoredBlock | null {
    return this.#block ?? this.#foreseen
  }

  /**
   * The same password closed another gate of the same account. A session continues; at the next log-in this gate closes
   * as well, or at once after a restart.
   */
  foresee(block: StoredBlock): void {
    if (this.#block !== null || this.#foreseen !== null || this.#onTrial !== null) return
    this.#foreseen = block
    this.#note.replace(block)
  }

  /** How long the user still has to wait before the next attempt, in ms. */
  get waitMs(): number {
    return this.#block === null ? 0 : this.#pause.leftMs
  }

  /** The user's one attempt at a closed gate is under way. */
  get isOnTrial(): boolean {
    return this.#onTrial !== null
  }

  /**
   * The user wants to know whether the credential is right, through “Test once” or *Diagnose*; the gate may already
   * have been open.
   */
  get isDeliberate(): boolean {
    return this.#deliberateSince !== null
  }

  /** When the user asked for it, in terms of `elapsed`; null if that is not so. */
  get deliberateSince(): number | null {
    return this.#deliberateSince
  }

  /** A request is being sent alone with the credential, or is about to be. */
  get isBeingTried(): boolean {
    return this.#alone !== null && this.#block === null
  }

  /**
   * The user entered the very credential that is being tried: its result answers this as well. It may be sent again
   * only if it had been sent before and the answer is lost.
   */
  enteredAgain(): void {
    if (this.#alone?.hasLeft === true) this.#alone.isEnteredAgain = true
  }

  /** The user entered the credential again since the request under way left. */
  get isEnteredAgain(): boolean {
    return this.#alone?.isEnteredAgain === true
  }

  /** Throws `auth.*` while closed. */
  assertOpen(): void {
    if (this.#block !== null) throw this.#refusal()
  }

  /**
   * Waits for permission to send. Rejects with `auth.*` while closed, and with the error of the probe that others wait
   * for.
   */
  enter(use: Use, signal?: AbortSignal): Promise<Pass> {
    this.#use = use
    const problem = this.#meetForeseen()
    if (problem !== null) return Promise.reject(problem)
    if (this.#block !== null) return Promise.reject(this.#refusal())
    if (signal?.aborted) return Promise.reject(calledOff())
    if (this.#alone !== null) return this.#line.wait(signal)
    return Promise.resolve(this.#pass())
  }

  /** Closes the gate because an answer to an anonymous request shows that the credential must not be sent. */
  close(reason: BlockReason, loginUrl: string | null): void {
    this.#close(reason, loginUrl)
    this.#tellChange()
  }

  /** Syncdeck quits with no log-in under way: the next start has nothing to count. */
  rest(): void {
    this.#note.rest()
  }

  /** The user set another credential: everything known about the old one is void. */
  reset(): void {
    this.#generation += 1
    this.#alone = null
    this.#provenAt = null
    this.#wasProven = false
    this.#doubts = 0
    this.#failedAttempts = 0
    this.#onTrial = null
    this.#foreseen = null
    this.#setBlock(null)
    this.#line.refuseAll(calledOff())
    this.#tellChange()
  }

  /**
   * The user pressed “Test once”: opens the gate for the single request that `attempt` makes. Whatever is not a success
   * closes it again. If the same password was refused since `askedAt` (by `elapsed`), that is the answer, and nothing is
   * sent. Throws `auth.too-soon` within ten seconds of the last attempt.
   */
  async tryOnce(attempt: () => Promise<unknown>, askedAt = this.#clock.elapsed()): Promise<void> {
    const problem = this.#allowOneAttempt()
    if (problem !== null) throw problem
    this.#deliberateSince = askedAt
    try {
      await attempt()
    } finally {
      this.#deliberateSince = null
      this.#endTrial()
    }
  }

  /** Returns why it was not. */
  #allowOneAttempt(): AppError | null {
    if (this.#block === null) return null
    const { waitMs } = this
    if (waitMs > 0) {
      return new AppError('auth.too-soon', message('errors.tooSoon', { seconds: Math.ceil(waitMs / 1000) }), {
        advice: message('errors.tooSoonCaptcha'),
      })
    }
    const suspended = { ...this.#block, lastAttemptAt: this.#clock.now() }
    // The stored block stays until the attempt succeeds: a crash in between must not leave the gate open.
    const problem = this.#store.save(suspended)
    if (problem !== null && this.#use === 'alone') return problem
    this.#pause.begin(suspended.lastAttemptAt)
    this.#onTrial = suspended
    this.#block = null
    this.#tellChange()
    return null
  }

  #endTrial(): void {
    if (this.#onTrial === null) return
    this.#setBlock(this.#onTrial)
    this.#onTrial = null
    this.#line.refuseAll(this.#refusal())
    this.#tellChange()
  }

  #pass(): Pass {
    const generation = this.#generation
    const closings = this.#closings
    const isUnproven = this.#provenAt === null || this.#clock.elapsed() - this.#provenAt >= PROOF_LASTS_MS
    const isAlone = isUnproven || this.#use === 'alone'
    const alone = isAlone ? { hasLeft: false, isEnteredAgain: false } : null
    if (alone !== null) this.#alone = alone
    this.#tellChange()
    let isSettled = false
    return {
      isUnproven,
      isAlone,
      leave: () => {
        if (isSettled || generation !== this.#generation || this.#block !== null) return false
        const problem = isAlone ? this.#noteAttempt() : null
        // If Syncdeck were killed now, each start would send it again, and each refusal would count. One that was
        // accepted since the start may continue.
        if (problem !== null && this.#use === 'alone' && !this.#wasProven) throw problem
        if (alone !== null) alone.hasLeft = true
        return true
      },
      settle: (finding) => {
        if (isSettled || generation !== this.#generation) return
        isSettled = true
        if (isAlone) this.#alone = null
        // A good answer that arrives after another one closed the gate does not open it again.
        if (finding.kind !== 'accepted' || closings === this.#closings) this.#apply(finding, isAlone)
        this.#tellChange()
      },
    }
  }

  #apply(finding: Finding, isAlone: boolean): void {
    switch (finding.kind) {
      case 'accepted':
        this.#accept(isAlone, finding.isEachTime === true)
        break
      case 'blocked':
        this.#close(finding.reason, finding.loginUrl)
        break
      case 'blocked-elsewhere':
        this.#closeAs(finding.block)
        break
      case 'lost':
        this.#provenAt = null
        if (!isAlone) break
        if (finding.mayGoAgain === true) {
          this.#onTrial = null
          this.#handOn(finding.error)
          break
        }
        // A token that was proven once and meets an outage has to prove itself again, alone. Jira counts failed log-ins
        // per user name, and asks that user for the captcha; a token that it does not know names nobody. A password may
        // lock an account.
        if (this.#use === 'alone' || !this.#wasProven) this.#close('unanswered', null)
        else this.#handOn(finding.error)
        break
      case 'inconclusive':
        if (!isAlone) break
        this.#doubts += 1
        this.#provenAt = null
        if (!this.#wasProven || finding.mayBeRefusal === true || this.#doubts >= MAX_DOUBTS)
          this.#close('unanswered', null)
        else this.#handOn(null)
        break
      case 'unsent':
        if (isAlone) this.#handOn(finding.error)
        break
    }
  }

  #accept(isAlone: boolean, isEachTime: boolean): void {
    const isNews = !this.#wasProven || this.#onTrial !== null
    this.#provenAt = this.#clock.elapsed()
    this.#wasProven = true
    this.#doubts = 0
    this.#failedAttempts = 0
    if (isAlone && (this.#onTrial !== null || !isEachTime)) this.#note.remove(this.#onTrial !== null)
    else if (isAlone) this.#note.removeLater()
    this.#onTrial = null
    this.#admit()
    if (isNews) this.proven.emit()
  }

  /**
   * An exclusive request was inconclusive. Those waiting would fail the same way one after the other; they share its
   * failure instead.
   */
  #handOn(error: AppErrorData | null): void {
    if (this.#onTrial !== null) return this.#endTrial()
    if (this.#provenAt === null) this.#note.remove(false)
    else this.#note.removeLater()
    if (error === null) this.#admit()
    else this.#line.refuseAll(new AppError(error.code, error.message, error))
  }

  #admit(): void {
    while (this.#alone === null && !this.#line.isEmpty) this.#line.admitOne(() => this.#pass())
  }

  #close(reason: BlockReason, loginUrl: string | null): void {
    // The gate is closed for a known reason; the outcome of another request from that time adds nothing.
    if (reason === 'unanswered' && this.#block !== null) return
    const known = reason === 'unanswered' ? this.#onTrial : null
    this.#closeAs({
      reason: known?.reason ?? reason,
      since: this.#block?.since ?? this.#onTrial?.since ?? this.#clock.now(),
      attempts: this.#failedAttempts + 1,
      lastAttemptAt: this.#clock.now(),
      loginUrl: known?.loginUrl ?? loginUrl,
    })
  }

  /**
   * The credential has to be sent: closes the gate, or opens it for what the user deliberately tries. Returns why it
   * does not open.
   */
  #meetForeseen(): AppError | null {
    if (this.#foreseen === null) return null
    this.#closeAs(this.#foreseen)
    this.#tellChange()
    return this.#deliberateSince === null ? null : this.#allowOneAttempt()
  }

  #closeAs(block: StoredBlock): void {
    this.#foreseen = null
    this.#failedAttempts = block.attempts
    this.#pause.begin(block.lastAttemptAt)
    this.#closings += 1
    this.#provenAt = null
    this.#setBlock(block)
    this.#onTrial = null
    this.#line.refuseAll(this.#refusal())
  }

  /**
   * Returns why it could not be recorded. What was known before the user's attempt is kept: the attempt may get no
   * answer.
   */
  #noteAttempt(): AppError | null {
    const now = this.#clock.now()
    const attempts = this.#failedAttempts + 1
    return this.#note.write(
      this.#onTrial === null
        ? { reason: 'cut-off', since: now, attempts, lastAttemptAt: now, loginUrl: null }
        : { ...this.#onTrial, attempts },
    )
  }

  #refusal(): AppError {
    const { reason, loginUrl } = this.#block ?? { reason: 'rejected' as const, loginUrl: null }
    const words = blockedError(reason, loginUrl)
    return new AppError(words.code, words.message, words)
  }

  #setBlock(block: StoredBlock | null): void {
    this.#block = block
    this.#note.replace(block)
  }

  #tellChange(): void {
    const { state } = this.access
    if (state === this.#lastState && state !== 'blocked') return
    this.#lastState = state
    this.changed.emit()
  }
}
