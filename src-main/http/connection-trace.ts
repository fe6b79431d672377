import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket, type PeerCertificate } from 'node:tls'
import type { Certificate } from '#contract/certificates.ts'
import { foreign, message, type Message } from '#contract/messages/message.ts'
import type { ConnectionStep } from '#contract/diagnosis.ts'
import { nameOf, type CertificateAuthorities } from './certificate-authorities.ts'
import type { ProxyRoute } from './proxy.ts'

/** The result of one attempt to connect. */
export interface TracedConnection {
  readonly isConnected: boolean
  readonly steps: readonly ConnectionStep[]
}

/** A certificate that a connection was made with. */
export type SeenCertificate = Certificate & { readonly of: 'server' | 'proxy' }

/** Traces the connection of one request. */
export class ConnectionTrace {
  readonly #url: URL
  readonly #route: ProxyRoute
  readonly #authorities: CertificateAuthorities
  readonly #onCertificate: (seen: SeenCertificate) => void
  readonly #steps: ConnectionStep[] = []
  #isReused = false
  #isResumed = false
  #hasConnection = false

  constructor(
    url: URL,
    route: ProxyRoute,
    options: {
      readonly authorities: CertificateAuthorities
      /** Called for each new connection whose certificate is trusted. */
      readonly onCertificate: (seen: SeenCertificate) => void
    },
  ) {
    this.#url = url
    this.#route = route
    this.#authorities = options.authorities
    this.#onCertificate = options.onCertificate
  }

  /** It had a connection, so it may have been sent. */
  get hasConnection(): boolean {
    return this.#hasConnection
  }

  /** The request used a connection that was already open. */
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
        this.#steps.push({ step: 'tunnel', message: message('diagnosis.trace.tunnel') })
      this.#watchSocket(socket)
    })
  }

  /** The proxy answered with something other than a tunnel. */
  noTunnel(status: number): void {
    this.#steps.push({ step: 'tunnel', message: message('diagnosis.trace.noTunnel', { status }) })
  }

  /** Null for a request with nothing new: one that succeeded on an existing connection or TLS session. */
  end(failure: Message | null): TracedConnection | null {
    if (failure === null && (this.#isReused || this.#isResumed)) return null
    const { reason: key, about } = this.#route
    const steps: ConnectionStep[] = [
      {
        step: 'route',
        message: message(`diagnosis.route.${key}`),
        ...(about !== undefined && { about: foreign(about) }),
      },
    ]
    if (this.#url.protocol === 'https:') steps.push({ step: 'authorities', message: this.#authorities.summary() })
    if (this.#isReused) steps.push({ step: 'connection', message: message('diagnosis.trace.reused') })
    steps.push(...this.#steps)
    if (failure !== null) steps.push({ step: 'failure', message: failure })
    return { isConnected: failure === null, steps }
  }

  #watchSocket(socket: Socket): void {
    const target = message(this.#route.proxy === null ? 'diagnosis.trace.connected' : 'diagnosis.trace.toProxy')
    socket.once('lookup', (_error: Error | null, address: string | undefined, _family: unknown, host: string) => {
      if (address !== undefined)
        this.#steps.push({
          step: 'name',
          message: message('diagnosis.trace.name'),
          about: message('diagnosis.trace.nameIs', { host, address }),
        })
    })
    // Behind a tunnel, the socket that is passed on is already connected.
    socket.once('connect', () => {
      if (socket.remoteAddress !== undefined)
        this.#steps.push({
          step: 'connection',
          message: target,
          about: message('diagnosis.trace.port', {
            address: socket.remoteAddress,
            // As text: it is not a quantity.
            port: String(socket.remotePort ?? ''),
          }),
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
    const seen = certificateOf(certificate, this.#url.protocol === 'https:' ? 'server' : 'proxy')
    if (seen !== null) this.#onCertificate(seen)
    // A resumed session does not contain it again.
    if (certificate.raw === undefined) return { step: 'encryption', message: foreign(version) }
    return {
      step: 'encryption',
      message: message('diagnosis.trace.encrypted', { version, authority: this.#authorities.whoTrusts(certificate) }),
      about: message('diagnosis.trace.certificate', {
        subject: nameOf(certificate.subject),
        issuer: nameOf(certificate.issuer),
        until: certificate.valid_to,
      }),
    }
  }
}

/** Null if the connection shows none, as one that resumes a session. */
export function certificateOf(
  { raw, subject, valid_from: validFrom, valid_to: validTo }: PeerCertificate,
  of: SeenCertificate['of'],
): SeenCertificate | null {
  // Node’s types promise a certificate even where there is none.
  if ((raw as Buffer | undefined) === undefined) return null
  return { of, subject: nameOf(subject), validFrom: Date.parse(validFrom), validTo: Date.parse(validTo) }
}
