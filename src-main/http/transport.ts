import { Agent as HttpAgent, type ClientRequest } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import got from 'got'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { AppError } from '../errors/app-error.ts'
import { distrustWords, mapNetworkError } from './network-error.ts'
import { proxyError, type ProxyRoute } from './proxy.ts'
import type { HttpResponse } from './response-verdict.ts'

/** One request on its way to the network. */
export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Larger answers are broken off. Counted after decompression. */
  readonly maxBytes: number
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

let trustedByDefault: string[] | null = null

/**
 * The bundled certificate authorities, those of the operating system, and the server's own. Node's `ca` option replaces
 * the defaults, so they have to be named again.
 */
function certificateAuthorities(ownPem: string): string[] {
  trustedByDefault ??= [...new Set([...getCACertificates('bundled'), ...getCACertificates('system')])]
  return ownPem === '' ? trustedByDefault : [...trustedByDefault, ownPem]
}

interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
}

/** The only place that talks to got. `routeFor` tells by which proxy an address is reached; absent means directly. */
export function createTransport(options: { caPem: string; routeFor?: (url: URL) => Promise<ProxyRoute> }): Transport {
  const ca = certificateAuthorities(options.caPem)
  const agents = new Map<string, Agents>()
  const agentsFor = (route: ProxyRoute): Agents => {
    const name = route?.href ?? ''
    const known = agents.get(name)
    if (known !== undefined) return known
    // The authorities hold for both legs: the proxy may have a certificate of the same company.
    const made =
      route === null
        ? {
            http: new HttpAgent({ keepAlive: true }),
            // A server's own certificate that the user trusts need not be one of an authority.
            https: new HttpsAgent({ keepAlive: true, ca, allowPartialTrustChain: options.caPem !== '' }),
          }
        : { http: new HttpProxyAgent(route, { keepAlive: true, ca }), https: new HttpsProxyAgent(route, { keepAlive: true, ca }) as unknown as HttpsAgent }
    agents.set(name, made)
    return made
  }
  return {
    send: async (request) => {
      const route = (await options.routeFor?.(request.url)) ?? null
      const leg = watchProxy(route, request.url)
      try {
        const stream = got.stream(request.url, {
          method: request.method,
          headers: { 'user-agent': 'Syncdeck', ...request.headers },
          ...(request.body !== null && { body: request.body }),
          agent: agentsFor(route),
          https: { certificateAuthority: ca },
          timeout: TIMEOUTS_MS,
          retry: { limit: 0 },
          followRedirect: false,
          throwHttpErrors: false,
          ...(request.signal && { signal: request.signal }),
        })
        // An abort that comes when the answer has been read already must find a listener, or it would end the process.
        stream.on('error', () => undefined)
        stream.on('request', leg.onRequest)
        if (request.body === null && request.method !== 'GET') stream.end()
        const response = await collect(stream, request.maxBytes)
        if (route !== null && response.status === 407) throw proxyError(route, 407)
        leg.check()
        return response
      } catch (thrown) {
        leg.check(thrown)
        throw mapNetworkError(thrown, request.url.host)
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
 * Tells the proxy's failures from the server's. What a proxy answers to `CONNECT` instead of a tunnel arrives as if the
 * server had said it (https-proxy-agent): taken for Jira's word, its log-in page would be a refused password.
 */
function watchProxy(route: ProxyRoute, url: URL): { onRequest: (request: ClientRequest) => void; check: (thrown?: unknown) => void } {
  let tunnel: number | null = null
  const isTunnelled = url.protocol === 'https:'
  return {
    onRequest: (request) => void (isTunnelled && request.once('proxyConnect' as 'connect', ({ statusCode }: { statusCode?: number }) => (tunnel = statusCode ?? 0))),
    check: (thrown) => {
      if (route === null) return
      if (tunnel !== null && tunnel !== 200) throw proxyError(route, tunnel)
      const code = (thrown as { code?: string } | undefined)?.code ?? ''
      const distrust = distrustWords(code)
      if (distrust !== null && route.protocol === 'https:' && tunnel === null) {
        throw new AppError('net.proxy', `The certificate of the proxy ${route.host} is not trusted: ${distrust}.`, {
          advice: 'Add the certificate of its authority to this server’s settings.',
        })
      }
      if (NOT_CONNECTED.has(code) && tunnel === null) throw proxyError(route, null)
      // A proxy that hangs up without an answer to CONNECT.
      if (thrown !== undefined && tunnel === null && isTunnelled && !isCalledOff(thrown)) throw proxyError(route, null)
    },
  }
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
