import { AppError } from '../../src-main/errors/app-error.ts'
import type { HttpResponse } from '../../src-main/http/response-verdict.ts'
import type { HttpRequest, Transport } from '../../src-main/http/transport.ts'
import { LogInRules } from './log-in-rules.ts'
import type { RateLimit } from '../../src-simulator/rate-limit.ts'
import type { SimulatedClock } from './simulated-clock.ts'

export interface SimulatedHost {
  readonly keys: readonly string[]
  readonly embedsStatus: boolean
  /** `loses-answers`: what is asked takes effect, and no answer arrives. */
  mode: 'up' | 'down' | 'silent' | 'limited' | 'loses-answers'
  password: string
  /** Answers refused with 401. */
  refused: number
  /** Requests under way, and the most of the limit that were ever exceeded. */
  underWay: number
  readonly logIns: LogInRules
  readonly writes: string[]
  /** Of these, the ones that were not refused with 429. */
  readonly accepted: string[]
  /** How quickly it takes requests; null for as they come. */
  rateLimit: RateLimit | null
  /** Seconds that it asks for in mode `limited`. */
  retryAfter: number
  /** State words that differ from RUNNING. */
  readonly states: Map<string, string>
  /** When each path was last answered, by elapsed ms. */
  readonly answeredAt: Map<string, number>
  /** The longest that a path waited since `watchFrom` was set. */
  readonly gaps: Map<string, number>
}

export function simulatedHost(count: number, embedsStatus: boolean): SimulatedHost {
  return {
    keys: Array.from({ length: count }, (_, index) => `INT-${index}`),
    embedsStatus,
    mode: 'up',
    password: 'right',
    refused: 0,
    underWay: 0,
    logIns: new LogInRules(),
    writes: [],
    accepted: [],
    rateLimit: null,
    retryAfter: 3,
    states: new Map(),
    answeredAt: new Map(),
    gaps: new Map(),
  }
}

/** A network of hosts on a simulated clock. `onSend` is called with each request that leaves, before it counts as under way. */
export class SimulatedNetwork {
  readonly #clock: SimulatedClock
  readonly #hosts: ReadonlyMap<string, SimulatedHost>
  readonly #random: () => number
  readonly #onSend: (host: SimulatedHost) => void
  readonly #onViolation: (words: string) => void

  constructor(options: { clock: SimulatedClock; hosts: ReadonlyMap<string, SimulatedHost>; random: () => number; onSend: (host: SimulatedHost) => void; onViolation?: (words: string) => void }) {
    this.#clock = options.clock
    this.#hosts = options.hosts
    this.#random = options.random
    this.#onSend = options.onSend
    this.#onViolation = options.onViolation ?? (() => undefined)
  }

  transport(): Transport {
    return { send: (request) => this.#send(request), close: () => undefined }
  }

  #send(request: HttpRequest): Promise<HttpResponse> {
    const host = this.#hosts.get(request.url.host)
    if (host === undefined) throw new Error(`There is no host ${request.url.host}`)
    host.underWay += 1
    this.#onSend(host)
    const credential = request.headers.authorization ?? ''
    const trip = host.logIns.leaves(credential, this.#clock.elapsed())
    if (trip.violation !== '') this.#onViolation(`${request.url.host}: ${trip.violation}`)
    const path = request.url.pathname.replace(/^.*\/api/, '')
    if (request.method !== 'GET') host.writes.push(`${request.method} ${path}`)
    // What the server thinks of it is decided when it arrives.
    const isGood = Buffer.from(credential.slice('Basic '.length), 'base64').toString() === `admin:${host.password}`
    const mode = host.mode
    const limit = mode === 'up' && request.headers.authorization !== undefined ? (host.rateLimit?.take('admin') ?? null) : null
    const limitHeaders = Object.fromEntries(Object.entries(limit?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
    if (request.method !== 'GET' && mode !== 'limited' && limit?.isAllowed !== false) host.accepted.push(`${request.method} ${path}`)
    return new Promise((resolve, reject) => {
      const done = (end: () => void): void => {
        cancel()
        request.signal?.removeEventListener('abort', onAbort)
        host.underWay -= 1
        trip.end()
        end()
      }
      const onAbort = (): void => done(() => reject(new AppError('net.aborted', 'The request was called off.')))
      const delay = mode === 'silent' ? 30_000 : 20 + 300 * this.#random()
      const cancel = this.#clock.after(delay, () =>
        done(() => {
          if (mode === 'down') return reject(new AppError('net.unreachable', 'It cannot be reached.').withLostAnswer())
          if (mode === 'silent') return reject(new AppError('net.timeout', 'It did not answer in time.'))
          if (mode === 'limited') return resolve({ status: 429, headers: { 'retry-after': String(host.retryAfter) }, body: '' })
          // Asked without a log-in; what follows needs one.
          if (request.url.pathname === '/rest/api/2/serverInfo') return resolve({ status: 200, headers: {}, body: '{"version":"10.3.4"}' })
          if (limit?.isAllowed === false) return resolve({ status: 429, headers: limitHeaders, body: '' })
          if (!isGood) host.refused += 1
          if (mode === 'loses-answers') return reject(new AppError('net.unreachable', 'The connection was reset.').withLostAnswer())
          if (!isGood) {
            host.logIns.refused(credential)
            return resolve({ status: 401, headers: {}, body: '' })
          }
          host.logIns.accepted(credential, this.#clock.elapsed())
          this.#noteAnswer(host, path)
          resolve({ status: 200, headers: { 'content-type': 'application/json', ...limitHeaders }, body: JSON.stringify(bodyOf(host, request.method, path)) })
        }),
      )
      if (request.signal?.aborted) onAbort()
      else request.signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  #noteAnswer(host: SimulatedHost, path: string): void {
    const note = (name: string): void => {
      const now = this.#clock.elapsed()
      const before = host.answeredAt.get(name)
      if (before !== undefined) host.gaps.set(name, Math.max(host.gaps.get(name) ?? 0, now - before))
      host.answeredAt.set(name, now)
    }
    note(path)
    if (path === '/integrations' && host.embedsStatus) for (const key of host.keys) note(`/integrations/${key}/status`)
  }
}

function bodyOf(host: SimulatedHost, method: string, path: string): unknown {
  const item = (key: string) => ({ integrationKey: key, summary: key, distributed: false, lastModifiedDate: '2026-03-01' })
  const status = (key: string) => ({ status: host.states.get(key) ?? 'RUNNING' })
  if (path.startsWith('/async-tasks/')) return { id: 't', finished: true, progress: 100 }
  if (method !== 'GET') return { id: 't', finished: false, progress: 0 }
  if (path === '/integrations') return host.keys.map((key) => ({ ...item(key), ...(host.embedsStatus && { status: status(key) }) }))
  if (path.endsWith('/status')) return status(path.split('/').at(-2) ?? '')
  if (path.endsWith('/conflicts')) return []
  return item(path.split('/').at(-1) ?? '')
}
