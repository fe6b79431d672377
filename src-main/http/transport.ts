import { Agent as HttpAgent, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { Duplex } from 'node:stream'
import type { SecureContext } from 'node:tls'
import got, { RequestError, type Response } from 'got'
import { HttpProxyAgent } from 'http-proxy-agent'
import { message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import { bodyDecoder, type BodyDecoder } from './body-decoder.ts'
import { CertificateAuthorities } from './certificate-authorities.ts'
import { certificateOf, ConnectionTrace, type SeenCertificate, type TracedConnection } from './connection-trace.ts'
import { LongBody, PiecedText } from './long-body.ts'
import { distrustOf, mapNetworkError, MAX_HEADER_BYTES, MAX_HEADERS, notAnAnswer } from './network-error.ts'
import {
  findingOfAnswer,
  isProxyRefusal,
  proxyError,
  unreachableProxy,
  type ProxiedRoute,
  type ProxyRoute,
} from './proxy.ts'
import type { ProxyPass } from './proxy-pass.ts'
import type { HttpResponse } from './response-verdict.ts'
import { secretPattern, strikeSecrets } from './strike-secrets.ts'
import { TunnelAgent, TunnelError } from './tunnel.ts'

/** One request on its way to the network. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Larger answers are aborted. Counted after decompression. */
  readonly maxBytes: number
  /** Like every write, it does not reuse a connection. */
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

const TIMEOUTS_MS = {
  lookup: 5_000,
  connect: 8_000,
  secureConnect: 8_000,
  send: 15_000,
  response: 30_000,
  request: 90_000,
}

interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

export interface TransportOptions {
  /** Certificates that are trusted for this server besides the usual ones; empty for none. */
  readonly caPem: string
  /** The route to an address; if absent, requests go directly. */
  readonly routeTo?: (url: URL) => Promise<ProxyRoute>
  /** Called for each new connection and each failure. */
  readonly onConnection?: (connection: TracedConnection) => void
  /** Called for each new connection with its certificates. */
  readonly onCertificate?: (seen: SeenCertificate) => void
  /** How long each phase may take. */
  readonly timeoutsMs?: typeof TIMEOUTS_MS
}

const DIRECTLY: ProxyRoute = { proxy: null, reason: 'alone' }

/** The only place that talks to got. */
export function createTransport({
  caPem,
  routeTo,
  onConnection,
  onCertificate = () => undefined,
  timeoutsMs = TIMEOUTS_MS,
}: TransportOptions): Transport {
  const authorities = new CertificateAuthorities(caPem)
  const agents = new Map<string, Agents>()
  const agentsFor = (route: ProxyRoute, isOnOwnConnection: boolean): Agents => {
    const name = `${route.proxy?.href ?? ''} ${route.logIn?.version ?? ''} ${isOnOwnConnection}`
    const known = agents.get(name)
    if (known !== undefined) return known
    // A write or a log-in never uses a connection that may be about to close: it would be unknown for no good reason
    // whether it arrived.
    const keepAlive = !isOnOwnConnection
    // The authorities apply to both legs: the proxy may have a certificate from the same company.
    const made = !leadsThroughProxy(route)
      ? {
          http: new HttpAgent({ keepAlive }),
          https: new HttpsAgent({ keepAlive, secureContext: authorities.secureContext }),
        }
      : {
          // Without a tunnel the connection is the proxy's, and some proxies close it after each answer without saying
          // so (Tinyproxy).
          http: new PlainProxyAgent(route.proxy, authorities.secureContext, timeoutsMs.connect),
          https: new TunnelAgent(route, {
            keepAlive,
            secureContext: authorities.secureContext,
            timeoutsMs,
            onCertificate: (certificate) => {
              const seen = certificateOf(certificate, 'proxy')
              if (seen !== null) onCertificate(seen)
            },
          }),
        }
    agents.set(name, made)
    return made
  }
  return {
    send: async (request) => {
      const route = (await routeTo?.(request.url)) ?? DIRECTLY
      const trace = new ConnectionTrace(request.url, route, { authorities, onCertificate })
      // In a tunnel, only `CONNECT` carries the proxy's password, and it waits at its gate there.
      const pass =
        request.url.protocol === 'http:' ? ((await route.logIn?.enter(request.url.host, request.signal)) ?? null) : null
      const ended = (failure: AppError | null): void => {
        const connection = failure?.code === 'net.aborted' ? null : trace.end(failure?.data.message ?? null)
        if (connection !== null) onConnection?.(connection)
      }
      try {
        const stream = got.stream(request.url, {
          method: request.method,
          headers: { 'user-agent': 'Syncdeck', ...request.headers },
          ...(request.body !== null && { body: request.body }),
          agent: agentsFor(route, request.method !== 'GET' || request.isOnOwnConnection === true),
          timeout: timeoutsMs,
          maxHeaderSize: MAX_HEADER_BYTES,
          retry: { limit: 0 },
          followRedirect: false,
          throwHttpErrors: false,
          ...(request.signal && { signal: request.signal }),
        })
        // An abort that comes after the answer has been read must find a listener, or it would end the process.
        stream.on('error', () => undefined)
        stream.on('request', (made: ClientRequest) => {
          made.maxHeadersCount = MAX_HEADERS
          trace.watch(made)
          // Without a listener, nobody would notice until the time is up.
          made.once('upgrade', ({ statusCode = 101 }: IncomingMessage, socket: Duplex) => {
            socket.destroy()
            stream.destroy(notAnAnswer(request.url.host, statusCode))
          })
        })
        stream.once('response', ({ statusCode: status, headers }: Response) => {
          if (status < 200) return void stream.destroy(notAnAnswer(request.url.host, status))
          const doubt = pass?.settle(findingOfAnswer({ status, headers })) ?? null
          // Its page is not read.
          if (route.proxy !== null && request.url.protocol === 'http:' && isProxyRefusal({ status, headers }))
            stream.destroy(proxyError(route.proxy, status, true))
          // It is not known who answered, nor whether the server received it.
          else if (doubt !== null)
            stream.destroy(new AppError(doubt.code, doubt.data.message, doubt.data).withLostAnswer())
        })
        if (request.body === null && request.method !== 'GET') stream.end()
        const response = await collect(stream, request.maxBytes)
        ended(null)
        return withoutProxyPassword(response, route)
      } catch (thrown) {
        const failure = failureOfProxy(route, request.url, trace, thrown) ?? mapNetworkError(thrown, request.url.host)
        settleFailed(pass, route, trace, failure)
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

/** A proxy's error page may repeat what was sent to it; over plain http it looks like an answer of the server. */
function withoutProxyPassword(response: HttpResponse, { proxy }: ProxyRoute): HttpResponse {
  if (proxy === null || proxy.password === '') return response
  const [user, secret] = [decodeURIComponent(proxy.username), decodeURIComponent(proxy.password)]
  return strikeSecrets(response, secretPattern({ kind: 'basic', user, secret }))
}

/** Failures to connect; on a route through a proxy, it is the proxy that could not be reached. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTDOWN',
  'ETIMEDOUT',
])

/** Requests over plain http to a proxy, which receives the whole address. */
class PlainProxyAgent extends HttpProxyAgent<string> {
  readonly #connectMs: number

  constructor(proxy: URL, secureContext: SecureContext, connectMs: number) {
    super(proxy.href, { keepAlive: false, secureContext })
    this.#connectMs = connectMs
  }

  /** got's own limits begin with the connection to the server, which comes after that to the proxy. */
  override connect(
    ...args: Parameters<HttpProxyAgent<string>['connect']>
  ): ReturnType<HttpProxyAgent<string>['connect']> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(Object.assign(new Error('The proxy was not connected to in time'), { code: 'ETIMEDOUT' })),
        this.#connectMs,
      )
      super
        .connect(...args)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }
}

function leadsThroughProxy(route: ProxyRoute): route is ProxiedRoute {
  return route.proxy !== null
}

/** What a failed request over plain http says about the log-in to the proxy. */
function settleFailed(
  pass: ProxyPass | null,
  { proxy }: ProxyRoute,
  { hasConnection }: ConnectionTrace,
  failure: AppError,
): void {
  if (pass === null || proxy === null) return
  // Nothing was ever written to a connection that failed over the proxy's certificate.
  const isNotThere = failure.code === 'net.proxy'
  const isSent = hasConnection && !isNotThere
  if (failure.code === 'net.aborted') pass.settle(isSent ? 'abandoned' : 'unsent')
  else if (isSent || isNotThere) pass.settle(isSent ? 'lost' : 'unsent', failure)
  else pass.settle('unsent')
}

/** The proxy's failure; null if it was the server's. */
function failureOfProxy({ proxy }: ProxyRoute, url: URL, trace: ConnectionTrace, thrown: unknown): AppError | null {
  // Over an existing tunnel the request may have reached the server: the failure is then not only the proxy's.
  if (proxy === null || trace.isReused || thrown instanceof AppError) return null
  const cause = thrown instanceof RequestError ? thrown.cause : thrown
  if (cause instanceof AppError) return cause
  if (cause instanceof TunnelError) {
    if (cause.status === null) return unreachableProxy(proxy, cause.code)
    trace.noTunnel(cause.status)
    return proxyError(proxy, cause.status, cause.finding === 'refused')
  }
  const code = (cause as { code?: string } | undefined)?.code ?? ''
  // If the tunnel existed, it is the server that could not be reached; and a proxy that was reached may have passed the
  // request on.
  const isNotThere = !trace.hasConnection && NOT_CONNECTED.has(code)
  const isProxys =
    url.protocol === 'http:' && (isNotThere || (proxy.protocol === 'https:' && distrustOf(code) !== null))
  return isProxys ? unreachableProxy(proxy, code) : null
}

/** Only the beginning of an unsuccessful answer is read; the rest is not waited for. */
const FAILURE_MAX_BYTES = 65_536
/** The same amount of a success is decoded at once. */
const PIECE_BYTES = 262_144
/** This much of a body with more than one piece, for messages. */
const HEAD = 65_536

async function collect(stream: ReturnType<typeof got.stream>, maxBytes: number): Promise<HttpResponse> {
  let decoder: BodyDecoder | null = null
  const decode = (): BodyDecoder =>
    (decoder ??= bodyDecoder(Buffer.concat(chunks.slice(0, 4)), stream.response?.headers['content-type'] ?? ''))
  const pieces: string[] = []
  let chunks: Buffer[] = []
  let [size, waiting] = [0, 0]
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    waiting += chunk.length
    chunks.push(chunk)
    const { response: head } = stream
    if (size > FAILURE_MAX_BYTES && head !== undefined && head.statusCode >= 300) {
      stream.destroy()
      return {
        status: head.statusCode,
        headers: head.headers,
        body: decode().end(Buffer.concat(chunks).subarray(0, FAILURE_MAX_BYTES)),
      }
    }
    if (size > maxBytes) {
      stream.destroy()
      throw new AppError(
        'http.body-too-large',
        maxBytes < 1_048_576
          ? message('errors.body.tooLargeSmall', { kilobytes: Math.round(maxBytes / 1_024) })
          : message('errors.body.tooLarge', { megabytes: Math.round(maxBytes / 1_048_576) }),
        {
          advice: message('errors.body.tooLargeAdvice'),
        },
      )
    }
    if (waiting < PIECE_BYTES) continue
    pieces.push(decode().write(Buffer.concat(chunks)))
    chunks = []
    waiting = 0
  }
  const { response } = stream
  if (response === undefined) throw new AppError('net.unreachable', message('errors.network.ended')).withLostAnswer()
  if (!response.complete) throw new AppError('net.unreachable', message('errors.network.brokeInside')).withLostAnswer()
  pieces.push(decode().end(Buffer.concat(chunks)))
  const { statusCode: status, headers } = response
  const [first = ''] = pieces
  if (pieces.length === 1) return { status, headers, body: first }
  const body = first.slice(0, HEAD)
  return { status, headers, body, long: new LongBody(body, new PiecedText(pieces)) }
}
