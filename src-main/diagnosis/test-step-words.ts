import { message, sentences, type Message } from '#contract/messages/message.ts'
import type { AppErrorData } from '#contract/errors.ts'
import type { CredentialKind } from '#contract/credentials.ts'
import type { TestStep } from '#contract/diagnosis.ts'
import { readableText, type HttpResponse } from '../http/response-verdict.ts'
import type { ApiFinding, JiraFinding } from '../http/jira-recognition.ts'

/** What a step of the connection test reports. */
export type Report = Omit<TestStep, 'step'>

/** Where else on the same host Jira was found; `isFound` is false if that address could not be checked. */
export interface OtherAddress {
  readonly baseUrl: string
  readonly isFound: boolean
}

/** A failure as a step reports it. */
export function reportOf({ message: words, advice, ...data }: AppErrorData): Omit<Report, 'verdict'> {
  return { ...data, message: words, ...(advice !== undefined && { advice }) }
}

type SomethingElse = Exclude<ApiFinding, { kind: 'answers' } | { kind: 'needs-log-in' }>

const USE_OTHER = message('diagnosis.found.useOther')

/** What was found where Jira should be. `other`: the address that is offered instead. */
export function describeJira(
  finding: JiraFinding,
  response: HttpResponse,
  baseUrl: string,
  other: OtherAddress | null,
): Report {
  switch (finding.kind) {
    case 'jira':
      return describeVersion(finding, baseUrl, other)
    case 'hidden':
      return {
        verdict: 'warning',
        message: message('diagnosis.jira.hidden', { status: finding.status }),
        advice: message('diagnosis.jira.hiddenAdvice'),
      }
    case 'moved':
      if (other !== null) return describeOther(other)
      return {
        verdict: 'failed',
        code: 'http.redirected',
        message: message('diagnosis.jira.movedNowhere', { address: shown(finding.to) }),
        advice: message('diagnosis.jira.movedNowhereAdvice'),
      }
    default: {
      const report = describeSomethingElse(
        finding,
        response,
        message('diagnosis.jira.notFound'),
        message('diagnosis.jira.notFoundAdvice'),
      )
      if (other === null) return report
      return {
        ...report,
        message: message('diagnosis.jira.isAt', { problem: report.message, address: other.baseUrl }),
        advice: USE_OTHER,
        offer: { address: other.baseUrl },
      }
    }
  }
}

function describeVersion(
  { version, ownBaseUrl: own }: Extract<JiraFinding, { kind: 'jira' }>,
  baseUrl: string,
  other: OtherAddress | null,
): Report {
  if (other === null) {
    const isOther = own !== null && own.replace(/\/+$/, '') !== baseUrl
    return {
      verdict: 'passed',
      message: message('diagnosis.jira.found', { version }),
      ...(isOther && { advice: message('diagnosis.jira.ownAddress', { address: own }) }),
    }
  }
  const values = { version, address: other.baseUrl }
  return {
    verdict: 'warning',
    ...(other.isFound
      ? {
          message: message('diagnosis.jira.encrypted', values),
          advice: message('diagnosis.jira.encryptedAdvice'),
        }
      : {
          message: message('diagnosis.jira.callsItself', values),
          advice: sentences(message('diagnosis.jira.notSentPlain'), message('diagnosis.jira.callsItselfAdvice')),
        }),
    offer: { address: other.baseUrl },
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
      message: message('diagnosis.api.sameRefusal', { status: finding.status }),
    }
  if (finding.kind === 'moved' && other !== null) return describeOther(other)
  switch (finding.kind) {
    case 'answers':
      return { verdict: 'passed', message: message('diagnosis.api.answers') }
    case 'needs-log-in':
      return { verdict: 'passed', message: message('diagnosis.api.needsLogIn') }
    default:
      return describeSomethingElse(
        finding,
        response,
        message('diagnosis.api.notFound'),
        message('diagnosis.api.notFoundAdvice'),
      )
  }
}

/** A redirect to another address of the same host. */
function describeOther({ baseUrl, isFound }: OtherAddress): Report {
  return {
    verdict: 'failed',
    code: 'http.redirected',
    message: message(isFound ? 'diagnosis.found.jiraElsewhere' : 'diagnosis.found.moved', { address: baseUrl }),
    advice: USE_OTHER,
    offer: { address: baseUrl },
  }
}

function describeSomethingElse(
  finding: SomethingElse,
  response: HttpResponse,
  notFound: Message,
  advice: Message,
): Report {
  const text = readableText(response.body)
  const serverText = text === '' ? {} : { serverText: text }
  switch (finding.kind) {
    case 'moved':
      return {
        verdict: 'failed',
        code: 'http.redirected',
        message: message('diagnosis.found.moved', { address: shown(finding.to) }),
        advice,
      }
    case 'elsewhere':
      return finding.isLogIn
        ? {
            verdict: 'failed',
            code: 'auth.intercepted',
            message: message('diagnosis.found.signOn', { host: finding.host }),
            advice: message('diagnosis.found.signOnAdvice'),
          }
        : {
            verdict: 'failed',
            code: 'http.redirected',
            message: message('diagnosis.found.otherHost', { host: finding.host }),
            advice: message('diagnosis.found.otherHostAdvice'),
          }
    case 'downgrade':
      return {
        verdict: 'failed',
        code: 'http.redirected',
        message: message('diagnosis.found.downgrade'),
        advice: message('diagnosis.found.downgradeAdvice'),
      }
    case 'log-in-page':
      return {
        verdict: 'failed',
        code: 'auth.intercepted',
        message: message('diagnosis.found.logInPage'),
        advice: message('diagnosis.found.signOnAdvice'),
      }
    case 'page':
      return {
        verdict: 'failed',
        code: 'auth.intercepted',
        message: message('diagnosis.found.page', { problem: notFound }),
        advice,
        ...serverText,
      }
    case 'guarded': {
      const { status, challenge } = finding
      return {
        verdict: 'failed',
        code: 'auth.intercepted',
        message:
          challenge === ''
            ? message('diagnosis.found.guarded', { status })
            : message('diagnosis.found.guardedBy', { status, challenge }),
        advice: message('diagnosis.found.guardedAdvice'),
        ...serverText,
      }
    }
    case 'not-found':
      return { verdict: 'failed', code: 'api.not-found', message: notFound, advice }
    case 'rate-limited':
      return {
        verdict: 'failed',
        code: 'http.rate-limited',
        message: message('diagnosis.found.limited'),
        advice: message('diagnosis.found.limitedAdvice'),
      }
    case 'failing':
      return {
        verdict: 'failed',
        code: 'http.server-error',
        message: message('diagnosis.found.failing', { status: finding.status }),
        advice: message('diagnosis.found.failingAdvice'),
        ...serverText,
      }
    case 'stranger':
      return {
        verdict: 'failed',
        code: 'http.unexpected-body',
        message: message('diagnosis.found.stranger', { status: finding.status }),
        advice,
        ...serverText,
      }
  }
}

/** Where a redirect leads, without its query, which may contain private data; cut to a readable length. */
function shown({ origin, pathname }: URL): string {
  const address = origin + pathname
  return address.length > 200 ? `${address.slice(0, 200)}…` : address
}

/** How a log-in that was not accepted ended. `mayHaveCounted`: the request may have reached Jira. */
export function describeLogInFailure(error: AppErrorData, kind: CredentialKind, mayHaveCounted: boolean): Report {
  if (error.code === 'auth.rejected') {
    return {
      verdict: 'failed',
      ...reportOf(error),
      message: message(`diagnosis.logIn.refused.${kind}`),
      advice: message(`diagnosis.logIn.refusedAdvice.${kind}`),
    }
  }
  if (error.code === 'auth.unanswered') return { verdict: 'warning', ...reportOf(error) }
  if (error.code.startsWith('auth.') || !mayHaveCounted) return { verdict: 'failed', ...reportOf(error) }
  return {
    verdict: 'warning',
    ...reportOf(error),
    message: message('diagnosis.logIn.notKnown', { reason: error.message }),
    advice: message('diagnosis.logIn.notKnownAdvice'),
  }
}

/**
 * What an answer to the log-in says about Jira's rate limit (Jira's documentation, “Adjusting your code for rate
 * limiting”).
 */
export function describeLimits({ status, headers }: Pick<HttpResponse, 'status' | 'headers'>): Report {
  const number = (name: string): number | null => {
    const value = Number(headers[name])
    return Number.isFinite(value) ? value : null
  }
  if (status === 429) {
    const seconds = number('retry-after')
    return {
      verdict: 'warning',
      code: 'http.rate-limited',
      message: seconds === null ? message('diagnosis.limits.held') : message('diagnosis.limits.heldFor', { seconds }),
      advice: message('diagnosis.limits.heldAdvice'),
    }
  }
  const [limit, remaining, interval, fill] = [
    number('x-ratelimit-limit'),
    number('x-ratelimit-remaining'),
    number('x-ratelimit-interval-seconds'),
    number('x-ratelimit-fillrate'),
  ]
  if (limit === null || remaining === null) return { verdict: 'passed', message: message('diagnosis.limits.none') }
  return {
    verdict: remaining < limit / 5 ? 'warning' : 'passed',
    message:
      interval === null || fill === null
        ? message('diagnosis.limits.left', { remaining, limit })
        : message('diagnosis.limits.leftAndBack', { remaining, limit, fill, interval }),
  }
}
