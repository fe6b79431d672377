import { RequestError, TimeoutError } from 'got'
import { message, type Message } from '#contract/messages/message.ts'
import { AppError } from '../errors/app-error.ts'
import { calledOff } from '../errors/called-off.ts'

const DISTRUST: Record<string, Message> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: message('errors.distrust.selfSigned'),
  SELF_SIGNED_CERT_IN_CHAIN: message('errors.distrust.authorityUntrusted'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: message('errors.distrust.authorityUnknown'),
  UNABLE_TO_GET_ISSUER_CERT: message('errors.distrust.authorityUnknown'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: message('errors.distrust.authorityUnknown'),
  CERT_HAS_EXPIRED: message('errors.distrust.expired'),
  CERT_NOT_YET_VALID: message('errors.distrust.notYet'),
  CERT_REVOKED: message('errors.distrust.revoked'),
  ERR_TLS_CERT_ALTNAME_INVALID: message('errors.distrust.otherHost'),
  // OpenSSL's code for a key that is too short; BoringSSL, in Electron, accepts such keys.
  UNSPECIFIED: message('errors.distrust.weak'),
}

/**
 * Handshakes that Electron's BoringSSL refuses and OpenSSL accepts (electron#31042). There is then no certificate to
 * trust.
 */
const HANDSHAKE: Readonly<Record<string, (host: string) => Message>> = {
  ERR_SSL_KEY_USAGE_BIT_INCORRECT: (host) => message('errors.network.keyUsage', { host }),
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: (host) => message('errors.network.noCipher', { host }),
  ERR_SSL_UNSUPPORTED_PROTOCOL: (host) => message('errors.network.oldTls', { host }),
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: (host) => message('errors.network.oldTls', { host }),
}

/** Why a certificate is not trusted; null if `code` means something else. */
export function distrustOf(code: string): Message | null {
  return DISTRUST[code] ?? null
}

/**
 * The limit for an answer's headers. Node's own, 16 kB, is less than a portal's cookies may take. A cookie of a
 * megabyte is ignored, and the rest is read.
 */
export const MAX_HEADER_BYTES = 2_097_152
/** Header lines of an answer. By default, Node keeps 1,000 and drops the others. Each cookie takes some 30 µs. */
export const MAX_HEADERS = 4_000

/**
 * Failures before there was a connection, so that no request can have been sent: of the network, or of Node, which
 * refused the request.
 */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EHOSTDOWN',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
  'ERR_UNESCAPED_CHARACTERS',
])

/**
 * Maps what got throws to a plain failure. got's own error holds the request with its headers and body, and so the
 * password: it is neither kept as a cause nor logged.
 */
export function mapNetworkError(thrown: unknown, host: string): AppError {
  if (thrown instanceof AppError) return thrown
  // The reason its stream was destroyed with.
  if (thrown instanceof RequestError && thrown.cause instanceof AppError) return thrown.cause
  const code = thrown instanceof RequestError ? thrown.code : (thrown as { code?: string } | null)?.code
  if (thrown instanceof TimeoutError) {
    return new AppError('net.timeout', message('errors.network.timeout', { host }), {
      advice: message('errors.network.timeoutAdvice'),
    })
  }
  if (code === 'ABORT_ERR' || (thrown instanceof Error && thrown.name === 'AbortError')) {
    return calledOff()
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new AppError('net.dns', message('errors.network.name', { host }), {
      advice: message('errors.network.nameAdvice'),
    })
  }
  const distrust = code === undefined ? undefined : DISTRUST[code]
  if (distrust !== undefined) {
    return new AppError('tls.untrusted', message('errors.network.untrusted', { host, reason: distrust }), {
      advice: message('errors.network.untrustedAdvice'),
    })
  }
  const refusal = HANDSHAKE[code ?? '']
  if (refusal !== undefined) return new AppError('tls.untrusted', refusal(host))
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL') || code?.startsWith('ERR_TLS')) {
    return new AppError('tls.untrusted', message('errors.network.notSecure', { host }), {
      advice: message('errors.network.notSecureAdvice'),
    })
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new AppError(
      'http.body-too-large',
      message('errors.body.headersTooLarge', { megabytes: MAX_HEADER_BYTES / 1_048_576 }),
      {
        advice: message('errors.body.headersTooLargeAdvice'),
      },
    )
  }
  const unreachable = new AppError('net.unreachable', unreachableMessage(host, code), {
    advice: message('errors.network.unreachableAdvice'),
  })
  return code !== undefined && NEVER_CONNECTED.has(code) && !wasConnected(thrown)
    ? unreachable
    : unreachable.withLostAnswer()
}

/**
 * A network that disappears during the wait for an answer has the same code as one that was not there to connect to
 * (Linux, `tcp(7)`).
 */
function wasConnected(thrown: unknown): boolean {
  const { syscall } = ((thrown instanceof RequestError ? thrown.cause : thrown) as { syscall?: string } | null) ?? {}
  return syscall === 'read' || syscall === 'write'
}

/**
 * What arrived is not an answer: the connection was to switch to another protocol, which nobody requested. The outcome
 * of the request is unknown.
 */
export function notAnAnswer(host: string, status: number): AppError {
  return new AppError('net.unreachable', message('errors.network.switched', { host, status }), {
    advice: message('errors.network.unreachableAdvice'),
  }).withLostAnswer()
}

/** It was answered, with headers too long to be read. */
export function isOverlong({ data }: AppError): boolean {
  return data.message.key === 'errors.body.headersTooLarge'
}

function unreachableMessage(host: string, code: string | undefined): Message {
  switch (code) {
    case 'ECONNREFUSED':
      return message('errors.network.refused', { host })
    case 'ECONNRESET':
    case 'EPIPE':
      return message('errors.network.broke', { host })
    case undefined:
      return message('errors.network.unreachable', { host })
    default:
      // llhttp, Node's parser, refused what came.
      return code.startsWith('HPE_')
        ? message('errors.network.notHttp', { host, code })
        : message('errors.network.unreachableBy', { host, code })
  }
}
