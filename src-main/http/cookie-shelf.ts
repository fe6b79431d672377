import { type Cookie, pathMatch } from 'tough-cookie'

/** The least that RFC 6265bis, 5.7, requires: each is looked for in every answer, because it is a secret. */
const MAX_COOKIES = 50
const MAX_BYTES = 65_536

/** A cookie that was judged, with what RFC 6265bis stores beside it. */
interface Kept {
  readonly cookie: Cookie
  readonly path: string
  readonly bytes: number
  /** Epoch ms; Infinity if it lasts as long as Syncdeck runs. */
  readonly expiresAt: number
  /** The order in which cookies came, and in which they were last set or sent. */
  readonly createdAt: number
  usedAt: number
}

/**
 * The accepted cookies of one origin, in bounded memory. If there are too many, those not sent for the longest are
 * dropped first (RFC 6265bis, 5.7). Among equals, the newest is dropped: a load balancer names its node once, and
 * cookies that a server regenerates with every answer must not push that out.
 */
export class CookieShelf {
  #kept: Kept[] = []
  #count = 0

  /** `now`: when it arrived, epoch ms. An expired cookie removes the one with its name. */
  put(cookie: Cookie, now: number): void {
    const { key, domain } = cookie
    const path = cookie.path ?? '/'
    const earlier = this.#kept.find(
      (other) => other.cookie.key === key && other.path === path && other.cookie.domain === domain,
    )
    this.#count += 1
    this.#kept = this.#kept.filter((other) => other !== earlier)
    this.#kept.push({
      cookie,
      path,
      bytes: [key, cookie.value, path, domain ?? ''].reduce((sum, text) => sum + text.length, 0),
      expiresAt: cookie.expiryTime(new Date(now)) ?? Number.POSITIVE_INFINITY,
      createdAt: earlier?.createdAt ?? this.#count,
      usedAt: this.#count,
    })
    this.#dropExpired(now)
    this.#makeRoom()
  }

  /** Whether there is one with this name. */
  holds(name: string): boolean {
    return this.#kept.some(({ cookie }) => cookie.key === name)
  }

  /**
   * The cookies for a request to `path`, in the order of RFC 6265bis, 5.8.3: those with long paths first, then in the
   * order in which they came.
   */
  matching(path: string, now: number): readonly Cookie[] {
    this.#dropExpired(now)
    return this.#kept
      .filter((kept) => pathMatch(path, kept.path))
      .sort((one, other) => other.path.length - one.path.length || one.createdAt - other.createdAt)
      .map(({ cookie }) => cookie)
  }

  /** These were sent together. */
  used(cookies: readonly Cookie[]): void {
    this.#count += 1
    for (const kept of this.#kept) if (cookies.includes(kept.cookie)) kept.usedAt = this.#count
  }

  drop(isMeant: (cookie: Cookie) => boolean): void {
    this.#kept = this.#kept.filter(({ cookie }) => !isMeant(cookie))
  }

  clear(): void {
    this.#kept = []
  }

  #dropExpired(now: number): void {
    this.#kept = this.#kept.filter(({ expiresAt }) => expiresAt > now)
  }

  #makeRoom(): void {
    let bytes = this.#kept.reduce((sum, kept) => sum + kept.bytes, 0)
    while (this.#kept.length > MAX_COOKIES || bytes > MAX_BYTES) {
      const leaving = this.#kept.reduce((first, kept) =>
        kept.usedAt < first.usedAt || (kept.usedAt === first.usedAt && kept.createdAt > first.createdAt) ? kept : first,
      )
      bytes -= leaving.bytes
      this.#kept = this.#kept.filter((kept) => kept !== leaving)
    }
  }
}
