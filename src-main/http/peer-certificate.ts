import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { checkServerIdentity, connect } from 'node:tls'
import type { ServerCertificate } from '#contract/diagnosis.ts'
import { CertificateAuthorities, nameOf } from './certificate-authorities.ts'
import type { ProxyRoute } from './proxy.ts'
import { openTunnel } from './tunnel.ts'

const TIMEOUT_MS = 8_000

/**
 * Fetches a server's certificate, trusted or not. Nothing is sent; the connection is closed as soon as the certificate
 * has arrived. Null if there is none. `caPem`: trusted for a proxy on the route.
 */
export async function readServerCertificate(
  url: URL,
  route: ProxyRoute,
  caPem: string,
): Promise<ServerCertificate | null> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || 443)
  try {
    const { proxy } = route
    if (proxy === null) return await showCertificate(host, port, null)
    const { secureContext } = new CertificateAuthorities(caPem)
    const tunnel = await openTunnel({ ...route, proxy }, `${url.hostname}:${port}`, {
      secureContext,
      timeoutsMs: { connect: TIMEOUT_MS, response: TIMEOUT_MS },
    })
    return await showCertificate(host, port, tunnel)
  } catch {
    return null
  }
}

function showCertificate(host: string, port: number, tunnel: Duplex | null): Promise<ServerCertificate | null> {
  return new Promise((resolve) => {
    const socket = connect({
      ...(tunnel === null ? { host, port } : { socket: tunnel }),
      ...(isIP(host) === 0 && { servername: host }),
      // Only to show it to the user; every connection that carries anything is verified.
      rejectUnauthorized: false,
      timeout: TIMEOUT_MS,
    })
    const end = (certificate: ServerCertificate | null): void => {
      socket.destroy()
      tunnel?.destroy()
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
      end({
        subject: nameOf(subject),
        issuer: nameOf(issuer),
        validFrom,
        validTo,
        sha256,
        pem: toPem(raw),
        canBeTrusted,
      })
    })
  })
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')
}
