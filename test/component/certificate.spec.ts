import { expect, it } from 'vitest'
import CertificateFacts from '../../src-renderer/servers/CertificateFacts.vue'
import { show } from './support.ts'

const certificate = {
  subject: 'CN=<b>jira</b>',
  issuer: 'CN=Corp CA',
  validFrom: 'Jan 1 2026',
  validTo: 'Jan 1 2027',
  sha256: 'AA:BB',
  pem: '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----',
  canBeTrusted: true,
}

it('a certificate is shown as text, with its fingerprint, before it can be trusted', () => {
  const shown = show(CertificateFacts, { certificate, trusted: '' })
  for (const part of ['CN=<b>jira</b>', 'CN=Corp CA', 'Jan 1 2026 – Jan 1 2027', 'AA:BB'])
    expect(shown.text()).toContain(part)
  expect(shown.find('b').exists()).toBe(false)
  expect(shown.find('[data-test=certificate-changed]').exists()).toBe(false)
})

it('one that is another than the trusted one is warned of', () => {
  const shown = show(CertificateFacts, {
    certificate,
    trusted: '-----BEGIN CERTIFICATE-----\nother\n-----END CERTIFICATE-----',
  })
  expect(shown.get('[data-test=certificate-changed]').text()).toContain('somebody may be intercepting')
})

it('one that trusting would not help is not offered to be trusted', () => {
  const shown = show(CertificateFacts, { certificate: { ...certificate, canBeTrusted: false }, trusted: '' })
  expect(shown.find('[data-test=trust-certificate]').exists()).toBe(false)
  expect(shown.get('[data-test=certificate-unfit]').text()).toContain('another host')
})

it('one that is trusted asks for nothing', () => {
  expect(
    show(CertificateFacts, { certificate, trusted: certificate.pem }).find('[data-test=trust-certificate]').exists(),
  ).toBe(false)
})
