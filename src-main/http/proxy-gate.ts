import { message } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'
import { Signal } from '../signal.ts'
import { AdmissionQueue } from './admission-queue.ts'

/** Between two attempts that the user makes. */
const MIN_ATTEMPT_INTERVAL_MS = 10_000
/** After this long without a proof one request goes first again, so that a password changed meanwhile costs one refusal. */
const PROOF_LASTS_MS = 5_000
/** A proxy refuses at once; one that takes longer is connecting to a server, and others do not wait for that. */
const VERDICT_TAKES_MS = 2_000
/** Attempts in a row whose answer was lost, after which no more are made by themselves … */
const MAX_UNANSWERED = 2
/** … or, where the proxy accepted the password since the start, only one in this time: fewer than any lock-out counts. */
const HOLD_MS = 10 * 60_000
/** Answers in a row that do not speak of a password that was never accepted, after which it goes no more often than that either. */
const MAX_UNCLEAR = 2

/**
 * The result of a request with the proxy's password. `unsent`: it never left; `inconclusive`: the answer says nothing
 * about the log-in.
 */
export type ProxyFinding = 'accepted' | 'refused' | 'inconclusive' | 'unsent' | 'lost'

/** Permission for one request, or one new tunnel, that carries the password. */
export interface ProxyPass {
  /** To be called once, when it is over. `error`: what those who wait are told where the proxy is not there. */
  settle(finding: ProxyFinding, error?: AppError): void
}

/** A password being sent to the proxy. Void as soon as another is entered. */
export interface ProxyLogIn {
  /** Rises with every change of the password: connections made with another one are not to be used. */
  readonly version: number
  /** Waits for permission to send it. Rejects with `net.proxy-refused` while the gate is closed. */
  enter(signal?: AbortSignal): Promise<ProxyPass>
}

/** The state of a gate that survives restarts. Times are epoch ms. */
export interface StoredProxyGate {
  /** Attempts that left and were not answered, the one under way included. */
  readonly unanswered: number
  readonly block: {
    readonly reason: 'refused' | 'unanswered'
    readonly attempts: number
    readonly lastAttemptAt: number
  } | null
  /** Answers in a row that do not speak of the password. */
  readonly unclear: { readonly times: number; readonly lastAt: number } | null
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
  #unclear: StoredProxyGate['unclear'] = null
  #isProbing = false
  /** The block suspended for the user's one attempt. */
  #onTrial: StoredProxyGate['block'] = null
  #version = 1

  constructor(options: ProxyGateOptions) {
    this.#options = options
    const stored = options.store.load()
    this.#block = stored?.block ?? null
    this.#unanswered = stored?.unanswered ?? 0
    this.#unclear = stored?.unclear ?? null
    if (this.#unclear !== null && this.#unclear.times >= MAX_UNCLEAR) {
      // Bounded, so that a clock set back does not hold it for as long.
      const leftMs = Math.min(HOLD_MS, this.#unclear.lastAt + HOLD_MS - options.clock.now())
      this.#heldUntil = options.clock.elapsed() + leftMs
    }
    // Syncdeck ended in the middle of an attempt, once too often.
    if (this.#block === null && this.#unanswered >= MAX_UNANSWERED) this.#block = this.#blockFor('unanswered')
  }

  /** For the password that is stored now. Throws `net.proxy-refused` while closed. */
  logIn(): ProxyLogIn {
    this.#refuseWhileClosed()
    const version = this.#version
    return {
      version,
      enter: (signal) => (version === this.#version ? this.#enter(signal) : Promise.reject(calledOff())),
    }
  }

  /** Another password was entered; knowledge about the old one is void. */
  reset(): void {
    this.#version += 1
    this.#isProbing = false
    this.#provenAt = null
    this.#wasProven = false
    this.#heldUntil = null
    this.#unclear = null
    this.#onTrial = null
    this.#block = null
    this.#unanswered = 0
    this.#options.store.save(null)
    this.#line.refuseAll(calledOff())
  }

  /** The user wants one attempt: the next request is let out, and unless it is accepted the gate is closed again. Throws `auth.too-soon`. */
  allowOnce(): void {
    this.#heldUntil = null
    if (this.#block === null) return
    const { clock, store } = this.#options
    const waitMs = Math.min(MIN_ATTEMPT_INTERVAL_MS, this.#block.lastAttemptAt + MIN_ATTEMPT_INTERVAL_MS - clock.now())
    if (waitMs > 0) {
      throw new AppError('auth.too-soon', message('errors.tooSoon', { seconds: Math.ceil(waitMs / 1000) }), {
        advice: message('errors.tooSoonLock'),
      })
    }
    const suspended = { ...this.#block, lastAttemptAt: clock.now() }
    // The stored block stays until the attempt succeeds: a crash in between must not leave the gate open.
    const problem = store.save({ unanswered: this.#unanswered, block: suspended, unclear: this.#unclear })
    if (problem !== null) throw problem
    this.#onTrial = suspended
    this.#block = null
  }

  #enter(signal?: AbortSignal): Promise<ProxyPass> {
    try {
      this.#refuseWhileClosed()
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : calledOff())
    }
    if (signal?.aborted) return Promise.reject(calledOff())
    if (this.#isProven()) return Promise.resolve(this.#pass(false))
    if (this.#isProbing) return this.#line.wait(signal)
    const problem = this.#noteAttempt()
    return problem === null ? Promise.resolve(this.#pass(true)) : Promise.reject(problem)
  }

  #admitNext(): void {
    if (this.#line.isEmpty) return
    const problem = this.#noteAttempt()
    if (problem === null) this.#line.admitOne(() => this.#pass(true))
    else this.#line.refuseAll(problem)
  }

  #isProven(): boolean {
    return this.#provenAt !== null && this.#options.clock.elapsed() - this.#provenAt < PROOF_LASTS_MS
  }

  #pass(isProbe: boolean): ProxyPass {
    const version = this.#version
    const probe = isProbe ? this.#beginProbe() : null
    let isSettled = false
    return {
      settle: (finding, error) => {
        probe?.end()
        if (isSettled || version !== this.#version) return
        isSettled = true
        this.#apply(finding, isProbe, error)
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
      this.#line.admitOne(() => this.#pass(true))
    })
    return {
      end: () => {
        passOn()
        if (!isPassedOn) this.#isProbing = false
      },
    }
  }

  #apply(finding: ProxyFinding, isProbe: boolean, error: AppError | undefined): void {
    switch (finding) {
      case 'accepted': {
        // A success that arrives after another request closed the gate does not open it again.
        if (this.#block !== null) return
        this.#provenAt = this.#options.clock.elapsed()
        const isNew = !this.#wasProven || this.#onTrial !== null
        this.#wasProven = true
        this.#unanswered = 0
        this.#heldUntil = null
        this.#unclear = null
        this.#onTrial = null
        if (isNew) this.#options.store.save(null)
        this.#line.admitAll(() => this.#pass(false))
        break
      }
      case 'refused':
        this.#close('refused')
        break
      case 'lost':
        this.#provenAt = null
        if (isProbe) this.#lost(error)
        break
      case 'inconclusive':
      case 'unsent':
        if (!isProbe) return
        if (this.#onTrial !== null) return this.#endTrial()
        if (finding === 'inconclusive') this.#countUnclear()
        this.#takeBack()
        if (finding === 'inconclusive' && this.#isUnclear()) this.#line.refuseAll(this.#hold())
        else if (finding === 'unsent' && error !== undefined) this.#line.refuseAll(error)
        else this.#admitNext()
        break
    }
  }

  /** It was not an attempt, or may not have been one. */
  #takeBack(): void {
    if (this.#wasProven) return
    this.#unanswered -= 1
    this.#save()
  }

  /**
   * The proxy answered for itself once too often. What it may mean is that the server is down or forbidden, which costs nothing, or that
   * this is how it refuses a password. One that was accepted since the start is sent on: a server that is down is by far the likelier.
   */
  #isUnclear(): boolean {
    return !this.#wasProven && this.#unclear !== null && this.#unclear.times >= MAX_UNCLEAR
  }

  #countUnclear(): void {
    if (!this.#wasProven) this.#unclear = { times: (this.#unclear?.times ?? 0) + 1, lastAt: this.#options.clock.now() }
  }

  #lost(error: AppError | undefined): void {
    if (this.#onTrial !== null) return this.#endTrial()
    // One whose password was never accepted was counted when it left.
    if (this.#wasProven) this.#unanswered += 1
    if (this.#unanswered >= MAX_UNANSWERED) {
      if (!this.#wasProven) return this.#close('unanswered')
      this.#hold()
    }
    this.#line.refuseAll(error ?? this.#words('unanswered'))
  }

  #endTrial(): void {
    this.#block = this.#onTrial
    this.#onTrial = null
    this.#unanswered = 0
    this.#save()
    this.#line.refuseAll(this.#words(this.#block?.reason ?? 'refused'))
  }

  #close(reason: 'refused' | 'unanswered'): void {
    const isNew = this.#block === null && this.#onTrial === null
    this.#block = this.#blockFor(reason)
    this.#onTrial = null
    this.#provenAt = null
    this.#wasProven = false
    this.#unanswered = 0
    this.#save()
    const words = this.#words(reason)
    this.#line.refuseAll(words)
    if (isNew) this.closed.emit(words)
  }

  #blockFor(reason: 'refused' | 'unanswered'): NonNullable<StoredProxyGate['block']> {
    const attempts = (this.#block ?? this.#onTrial)?.attempts ?? 0
    return { reason, attempts: attempts + 1, lastAttemptAt: this.#options.clock.now() }
  }

  #save(): AppError | null {
    return this.#options.store.save({ unanswered: this.#unanswered, block: this.#block, unclear: this.#unclear })
  }

  #refuseWhileClosed(): void {
    if (this.#block !== null) throw this.#words(this.#block.reason)
    const heldMs = (this.#heldUntil ?? -Infinity) - this.#options.clock.elapsed()
    if (heldMs > 0) throw this.#held(heldMs)
  }

  #hold(): AppError {
    this.#heldUntil = this.#options.clock.elapsed() + HOLD_MS
    return this.#held(HOLD_MS)
  }

  #held(heldMs: number): AppError {
    const { host } = this.#options
    const minutes = Math.ceil(heldMs / 60_000)
    return new AppError(
      'net.proxy',
      this.#wasProven
        ? message('errors.proxy.heldBrokenOff', { host, minutes })
        : message('errors.proxy.heldUnsaid', { host, minutes }),
      {
        advice: message('errors.proxy.heldAdvice'),
      },
    )
  }

  #words(reason: 'refused' | 'unanswered'): AppError {
    const { host, user } = this.#options
    const said =
      reason === 'refused'
        ? message('errors.proxy.refused', { host, user })
        : message('errors.proxy.unanswered', { host, user })
    return new AppError('net.proxy-refused', said, {
      advice: message('errors.proxy.refusedAdvice'),
    })
  }
}
