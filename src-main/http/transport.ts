import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { getCACertificates } from 'node:tls'
import got from 'got'
import { AppError } from '../errors/app-error.ts'
import { mapNetworkError } from './network-error.ts'
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

/** The only place that talks to got. */
export function createTransport(options: { caPem: string }): Transport {
  const agent = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true, ca: certificateAuthorities(options.caPem) }),
  }
  return {
    send: async (request) => {
      try {
        const stream = got.stream(request.url, {
          method: request.method,
          headers: { 'user-agent': 'Syncdeck', ...request.headers },
          ...(request.body !== null && { body: request.body }),
          agent,
          timeout: TIMEOUTS_MS,
          retry: { limit: 0 },
          followRedirect: false,
          throwHttpErrors: false,
          ...(request.signal && { signal: request.signal }),
        })
        if (request.body === null && request.method !== 'GET') stream.end()
        return await collect(stream, request.maxBytes)
      } catch (thrown) {
        throw mapNetworkError(thrown, request.url.host)
      }
    },
    close: () => {
      agent.http.destroy()
      agent.https.destroy()
    },
  }
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
