import { describe, expect, it } from 'vitest'
import type { AppError } from '../../src-main/errors/app-error.ts'
import { distrustOf, isOverlong, mapNetworkError, notAnAnswer } from '../../src-main/http/network-error.ts'
import { closedProxy, heldProxy, tooSoonForProxy } from '../../src-main/http/proxy-gate-words.ts'
import { said, worded } from '../support/said.ts'

const thrown = (code: string | undefined, more: object = {}): Error =>
  Object.assign(new Error('It failed'), { code }, more)
const wordsOf = (error: AppError) => {
  const { code, message, advice } = worded(error.data)
  return { code, message, advice, isAnswerLost: error.isAnswerLost }
}
const mapped = (code: string | undefined, more?: object) => wordsOf(mapNetworkError(thrown(code, more), 'jira.example'))

const NETWORK = 'Check that the server runs and that this computer is on the right network.'

describe('a failure of the network', () => {
  it.each([
    ['ECONNREFUSED', 'jira.example cannot be reached: the connection was refused.', false],
    ['EHOSTUNREACH', 'jira.example cannot be reached (EHOSTUNREACH).', false],
    ['ERR_INVALID_CHAR', 'jira.example cannot be reached (ERR_INVALID_CHAR).', false],
    ['ECONNRESET', 'jira.example cannot be reached: the connection broke.', true],
    ['EPIPE', 'jira.example cannot be reached: the connection broke.', true],
    ['HPE_INVALID_CONSTANT', 'The answer from jira.example is not valid HTTP (HPE_INVALID_CONSTANT).', true],
    [undefined, 'jira.example cannot be reached.', true],
  ])('with the code %s says that, and whether an answer may be lost', (code, message, isAnswerLost) => {
    expect(mapped(code)).toEqual({ code: 'net.unreachable', message, advice: NETWORK, isAnswerLost })
  })

  it.each(['read', 'write'])('of a connection that stood may have lost an answer: %s', (syscall) => {
    expect(mapped('EHOSTUNREACH', { syscall }).isAnswerLost).toBe(true)
    expect(mapped('EHOSTUNREACH', { syscall: 'connect' }).isAnswerLost).toBe(false)
  })

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('of the name was never sent: %s', (code) => {
    expect(mapped(code)).toEqual({
      code: 'net.dns',
      message: 'The name jira.example cannot be found.',
      advice: 'Check the address, and whether this computer is on the right network or VPN.',
      isAnswerLost: false,
    })
  })

  it('of the certificate says why, and what the user can do', () => {
    const { advice, ...failure } = mapped('CERT_HAS_EXPIRED')
    expect(failure).toEqual({
      code: 'tls.untrusted',
      message: 'The certificate of jira.example is not trusted: it has expired.',
      isAnswerLost: false,
    })
    expect(advice).toMatch(/^Edit the server and test the connection/)
    expect(said(distrustOf('CERT_HAS_EXPIRED'))).toBe('it has expired')
    expect(distrustOf('ECONNREFUSED')).toBeNull()
  })

  it.each(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS_INVALID_STATE'])('of the handshake: %s', (code) => {
    expect(mapped(code)).toEqual({
      code: 'tls.untrusted',
      message: 'No secure connection to jira.example could be established.',
      advice: 'Check whether the address should begin with http:// or use another port.',
      isAnswerLost: false,
    })
  })

  it.each([thrown('ABORT_ERR'), Object.assign(new Error('gone'), { name: 'AbortError' })])('is none: %o', (error) => {
    expect(mapNetworkError(error, 'jira.example').code).toBe('net.aborted')
  })

  it.each([null, undefined, 'odd'])('may be anything: %s', (odd) => {
    expect(mapNetworkError(odd, 'jira.example')).toMatchObject({ code: 'net.unreachable', isAnswerLost: true })
  })

  it('of our own stays as it is', () => {
    const own = notAnAnswer('jira.example', 101)
    expect(mapNetworkError(own, 'other.example')).toBe(own)
    expect(wordsOf(own)).toEqual({
      code: 'net.unreachable',
      message: 'jira.example answered in a protocol other than HTTP (HTTP 101).',
      advice: NETWORK,
      isAnswerLost: true,
    })
  })

  it('is an answer with too long headers, and no other', () => {
    const overlong = mapNetworkError(thrown('HPE_HEADER_OVERFLOW'), 'jira.example')
    expect(worded(overlong.data)).toMatchObject({ code: 'http.body-too-large', advice: expect.stringMatching(/./) })
    expect([isOverlong(overlong), isOverlong(notAnAnswer('jira.example', 101))]).toEqual([true, false])
  })
})

describe('why nothing is sent through a proxy', () => {
  const about = { host: 'proxy.example:3128', user: 'me' }

  it.each([
    [
      closedProxy('refused', about),
      'The proxy proxy.example:3128 refused the user “me” or its password.',
      /^Enter the password again in Settings/,
    ],
    [
      closedProxy('unanswered', about),
      'It is not known whether the proxy proxy.example:3128 accepts the password of “me”: no answer said so.',
      /^The server may be down, or the proxy may forbid it/,
    ],
  ])('before the user acts', (error, words, advice) => {
    const { code, message, advice: told } = wordsOf(error)
    expect([code, message]).toEqual(['net.proxy-refused', words])
    expect(told).toMatch(advice)
  })

  it.each([
    [true, 'closes the connection without answering; Syncdeck tries again in 5 min.'],
    [false, 'answers instead of the server and says nothing about the password; Syncdeck tries again in 5 min.'],
  ])('for a while, in minutes that are over by then (silent: %s)', (isSilent, words) => {
    const { code, message, advice } = wordsOf(heldProxy(about.host, 4 * 60_000 + 1, isSilent))
    expect([code, message]).toEqual(['net.proxy', `The proxy proxy.example:3128 ${words}`])
    expect(advice).toMatch(/^Each attempt may count as a failed log-in there/)
  })

  it('for some seconds, which are over by then', () => {
    expect(wordsOf(tooSoonForProxy(4_001))).toMatchObject({
      code: 'auth.too-soon',
      message: 'Wait 5 s before the next attempt.',
      advice: 'Repeated attempts in quick succession lock an account.',
    })
  })
})
