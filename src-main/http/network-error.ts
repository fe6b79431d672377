import { RequestError, TimeoutError } from 'got'
import { AppError } from '../errors/app-error.ts'

const TLS_WORDS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate authority is not trusted on this computer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate authority is not known on this computer',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate authority is not known on this computer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate authority is not known on this computer',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  ERR_TLS_CERT_ALTNAME_INVALID: 'it was issued for another host',
}

/** Why a certificate is not trusted; null if `code` means something else. */
export function distrustWords(code: string): string | null {
  return TLS_WORDS[code] ?? null
}

/** Failures before a connection existed, so that no request can have been sent. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTDOWN'])

/**
 * Maps what got throws to a plain failure. got's own error holds the request with its headers and body, and so the
 * password: it is neither kept as a cause nor logged.
 */
export function mapNetworkError(thrown: unknown, host: string): AppError {
  if (thrown instanceof AppError) return thrown
  const code = thrown instanceof RequestError ? thrown.code : (thrown as { code?: string } | null)?.code
  if (thrown instanceof TimeoutError) {
    return new AppError('net.timeout', `${host} did not answer in time.`, {
      advice: 'The server may be overloaded, or a firewall may be dropping the connection.',
    })
  }
  if (code === 'ABORT_ERR' || (thrown instanceof Error && thrown.name === 'AbortError')) {
    return new AppError('net.aborted', 'The request was called off.')
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new AppError('net.dns', `The name ${host} cannot be found.`, {
      advice: 'Check the address, and whether this computer is on the right network or VPN.',
    })
  }
  const tlsWords = code === undefined ? undefined : TLS_WORDS[code]
  if (tlsWords !== undefined) {
    return new AppError('tls.untrusted', `The certificate of ${host} is not trusted: ${tlsWords}.`, {
      advice:
        'Edit the server and test the connection: the test shows the certificate, and you decide. Where your company has its own authority, add its certificate instead.',
    })
  }
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL') || code?.startsWith('ERR_TLS')) {
    return new AppError('tls.untrusted', `No secure connection to ${host} could be agreed on.`, {
      advice: 'Check whether the address should begin with http:// or name another port.',
    })
  }
  const unreachable = new AppError('net.unreachable', `${host} cannot be reached${reasonFor(code)}.`, {
    advice: 'Check that the server runs and that this computer is on the right network.',
  })
  return code !== undefined && NEVER_CONNECTED.has(code) ? unreachable : unreachable.withLostAnswer()
}

function reasonFor(code: string | undefined): string {
  switch (code) {
    case 'ECONNREFUSED':
      return ': the connection was refused'
    case 'ECONNRESET':
    case 'EPIPE':
      return ': the connection broke'
    case undefined:
      return ''
    default:
      return ` (${code})`
  }
}
