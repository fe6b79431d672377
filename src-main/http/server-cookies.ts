import { Cookie, CookieJar } from 'tough-cookie'
import type { HttpResponse } from './response-verdict.ts'

/** Cookies that make a session, or would: Tomcat's, Seraph's “remember me”, Crowd's, and the token that goes with a session. */
const SESSION_COOKIES: ReadonlySet<string> = new Set([
  'JSESSIONID',
  'seraph.rememberme.cookie',
  'crowd.token_key',
  'studio.crowd.tokenkey',
  'atlassian.xsrf.token',
])

/** That many are kept of a server; RFC 6265bis, 5.7, asks for at least 50. */
const MAX_COOKIES = 50
/** Of one, with its attributes; RFC 6265bis ignores 4,096 and more for name and value alone. */
const MAX_COOKIE_LENGTH = 4_096

/**
 * The cookies of one server, in memory only; they are secrets. They are kept and sent as RFC 6265bis says (tough-cookie), and to
 * the origin of the server's address alone. Those of a session are apart from the others, which are a load balancer's.
 */
export class ServerCookies {
  readonly #origin: string
  readonly #names = new Set<string>()
  #session = new CookieJar()
  #others = new CookieJar()

  constructor(baseUrl: URL) {
    this.#origin = baseUrl.origin
  }

  /**
   * Keeps the cookies that an answer from `url` sets, those of a session only where it is `withSession`. Never throws; malformed ones are
   * ignored.
   */
  keep({ headers }: Pick<HttpResponse, 'headers'>, url: URL, { withSession }: { readonly withSession: boolean }): void {
    if (url.origin !== this.#origin) return
    for (const line of [headers['set-cookie'] ?? []].flat().slice(0, MAX_COOKIES)) {
      if (line.length <= MAX_COOKIE_LENGTH) this.#keepOne(line, url, withSession)
    }
  }

  /** The header for a request to `url`: with the session's cookies, or without; null for none. */
  header(url: URL, { withSession }: { readonly withSession: boolean }): string | null {
    if (url.origin !== this.#origin) return null
    const jars = withSession ? [this.#session, this.#others] : [this.#others]
    const cookies = jars.flatMap((jar) => jar.getCookiesSync(url.href)).map((cookie) => cookie.cookieString())
    return cookies.length === 0 ? null : cookies.join('; ')
  }

  /** A session would go with a request to `url`. */
  hasSession(url: URL): boolean {
    return url.origin === this.#origin && this.#session.getCookiesSync(url.href).some(({ key }) => key === 'JSESSIONID')
  }

  /** Forgets the session; a balancer's cookies stay, so that polling reaches the node that has the task. */
  dropSession(): void {
    this.#session = new CookieJar()
  }

  clear(): void {
    this.dropSession()
    this.#others = new CookieJar()
    this.#names.clear()
  }

  #keepOne(line: string, url: URL, withSession: boolean): void {
    try {
      const name = Cookie.parse(line)?.key
      if (name === undefined) return
      if (SESSION_COOKIES.has(name)) {
        if (withSession) this.#session.setCookieSync(line, url.href, { ignoreError: true })
        return
      }
      this.#names.add(name)
      if (this.#names.size <= MAX_COOKIES) this.#others.setCookieSync(line, url.href, { ignoreError: true })
    } catch {
      // A cookie that cannot be kept is as good as none.
    }
  }
}
