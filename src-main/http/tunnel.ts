import { request as httpRequest, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket, type PeerCertificate, type SecureContext } from 'node:tls'
import { MAX_HEADER_BYTES } from './network-error.ts'
import { findingOfTunnel, unreachableProxy, type ProxiedRoute } from './proxy.ts'
import type { ProxyFinding, ProxyPass } from './proxy-pass.ts'

/** Why there is no tunnel. */
export class TunnelError extends Error {
  /** The status of the proxy's answer; null if it did not answer. */
  readonly status: number | null
  /** Node's or OpenSSL's code, if there is one. */
  readonly code: string
  /** What the proxy's answer says about the log-in to it. */
  readonly finding: ProxyFinding

  constructor(status: number | null, code: string, finding: ProxyFinding = 'inconclusive') {
    super(status === null ? `No tunnel: ${code}` : `The proxy answered with ${status}`)
    this.name = 'TunnelError'
    this.status = status
    this.code = code
    this.finding = finding
  }
}

export interface TunnelTimeouts {
  /** Time to connect to the proxy. */
  readonly connect: number
  /** Time from then until it answers; meanwhile it connects to the server. */
  readonly response: number
}

export interface TunnelOptions {
  readonly secureContext: SecureContext
  readonly timeoutsMs: TunnelTimeouts
  /** Called with the certificate of a proxy that is trusted. */
  readonly onCertificate?: ((certificate: PeerCertificate) => void) | undefined
  readonly signal?: AbortSignal
}

/**
 * A connection to `target` (`host:port`) through the proxy of its route, by `CONNECT` (RFC 9110, 9.3.6). Waits at the
 * proxy's gate first, if it carries a password. The proxy itself is verified by `secureContext`. Rejects with
 * `TunnelError`, or as the gate does.
 */
export async function openTunnel(
  { proxy, logIn }: ProxiedRoute,
  target: string,
  options: TunnelOptions,
): Promise<Duplex> {
  const pass = (await logIn?.enter(target, options.signal)) ?? null
  const sent = { isComplete: false }
  try {
    const tunnel = await connectThrough(proxy, target, options, sent)
    pass?.settle('accepted')
    return tunnel
  } catch (error) {
    if (pass !== null) settle(pass, proxy, error, { ...sent, isCalledOff: options.signal?.aborted === true })
    throw error
  }
}

function settle(
  pass: ProxyPass,
  proxy: URL,
  error: unknown,
  { isComplete, isCalledOff }: { readonly isComplete: boolean; readonly isCalledOff: boolean },
): void {
  const { status, code, finding } =
    error instanceof TunnelError ? error : { status: null, code: '', finding: 'inconclusive' as const }
  if (status !== null) pass.settle(finding)
  else if (isCalledOff) pass.settle(isComplete ? 'abandoned' : 'unsent')
  else pass.settle(isComplete ? 'lost' : 'unsent', unreachableProxy(proxy, code))
}

function connectThrough(
  proxy: URL,
  target: string,
  { secureContext, timeoutsMs, onCertificate, signal }: TunnelOptions,
  sent: { isComplete: boolean },
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const isSecure = proxy.protocol === 'https:'
    const host = proxy.hostname.replace(/^\[|\]$/g, '')
    const options: RequestOptions = {
      host,
      port: proxy.port || (isSecure ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      ...(signal && { signal }),
    }
    // Node passes both on to TLS. Without a name it would take the one in the `Host` header, which is the server's.
    const trusting = { ...options, secureContext, servername: isIP(host) === 0 ? host : '' }
    const request = isSecure ? httpsRequest(trusting) : httpRequest(options)
    const giveUp = (): void =>
      void request.destroy(Object.assign(new Error('The proxy did not answer in time'), { code: 'ETIMEDOUT' }))
    let timer = setTimeout(giveUp, timeoutsMs.connect)
    request.once('socket', (socket) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', () => {
        sent.isComplete = true
        if (socket instanceof TLSSocket) onCertificate?.(socket.getPeerCertificate())
        clearTimeout(timer)
        timer = setTimeout(giveUp, timeoutsMs.response)
      })
    })
    request.once('connect', ({ statusCode = 0, headers }, socket, first) => {
      clearTimeout(timer)
      const finding = findingOfTunnel({ status: statusCode, headers }, first.length > 0)
      if (finding === 'accepted') return resolve(socket)
      socket.destroy()
      reject(new TunnelError(statusCode, '', finding))
    })
    request.once('error', (error: Error & { code?: string }) => {
      clearTimeout(timer)
      reject(new TunnelError(null, error.code ?? ''))
    })
    request.end()
  })
}

/** The header that carries the proxy's user and password (RFC 7617), or none. */
function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '') return {}
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(text, 'utf8').toString('base64')}` }
}

/** Connections to HTTPS servers through a proxy. Both legs trust the same. */
export class TunnelAgent extends HttpsAgent {
  readonly #route: ProxiedRoute
  readonly #options: TunnelOptions
  readonly #closed = new AbortController()

  constructor(route: ProxiedRoute, options: Omit<TunnelOptions, 'signal'> & { readonly keepAlive: boolean }) {
    super({ keepAlive: options.keepAlive, secureContext: options.secureContext })
    this.#route = route
    this.#options = options
  }

  override createConnection(...[options, callback]: Parameters<HttpsAgent['createConnection']>): undefined {
    const host = options.host ?? ''
    const target = `${host.includes(':') ? `[${host}]` : host}:${options.port ?? 443}`
    openTunnel(this.#route, target, { ...this.#options, signal: this.#closed.signal }).then(
      (socket) => {
        const encrypted = super.createConnection({ ...options, socket } as typeof options)
        if (encrypted != null) callback?.(null, encrypted)
      },
      (error: Error) => callback?.(error, undefined as never),
    )
    return undefined
  }

  override destroy(): void {
    this.#closed.abort()
    super.destroy()
  }
}
