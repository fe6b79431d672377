import type { TestStep } from '#contract/servers.ts'
import { asObject, asText } from '../backbone/wire-values.ts'
import { judgeResponse, type HttpResponse } from '../http/response-verdict.ts'

/** What a step of the connection test tells. */
export type Report = Omit<TestStep, 'step'>

/** Jira tells its version without a log-in on most installations (Jira's REST API, `serverInfo`). */
export function describeJira(response: HttpResponse, baseUrl: string): Report {
  const verdict = judgeResponse(response, new URL(baseUrl))
  if (verdict.kind === 'good') {
    const version = asText(parseObject(response.body)?.version)
    return version === ''
      ? { verdict: 'warning', message: 'Something answers, but it does not look like Jira', advice: 'Check the context path; it is often /jira.' }
      : { verdict: 'passed', message: `Jira ${version}` }
  }
  if (verdict.kind === 'blocked' && verdict.reason === 'intercepted') {
    return {
      verdict: 'warning',
      code: 'auth.intercepted',
      message: 'A log-in page or a redirect stands in front of Jira',
      advice: 'With single sign-on, a personal access token usually passes; a password does not.',
      ...(verdict.error.serverText && { serverText: verdict.error.serverText }),
    }
  }
  if (response.status === 404) {
    return { verdict: 'warning', message: 'No Jira was found at this path', advice: 'Check the context path; it is often /jira.' }
  }
  return { verdict: 'warning', message: `Jira does not tell its version without a log-in (HTTP ${response.status})` }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return asObject(JSON.parse(text))
  } catch {
    return null
  }
}

/** What Jira's rate limit says in an answer to the log-in (Jira's documentation, “Adjusting your code for rate limiting”). */
export function describeLimits({ status, headers }: HttpResponse): Report {
  const number = (name: string): number | null => (headers[name] === undefined ? null : Number(headers[name]))
  if (status === 429) {
    const seconds = number('retry-after')
    return { verdict: 'warning', code: 'http.rate-limited', message: `Jira limits requests, and asks to wait${seconds === null ? '' : ` ${seconds} s`}`, advice: 'Syncdeck waits as long as Jira asks. A lower number of simultaneous requests in the settings helps.' }
  }
  const [limit, remaining, interval, fill] = [number('x-ratelimit-limit'), number('x-ratelimit-remaining'), number('x-ratelimit-interval-seconds'), number('x-ratelimit-fillrate')]
  if (limit === null || remaining === null) return { verdict: 'passed', message: 'Jira tells of no limit for requests' }
  const comeBack = interval === null || fill === null ? '' : `; ${fill} come back every ${interval} s`
  return { verdict: remaining < limit / 5 ? 'warning' : 'passed', message: `${remaining} of ${limit} requests are left${comeBack}` }
}
