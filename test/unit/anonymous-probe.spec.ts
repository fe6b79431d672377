import { expect, it } from 'vitest'
import { judgeQuery } from '../../src-main/http/anonymous-probe.ts'

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
