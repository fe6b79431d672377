import type { ServerResponse } from 'node:http'

/** Jira Data Center's rate limit: a bucket per user that fills at a steady pace. */
export interface RateLimitOptions {
  readonly capacity: number
  readonly fillPerSecond: number
}

export class RateLimit {
  readonly #options: RateLimitOptions
  #level: number
  #filledAt = Date.now()

  constructor(options: RateLimitOptions) {
    this.#options = options
    this.#level = options.capacity
  }

  /** Counts a request and writes the headers; false when it was refused with 429. */
  pass(response: ServerResponse): boolean {
    const now = Date.now()
    const { capacity, fillPerSecond } = this.#options
    this.#level = Math.min(capacity, this.#level + ((now - this.#filledAt) / 1000) * fillPerSecond)
    this.#filledAt = now
    const isAllowed = this.#level >= 1
    if (isAllowed) this.#level -= 1
    response.setHeader('X-RateLimit-Limit', capacity)
    response.setHeader('X-RateLimit-Remaining', Math.floor(this.#level))
    response.setHeader('X-RateLimit-FillRate', fillPerSecond)
    response.setHeader('X-RateLimit-Interval-Seconds', 1)
    if (isAllowed) return true
    response.writeHead(429, { 'Retry-After': Math.ceil((1 - this.#level) / fillPerSecond) })
    response.end()
    return false
  }
}
