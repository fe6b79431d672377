import { isIP } from 'node:net'
import { checkServerIdentity, connect } from 'node:tls'
import type { ServerCertificate } from '#contract/servers.ts'

const TIMEOUT_MS = 8_000

/**
 * Looks at the certificate that a server shows, trusted or not. Nothing is sent over the connection; it is closed as soon as the
 * certificate is there. Null where there is none to be had, as behind a proxy that this does not go through.
 */
export function readServerCertificate(url: URL): Promise<ServerCertificate | null> {
  return new Promise((resolve) => {
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const socket = connect({
      host,
      port: Number(url.port || 443),
      ...(isIP(host) === 0 && { servername: host }),
      // To be shown to the user, who decides; every connection that carries anything is verified.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    })
    const end = (certificate: ServerCertificate | null): void => {
      socket.destroy()
      resolve(certificate)
    }
    socket.once('error', () => end(null))
    socket.once('timeout', () => end(null))
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate()
      const { subject, issuer, valid_from: validFrom, valid_to: validTo, fingerprint256: sha256, raw } = certificate
      if (raw === undefined) return end(null)
      const isValidNow = Date.parse(validFrom) <= Date.now() && Date.now() <= Date.parse(validTo)
      const canBeTrusted = isValidNow && checkServerIdentity(host, certificate) === undefined
      end({ subject: nameOf(subject), issuer: nameOf(issuer), validFrom, validTo, sha256, pem: toPem(raw), canBeTrusted })
    })
  })
}

/** `CN=jira.example, O=Example`; a name may hold any text, and several of a kind. */
function nameOf(name: Readonly<Record<string, string | string[] | undefined>>): string {
  return Object.entries(name)
    .map(([kind, value]) => `${kind}=${Array.isArray(value) ? value.join(' + ') : (value ?? '')}`)
    .join(', ')
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')
}
