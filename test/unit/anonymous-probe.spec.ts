import { describe, expect, it } from 'vitest'
import { judgeProbe, judgeQuery, probeOf } from '../../src-main/http/anonymous-probe.ts'
import { worded } from '../support/said.ts'

const BASIC = 'Basic realm="protected-area"'
const answer = (status: number, challenge?: string, body = '') => ({
  status,
  headers: challenge === undefined ? {} : { 'www-authenticate': challenge },
  body,
})
const JSON_BODY = '{"errorMessages":["You are not authenticated."]}'

it.each([
  ['visitors may know its version', answer(200), answer(401, BASIC), true],
  ['a proxy takes challenges out', answer(200), answer(401), true],
  ['a proxy adds a challenge of its own', answer(401, 'OAuth'), answer(401, 'Negotiate, Basic realm="x"'), true],
  ['the challenge has another name', answer(401, 'OAuth'), answer(401, 'NotBasic realm="x"'), false],
  ['the query is lost', answer(200), answer(200), false],
  ['Jira hides its version', answer(401, 'OAuth realm="https%3A%2F%2Fjira"'), answer(401, BASIC), true],
  ['Jira hides its version, and the query is lost', answer(401, 'OAuth realm="jira"'), answer(401, 'OAuth'), false],
  ['a visitor is told in JSON, and challenges are taken out', answer(401, '', JSON_BODY), answer(401), true],
  ['the same, and the query is lost', answer(401, '', JSON_BODY), answer(401, '', JSON_BODY), false],
  ['a proxy asks visitors for a password of its own', answer(401, 'Basic realm="x"'), answer(401, BASIC), false],
  ['a proxy keeps visitors out', answer(403), answer(403), false],
  ['a proxy takes offence at the query', answer(200), answer(403), false],
  ['visitors are led to a log-in', answer(302), answer(302), false],
])(
  'whether the query of an address is known to arrive is seen by both answers: %s',
  (_name, plain, saying, isKnown) => {
    expect(judgeQuery(plain, saying)).toBe(isKnown)
  },
)

describe('what answers an anonymous request', () => {
  const BASE = new URL('https://jira.example/jira/')
  const OF_JIRA = { 'x-arequestid': '1x2x3' }
  const INFO = '{"version":"10.3.4","baseUrl":"https://jira.example/jira","deploymentType":"Server"}'
  const of = (status: number, body = '', headers: Record<string, string> = {}) => ({ status, headers, body })
  const page = of(200, '<html>Welcome</html>', { 'content-type': 'text/html' })

  /** The verdict on `probed`, where Backbone's API answers so, and what was asked of it. */
  async function judged(probed: ReturnType<typeof of>, api = of(404)) {
    const asked: string[] = []
    const verdict = await judgeProbe(probed, { baseUrl: BASE, apiPath: '/api' }, async (url) => {
      asked.push(url)
      return api
    })
    return { verdict, asked }
  }

  it('is asked for below the base URL', () => {
    expect(probeOf(BASE).url.href).toBe('https://jira.example/jira/rest/api/2/serverInfo')
  })

  it.each([
    ['tells what it is', of(200, INFO)],
    ['tells nothing but its version', of(200, '{"version":"10.3.4"}')],
    ['shows visitors nothing, and signs that', of(401, '', OF_JIRA)],
  ])('is Jira where it %s; nothing else is asked', async (_what, probed) => {
    expect(await judged(probed)).toEqual({ verdict: null, asked: [] })
  })

  it.each([429, 500, 503])('is a server that takes nothing at the moment, with HTTP %i', async (status) => {
    const { verdict, asked } = await judged(of(status))
    expect([verdict?.kind, asked]).toEqual(['failed', []])
  })

  it('is a stranger that stays one where it is a page', async () => {
    const { verdict, asked } = await judged(page)
    expect(verdict).toMatchObject({ kind: 'stranger', isLasting: true, error: { code: 'auth.intercepted' } })
    expect(asked).toEqual([])
  })

  const HEALTH = 'https://jira.example/jira/api/health'
  const LIST = 'https://jira.example/jira/api/integrations'

  it.each([
    ['which Jira refuses', of(404), of(401, '', OF_JIRA), [HEALTH]],
    ['which something refuses that found nothing before', of(404), of(403), [HEALTH]],
    ['which is refused as openly', of(401), of(401), [HEALTH]],
    ['whose list is there', of(404), of(200, '[]'), [HEALTH, LIST]],
  ])('may be Jira behind something, by the API: %s', async (_what, probed, api, asked) => {
    expect(await judged(probed, api)).toEqual({ verdict: null, asked })
  })

  it.each([
    ['the API does not either', of(404), of(404), false],
    ['a page stands for the API', of(404), page, false],
    ['everything is guarded by a challenge', of(401, '', { 'www-authenticate': 'Basic' }), of(401), true],
    ['the API is guarded by one', of(401), of(401, '', { 'www-authenticate': 'Basic' }), true],
  ])('is a stranger where nothing shows Jira: %s', async (_what, probed, api, isLasting) => {
    const { verdict } = await judged(probed, api)
    expect(verdict).toMatchObject({ kind: 'stranger', isLasting, error: { code: 'auth.intercepted' } })
    expect(verdict && worded(verdict.error).advice).toMatch(/./)
    if (!isLasting) expect(verdict && worded(verdict.error).message).toContain('HTTP 404')
  })

  it('is a server that takes nothing at the moment where the API says that', async () => {
    const { verdict } = await judged(of(404), of(503))
    expect(verdict?.kind).toBe('failed')
  })
})
