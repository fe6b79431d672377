/**
 * Jira Data Center's rate limit: a bucket of tokens for each user, of which every request takes one. After Atlassian's
 * “Adjusting your code for rate limiting”.
 */
export interface RateLimitOptions {
  /** Most tokens in a bucket, which starts full. */
  readonly capacity: number
  readonly fillPerSecond: number
  /** False: a proxy's limit, which says 429 and nothing else. */
  readonly hasHeaders?: boolean
}

/** What the limit does to one request. */
export interface RateLimitVerdict {
  readonly isAllowed: boolean
  readonly headers: Readonly<Record<string, string>>
}

/** The buckets of one node. */
export class RateLimit {
  readonly #options: RateLimitOptions
  readonly #now: () => number
  readonly #buckets = new Map<string, { level: number; filledAt: number }>()
  /** Requests that were refused. */
  refused = 0

  constructor(options: RateLimitOptions, now: () => number) {
    this.#options = options
    this.#now = now
  }

  /** Counts a request of this user. */
  take(user: string): RateLimitVerdict {
    const { capacity, fillPerSecond, hasHeaders = true } = this.#options
    const now = this.#now()
    const bucket = this.#buckets.get(user) ?? { level: capacity, filledAt: now }
    this.#buckets.set(user, bucket)
    bucket.level = Math.min(capacity, bucket.level + ((now - bucket.filledAt) / 1000) * fillPerSecond)
    bucket.filledAt = now
    // A sum of fractions may end a hair below the whole.
    const isAllowed = bucket.level >= 1 - 1e-9
    if (isAllowed) bucket.level = Math.max(0, bucket.level - 1)
    else this.refused += 1
    if (!hasHeaders) return { isAllowed, headers: {} }
    return {
      isAllowed,
      headers: {
        'X-RateLimit-Limit': String(capacity),
        'X-RateLimit-Remaining': String(Math.floor(bucket.level)),
        // Both are whole numbers on a real Jira: a rate below one a second is one in a longer interval.
        'X-RateLimit-FillRate': String(Math.max(1, Math.round(fillPerSecond))),
        'X-RateLimit-Interval-Seconds': String(Math.max(1, Math.round(1 / fillPerSecond))),
        'Retry-After': String(bucket.level >= 1 ? 0 : Math.ceil((1 - bucket.level) / fillPerSecond)),
      },
    }
  }
}
