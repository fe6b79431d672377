import type { Clock } from '../clock.ts'
import { secretsOf, type SentSecret } from './strike-secrets.ts'

/** By then, a task of Backbone has long ended and is no longer polled. */
const KEPT_MS = 60 * 60_000
/** The most passwords that are remembered: with a hundred, each request costs about a millisecond more. */
const MOST = 100

/**
 * The secrets in request bodies sent a while ago. The server may repeat them later, in the failure of a task or in an
 * error within a status. In memory only.
 */
export class SentSecrets {
  readonly #clock: Pick<Clock, 'elapsed'>
  #kept: { readonly secret: SentSecret; readonly until: number }[] = []

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  note(json: unknown): void {
    const secrets = secretsOf(json)
    if (secrets.length === 0) return
    const until = this.#clock.elapsed() + KEPT_MS
    const others = this.#kept.filter((kept) => secrets.every(({ password }) => password !== kept.secret.password))
    this.#kept = [...others, ...secrets.map((secret) => ({ secret, until }))].slice(-MOST)
  }

  /** Each as it appears in a body. */
  all(): SentSecret[] {
    const now = this.#clock.elapsed()
    this.#kept = this.#kept.filter(({ until }) => until > now)
    return this.#kept.map(({ secret }) => secret)
  }
}

/**
 * The same for each origin: several entries may lead to one Jira, which gets a secret through one and repeats it
 * through another.
 */
export class SentToOrigins {
  readonly #clock: Pick<Clock, 'elapsed'>
  readonly #byOrigin = new Map<string, SentSecrets>()

  constructor(clock: Pick<Clock, 'elapsed'>) {
    this.#clock = clock
  }

  of(baseUrl: string): SentSecrets {
    const { origin } = new URL(baseUrl)
    const known = this.#byOrigin.get(origin) ?? new SentSecrets(this.#clock)
    this.#byOrigin.set(origin, known)
    return known
  }

  /** What the origin of an address was sent. */
  sentTo(baseUrl: string): readonly SentSecret[] {
    return this.#byOrigin.get(new URL(baseUrl).origin)?.all() ?? []
  }

  /** Forgets what was sent to any origin but these. */
  keepOnly(baseUrls: readonly string[]): void {
    const origins = new Set(baseUrls.map((baseUrl) => new URL(baseUrl).origin))
    for (const origin of this.#byOrigin.keys()) if (!origins.has(origin)) this.#byOrigin.delete(origin)
  }
}
