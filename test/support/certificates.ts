import { isIP } from 'node:net'
import { generate } from 'selfsigned'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

export interface CertificateOptions {
  /** Epoch ms from and until which it is valid; default now and a year. */
  readonly from?: number
  readonly until?: number
  /** A second part of its subject's name. */
  readonly organization?: string
  /** Who issues it; absent for itself. */
  readonly authority?: Certificate
}

/** A new certificate for `host` that no computer trusts by default. PEM. */
export async function makeCertificate(
  host = '127.0.0.1',
  { from, until, organization, authority }: CertificateOptions = {},
): Promise<Certificate> {
  const subject = [
    { name: 'commonName', value: host },
    ...(organization === undefined ? [] : [{ name: 'organizationName', value: organization }]),
  ]
  const made = await generate(subject, {
    keySize: 2048,
    ...(from !== undefined && { notBeforeDate: new Date(from) }),
    ...(until !== undefined && { notAfterDate: new Date(until) }),
    ...(authority !== undefined && { ca: authority }),
    extensions: [
      { name: 'basicConstraints', cA: authority === undefined },
      { name: 'subjectAltName', altNames: [isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }] },
    ],
  })
  return { key: made.private, cert: made.cert }
}
