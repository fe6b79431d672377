/** After this long without an acceptance a credential counts as unproven again. */
const PROOF_LASTS_MS = 5_000

/** A request on its way. `violation`: why it should not have left, in words; empty where it may. */
interface Trip {
  readonly violation: string
  end(): void
}

/**
 * What is promised of log-ins at one server, looked at with each request that leaves: one that was refused does not leave again
 * until the user acts, and while nothing is known of a credential one request is under way with it. `now`: elapsed milliseconds.
 */
export class LogInRules {
  readonly #refused = new Set<string>()
  readonly #acceptedAt = new Map<string, number>()
  readonly #unproven = new Set<object>()
  #allowed = 0

  leaves(credential: string, now: number): Trip {
    if (credential === '') return { violation: '', end: () => undefined }
    const trip = {}
    const isUnproven = !this.#isProven(credential, now)
    const others = this.#unproven.size
    if (isUnproven) this.#unproven.add(trip)
    const end = (): void => void this.#unproven.delete(trip)
    if (this.#refused.has(credential)) {
      if (this.#allowed === 0) return { violation: 'a credential left again after it was refused, and nobody acted', end }
      this.#allowed -= 1
    }
    return { violation: isUnproven && others > 0 ? `${others + 1} requests were under way with a credential of which nothing was known` : '', end }
  }

  refused(credential: string): void {
    this.#refused.add(credential)
    this.#acceptedAt.delete(credential)
  }

  accepted(credential: string, now: number): void {
    this.#acceptedAt.set(credential, now)
    this.#refused.delete(credential)
  }

  /** Whether any credential counts as accepted. */
  isProven(now: number): boolean {
    return [...this.#acceptedAt.keys()].some((credential) => this.#isProven(credential, now))
  }

  /** The user enters a credential, perhaps the same: what is under way belongs to what was done before. */
  forget(): void {
    this.#refused.clear()
    this.#acceptedAt.clear()
    this.#unproven.clear()
  }

  /** The application begins anew: what it learned of good ones is forgotten, what was refused is not. */
  restart(): void {
    this.#acceptedAt.clear()
    this.#unproven.clear()
  }

  /** The user presses “Test once”: one request may leave until that is over. */
  async allowOne(attempt: Promise<unknown>): Promise<void> {
    this.#allowed = 1
    await attempt.finally(() => (this.#allowed = 0))
  }

  #isProven(credential: string, now: number): boolean {
    const at = this.#acceptedAt.get(credential)
    return at !== undefined && now - at < PROOF_LASTS_MS
  }
}
