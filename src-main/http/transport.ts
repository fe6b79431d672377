import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { SecureContext } from 'node:tls'
import got from 'got'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { AppError } from '../errors/app-error.ts'
import { CertificateAuthorities } from './certificate-authorities.ts'
import { ConnectionTrace, type TracedConnection } from './connection-trace.ts'
import { distrustWords, mapNetworkError } from './network-error.ts'
import { proxyError, type Way } from './proxy.ts'
import type { HttpResponse } from './response-verdict.ts'

/** One request on its way to the network. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Larger answers are broken off. Counted after decompression. */
  readonly maxBytes: number
  /** As every write, it does not go over a connection that was kept open. */
  readonly isOnOwnConnection?: boolean
  readonly signal?: AbortSignal
}

/** Sends single requests. Does not retry, follow redirects, keep cookies or judge answers. */
export interface Transport {
  /** Rejects with an `AppError` of `net.*`, `tls.*` or `http.body-too-large`. */
  send(request: HttpRequest): Promise<HttpResponse>
  /** Closes idle connections. */
  close(): void
}

const TIMEOUTS_MS = { lookup: 5_000, connect: 8_000, secureConnect: 8_000, send: 15_000, response: 30_000, request: 90_000 }

interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

export interface TransportOptions {
  /** Certificates that are trusted for this server besides the usual ones; empty for none. */
  readonly caPem: string
  /** By which way an address is reached; absent means directly. */
  readonly wayTo?: (url: URL) => Promise<Way>
  /** Told of each new connection, and of each failure. */
  readonly onConnection?: (connection: TracedConnection) => void
  /** How long each phase may take. */
  readonly timeoutsMs?: typeof TIMEOUTS_MS
}

/** A tunnel through a proxy whose both legs trust the same: https-proxy-agent takes options for the leg to the proxy alone. */
class TunnelAgent extends HttpsProxyAgent<string> {
  readonly #context: SecureContext

  constructor(proxy: URL, keepAlive: boolean, secureContext: SecureContext) {
    super(proxy.href, { keepAlive, secureContext })
    this.#context = secureContext
  }

  override connect(...[request, options]: Parameters<HttpsProxyAgent<string>['connect']>): ReturnType<HttpsProxyAgent<string>['connect']> {
    return super.connect(request, { ...options, secureContext: this.#context } as typeof options)
  }
}

const DIRECTLY: Way = { proxy: null, reason: 'Directly' }

/** The only place that talks to got. */
export function createTransport({ caPem, wayTo, onConnection, timeoutsMs = TIMEOUTS_MS }: TransportOptions): Transport {
  const authorities = new CertificateAuthorities(caPem)
  const agents = new Map<string, Agents>()
  const agentsFor = (proxy: URL | null, isOnOwnConnection: boolean): Agents => {
    const name = `${proxy?.href ?? ''} ${isOnOwnConnection}`
    const known = agents.get(name)
    if (known !== undefined) return known
    // A write, or a log-in, never goes over a connection that may be dying: whether it arrived would be unknown for no good reason.
    const keepAlive = !isOnOwnConnection
    // The authorities hold for both legs: the proxy may have a certificate of the same company.
    const made =
      proxy === null
        ? {
            http: new HttpAgent({ keepAlive }),
            https: new HttpsAgent({ keepAlive, secureContext: authorities.secureContext }),
          }
        : {
            // Without a tunnel the connection is the proxy's, and some close it after each answer without a word (Tinyproxy).
            http: new HttpProxyAgent(proxy, { keepAlive: false, secureContext: authorities.secureContext }),
            https: new TunnelAgent(proxy, keepAlive, authorities.secureContext) as unknown as HttpsAgent,
          }
    agents.set(name, made)
    return made
  }
  return {
    send: async (request) => {
      const way = (await wayTo?.(request.url)) ?? DIRECTLY
      const trace = new ConnectionTrace(request.url, way, authorities)
      const ended = (failure: AppError | null): void => {
        const connection = failure?.code === 'net.aborted' ? null : trace.end(failure?.message ?? null)
        if (connection !== null) onConnection?.(connection)
      }
      try {
        const stream = got.stream(request.url, {
          method: request.method,
          headers: { 'user-agent': 'Syncdeck', ...request.headers },
          ...(request.body !== null && { body: request.body }),
          agent: agentsFor(way.proxy, request.method !== 'GET' || request.isOnOwnConnection === true),
          timeout: timeoutsMs,
          retry: { limit: 0 },
          followRedirect: false,
          throwHttpErrors: false,
          ...(request.signal && { signal: request.signal }),
        })
        // An abort that comes when the answer has been read already must find a listener, or it would end the process.
        stream.on('error', () => undefined)
        stream.on('request', trace.watch)
        if (request.body === null && request.method !== 'GET') stream.end()
        const response = await collect(stream, request.maxBytes)
        const proxyFailure = way.proxy !== null && response.status === 407 ? proxyError(way.proxy, 407) : failureOfProxy(way, request.url, trace)
        if (proxyFailure !== null) throw proxyFailure
        ended(null)
        return response
      } catch (thrown) {
        const failure = failureOfProxy(way, request.url, trace, thrown) ?? mapNetworkError(thrown, request.url.host)
        ended(failure)
        throw failure
      }
    },
    close: () => {
      for (const { http, https } of agents.values()) {
        http.destroy()
        https.destroy()
      }
    },
  }
}

/** Failures to connect; on the way through a proxy, it is the proxy that could not be connected to. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTDOWN'])

/**
 * Tells the proxy's failures from the server's; null where it was not the proxy. What a proxy answers to `CONNECT` instead of
 * a tunnel arrives as if the server had said it (https-proxy-agent): taken for Jira's word, its log-in page would be a refused password.
 */
function failureOfProxy({ proxy }: Way, url: URL, { tunnelStatus, isReused }: ConnectionTrace, thrown?: unknown): AppError | null {
  // Over a tunnel that stood already the request may have reached the server: what failed then is not the proxy's alone.
  if (proxy === null || isReused || thrown instanceof AppError) return null
  if (tunnelStatus !== null) return tunnelStatus === 200 ? null : proxyError(proxy, tunnelStatus)
  const code = (thrown as { code?: string } | undefined)?.code ?? ''
  const distrust = distrustWords(code)
  if (distrust !== null && proxy.protocol === 'https:') {
    return new AppError('net.proxy', `The certificate of the proxy ${proxy.host} is not trusted: ${distrust}.`, {
      advice: 'Add the certificate of its authority to this server’s settings.',
    })
  }
  // A proxy that hangs up without an answer to CONNECT is as good as one that is not there.
  const hungUp = thrown !== undefined && url.protocol === 'https:' && !isCalledOff(thrown)
  return NOT_CONNECTED.has(code) || hungUp ? proxyError(proxy, null) : null
}

function isCalledOff(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || (thrown as { code?: string }).code === 'ABORT_ERR')
}

async function collect(stream: ReturnType<typeof got.stream>, maxBytes: number): Promise<HttpResponse> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      stream.destroy()
      throw new AppError('http.body-too-large', `The answer is larger than ${Math.round(maxBytes / 1_048_576)} MB.`, {
        advice: 'It was broken off and not used. Check that the address leads to Jira itself.',
      })
    }
    chunks.push(chunk)
  }
  const { response } = stream
  if (response === undefined) throw new AppError('net.unreachable', 'The connection ended without an answer.').withLostAnswer()
  if (!response.complete) throw new AppError('net.unreachable', 'The connection broke in the middle of the answer.').withLostAnswer()
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }
}
