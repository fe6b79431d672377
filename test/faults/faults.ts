import type { FaultKind } from '../../src-simulator/faults.ts'
import { makeCertificate, type Certificate } from '../support/certificates.ts'
import { certificates, HANGING, HOST, replaceServer, type Stage } from './stage.ts'

/** Something that goes wrong between Syncdeck and a server. */
export interface FaultCase {
  readonly name: string
  /** Lets it happen to requests of `method` to `path`: `times` often, or until it is mended. */
  readonly happen: (stage: Stage, path: string, method: string, times?: number) => Promise<void> | void
  /** It lasts by its nature. */
  readonly isLasting?: boolean
  readonly isTls?: boolean
  /** It ends with a time-out alone. */
  readonly isHanging?: boolean
  /** It keeps the processor busy instead of the line silent. */
  readonly isLaborious?: boolean
  /** The codes reported while it lasts. */
  readonly codes: readonly string[]
  /** The request may have taken effect, and no answer says so. */
  readonly isAnswerLost?: boolean
  /** The answer proves that a write was not done: it is sent again. */
  readonly isSentAgain?: boolean
}

const DAY_MS = 86_400_000
const JIRAS_ACCOUNT = {
  'Retry-After': '1',
  'X-RateLimit-Limit': '10',
  'X-RateLimit-Remaining': '0',
  'X-RateLimit-FillRate': '1',
  'X-RateLimit-Interval-Seconds': '1',
}
const PAGE = '<html><head><title>Gateway</title></head><body><h1>Something stands in between</h1></body></html>'

const simulated = (
  name: string,
  fault: FaultKind,
  codes: string | readonly string[],
  isAnswerLost = false,
): FaultCase => ({
  name,
  codes: [codes].flat(),
  isAnswerLost,
  isHanging: HANGING.has(fault.kind),
  happen: ({ jira }, path, method, times) =>
    jira.faults.add({ path, method, fault, ...(times !== undefined && { times }) }),
})

/** Its certificate is made once: keys take long to make, and tasks on the server would end before the fault. */
const distrusted = (name: string, make: (authority: Certificate) => Promise<Certificate>): FaultCase => {
  let made: Promise<Certificate> | null = null
  return {
    name,
    codes: ['tls.untrusted'],
    isLasting: true,
    isTls: true,
    happen: async (stage) =>
      replaceServer(stage, await (made ??= certificates().then(({ authority }) => make(authority)))),
  }
}

export const FAULTS: readonly FaultCase[] = [
  {
    name: 'the connection is refused',
    codes: ['net.unreachable'],
    isLasting: true,
    happen: ({ jira }) => jira.goOffline(),
  },
  simulated(
    'the connection is reset before the request took effect',
    { kind: 'reset-before' },
    'net.unreachable',
    true,
  ),
  simulated('the connection is reset after the request took effect', { kind: 'reset-after' }, 'net.unreachable', true),
  simulated('no answer comes', { kind: 'hang' }, 'net.timeout', true),
  simulated('no answer comes, though the request took effect', { kind: 'hang-after' }, 'net.timeout', true),
  simulated('headers that never end', { kind: 'slow-headers' }, 'net.timeout', true),
  simulated('a body that never ends', { kind: 'slow-body' }, 'net.timeout', true),
  simulated('JSON that is cut off', { kind: 'cut', body: '[{"integrationKey":"INT-2","summ' }, 'net.unreachable', true),
  simulated(
    'a length that is too small',
    { kind: 'wrong-length', body: '[{"integrationKey":"INT-2"}]', length: 9 },
    ['http.unexpected-body', 'net.unreachable'],
    true,
  ),
  simulated('a page of HTML', { kind: 'answer', status: 200, body: PAGE }, 'auth.intercepted', true),
  simulated(
    'a page of HTML, though the request took effect',
    { kind: 'answer-after', status: 200, body: PAGE },
    'auth.intercepted',
    true,
  ),
  simulated(
    'the error page of a reverse proxy',
    { kind: 'answer', status: 502, body: PAGE },
    'http.server-error',
    true,
  ),
  simulated(
    'the error page of a reverse proxy, though the request took effect',
    { kind: 'answer-after', status: 502, body: PAGE },
    'http.server-error',
    true,
  ),
  {
    ...simulated(
      'too many requests, says Jira’s rate limiter',
      { kind: 'answer', status: 429, headers: JIRAS_ACCOUNT, body: '' },
      'http.rate-limited',
    ),
    isSentAgain: true,
  },
  simulated(
    'too many requests, says anybody',
    { kind: 'answer', status: 429, headers: { 'Retry-After': '1' }, body: '' },
    'http.rate-limited',
    true,
  ),
  simulated(
    'too many requests, though the request took effect',
    { kind: 'answer-after', status: 429, body: '' },
    'http.rate-limited',
    true,
  ),
  {
    ...simulated('a compressed bomb', { kind: 'gzip-bomb', bytes: 70_000_000 }, 'http.body-too-large', true),
    isLaborious: true,
  },
  simulated(
    'a redirect to another host',
    { kind: 'answer', status: 302, headers: { Location: 'https://login.example/' }, body: '' },
    'auth.intercepted',
  ),
  distrusted('a certificate that has expired', (authority) =>
    makeCertificate(HOST, { authority, from: Date.now() - 9 * DAY_MS, until: Date.now() - DAY_MS }),
  ),
  distrusted('a certificate that is self-signed', () => makeCertificate(HOST)),
  distrusted('a certificate for another host', (authority) => makeCertificate('other.example', { authority })),
]
