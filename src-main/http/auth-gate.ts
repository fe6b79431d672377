import type { AppErrorData } from '#contract/errors.ts'
import type { Access, BlockReason } from '#contract/servers.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import type { StoredBlock } from '../storage/server-table.ts'
import { blockedError } from './response-verdict.ts'

/** Between two presses of “Test once”. */
export const MIN_ATTEMPT_INTERVAL_MS = 10_000

/**
 * After this long without a proof the credential counts as unproven again, so that a round of requests after a
 * pause begins with a single one. A password changed meanwhile then costs one failure, not one per connection.
 */
const PROOF_LASTS_MS = 5_000

/** What an admitted request found out about the credential. */
export type Finding =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'blocked'; readonly reason: BlockReason; readonly loginUrl: string | null }
  | { readonly kind: 'inconclusive'; readonly error: AppErrorData | null }

/** Permission for one request to leave; `settle` must be called exactly once when it is over. */
export interface Pass {
  settle(finding: Finding): void
}

/** Where the gate keeps its block, so that a restart finds it closed. */
export interface BlockStore {
  load(): StoredBlock | null
  save(block: StoredBlock | null): void
}

interface Waiting {
  readonly admit: (pass: Pass) => void
  readonly refuse: (error: AppError) => void
  readonly signal: AbortSignal | undefined
  readonly onAbort: () => void
}

/**
 * Stands before every request that carries a server's credential, so that a wrong password is tried once and not
 * once per synchronization: Jira locks an account behind a captcha after a few failures. While nothing is known of
 * the credential, one request is under way and all others wait for its verdict. The first refusal closes the gate, and
 * only the user opens it: by a new credential (`reset`) or by one deliberate attempt (`tryOnce`).
 */
export class AuthGate {
  readonly #store: BlockStore
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  readonly #onChange: () => void
  readonly #waiting: Waiting[] = []
  #block: StoredBlock | null
  #failedAttempts: number
  /** By `elapsed`, so that a clock set back does not make an old proof a new one. */
  #provenAt: number | null = null
  #isProbing = false
  /** The block that the user's one attempt is up against; back in force unless the attempt succeeds. */
  #onTrial: StoredBlock | null = null
  #lastState: Access['state'] = 'unknown'
  /** Rises whenever the credential changes, so that late verdicts about the old one are ignored. */
  #generation = 0

  constructor(options: { store: BlockStore; clock: Pick<Clock, 'now' | 'elapsed'>; onChange: () => void }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#onChange = options.onChange
    this.#block = options.store.load()
    this.#failedAttempts = this.#block?.attempts ?? 0
    this.#lastState = this.access.state
  }

  get access(): Access {
    if (this.#block !== null) {
      const { reason, since, attempts, lastAttemptAt, loginUrl } = this.#block
      return { state: 'blocked', reason, since, attempts, nextAttemptAt: lastAttemptAt + MIN_ATTEMPT_INTERVAL_MS, loginUrl }
    }
    if (this.#provenAt !== null) return { state: 'ok' }
    return { state: this.#isProbing ? 'probing' : 'unknown' }
  }

  /** Waits for permission to send. Rejects with `auth.*` while closed, and with the error of the probe that others wait for. */
  enter(signal?: AbortSignal): Promise<Pass> {
    if (this.#block !== null) return Promise.reject(this.#refusal())
    if (signal?.aborted) return Promise.reject(aborted())
    if (this.#isProven()) return Promise.resolve(this.#pass(false))
    if (!this.#isProbing) return Promise.resolve(this.#pass(true))
    return new Promise((admit, refuse) => {
      const waiting: Waiting = {
        admit,
        refuse,
        signal,
        onAbort: () => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
          refuse(aborted())
        },
      }
      signal?.addEventListener('abort', waiting.onAbort, { once: true })
      this.#waiting.push(waiting)
    })
  }

  /** The user set another credential: everything known about the old one is void. */
  reset(): void {
    this.#generation += 1
    this.#isProbing = false
    this.#provenAt = null
    this.#failedAttempts = 0
    this.#onTrial = null
    this.#setBlock(null)
    this.#refuseAll(aborted())
    this.#changed()
  }

  /**
   * The user pressed “Test once”: opens the gate for the single request that `attempt` makes. Whatever is not a success
   * closes it again. Throws `auth.too-soon` within ten seconds of the last attempt.
   */
  async tryOnce(attempt: () => Promise<unknown>): Promise<void> {
    this.#allowOneAttempt()
    try {
      await attempt()
    } finally {
      this.#endTrial()
    }
  }

  #allowOneAttempt(): void {
    if (this.#block === null) return
    // Bounded, so that a clock set back does not keep the user waiting for as long.
    const waitMs = Math.min(MIN_ATTEMPT_INTERVAL_MS, this.#block.lastAttemptAt + MIN_ATTEMPT_INTERVAL_MS - this.#clock.now())
    if (waitMs > 0) {
      throw new AppError('auth.too-soon', `Wait ${Math.ceil(waitMs / 1000)} s before the next attempt.`, {
        advice: 'Attempts in quick succession are what makes Jira demand a captcha.',
      })
    }
    this.#onTrial = { ...this.#block, lastAttemptAt: this.#clock.now() }
    // The stored block stays until the attempt succeeds: a crash in between must not leave the gate open.
    this.#store.save(this.#onTrial)
    this.#block = null
    this.#changed()
  }

  #endTrial(): void {
    if (this.#onTrial === null) return
    this.#block = this.#onTrial
    this.#onTrial = null
    this.#refuseAll(this.#refusal())
    this.#changed()
  }

  #isProven(): boolean {
    return this.#provenAt !== null && !this.#isProbing && this.#clock.elapsed() - this.#provenAt < PROOF_LASTS_MS
  }

  #pass(isProbe: boolean): Pass {
    const generation = this.#generation
    if (isProbe) this.#isProbing = true
    this.#changed()
    let isSettled = false
    return {
      settle: (finding) => {
        if (isSettled || generation !== this.#generation) return
        isSettled = true
        if (isProbe) this.#isProbing = false
        this.#apply(finding, isProbe)
      },
    }
  }

  #apply(finding: Finding, isProbe: boolean): void {
    switch (finding.kind) {
      case 'accepted':
        // A good answer that was on its way when another closed the gate does not open it again.
        if (this.#block !== null) return
        this.#provenAt = this.#clock.elapsed()
        this.#failedAttempts = 0
        if (this.#onTrial !== null) this.#store.save(null)
        this.#onTrial = null
        this.#admitAll()
        break
      case 'blocked':
        this.#failedAttempts += 1
        this.#provenAt = null
        this.#setBlock({
          reason: finding.reason,
          since: this.#block?.since ?? this.#onTrial?.since ?? this.#clock.now(),
          attempts: this.#failedAttempts,
          lastAttemptAt: this.#clock.now(),
          loginUrl: finding.loginUrl,
        })
        this.#onTrial = null
        this.#refuseAll(this.#refusal())
        break
      case 'inconclusive':
        // Those who waited would meet the same fate one after the other; they share it instead.
        if (isProbe) {
          this.#provenAt = null
          if (this.#onTrial !== null) this.#endTrial()
          else if (finding.error === null) this.#probeNext()
          else this.#refuseAll(new AppError(finding.error.code, finding.error.message, finding.error))
        }
        break
    }
    this.#changed()
  }

  #admitAll(): void {
    for (const waiting of this.#waiting.splice(0)) {
      waiting.signal?.removeEventListener('abort', waiting.onAbort)
      waiting.admit(this.#pass(false))
    }
  }

  #probeNext(): void {
    const next = this.#waiting.shift()
    if (next === undefined) return
    next.signal?.removeEventListener('abort', next.onAbort)
    next.admit(this.#pass(true))
  }

  #refuseAll(error: AppError): void {
    for (const waiting of this.#waiting.splice(0)) {
      waiting.signal?.removeEventListener('abort', waiting.onAbort)
      waiting.refuse(error)
    }
  }

  #refusal(): AppError {
    const { reason, loginUrl } = this.#block ?? { reason: 'rejected' as const, loginUrl: null }
    const words = blockedError(reason, loginUrl)
    return new AppError(words.code, words.message, words)
  }

  #setBlock(block: StoredBlock | null): void {
    this.#block = block
    this.#store.save(block)
  }

  #changed(): void {
    const { state } = this.access
    if (state === this.#lastState && state !== 'blocked') return
    this.#lastState = state
    this.#onChange()
  }
}

function aborted(): AppError {
  return new AppError('net.aborted', 'The request was called off.')
}
