import type { Clock } from '../clock.ts'
import { secretsOf, type SentSecret } from './strike-secrets.ts'

/** A task of Backbone has ended, and is no longer polled, long before. */
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

  /** Each as a body says it. */
  all(): SentSecret[] {
    const now = this.#clock.elapsed()
    this.#kept = this.#kept.filter(({ until }) => until > now)
    return this.#kept.map(({ secret }) => secret)
  }
}
