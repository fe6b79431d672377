/** Headers of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** The state of a user's token bucket, as reported by Jira Data Center. */
export interface RateLimitHeaders {
  /** The most tokens in the bucket. */
  readonly capacity: number
  /** Tokens left after this request, rounded down. */
  readonly remaining: number
  /** Tokens that are added in each interval. */
  readonly fillRate: number
  readonly intervalMs: number
}

/** `X-RateLimit-*`, as in Atlassian's “Adjusting your code for rate limiting”; null unless all of them are there. */
export function rateLimitOf(headers: AnswerHeaders): RateLimitHeaders | null {
  const number = (name: string): number => {
    const value = headers[`x-ratelimit-${name}`]
    return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : Number.NaN
  }
  const found = {
    capacity: number('limit'),
    remaining: number('remaining'),
    fillRate: number('fillrate'),
    intervalMs: number('interval-seconds') * 1000,
  }
  const isWhole = found.capacity >= 1 && found.remaining >= 0 && found.fillRate > 0 && found.intervalMs > 0
  return isWhole ? found : null
}

/**
 * `Retry-After` in milliseconds: a number of seconds, decimals included, or a date (RFC 9110, 10.2.3); 0 if it says
 * nothing. `now` is epoch ms. A date names its month in letters, or is one of ISO 8601: JavaScript would read a year
 * into any number.
 */
export function retryAfterMs(headers: AnswerHeaders, now: number): number {
  const value = headers['retry-after']
  if (typeof value !== 'string') return 0
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000
  const date = /[a-z]{3}|^\s*\d{4}-\d\d-\d\dT/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}
