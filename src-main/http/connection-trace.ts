import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ConnectionStep } from '#contract/diagnosis.ts'
import { nameOf, type CertificateAuthorities } from './certificate-authorities.ts'
import type { ProxyRoute } from './proxy.ts'

/** The result of one attempt to connect. */
export interface TracedConnection {
  readonly isConnected: boolean
  readonly steps: readonly ConnectionStep[]
}

/** Traces the connection of one request. */
export class ConnectionTrace {
  readonly #url: URL
  readonly #route: ProxyRoute
  readonly #authorities: CertificateAuthorities
  readonly #steps: ConnectionStep[] = []
  #isReused = false
  #isResumed = false
  #hasConnection = false

  constructor(url: URL, route: ProxyRoute, authorities: CertificateAuthorities) {
    this.#url = url
    this.#route = route
    this.#authorities = authorities
  }

  /** It had a connection, so that it may have been sent. */
  get hasConnection(): boolean {
    return this.#hasConnection
  }

  /** The request went over a connection that was there already. */
  get isReused(): boolean {
    return this.#isReused
  }

  /** The listener for got's `request` event. */
  readonly watch = (request: ClientRequest): void => {
    request.once('socket', (socket) => {
      this.#hasConnection = true
      this.#isReused = request.reusedSocket
      if (this.#isReused) return
      if (this.#url.protocol === 'https:' && this.#route.proxy !== null)
        this.#steps.push({ step: 'tunnel', message: 'The proxy connects to the server' })
      this.#watchSocket(socket)
    })
  }

  /** The proxy answered with something other than a tunnel. */
  noTunnel(status: number): void {
    this.#steps.push({ step: 'tunnel', message: `The proxy answered with HTTP ${status}` })
  }

  /** Null for a request with nothing new: one that succeeded on an existing connection or TLS session. */
  end(failure: string | null): TracedConnection | null {
    if (failure === null && (this.#isReused || this.#isResumed)) return null
    const { reason, about } = this.#route
    const steps: ConnectionStep[] = [{ step: 'route', message: reason, ...(about !== undefined && { about }) }]
    if (this.#url.protocol === 'https:') steps.push({ step: 'authorities', message: this.#authorities.summary() })
    if (this.#isReused) steps.push({ step: 'connection', message: 'On a connection that was open already' })
    steps.push(...this.#steps)
    if (failure !== null) steps.push({ step: 'failure', message: failure })
    return { isConnected: failure === null, steps }
  }

  #watchSocket(socket: Socket): void {
    const target = this.#route.proxy === null ? 'Connected' : 'Connected to the proxy'
    socket.once('lookup', (_error: Error | null, address: string | undefined, _family: unknown, host: string) => {
      if (address !== undefined)
        this.#steps.push({ step: 'name', message: 'The name was found', about: `${host} is ${address}` })
    })
    // Behind a tunnel the socket that is handed over is connected already.
    socket.once('connect', () => {
      if (socket.remoteAddress !== undefined)
        this.#steps.push({
          step: 'connection',
          message: target,
          about: `${socket.remoteAddress}, port ${socket.remotePort ?? ''}`,
        })
    })
    if (socket instanceof TLSSocket) {
      socket.once('secureConnect', () => {
        this.#isResumed = socket.isSessionReused()
        this.#steps.push(this.#encryption(socket))
      })
    }
  }

  #encryption(socket: TLSSocket): ConnectionStep {
    const certificate = socket.getPeerCertificate(true)
    const version = `${socket.getProtocol() ?? 'TLS'}, ${socket.getCipher().standardName}`
    // A resumed session does not show it again.
    if (certificate.raw === undefined) return { step: 'encryption', message: version }
    return {
      step: 'encryption',
      message: `${version}; the certificate is trusted by ${this.#authorities.whoTrusts(certificate)}`,
      about: `${nameOf(certificate.subject)}, issued by ${nameOf(certificate.issuer)}, valid until ${certificate.valid_to}`,
    }
  }
}
