import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** What can be made to go wrong with an answer. `after` kinds let the request take effect first. */
export type FaultKind =
  | { readonly kind: 'reset-before' }
  | { readonly kind: 'reset-after' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'hang-after' }
  | { readonly kind: 'answer-after'; readonly status: number; readonly body: string }
  | { readonly kind: 'slow-headers' }
  | { readonly kind: 'slow-body' }
  | { readonly kind: 'wrong-length'; readonly body: string; readonly length: number }
  | { readonly kind: 'gzip-bomb'; readonly bytes: number }
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body: string
    }
  | { readonly kind: 'cut'; readonly body: string }
  | { readonly kind: 'large'; readonly bytes: number }

export interface Fault {
  /** The path below the base URL that is hit, by its beginning. */
  readonly path: string
  readonly method?: string
  /** How many requests are hit; absent means all until `clear`. */
  readonly times?: number
  readonly fault: FaultKind
}

/** The faults that tests ordered from a server, in order. */
export class Faults {
  #orders: { order: Fault; left: number }[] = []

  add(order: Fault): void {
    if (order.fault.kind === 'gzip-bomb') bombOf(order.fault.bytes)
    this.#orders.push({ order, left: order.times ?? Number.POSITIVE_INFINITY })
  }

  clear(): void {
    this.#orders = []
  }

  /** What the next such request will meet; null for nothing. */
  next(method: string, path: string): FaultKind | null {
    return this.#find(method, path)?.order.fault ?? null
  }

  take(method: string, path: string): FaultKind | null {
    const hit = this.#find(method, path)
    if (hit === undefined) return null
    hit.left -= 1
    if (hit.left <= 0) this.#orders = this.#orders.filter((item) => item !== hit)
    return hit.order.fault
  }

  #find(method: string, path: string): { readonly order: Fault; left: number } | undefined {
    return this.#orders.find(
      ({ order }) => path.startsWith(order.path) && (order.method === undefined || order.method === method),
    )
  }
}

/** Carries a fault out; true when the request is thereby answered (or never will be). */
export function applyFault(fault: FaultKind, request: IncomingMessage, response: ServerResponse): boolean {
  switch (fault.kind) {
    case 'reset-before':
      request.socket.resetAndDestroy()
      return true
    case 'hang':
      return true
    case 'answer':
      response.writeHead(fault.status, { 'Content-Type': 'text/html;charset=UTF-8', ...fault.headers })
      response.end(fault.body)
      return true
    case 'cut':
      response.writeHead(200, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(fault.body) + 1000,
      })
      response.write(fault.body, () => request.socket.destroy())
      return true
    case 'large': {
      response.writeHead(200, { 'Content-Type': 'application/json' })
      const chunk = Buffer.alloc(64 * 1024, 0x20)
      let left = fault.bytes
      const pump = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= chunk.length
          if (!response.write(chunk)) {
            response.once('drain', pump)
            return
          }
        }
        response.end('[]')
      }
      pump()
      return true
    }
    case 'slow-headers':
      request.socket.write('HTTP/1.1 200 OK\r\n')
      drip(request, () => request.socket.write('X-Slow: yes\r\n'))
      return true
    case 'slow-body':
      response.writeHead(200, { 'Content-Type': 'application/json' })
      drip(request, () => response.write(' '))
      return true
    case 'wrong-length':
      request.socket.end(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${fault.length}\r\n\r\n${fault.body}`,
      )
      return true
    case 'gzip-bomb':
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
      response.end(bombOf(fault.bytes))
      return true
    case 'reset-after':
    case 'hang-after':
    case 'answer-after':
      return false
  }
}

/** Applies a fault to the answer of a request that took effect; true if the answer has been dealt with. */
export function applyLateFault(fault: FaultKind | null, request: IncomingMessage, response: ServerResponse): boolean {
  switch (fault?.kind) {
    case 'reset-after':
      request.socket.resetAndDestroy()
      return true
    case 'hang-after':
      return true
    case 'answer-after':
      response.writeHead(fault.status, { 'Content-Type': 'text/html;charset=UTF-8' })
      response.end(fault.body)
      return true
    default:
      return false
  }
}

/** So many spaces, compressed; made once, for it takes a while. */
function bombOf(bytes: number): Buffer {
  const bomb = bombs.get(bytes) ?? gzipSync(Buffer.alloc(bytes, 0x20))
  bombs.set(bytes, bomb)
  return bomb
}
const bombs = new Map<number, Buffer>()

/** A little now and then until the client has enough of it. */
function drip(request: IncomingMessage, write: () => void): void {
  const timer = setInterval(write, 30)
  request.socket.once('close', () => clearInterval(timer))
}
