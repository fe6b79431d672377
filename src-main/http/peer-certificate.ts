import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect } from 'node:tls'
import type { ServerCertificate } from '#contract/servers.ts'
import { CertificateAuthorities, nameOf } from './certificate-authorities.ts'
import type { Way } from './proxy.ts'

const TIMEOUT_MS = 8_000

/**
 * Looks at the certificate that a server shows, trusted or not. Nothing is sent to it; the connection is closed as soon as the
 * certificate is there. Null where there is none to be had. `caPem`: what is trusted of a proxy on the way.
 */
export async function readServerCertificate(url: URL, { proxy }: Way, caPem: string): Promise<ServerCertificate | null> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || 443)
  try {
    return await showCertificate(host, port, proxy === null ? null : await openTunnel(proxy, `${url.hostname}:${port}`, caPem))
  } catch {
    return null
  }
}

function showCertificate(host: string, port: number, tunnel: Socket | null): Promise<ServerCertificate | null> {
  return new Promise((resolve) => {
    const socket = connect({
      ...(tunnel === null ? { host, port } : { socket: tunnel }),
      ...(isIP(host) === 0 && { servername: host }),
      // To be shown to the user, who decides; every connection that carries anything is verified.
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
      end({ subject: nameOf(subject), issuer: nameOf(issuer), validFrom, validTo, sha256, pem: toPem(raw), canBeTrusted })
    })
  })
}

/** A connection to `target` by `CONNECT` (RFC 9110, 9.3.6); the proxy itself is verified. Rejects where there is none. */
function openTunnel(proxy: URL, target: string, caPem: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
    const headers = { host: target, ...(proxy.username !== '' && { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` }) }
    const options = { host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: target, headers, agent: false, timeout: TIMEOUT_MS } as const
    const request = proxy.protocol === 'https:' ? httpsRequest({ ...options, ca: new CertificateAuthorities(caPem).pems, allowPartialTrustChain: caPem !== '' }) : httpRequest(options)
    request.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`The proxy answered with ${statusCode ?? 0}`))
    })
    request.once('timeout', () => request.destroy(new Error('The proxy did not answer')))
    request.once('error', reject)
    request.end()
  })
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----'].join('\n')
}
