import type { Clock } from '../clock.ts'
import type { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import { Signal } from '../signal.ts'
import { AdmissionQueue } from './admission-queue.ts'
import { AttemptPause } from './attempt-pause.ts'
import type { ProxyFinding, ProxyLogIn, ProxyPass } from './proxy-pass.ts'
import { closedProxy, heldProxy, tooSoonForProxy } from './proxy-gate-words.ts'
import { ProxyTargets, type UnsaidTarget } from './proxy-targets.ts'

/**
 * A proxy refuses at once; if it takes longer, it is connecting to a server, or that server is busy, and other servers
 * do not wait for that.
 */
const VERDICT_TAKES_MS = 2_000
/** After this many attempts in a row without an answer about the password, no more are made automatically … */
const MAX_UNANSWERED = 2
/**
 * … or, if the proxy accepted it since the start and answers were lost, only one in this time: fewer than any lock-out
 * counts.
 */
const HOLD_MS = 10 * 60_000

/** A request that has left and was not answered. */
interface Sent {
  readonly target: string
  /** Its place in the order of sending. */
  readonly place: number
  /** It was counted when it left. */
  readonly isNoted: boolean
  /** It takes longer than a refusal does. */
  isSilent: boolean
}

/** The state of a gate that survives restarts. Times are epoch ms. */
export interface StoredProxyGate {
  /** Attempts that were sent and about which no answer said anything, including the one under way. */
  readonly unanswered: number
  readonly block: {
    readonly reason: 'refused' | 'unanswered'
    readonly attempts: number
    readonly lastAttemptAt: number
  } | null
  readonly unclear: UnsaidTarget | null
}

export interface ProxyGateOptions {
  /** For people: the proxy's host, and the user. */
  readonly host: string
  readonly user: string
  /** `save` returns why it could not be stored; it applies in memory in any case. */
  readonly store: { load(): StoredProxyGate | null; save(state: StoredProxyGate | null): AppError | null }
  readonly clock: Clock
}

/**
 * Stands before everything that carries the password of one user to one proxy: the `CONNECT` of each new tunnel and,
 * over plain http, each request. It is usually the password of the company's domain, whose lock-out no one server can
 * lift. All servers share it: one goes at a time, until it is known what the proxy says to it, because the password may
 * change at any moment. Only if a server keeps an accepted password waiting does one for another server go beside it.
 * The first refusal closes the gate, even across restarts, and only the user opens it again.
 */
export class ProxyGate {
  /** Emitted once each time the gate closes. */
  readonly closed = new Signal<[AppError]>()
  readonly #options: ProxyGateOptions
  readonly #line = new AdmissionQueue<ProxyPass>()
  #block: StoredProxyGate['block']
  #unanswered: number
  /** It was accepted since the start, and nothing has spoken against it since. */
  #isProven = false
  #heldUntil: number | null = null
  readonly #targets: ProxyTargets
  readonly #underWay = new Set<Sent>()
  /** How many were sent. */
  #count = 0
  /** The place of the last one whose answer proved the password. */
  #provenBy = 0
  /** Whatever was sent up to this place no longer proves anything. */
  #doubtedUpTo = 0
  /** The block suspended for the user's one attempt. */
  #onTrial: StoredProxyGate['block'] = null
  readonly #pause: AttemptPause
  #trialBeganAt = Number.NEGATIVE_INFINITY
  #version = 1

  constructor(options: ProxyGateOptions) {
    this.#options = options
    const stored = options.store.load()
    this.#pause = new AttemptPause(options.clock)
    this.#block = stored?.block ?? null
    if (this.#block !== null) this.#pause.begin(this.#block.lastAttemptAt)
    this.#unanswered = stored?.unanswered ?? 0
    this.#targets = new ProxyTargets(options.clock, HOLD_MS, stored?.unclear ?? null)
    // Syncdeck ended in the middle of an attempt, once too often.
    if (this.#block === null && this.#unanswered >= MAX_UNANSWERED) this.#block = this.#blockFor('unanswered')
  }

  /** A log-in with the password that is stored now. Throws `net.proxy-refused` while closed. */
  logIn(): ProxyLogIn {
    this.#refuseWhileClosed()
    const version = this.#version
    return {
      version,
      enter: (target, signal) =>
        version === this.#version ? this.#enter(target, signal) : Promise.reject(calledOff()),
    }
  }

  /** Another password was entered; everything known about the old one is void. */
  reset(): void {
    this.#version += 1
    this.#underWay.clear()
    this.#isProven = false
    this.#heldUntil = null
    this.#targets.forget()
    this.#onTrial = null
    this.#block = null
    this.#unanswered = 0
    this.#options.store.save(null)
    this.#line.refuseAll(calledOff())
  }

  /**
   * The user wants one attempt: the next request is let out, and unless it is accepted the gate is closed again. Throws
   * `auth.too-soon`.
   */
  allowOnce(): void {
    this.#heldUntil = null
    if (this.#block === null) return this.#targets.release()
    const { clock, store } = this.#options
    const { leftMs } = this.#pause
    if (leftMs > 0) throw tooSoonForProxy(leftMs)
    const suspended = { ...this.#block, lastAttemptAt: clock.now() }
    // The stored block stays until the attempt succeeds: a crash in between must not leave the gate open.
    const problem = store.save({ unanswered: this.#unanswered, block: suspended, unclear: this.#targets.last })
    if (problem !== null) throw problem
    this.#pause.begin(suspended.lastAttemptAt)
    this.#onTrial = suspended
    this.#block = null
    this.#trialBeganAt = clock.elapsed()
    clock.after(VERDICT_TAKES_MS, () => {
      if (this.#onTrial !== null) this.#admitNext()
    })
  }

  #enter(target: string, signal?: AbortSignal): Promise<ProxyPass> {
    try {
      this.#refuseWhileClosed()
      this.#refuseUnsaid(target)
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : calledOff())
    }
    if (signal?.aborted) return Promise.reject(calledOff())
    if (!this.#mayLeave(target)) return this.#line.wait(signal, target)
    const problem = this.#noteAttempt()
    return problem === null ? Promise.resolve(this.#pass(target)) : Promise.reject(problem)
  }

  #mayLeave(target: string): boolean {
    if (this.#stepsAside(target)) return false
    const [first, ...others] = this.#underWay
    if (first === undefined) return true
    return this.#isProven && first.isSilent && first.target !== target && others.length === 0
  }

  /** The user's attempt goes through a server that may reveal more than last time, if there is one. */
  #stepsAside(target: string): boolean {
    const isEarly = this.#options.clock.elapsed() - this.#trialBeganAt < VERDICT_TAKES_MS
    return this.#onTrial !== null && isEarly && this.#targets.isUnsaid(target)
  }

  #admitNext(): void {
    const mayLeave = (target: string): boolean => this.#mayLeave(target)
    if (!this.#line.has(mayLeave)) return
    const problem = this.#noteAttempt()
    if (problem === null) this.#line.admitOne((target) => this.#pass(target), mayLeave)
    else this.#line.refuseAll(problem)
  }

  #pass(target: string): ProxyPass {
    const version = this.#version
    const sent: Sent = { target, place: (this.#count += 1), isNoted: !this.#isProven, isSilent: false }
    this.#underWay.add(sent)
    const isAnswered = this.#options.clock.after(VERDICT_TAKES_MS, () => {
      sent.isSilent = true
      this.#admitNext()
    })
    let isSettled = false
    return {
      settle: (finding, error) => {
        isAnswered()
        if (isSettled || version !== this.#version) return null
        isSettled = true
        return this.#underWay.delete(sent) ? this.#apply(finding, sent, error) : this.#applyLate(finding)
      },
    }
  }

  /**
   * An attempt with a password that was not accepted since the start is stored before it is sent, so that it counts
   * even if Syncdeck ends in the middle of it. Returns why it cannot be stored; then it must not be sent.
   */
  #noteAttempt(): AppError | null {
    if (this.#isProven) return null
    this.#unanswered += 1
    const problem = this.#onTrial === null ? this.#save() : null
    if (problem !== null) this.#unanswered -= 1
    return problem
  }

  #apply(finding: ProxyFinding, sent: Sent, error: AppError | undefined): AppError | null {
    switch (finding) {
      case 'accepted':
        // What was sent before there was a doubt proves nothing.
        if (sent.place > this.#doubtedUpTo) this.#accept(sent)
        else this.#admitNext()
        return null
      case 'refused':
        this.#close('refused')
        return null
      case 'lost':
        this.#lost(sent, error)
        return null
      case 'abandoned':
        // Whether an accepted password has been refused meanwhile, the next attempt shows.
        if (this.#isProven) this.#admitNext()
        else this.#lost(sent, error)
        return null
      case 'diverted':
        return this.#divert(sent)
      case 'inconclusive':
        return this.#sayNothing(sent)
      case 'unsent':
        this.#unsent(sent, error)
        return null
    }
  }

  /** It was on its way when another one closed the gate. A success does not open it again. */
  #applyLate(finding: ProxyFinding): AppError | null {
    if (finding === 'refused') this.#close('refused')
    const isSaid = finding !== 'diverted' && finding !== 'inconclusive'
    return isSaid || this.#block === null ? null : this.#closedWords(this.#block.reason)
  }

  #accept({ target, place }: Sent): void {
    this.#provenBy = Math.max(this.#provenBy, place)
    const isNew = !this.#isProven || this.#onTrial !== null
    this.#isProven = true
    this.#unanswered = 0
    this.#heldUntil = null
    this.#targets.reached(target)
    this.#onTrial = null
    if (isNew) this.#options.store.save(null)
    this.#admitNext()
  }

  /**
   * If a server that was reached before is no longer reached, the password may have changed: it has to prove itself
   * again, with another server.
   */
  #divert(sent: Sent): AppError | null {
    if (this.#targets.isReachedNoMore(sent.target)) {
      this.#isProven = false
      this.#doubtedUpTo = this.#count
    }
    return this.#sayNothing(sent)
  }

  /**
   * The proxy answered by itself, and not about the password. The server may be down or forbidden, which costs nothing;
   * or this is how the proxy refuses a password. A password accepted since the start is still sent. Any other is sent
   * once more: for another server at once, or for this one after a while. Returns why the answer must not be taken for
   * the server's.
   */
  #sayNothing({ target, isNoted }: Sent): AppError | null {
    if (this.#isProven) {
      this.#admitNext()
      return null
    }
    if (!isNoted) this.#unanswered += 1
    this.#targets.unsaid(target)
    if (this.#onTrial !== null) return this.#endTrial()
    if (this.#unanswered >= MAX_UNANSWERED) return this.#close('unanswered')
    this.#save()
    const held = this.#held(HOLD_MS)
    this.#line.refuseOf(target, held)
    this.#admitNext()
    return held
  }

  /** It did not count as an attempt. */
  #unsent({ isNoted }: Sent, error: AppError | undefined): void {
    if (this.#onTrial !== null) return void this.#endTrial()
    if (isNoted) {
      this.#unanswered -= 1
      this.#save()
    }
    if (error !== undefined) this.#line.refuseAll(error)
    else this.#admitNext()
  }

  #lost({ isNoted, place }: Sent, error: AppError | undefined): void {
    if (this.#onTrial !== null) return void this.#endTrial()
    // A password that was accepted after this one had been sent was right at that time.
    if (this.#isProven && place < this.#provenBy) return this.#admitNext()
    if (!isNoted) this.#unanswered += 1
    if (this.#unanswered >= MAX_UNANSWERED) {
      if (this.#isProven) this.#line.refuseAll(this.#hold())
      else this.#close('unanswered')
    } else if (error === undefined || this.#isProven) this.#admitNext()
    else this.#line.refuseAll(error)
  }

  #endTrial(): AppError {
    this.#block = this.#onTrial
    this.#onTrial = null
    this.#unanswered = 0
    this.#save()
    const words = this.#closedWords(this.#block?.reason ?? 'refused')
    this.#line.refuseAll(words)
    return words
  }

  #close(reason: 'refused' | 'unanswered'): AppError {
    const isNew = this.#block === null && this.#onTrial === null
    this.#block = this.#blockFor(reason)
    this.#onTrial = null
    this.#isProven = false
    this.#unanswered = 0
    this.#underWay.clear()
    this.#save()
    const words = this.#closedWords(reason)
    this.#line.refuseAll(words)
    if (isNew) this.closed.emit(words)
    return words
  }

  #closedWords(reason: 'refused' | 'unanswered'): AppError {
    return closedProxy(reason, this.#options)
  }

  #blockFor(reason: 'refused' | 'unanswered'): NonNullable<StoredProxyGate['block']> {
    const attempts = (this.#block ?? this.#onTrial)?.attempts ?? 0
    const lastAttemptAt = this.#options.clock.now()
    this.#pause.begin(lastAttemptAt)
    return { reason, attempts: attempts + 1, lastAttemptAt }
  }

  #save(): AppError | null {
    return this.#options.store.save({ unanswered: this.#unanswered, block: this.#block, unclear: this.#targets.last })
  }

  #refuseWhileClosed(): void {
    if (this.#block !== null) throw this.#closedWords(this.#block.reason)
    const heldMs = (this.#heldUntil ?? -Infinity) - this.#options.clock.elapsed()
    if (heldMs > 0) throw this.#held(heldMs)
  }

  /** The user's attempt is made in any case. */
  #refuseUnsaid(target: string): void {
    if (this.#isProven || this.#onTrial !== null) return
    const heldMs = this.#targets.heldMs(target)
    if (heldMs > 0) throw this.#held(heldMs)
  }

  #hold(): AppError {
    this.#heldUntil = this.#options.clock.elapsed() + HOLD_MS
    return this.#held(HOLD_MS)
  }

  #held(heldMs: number): AppError {
    return heldProxy(this.#options.host, heldMs, this.#isProven)
  }
}
