import type { Clock } from '../clock.ts'
import type { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import { Signal } from '../signal.ts'
import { AdmissionQueue } from './admission-queue.ts'
import { closedProxy, heldProxy, tooSoonForProxy } from './proxy-gate-words.ts'
import { ProxyTargets, type UnsaidTarget } from './proxy-targets.ts'

/** Between two attempts that the user makes. */
const MIN_ATTEMPT_INTERVAL_MS = 10_000
/** After this long without a proof one request goes first again, so that a password changed meanwhile costs one refusal. */
const PROOF_LASTS_MS = 5_000
/** A proxy refuses at once; one that takes longer is connecting to a server, and others do not wait for that. */
const VERDICT_TAKES_MS = 2_000
/** Attempts in a row of which no answer said whether the password is right, after which no more are made by themselves … */
const MAX_UNANSWERED = 2
/** … or, where the proxy accepted it since the start and answers were lost, only one in this time: fewer than any lock-out counts. */
const HOLD_MS = 10 * 60_000

/**
 * The result of a request with the proxy's password. `unsent`: it never left; `inconclusive`: the answer says nothing
 * about the log-in, as where the server is down; `forbidden`: it refuses the server or, as some proxies do, the password.
 */
export type ProxyFinding = 'accepted' | 'refused' | 'inconclusive' | 'forbidden' | 'unsent' | 'lost'

/** A request that is over. `isNoted`: it was counted when it left. */
interface Settled {
  readonly target: string
  readonly isProbe: boolean
  readonly isNoted: boolean
  readonly error: AppError | undefined
}

/** Permission for one request, or one new tunnel, that carries the password. */
export interface ProxyPass {
  /** To be called once, when it is over. `error`: what those who wait are told where the proxy is not there. */
  settle(finding: ProxyFinding, error?: AppError): void
}

/** A password being sent to the proxy. Void as soon as another is entered. */
export interface ProxyLogIn {
  /** Rises with every change of the password: connections made with another one are not to be used. */
  readonly version: number
  /**
   * Waits for permission to send it on the way to a server (`host:port`). Rejects with `net.proxy-refused` while the gate is closed, and
   * with `net.proxy` where no more is to be found out by this server for a while.
   */
  enter(target: string, signal?: AbortSignal): Promise<ProxyPass>
}

/** The state of a gate that survives restarts. Times are epoch ms. */
export interface StoredProxyGate {
  /** Attempts that left and of which no answer spoke, the one under way included. */
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
  /** `save` returns why it could not be stored; in memory it holds in any case. */
  readonly store: { load(): StoredProxyGate | null; save(state: StoredProxyGate | null): AppError | null }
  readonly clock: Clock
}

/**
 * Stands before everything that carries the password of one user to one proxy: the `CONNECT` of each new tunnel and, over plain http,
 * each request. It is usually the password of the company's domain, whose lock-out no one server can lift. All servers share it: one
 * request goes first, the first refusal closes it, over restarts as well, and only the user opens it again.
 */
export class ProxyGate {
  /** Emitted once each time the gate closes. */
  readonly closed = new Signal<[AppError]>()
  readonly #options: ProxyGateOptions
  readonly #line = new AdmissionQueue<ProxyPass>()
  #block: StoredProxyGate['block']
  #unanswered: number
  #provenAt: number | null = null
  #wasProven = false
  #heldUntil: number | null = null
  readonly #targets: ProxyTargets
  #isProbing = false
  /** The block suspended for the user's one attempt. */
  #onTrial: StoredProxyGate['block'] = null
  #trialBeganAt = Number.NEGATIVE_INFINITY
  #version = 1

  constructor(options: ProxyGateOptions) {
    this.#options = options
    const stored = options.store.load()
    this.#block = stored?.block ?? null
    this.#unanswered = stored?.unanswered ?? 0
    this.#targets = new ProxyTargets(options.clock, HOLD_MS, stored?.unclear ?? null)
    // Syncdeck ended in the middle of an attempt, once too often.
    if (this.#block === null && this.#unanswered >= MAX_UNANSWERED) this.#block = this.#blockFor('unanswered')
  }

  /** For the password that is stored now. Throws `net.proxy-refused` while closed. */
  logIn(): ProxyLogIn {
    this.#refuseWhileClosed()
    const version = this.#version
    return {
      version,
      enter: (target, signal) =>
        version === this.#version ? this.#enter(target, signal) : Promise.reject(calledOff()),
    }
  }

  /** Another password was entered; knowledge about the old one is void. */
  reset(): void {
    this.#version += 1
    this.#isProbing = false
    this.#provenAt = null
    this.#wasProven = false
    this.#heldUntil = null
    this.#targets.forget()
    this.#onTrial = null
    this.#block = null
    this.#unanswered = 0
    this.#options.store.save(null)
    this.#line.refuseAll(calledOff())
  }

  /** The user wants one attempt: the next request is let out, and unless it is accepted the gate is closed again. Throws `auth.too-soon`. */
  allowOnce(): void {
    this.#heldUntil = null
    if (this.#block === null) return this.#targets.release()
    const { clock, store } = this.#options
    const waitMs = Math.min(MIN_ATTEMPT_INTERVAL_MS, this.#block.lastAttemptAt + MIN_ATTEMPT_INTERVAL_MS - clock.now())
    if (waitMs > 0) throw tooSoonForProxy(waitMs)
    const suspended = { ...this.#block, lastAttemptAt: clock.now() }
    // The stored block stays until the attempt succeeds: a crash in between must not leave the gate open.
    const problem = store.save({ unanswered: this.#unanswered, block: suspended, unclear: this.#targets.last })
    if (problem !== null) throw problem
    this.#onTrial = suspended
    this.#block = null
    this.#trialBeganAt = clock.elapsed()
    clock.after(VERDICT_TAKES_MS, () => {
      if (this.#onTrial !== null && !this.#isProbing) this.#admitNext()
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
    if (this.#isProven()) return Promise.resolve(this.#pass(target, false))
    if (this.#isProbing || this.#stepsAside(target)) return this.#line.wait(signal, target)
    const problem = this.#noteAttempt()
    return problem === null ? Promise.resolve(this.#pass(target, true)) : Promise.reject(problem)
  }

  /** The user's attempt is made by a server that may tell more than the last time, if there is one. */
  #stepsAside(target: string): boolean {
    const isEarly = this.#options.clock.elapsed() - this.#trialBeganAt < VERDICT_TAKES_MS
    return this.#onTrial !== null && isEarly && this.#targets.isUnsaid(target)
  }

  #admitNext(): void {
    if (this.#line.isEmpty) return
    const problem = this.#noteAttempt()
    if (problem === null) this.#line.admitOne((target) => this.#pass(target, true))
    else this.#line.refuseAll(problem)
  }

  #isProven(): boolean {
    return this.#provenAt !== null && this.#options.clock.elapsed() - this.#provenAt < PROOF_LASTS_MS
  }

  #pass(target: string, isProbe: boolean): ProxyPass {
    const version = this.#version
    const probe = isProbe ? this.#beginProbe() : null
    const isNoted = isProbe && !this.#wasProven
    let isSettled = false
    return {
      settle: (finding, error) => {
        probe?.end()
        if (isSettled || version !== this.#version) return
        isSettled = true
        this.#apply(finding, { target, isProbe, isNoted, error })
      },
    }
  }

  /**
   * An attempt with a password that was not accepted since the start is stored before it leaves, so that it counts even if Syncdeck ends in
   * its middle. Returns why it cannot be; then it must not leave.
   */
  #noteAttempt(): AppError | null {
    if (this.#wasProven) return null
    this.#unanswered += 1
    const problem = this.#onTrial === null ? this.#save() : null
    if (problem !== null) this.#unanswered -= 1
    return problem
  }

  #beginProbe(): { end: () => void } {
    this.#isProbing = true
    if (!this.#wasProven) return { end: () => (this.#isProbing = false) }
    let isPassedOn = false
    const passOn = this.#options.clock.after(VERDICT_TAKES_MS, () => {
      isPassedOn = true
      this.#isProbing = false
      this.#line.admitOne((target) => this.#pass(target, true))
    })
    return {
      end: () => {
        passOn()
        if (!isPassedOn) this.#isProbing = false
      },
    }
  }

  #apply(finding: ProxyFinding, { target, isProbe, isNoted, error }: Settled): void {
    switch (finding) {
      case 'accepted':
        // A success that arrives after another request closed the gate does not open it again.
        if (this.#block === null) this.#accept(target)
        break
      case 'refused':
        this.#close('refused')
        break
      case 'lost':
        this.#provenAt = null
        if (isProbe) this.#lost(isNoted, error)
        break
      case 'forbidden':
        if (this.#block === null) this.#forbid(target, isProbe, isNoted)
        break
      case 'inconclusive':
        if (isProbe) this.#sayNothing(target, isNoted)
        break
      case 'unsent':
        if (!isProbe) return
        if (this.#onTrial !== null) return this.#endTrial()
        if (isNoted) this.#takeBack()
        if (error !== undefined) this.#line.refuseAll(error)
        else this.#admitNext()
        break
    }
  }

  #accept(target: string): void {
    this.#provenAt = this.#options.clock.elapsed()
    const isNew = !this.#wasProven || this.#onTrial !== null
    this.#wasProven = true
    this.#unanswered = 0
    this.#heldUntil = null
    this.#targets.reached(target)
    this.#onTrial = null
    if (isNew) this.#options.store.save(null)
    this.#line.admitAll((waiting) => this.#pass(waiting, false))
  }

  /**
   * A server that was reached before, and is forbidden now, may be so because the password has become another: it has to prove itself
   * anew, by another server.
   */
  #forbid(target: string, isProbe: boolean, isNoted: boolean): void {
    if (this.#targets.isReachedNoMore(target)) {
      this.#wasProven = false
      this.#provenAt = null
    } else if (!isProbe) return
    this.#sayNothing(target, isNoted)
  }

  /**
   * The proxy answered for itself, and not about the password. The server may be down or forbidden, which costs nothing; or this is how the
   * proxy refuses a password. One that was accepted since the start is sent on. Another is sent once more: for another server, at once, or
   * for this one, after a while.
   */
  #sayNothing(target: string, isNoted: boolean): void {
    if (this.#wasProven) return this.#admitNext()
    if (!isNoted) this.#unanswered += 1
    this.#targets.unsaid(target)
    if (this.#onTrial !== null) return this.#endTrial()
    if (this.#unanswered >= MAX_UNANSWERED) return this.#close('unanswered')
    this.#save()
    this.#line.refuseOf(target, this.#held(HOLD_MS))
    if (!this.#isProbing) this.#admitNext()
  }

  /** It was not an attempt. */
  #takeBack(): void {
    if (this.#wasProven) return
    this.#unanswered -= 1
    this.#save()
  }

  #lost(isNoted: boolean, error: AppError | undefined): void {
    if (this.#onTrial !== null) return this.#endTrial()
    if (!isNoted) this.#unanswered += 1
    if (this.#unanswered >= MAX_UNANSWERED) {
      if (!this.#wasProven) return this.#close('unanswered')
      this.#hold()
    }
    this.#line.refuseAll(error ?? closedProxy('unanswered', this.#options))
  }

  #endTrial(): void {
    this.#block = this.#onTrial
    this.#onTrial = null
    this.#unanswered = 0
    this.#save()
    this.#line.refuseAll(closedProxy(this.#block?.reason ?? 'refused', this.#options))
  }

  #close(reason: 'refused' | 'unanswered'): void {
    const isNew = this.#block === null && this.#onTrial === null
    this.#block = this.#blockFor(reason)
    this.#onTrial = null
    this.#provenAt = null
    this.#wasProven = false
    this.#unanswered = 0
    this.#save()
    const words = closedProxy(reason, this.#options)
    this.#line.refuseAll(words)
    if (isNew) this.closed.emit(words)
  }

  #blockFor(reason: 'refused' | 'unanswered'): NonNullable<StoredProxyGate['block']> {
    const attempts = (this.#block ?? this.#onTrial)?.attempts ?? 0
    return { reason, attempts: attempts + 1, lastAttemptAt: this.#options.clock.now() }
  }

  #save(): AppError | null {
    return this.#options.store.save({ unanswered: this.#unanswered, block: this.#block, unclear: this.#targets.last })
  }

  #refuseWhileClosed(): void {
    if (this.#block !== null) throw closedProxy(this.#block.reason, this.#options)
    const heldMs = (this.#heldUntil ?? -Infinity) - this.#options.clock.elapsed()
    if (heldMs > 0) throw this.#held(heldMs)
  }

  /** The user's attempt goes in any case. */
  #refuseUnsaid(target: string): void {
    if (this.#wasProven || this.#onTrial !== null) return
    const heldMs = this.#targets.heldMs(target)
    if (heldMs > 0) throw this.#held(heldMs)
  }

  #hold(): AppError {
    this.#heldUntil = this.#options.clock.elapsed() + HOLD_MS
    return this.#held(HOLD_MS)
  }

  #held(heldMs: number): AppError {
    return heldProxy(this.#options.host, heldMs, this.#wasProven)
  }
}
