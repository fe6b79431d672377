import { getCACertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { said, spoken } from '../support/said.ts'
import { CertificateAuthorities } from '../../src-main/http/certificate-authorities.ts'
import { makeCertificate, type Certificate } from '../support/certificates.ts'
import { addServer, startJira, startMain } from '../support/services.ts'

const DAY_MS = 86_400_000

/** A server that shows `certificate`, read once and then diagnosed. */
async function scene(certificate: Certificate, caPem = '') {
  const jira = await startJira({ synchronizations: 3, tls: certificate })
  const main = startMain()
  const serverId = await addServer(main, jira, { caPem })
  await main.ask('synchronizations:refresh', { serverId })
  const [server] = await main.ask('servers:list', {})
  const [attempt] = spoken(await main.ask('servers:connections', { serverId }))
  const steps = spoken(await main.ask('servers:diagnose', { testId: 't', serverId, withLogIn: true }))
  return { jira, server, attempt, tls: steps.find(({ step }) => step === 'tls') }
}

describe('a certificate', () => {
  it.each<[string, () => Promise<Certificate>, string, boolean]>([
    ['that is self-signed', () => makeCertificate(), 'it is self-signed', true],
    [
      'that has expired',
      () => makeCertificate('127.0.0.1', { from: Date.now() - 9 * DAY_MS, until: Date.now() - DAY_MS }),
      'it has expired',
      false,
    ],
    [
      'of an authority that is not known',
      async () => makeCertificate('127.0.0.1', { authority: await makeCertificate('Company CA') }),
      'its certificate authority is not known on this computer',
      true,
    ],
  ])('%s is refused before anything is sent, and shown', async (_name, make, words, canBeTrusted) => {
    const { jira, server, attempt, tls } = await scene(await make())
    expect(server?.reach.error?.code).toBe('tls.untrusted')
    expect(said(server?.reach.error?.message)).toContain(words)
    expect(server?.access.state).toBe('unknown')
    expect(tls).toMatchObject({ verdict: 'failed', certificate: { canBeTrusted } })
    expect(attempt?.isConnected).toBe(false)
    expect(attempt?.steps.at(-1)?.message).toContain(words)
    expect(jira.seen).toEqual([])
  })

  it.each<[string, (authority: Certificate) => Promise<Certificate>, string]>([
    [
      'that has expired',
      (authority) =>
        makeCertificate('127.0.0.1', { authority, from: Date.now() - 9 * DAY_MS, until: Date.now() - DAY_MS }),
      'it has expired',
    ],
    [
      'that is not valid yet',
      (authority) =>
        makeCertificate('127.0.0.1', { authority, from: Date.now() + DAY_MS, until: Date.now() + 9 * DAY_MS }),
      'it is not valid yet',
    ],
    [
      'for another host',
      (authority) => makeCertificate('other.example', { authority }),
      'it was issued for another host',
    ],
  ])('%s is refused although its authority is trusted, and trusting it is not offered', async (_name, make, words) => {
    const authority = await makeCertificate('Company CA')
    const { jira, server, tls } = await scene(await make(authority), authority.cert)
    expect(server?.reach.error?.code).toBe('tls.untrusted')
    expect(said(server?.reach.error?.message)).toContain(words)
    expect(tls?.certificate?.canBeTrusted).toBe(false)
    expect(jira.seen).toEqual([])
  })

  it('of the company’s own authority is trusted once that is given, and the connections say by which', async () => {
    const authority = await makeCertificate('Company CA')
    const { server, attempt, tls } = await scene(await makeCertificate('127.0.0.1', { authority }), authority.cert)
    expect(server?.access.state).toBe('ok')
    expect(tls?.verdict).toBe('passed')
    expect(attempt?.steps.map(({ step }) => step)).toEqual(['route', 'authorities', 'connection', 'encryption'])
    expect(attempt?.steps.at(-1)).toMatchObject({
      message: expect.stringMatching(
        /^TLSv1\.3, TLS_\w+; the certificate is trusted by this server’s own certificates$/,
      ) as string,
      about: expect.stringMatching(/^CN=127\.0\.0\.1, issued by CN=Company CA, valid until /) as string,
    })
  })

  it('that the user trusts is enough, whoever issued it', async () => {
    const own = await makeCertificate('127.0.0.1', { authority: await makeCertificate('Company CA') })
    const { server, attempt } = await scene(own, own.cert)
    expect(server?.access.state).toBe('ok')
    expect(attempt?.steps.at(-1)?.message).toContain('trusted by this server’s own certificates')
  })

  it('that changed after it was trusted is refused, until it is trusted as well', async () => {
    const [first, second] = [await makeCertificate(), await makeCertificate()]
    expect((await scene(first, first.cert)).server?.access.state).toBe('ok')
    const changed = await scene(second, first.cert)
    expect(changed.server?.reach.error?.code).toBe('tls.untrusted')
    expect(changed.jira.seen).toEqual([])
    expect((await scene(second, `${first.cert}\n${second.cert}`)).server?.access.state).toBe('ok')
  })
})

it('a server’s own authorities come on top of the bundled and the system’s, never in their place', async () => {
  const { cert } = await makeCertificate('Company CA')
  const { pems } = new CertificateAuthorities(cert)
  for (const pem of [...getCACertificates('bundled'), ...getCACertificates('system'), cert]) expect(pems).toContain(pem)
})

it('authorities are read once for all who trust the same, and nobody else’s count', async () => {
  const [first, second] = [await makeCertificate(), await makeCertificate()]
  const context = (pem: string) => new CertificateAuthorities(pem).secureContext
  expect(context('')).toBe(context(''))
  expect(context(first.cert)).toBe(context(first.cert))
  expect(new Set([context(''), context(first.cert), context(second.cert)]).size).toBe(3)
})
