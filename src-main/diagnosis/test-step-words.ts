import type { AppErrorData } from '#contract/errors.ts'
import type { CredentialKind, TestStep } from '#contract/servers.ts'
import { say } from '../text/say.ts'
import { readableText, type HttpResponse } from '../http/response-verdict.ts'
import type { ApiFinding, JiraFinding } from './jira-recognition.ts'

/** What a step of the connection test tells. */
export type Report = Omit<TestStep, 'step'>

/** Where else on the same host Jira was found; `isFound` is false where that could not be asked. */
export interface OtherAddress {
  readonly baseUrl: string
  readonly isFound: boolean
}

/** What a failure tells as a step. */
export function reportOf({ message, advice, ...data }: AppErrorData): Omit<Report, 'verdict'> {
  return { ...data, message: say(message), ...(advice !== undefined && { advice: say(advice) }) }
}

type SomethingElse = Exclude<ApiFinding, { kind: 'answers' } | { kind: 'needs-log-in' }>

const NOT_SENT_PLAIN = 'The password was not sent: here it would travel in plain text.'
const SINGLE_SIGN_ON = 'With single sign-on, a personal access token usually passes; a password does not.'

/** What was found where Jira should be. `other`: the address that is offered instead. */
export function describeJira(
  finding: JiraFinding,
  response: HttpResponse,
  baseUrl: string,
  other: OtherAddress | null,
): Report {
  const offer = other === null ? {} : { offer: { address: other.baseUrl } }
  switch (finding.kind) {
    case 'jira': {
      if (other !== null) {
        const message = other.isFound
          ? `Jira ${finding.version}, which also answers, encrypted, at ${other.baseUrl}`
          : `Jira ${finding.version}, which calls itself ${other.baseUrl}`
        return {
          verdict: 'warning',
          message,
          advice: other.isFound
            ? 'The password was not sent: it need not travel in plain text.'
            : `${NOT_SENT_PLAIN} Whether Jira answers at the other address could not be found out; test there.`,
          ...offer,
        }
      }
      const own = finding.ownBaseUrl
      const isOther = own !== null && own.replace(/\/+$/, '') !== baseUrl
      return {
        verdict: 'passed',
        message: `Jira ${finding.version}`,
        ...(isOther && {
          advice: `It calls itself ${own}, which is not this address; both may lead to the same Jira.`,
        }),
      }
    }
    case 'hidden':
      return {
        verdict: 'warning',
        message: `Jira answers, but tells its version only after a log-in (HTTP ${finding.status})`,
        advice: 'That is a matter of its settings, and no fault.',
      }
    case 'moved':
      if (other === null)
        return {
          verdict: 'failed',
          code: 'http.redirected',
          message: `The server redirects to ${shown(finding.to)}, where no Jira was found`,
          advice: 'Nothing was sent there. Check the address and its context path.',
        }
      return {
        verdict: 'failed',
        code: 'http.redirected',
        message: other.isFound
          ? `The server redirects: Jira is at ${other.baseUrl}`
          : `The server redirects to ${other.baseUrl}`,
        advice: 'No password was sent. Use the other address, and test again.',
        ...offer,
      }
    default: {
      const report = describeSomethingElse(
        finding,
        response,
        'No Jira was found at this address',
        'Check the context path; it is often /jira.',
      )
      return other === null
        ? report
        : {
            ...report,
            message: `${report.message}. Jira is at ${other.baseUrl}`,
            advice: 'No password was sent. Use the other address, and test again.',
            ...offer,
          }
    }
  }
}

/** What was found where Backbone's REST API should be. `other`: the address that is offered instead. */
export function describeApi(
  finding: ApiFinding,
  response: HttpResponse,
  jira: JiraFinding,
  other: OtherAddress | null,
): Report {
  if (finding.kind === 'guarded' && jira.kind === 'guarded')
    return {
      verdict: 'failed',
      code: 'auth.intercepted',
      message: `The same refusal answers there (HTTP ${finding.status})`,
    }
  if (finding.kind === 'moved' && other !== null) {
    const message = other.isFound
      ? `The server redirects: Jira is at ${other.baseUrl}`
      : `The server redirects to ${other.baseUrl}`
    return {
      verdict: 'failed',
      code: 'http.redirected',
      message,
      advice: 'No password was sent. Use the other address, and test again.',
      offer: { address: other.baseUrl },
    }
  }
  switch (finding.kind) {
    case 'answers':
      return { verdict: 'passed', message: 'The REST API answers' }
    case 'needs-log-in':
      return { verdict: 'passed', message: 'The REST API answers, and wants a log-in' }
    default:
      return describeSomethingElse(
        finding,
        response,
        'Backbone’s REST API is not at this address',
        'Check that Backbone Issue Sync is installed, and the API path under “More settings”.',
      )
  }
}

function describeSomethingElse(
  finding: SomethingElse,
  response: HttpResponse,
  notFound: string,
  advice: string,
): Report {
  const text = readableText(response.body)
  const serverText = text === '' ? {} : { serverText: text }
  switch (finding.kind) {
    case 'moved':
      return {
        verdict: 'failed',
        code: 'http.redirected',
        message: `The server redirects to ${shown(finding.to)}`,
        advice,
      }
    case 'elsewhere':
      return finding.isLogIn
        ? {
            verdict: 'failed',
            code: 'auth.intercepted',
            message: `A single sign-on answers instead of Jira, and redirects to ${finding.host}`,
            advice: SINGLE_SIGN_ON,
          }
        : {
            verdict: 'failed',
            code: 'http.redirected',
            message: `The server redirects to another host, ${finding.host}`,
            advice: 'Nothing was sent there. If that is where Jira is now, enter its address.',
          }
    case 'downgrade':
      return {
        verdict: 'failed',
        code: 'http.redirected',
        message: 'The server redirects from https:// to http://, which is not encrypted',
        advice: 'Nothing was sent there. Ask whoever runs it.',
      }
    case 'log-in-page':
      return {
        verdict: 'failed',
        code: 'auth.intercepted',
        message: 'A log-in page stands in front of Jira',
        advice: SINGLE_SIGN_ON,
      }
    case 'page':
      return {
        verdict: 'failed',
        code: 'auth.intercepted',
        message: `A web page answers where data was asked for. ${notFound}, or a log-in page stands in front of it`,
        advice,
        ...serverText,
      }
    case 'guarded':
      return {
        verdict: 'failed',
        code: 'auth.intercepted',
        message: `Something in front of Jira refuses visitors (HTTP ${finding.status}${finding.challenge === '' ? '' : `, it wants ${finding.challenge}`})`,
        advice: 'Jira’s password is not for it. Ask whoever runs the proxy to let the REST API through.',
        ...serverText,
      }
    case 'not-found':
      return { verdict: 'failed', code: 'api.not-found', message: notFound, advice }
    case 'rate-limited':
      return {
        verdict: 'failed',
        code: 'http.rate-limited',
        message: 'The server limits requests, and asks to wait',
        advice: 'Test again in a minute.',
      }
    case 'failing':
      return {
        verdict: 'failed',
        code: 'http.server-error',
        message: `The server failed to answer (HTTP ${finding.status})`,
        advice: 'It may be starting, or be down behind its proxy. Test again later.',
        ...serverText,
      }
    case 'stranger':
      return {
        verdict: 'failed',
        code: 'http.unexpected-body',
        message: `Something answers (HTTP ${finding.status}), but not as Jira does`,
        advice,
        ...serverText,
      }
  }
}

/** Where a redirect leads, without its query, which may hold what is nobody's business; cut to a readable length. */
function shown({ origin, pathname }: URL): string {
  const address = origin + pathname
  return address.length > 200 ? `${address.slice(0, 200)}…` : address
}

/** How a log-in ended that was not accepted. `mayHaveCounted`: the request may have reached Jira. */
export function describeLogInFailure(error: AppErrorData, kind: CredentialKind, mayHaveCounted: boolean): Report {
  if (error.code === 'auth.rejected') {
    return {
      verdict: 'failed',
      ...reportOf(error),
      message: kind === 'token' ? 'Jira refused the token' : 'Jira refused the user name and password',
      advice:
        kind === 'token'
          ? 'It may have expired or been revoked.'
          : 'Jira counts failed log-ins, and demands a captcha after a few.',
    }
  }
  if (error.code === 'auth.unanswered') return { verdict: 'warning', ...reportOf(error) }
  if (error.code.startsWith('auth.') || !mayHaveCounted) return { verdict: 'failed', ...reportOf(error) }
  return {
    verdict: 'warning',
    ...reportOf(error),
    message: `Whether Jira accepted the log-in is not known: ${say(error.message)}`,
    advice: 'It was not repeated, because Jira may have counted it as a failed one.',
  }
}

/** What Jira's rate limit says in an answer to the log-in (Jira's documentation, “Adjusting your code for rate limiting”). */
export function describeLimits({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): Report {
  const number = (name: string): number | null => (headers[name] === undefined ? null : Number(headers[name]))
  if (status === 429) {
    const seconds = number('retry-after')
    return {
      verdict: 'warning',
      code: 'http.rate-limited',
      message: `Jira limits requests, and asks to wait${seconds === null ? '' : ` ${seconds} s`}`,
      advice: 'Syncdeck waits as long as Jira asks. A lower number of simultaneous requests in the settings helps.',
    }
  }
  const [limit, remaining, interval, fill] = [
    number('x-ratelimit-limit'),
    number('x-ratelimit-remaining'),
    number('x-ratelimit-interval-seconds'),
    number('x-ratelimit-fillrate'),
  ]
  if (limit === null || remaining === null) return { verdict: 'passed', message: 'Jira tells of no limit for requests' }
  const comeBack = interval === null || fill === null ? '' : `; ${fill} come back every ${interval} s`
  return {
    verdict: remaining < limit / 5 ? 'warning' : 'passed',
    message: `${remaining} of ${limit} requests are left${comeBack}`,
  }
}
