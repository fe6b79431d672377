import { Cookie, CookieJar, pathMatch } from 'tough-cookie'
import { CookieShelf } from './cookie-shelf.ts'
import type { HttpResponse } from './response-verdict.ts'

/**
 * Further cookies that belong to a session: Seraph's “remember me”, Crowd's, and the token that goes with a session.
 */
const WITH_A_SESSION: ReadonlySet<string> = new Set([
  'seraph.rememberme.cookie',
  'crowd.token_key',
  'studio.crowd.tokenkey',
  'atlassian.xsrf.token',
])
/** Tomcat's `JSESSIONID`, under the names that administrators give it if several servers share a host. */
const SESSION_ID = /jsession|session_?id/i
/**
 * A session id as Tomcat makes it, before the name of its node (`jvmRoute`): recognised by this, whatever the cookie is
 * called.
 */
const TOMCAT_ID = /^[\dA-F]{32,}(?:\.|$)/

/**
 * How load balancers name their cookies: Apache, AWS, F5, HAProxy, Azure, Kubernetes, Citrix, Traefik, Barracuda and
 * others.
 */
const BALANCER =
  /^(?:.*route.*|aws[ae]lb.*|bigip.*|f5.*|ts[\da-f]{6,}|server_?id|srv|arr_?affinity.*|ingress.*|kong.*|nsc_.*|citrix_ns_id.*|lb.*|.*sticky.*|.*_lb|__cf.*|bni_.*|barracuda.*)$/i
/** Session ids are random, and longer than the names of nodes. */
const LEAST_SESSION_ID = 16

/** For name and value together: RFC 6265bis, 5.7. */
const MAX_COOKIE_BYTES = 4_096
/** For an attribute's value; a longer attribute is as good as none (RFC 6265bis, 5.6). */
const MAX_ATTRIBUTE_BYTES = 1_024
/**
 * Of all cookies sent with a request. By default, Tomcat accepts 8 kB of headers in total, and Apache and nginx a line
 * of that length: a request with more would be refused.
 */
const MAX_HEADER_BYTES = 7_168

/**
 * The cookies of one server, in memory only; they are secrets. They are kept and sent as RFC 6265bis says (tough-cookie
 * judges them), and only to the origin of the server's address. Those of a session are kept apart from the others,
 * which are a load balancer's.
 */
export class ServerCookies {
  readonly #origin: string
  /** Everything that is requested lies below it. */
  readonly #basePath: string
  readonly #now: () => number
  readonly #session = new CookieShelf()
  readonly #others = new CookieShelf()
  /**
   * A request with cookies that may belong to a session was refused: none of them is sent until something is accepted.
   */
  #isDoubted = false

  /** `now`: epoch ms. */
  constructor(baseUrl: URL, now: () => number) {
    this.#origin = baseUrl.origin
    this.#basePath = baseUrl.pathname
    this.#now = now
  }

  /**
   * Keeps the cookies that an answer from `url` sets, those of a session only if `withSession`. Never throws; malformed
   * ones are ignored, and so are those that no request to this server could carry.
   */
  keep({ headers }: Pick<HttpResponse, 'headers'>, url: URL, { withSession }: { readonly withSession: boolean }): void {
    if (url.origin !== this.#origin) return
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      const cookie = this.#judge(line, url)
      if (cookie === null) continue
      if (!isOfSession(cookie) && !this.#session.holds(cookie.key)) this.#others.put(cookie, this.#now())
      else if (withSession) this.#session.put(cookie, this.#now())
    }
  }

  /** The header for a request to `url`: with the session's cookies, or without; null for none. */
  header(url: URL, { withSession }: { readonly withSession: boolean }): string | null {
    if (url.origin !== this.#origin) return null
    const pairs: string[] = []
    let left = MAX_HEADER_BYTES
    for (const shelf of withSession ? [this.#session, this.#others] : [this.#others]) {
      const going = shelf.matching(url.pathname, this.#now()).filter((cookie) => {
        if (this.#isDoubted && mayBeOfSession(cookie.key, cookie.value)) return false
        const length = cookie.cookieString().length + '; '.length
        if (length > left) return false
        left -= length
        return true
      })
      shelf.used(going)
      pairs.push(...going.map((cookie) => cookie.cookieString()))
    }
    return pairs.length === 0 ? null : pairs.join('; ')
  }

  /** The session that would go with a request to `url`; null for none. */
  sessionId(url: URL): string | null {
    if (url.origin !== this.#origin) return null
    const ids = this.#session.matching(url.pathname, this.#now()).filter(isSession)
    return ids.length === 0 ? null : ids.map(({ value }) => value).join(' ')
  }

  /**
   * Whether the session that would be sent to `other` would also be sent to `url`. A cookie may be for some paths only,
   * and the first of several with one name counts. False if none would be sent.
   */
  isSameSession(url: URL, other: URL): boolean {
    const [here, there] = [this.#idsFor(url), this.#idsFor(other)]
    return there.size > 0 && [...there].every(([name, id]) => here.get(name) === id)
  }

  /** Forgets the session; a balancer's cookies stay, so that polling reaches the node that has the task. */
  dropSession(): void {
    this.#session.clear()
  }

  /**
   * Forgets the cookies that were sent and may belong to a session under an unknown name, and sends no such cookies,
   * not even new ones, until `trust`: something may set another with each refusal. False if none was sent: a load
   * balancer's cookies have nothing to do with a refusal.
   */
  doubt(sent: string | null): boolean {
    const doubtful = new Set(
      pairsOf(sent)
        .filter(({ name, value }) => mayBeOfSession(name, value))
        .map(({ pair }) => pair),
    )
    this.#others.drop((cookie) => doubtful.has(cookie.cookieString()))
    this.#isDoubted ||= doubtful.size > 0
    return doubtful.size > 0
  }

  /** A credential was accepted: the refusal was not about it. */
  trust(): void {
    this.#isDoubted = false
  }

  clear(): void {
    this.dropSession()
    this.#others.clear()
  }

  /** The ids of sessions that would go with a request to `url`, by the names of their cookies. */
  #idsFor(url: URL): ReadonlyMap<string, string> {
    const ids = this.#session.matching(url.pathname, this.#now()).filter(isSession)
    return new Map(ids.toReversed().map(({ key, value }) => [key, value]))
  }

  /** Null for one that must not be kept. */
  #judge(line: string, url: URL): Cookie | null {
    if (!isSendable(line)) return null
    try {
      const parsed = parse(line)
      if (parsed === null || parsed.key.length + parsed.value.length > MAX_COOKIE_BYTES) return null
      if (!keepsItsPrefix(parsed)) return null
      // The host itself counts as no domain (RFC 6265bis, 5.7): it may be a public suffix, as every single-word name
      // is.
      if (parsed.cdomain() === url.hostname) parsed.domain = null
      const cookie = new CookieJar().setCookieSync(parsed, url.href, { ignoreError: true })
      return cookie !== undefined && this.#mayGo(cookie) ? cookie : null
    } catch {
      // A cookie that cannot be kept is as good as none.
      return null
    }
  }

  #mayGo({ path }: Cookie): boolean {
    return path !== null && (pathMatch(this.#basePath, path) || pathMatch(path, this.#basePath))
  }
}

/** Anything shorter may be an ordinary word, and is no key to anything. */
const LEAST_SECRET = 12
/** Each is looked for in the answer. */
const MOST_SECRETS = 10

/**
 * The cookies in an answer that may open a session, kept or not: each is as good as a password, and looked for in the
 * same answer.
 */
export function sessionsSet({ headers }: Pick<HttpResponse, 'headers'>): string[] {
  return [headers['set-cookie'] ?? []]
    .flat()
    .flatMap((line) => pairsOf(line.split(';', 1)[0] ?? ''))
    .filter(({ name, value }) => mayBeOfSession(name.trim(), value.trim()))
    .map(({ value }) => value.trim().replace(/^"(.*)"$/, '$1'))
    .filter(({ length }) => length >= LEAST_SECRET && length <= MAX_COOKIE_BYTES)
    .slice(0, MOST_SECRETS)
}

/**
 * A `Set-Cookie` line as RFC 6265bis, 5.6, reads it: a name may be missing, with or without its “=”. tough-cookie only
 * reads the attributes: it would read a name into the value of a cookie that has none. Null if there is neither name
 * nor value.
 */
function parse(line: string): Cookie | null {
  const [pair = '', ...attributes] = line.split(';')
  const equals = pair.indexOf('=')
  const name = pair.slice(0, Math.max(equals, 0)).trim()
  const value = pair.slice(equals + 1).trim()
  if (name === '' && value === '') return null
  const isShort = (attribute: string): boolean =>
    attribute.slice(attribute.indexOf('=') + 1).trim().length <= MAX_ATTRIBUTE_BYTES
  const cookie = Cookie.parse(['name=value', ...attributes.filter(isShort)].join(';'))
  if (cookie === undefined) return null
  cookie.key = name
  cookie.value = value
  return cookie
}

/** The cookies in a `Cookie` header. */
function pairsOf(header: string | null): { readonly pair: string; readonly name: string; readonly value: string }[] {
  if (header === null) return []
  return header.split('; ').map((pair) => {
    const equals = pair.indexOf('=')
    return { pair, name: pair.slice(0, Math.max(equals, 0)), value: pair.slice(equals + 1) }
  })
}

type Named = Pick<Cookie, 'key' | 'value'>

/** Of the session's own cookie, and not of one that goes with it. */
function isSession({ key, value }: Named): boolean {
  return SESSION_ID.test(key) || (TOMCAT_ID.test(value) && !BALANCER.test(key))
}

function isOfSession(cookie: Named): boolean {
  return isSession(cookie) || WITH_A_SESSION.has(cookie.key)
}

/** A container may be configured to give its session any name. */
function mayBeOfSession(key: string, value: string): boolean {
  return isOfSession({ key, value }) || (!BALANCER.test(key) && value.length >= LEAST_SESSION_ID)
}

/**
 * RFC 6265bis, 4.1.3 and 5.7: the prefixes of names are recognised in any case. The value of a cookie without a name is
 * sent alone, and must not pass for one with a name.
 */
function keepsItsPrefix({ key, value, secure, domain, path }: Cookie): boolean {
  if (key === '') return !value.includes('=') && !/^__(?:host|secure)-/i.test(value)
  const name = key.toLowerCase()
  if (name.startsWith('__host-')) return secure && domain === null && path === '/'
  return !name.startsWith('__secure-') || secure
}

/**
 * No control characters (RFC 6265bis, 5.6), and none that a header cannot hold: Node would refuse every request with
 * it.
 */
function isSendable(line: string): boolean {
  for (let index = 0; index < line.length; index += 1) {
    const code = line.charCodeAt(index)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false
  }
  return true
}
