import { expect, it } from 'vitest'
import { mapNetworkError } from '../../src-main/http/network-error.ts'
import { say } from '../../src-main/text/say.ts'

it.each([
  ['ERR_SSL_KEY_USAGE_BIT_INCORRECT', 'must be reissued with “digital signature”'],
  ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'have no cipher in common'],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'only TLS 1.0 or 1.1'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'only TLS 1.0 or 1.1'],
  ['UNSPECIFIED', 'its key is too short'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'No secure connection to jira.example could be established'],
])('a handshake that fails says what to do about it, and sent nothing: %s', (code, words) => {
  const failure = mapNetworkError(Object.assign(new Error('refused'), { code }), 'jira.example')
  expect(failure).toMatchObject({ code: 'tls.untrusted', isAnswerLost: false })
  expect(say(failure.data.message)).toContain(words)
})
