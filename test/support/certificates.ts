import { isIP } from 'node:net'
import { generate } from 'selfsigned'

/** A certificate for `host` that no computer trusts by itself, made anew. PEM. */
export async function makeCertificate(host = '127.0.0.1'): Promise<{ key: string; cert: string }> {
  const made = await generate([{ name: 'commonName', value: host }], {
    keySize: 2048,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host }] },
    ],
  })
  return { key: made.private, cert: made.cert }
}
