import { isIP } from 'node:net'
import { message } from '#contract/messages/message.ts'
import type { Settings } from '#contract/settings.ts'
import { AppError } from '../errors/app-error.ts'
import { isSignedByJira } from './jira-signs.ts'
import { distrustOf } from './network-error.ts'
import type { ProxyFinding, ProxyLogIn } from './proxy-pass.ts'
import { rateLimitOf } from './rate-limit-headers.ts'
import type { HttpResponse } from './response-verdict.ts'

/** Why a request takes its route: directly, or through a proxy. */
export type RouteReason =
  | 'none'
  | 'thisComputer'
  | 'noProxyNamed'
  | 'exception'
  | 'noSystemProxy'
  | 'alone'
  | 'bySettings'
  | 'bySettingsWithUser'
  | 'bySystem'

/** The route of a request, and the reason. */
export interface ProxyRoute {
  /**
   * The proxy that it goes to first; its address may contain the proxy's user and password. Null: directly to its host.
   */
  readonly proxy: URL | null
  /** Which of the messages of `diagnosis.route` gives the reason. */
  readonly reason: RouteReason
  /** What the reason refers to: the proxy, or the exception. */
  readonly about?: string
  /** Present if `proxy` contains a password; must be entered before each request. */
  readonly logIn?: ProxyLogIn
}

/** A route that leads through a proxy. */
export type ProxiedRoute = ProxyRoute & { readonly proxy: URL }

export interface ProxiesOptions {
  readonly settings: { get(): Settings }
  /** The operating system's answer for an address, as `PROXY host:port; DIRECT` (the result of a PAC file). */
  readonly resolveSystemProxy: (address: string) => Promise<string>
  /**
   * The proxy's password, requested only if a user is set. Rejects with `vault.*`; never empty in place of one that
   * cannot be read.
   */
  readonly password: () => Promise<string>
  /** The log-in of a user to a proxy. Throws `net.proxy-refused` if nothing may be sent. */
  readonly logIn?: (proxy: URL, user: string) => ProxyLogIn
}

/** Windows gives an automatic configuration script about as long to be found. */
const SYSTEM_ANSWERS_WITHIN_MS = 10_000

/** Chooses the route of every request; the only place that knows about proxies. */
export class Proxies {
  readonly #options: ProxiesOptions

  constructor(options: ProxiesOptions) {
    this.#options = options
  }

  /**
   * Rejects with `net.proxy` if the system names a kind of proxy that Syncdeck cannot use, and as the proxy's gate and
   * the keychain do.
   */
  async routeTo(url: URL): Promise<ProxyRoute> {
    const { settings, resolveSystemProxy, password, logIn } = this.#options
    const { proxyMode, proxyAddress, proxyUser, proxyExceptions } = settings.get()
    if (proxyMode === 'none') return directly('none')
    if (isThisComputer(url.hostname)) return directly('thisComputer')
    if (proxyMode === 'system') return readPacResult(await inTime(resolveSystemProxy(url.origin)))
    if (proxyAddress === '') return directly('noProxyNamed')
    const exception = exceptionFor(url.hostname, proxyExceptions)
    if (exception !== null) return { ...directly('exception'), about: exception }
    const proxy = new URL(proxyAddress)
    if (proxyUser === '') return { proxy, reason: 'bySettings', about: proxy.host }
    // Before the password is read: one entered in the meantime makes this log-in void.
    const entry = logIn?.(proxy, proxyUser)
    const withUser = new URL(proxy)
    withUser.username = encodeURIComponent(proxyUser)
    withUser.password = encodeURIComponent(await password())
    return { proxy: withUser, reason: 'bySettingsWithUser', about: proxy.host, ...(entry && { logIn: entry }) }
  }
}

/**
 * Electron asks for one address after the other, and only once the system's automatic configuration has answered: that
 * may never happen.
 */
async function inTime(answer: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new AppError('net.proxy', message('errors.proxy.silent'), { advice: message('errors.proxy.silentAdvice') }),
        ),
      SYSTEM_ANSWERS_WITHIN_MS,
    )
  })
  try {
    return await Promise.race([answer, silence])
  } finally {
    clearTimeout(timer)
  }
}

function directly(reason: RouteReason): ProxyRoute {
  return { proxy: null, reason }
}

/**
 * The first usable entry of a PAC result: `DIRECT`, `PROXY host:port`, `HTTPS host:port`, and `SOCKS…`, which is not
 * supported.
 */
export function readPacResult(result: string): ProxyRoute {
  const by = (proxy: URL): ProxyRoute => ({
    proxy,
    reason: 'bySystem',
    about: proxy.host,
  })
  let unsupported = ''
  for (const entry of result.split(';')) {
    const [kind = '', address = ''] = entry.trim().split(/\s+/)
    let proxy: URL | null = null
    switch (kind.toUpperCase()) {
      case 'DIRECT':
        return directly('noSystemProxy')
      case 'PROXY':
      case 'HTTP':
        proxy = URL.parse(`http://${address}`)
        break
      case 'HTTPS':
        proxy = URL.parse(`https://${address}`)
        break
      case '':
        continue
    }
    if (proxy !== null) return by(proxy)
    unsupported = entry.trim()
  }
  if (unsupported === '') return directly('noSystemProxy')
  throw new AppError('net.proxy', message('errors.proxy.unsupported', { kind: unsupported }), {
    advice: message('errors.proxy.unsupportedAdvice'),
  })
}

/** The exception that names `host`: hosts, and domains with a leading dot, separated by commas. Null for none. */
export function exceptionFor(host: string, exceptions: string): string | null {
  const name = host.toLowerCase()
  const found = exceptions
    .split(/[,\s]+/)
    .map((entry) =>
      entry
        .trim()
        .toLowerCase()
        .replace(/^\*(?=\.)/, ''),
    )
    .find(
      (entry) =>
        entry !== '' && (entry.startsWith('.') ? name.endsWith(entry) || name === entry.slice(1) : name === entry),
    )
  return found ?? null
}

function isThisComputer(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '')
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  )
}

/**
 * The failure of a request through a proxy. `status`: the proxy's answer; null if it could not be reached. `isRefused`:
 * the password was refused.
 */
export function proxyError(route: URL, status: number | null, isRefused = isRefusal(status)): AppError {
  if (isRefused) return refusedBy(route)
  return new AppError(
    'net.proxy',
    status === null
      ? message('errors.proxy.unreachable', { host: route.host })
      : message('errors.proxy.notConnected', { host: route.host, status }),
    { advice: message('errors.proxy.checkAdvice') },
  )
}

/** Nothing came back from the proxy. `code`: Node's or OpenSSL's. */
export function unreachableProxy(proxy: URL, code: string): AppError {
  const distrust = proxy.protocol === 'https:' ? distrustOf(code) : null
  if (distrust === null) return proxyError(proxy, null)
  return new AppError('net.proxy', message('errors.proxy.untrusted', { host: proxy.host, reason: distrust }), {
    advice: message('errors.proxy.untrustedAdvice'),
  })
}

function refusedBy({ host, username }: URL): AppError {
  if (username === '') {
    return new AppError('net.proxy', message('errors.proxy.demandsUser', { host }), {
      advice: message('errors.proxy.demandsUserAdvice'),
    })
  }
  return new AppError(
    'net.proxy-refused',
    message('errors.proxy.refused', { host, user: decodeURIComponent(username) }),
    {
      advice: message('errors.proxy.refusedAdvice'),
    },
  )
}

/** 407, and 401 from proxies that use it for a wrong password (Tinyproxy). */
function isRefusal(status: number | null): boolean {
  return status === 407 || status === 401
}

/**
 * What an answer to `CONNECT` says about the log-in; only the proxy can have sent it. If it answers this log-in with a
 * demand for one, it refuses it, whatever the status (RFC 9110, 11.7.1): some say 403 for a wrong password. `hasPage`:
 * bytes came with it, which a server behind a tunnel never sends before it is spoken to.
 */
export function findingOfTunnel({ status, headers }: AnswerHead, hasPage = false): ProxyFinding {
  if (isRefusal(status) || (status !== 200 && headers['proxy-authenticate'] !== undefined)) return 'refused'
  if (status === 200) return hasPage || isPage({ status, headers }) ? 'diverted' : 'accepted'
  // Any other status may have been sent before the log-in was checked, for example for a port that the proxy does not
  // tunnel to.
  return status >= 500 || status === 429 ? 'inconclusive' : 'diverted'
}

type AnswerHead = Pick<HttpResponse, 'status' | 'headers'>

/** HTML, whatever was requested. */
function isPage({ headers }: AnswerHead): boolean {
  return /\bhtml\b/i.test(String(headers['content-type'] ?? ''))
}

/**
 * What an answer over plain http says about the log-in to the proxy. Its own pages look like a server's: it has
 * accepted the password if the answer bears one of Jira's own signs, or is the JSON that was requested.
 */
export function findingOfAnswer(response: AnswerHead): ProxyFinding {
  if (isProxyRefusal(response)) return 'refused'
  if (isSignedByJira(response)) return 'accepted'
  const { status, headers } = response
  if (status === 429) return rateLimitOf(headers) === null ? 'inconclusive' : 'accepted'
  const isJson = /\bjson\b/i.test(String(headers['content-type'] ?? ''))
  const isSuccess = status < 300
  if (isSuccess && isJson) return 'accepted'
  // A server that is down; its own refusal, if something removes Jira's signs; and nobody refuses with a success
  // without content.
  const isEmpty = status === 204 || headers['content-length'] === '0'
  return status >= 500 || status === 401 || isJson || (isSuccess && isEmpty) ? 'inconclusive' : 'diverted'
}

/** How forward proxies name themselves. */
const PROXY_NAMES = /proxy|squid|zscaler|blue\s?coat|bluecoat|web\s?gateway|websense|forcepoint|wingate|polipo/i

/**
 * Whether an answer over plain http, where proxy and server use the same connection, is the proxy's own demand for a
 * password. 407 is the proxy's by its meaning (RFC 9110, 15.5.8), and so is `Proxy-Authenticate` beside any refusal.
 * 401 is Jira's, unless the sender calls itself a proxy.
 */
export function isProxyRefusal({ status, headers }: AnswerHead): boolean {
  if (status < 400 || isSignedByJira({ headers })) return false
  if (headers['proxy-authenticate'] !== undefined) return true
  if (!isRefusal(status)) return false
  if (status === 407 || headers['x-squid-error'] !== undefined) return true
  return PROXY_NAMES.test(`${String(headers['www-authenticate'] ?? '')} ${String(headers.server ?? '')}`)
}
