import { foreign, message, type Message } from '#contract/messages/message.ts'
import type { ConnectionStep, TestStep } from '#contract/diagnosis.ts'
import type { CredentialKind } from '#contract/credentials.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { HttpResponse } from '../http/response-verdict.ts'
import { inspectAddress } from '../servers/address.ts'
import {
  findApi,
  isThere,
  judgeServerInfo,
  mayBeJira,
  SERVER_INFO_PATH,
  type FoundApi,
  type JiraFinding,
} from '../http/jira-recognition.ts'
import { describeApi, describeJira, reportOf, type OtherAddress, type Report } from './test-step-words.ts'

export type Tell = (step: TestStep['step'], report: Report) => void

/** What the steps without a log-in work with. */
export interface StepContext {
  /** Sends a GET without a credential. Rejects with an `AppError` of `net.*`, `tls.*` or `http.*`. */
  readonly ask: (url: string) => Promise<HttpResponse>
  /** What the newest connection reported for these phases. */
  readonly facts: (...steps: ConnectionStep['step'][]) => { details?: Message[] }
  /** The untrusted certificate, if it can be read, and advice. */
  readonly certificate: () => Promise<Pick<Report, 'certificate' | 'advice'>>
  readonly tell: Tell
}

/** What was found without logging in. */
export interface Findings {
  /** The base URL that the address turned out to mean. */
  readonly baseUrl: string
  /** The answer to `serverInfo` there. */
  readonly serverInfo: HttpResponse
  /** Jira and Backbone were recognised, so that the credential may be sent. */
  readonly isRight: boolean
  /** Why no log-in is tried, in cases where the user may override that. */
  readonly why: Message
  /** The kinds of credential with which the user may log in anyway. */
  readonly mayLogInAnyway: (kind: CredentialKind) => boolean
}

/** How many other addresses of a host are asked for Jira at most. */
const MAX_OTHERS = 6
const NOT_RECOGNISED = message('diagnosis.skipped.notRecognised')
const never = (): boolean => false

interface Found {
  readonly baseUrl: string
  readonly response: HttpResponse
  readonly finding: JiraFinding
}

/**
 * The steps without a credential: connection, encryption, Jira, Backbone. Null if no server could be reached.
 * `candidates`: longer base URLs that the address may also mean; if Jira answers at one of them, that one is used.
 */
export async function takeAnonymousSteps(
  { baseUrl, apiPath, candidates }: { baseUrl: string; apiPath: string; candidates: readonly string[] },
  context: StepContext,
): Promise<Findings | null> {
  const { ask, facts, tell } = context
  tell('connection', { verdict: 'running', message: message('diagnosis.steps.connecting') })
  let found: Found
  try {
    found = await findJira([...candidates, baseUrl], ask)
  } catch (thrown) {
    await tellUnreached(thrown, context)
    return null
  }
  if (found.baseUrl !== baseUrl)
    tell('address', {
      verdict: 'passed',
      message: foreign(found.baseUrl),
      baseUrl: found.baseUrl,
      advice: message('diagnosis.steps.isMeant'),
    })
  tell('connection', {
    verdict: 'passed',
    message: message('diagnosis.steps.answers'),
    ...facts('route', 'name', 'connection', 'tunnel'),
  })
  const isEncrypted = baseUrl.startsWith('https:')
  tell(
    'tls',
    isEncrypted
      ? {
          verdict: 'passed',
          message: message('diagnosis.steps.encrypted'),
          ...facts('authorities', 'encryption'),
        }
      : {
          verdict: 'warning',
          message: message('diagnosis.steps.plain'),
          advice: message('diagnosis.steps.plainAdvice'),
        },
  )
  return recogniseAll(found, apiPath, isEncrypted, context)
}

/**
 * The first of these base URLs at which Jira answers; otherwise what was found at the last one. Rejects if the server
 * cannot be reached.
 */
export async function findJira(baseUrls: readonly string[], ask: StepContext['ask']): Promise<Found> {
  let found: Found | null = null
  for (const baseUrl of baseUrls) {
    const url = baseUrl + SERVER_INFO_PATH
    const response = await ask(url)
    found = { baseUrl, response, finding: await judgeServerInfo(response, new URL(url)) }
    if (found.finding.kind === 'jira') break
  }
  if (found === null) throw new AppError('internal', message('errors.noAddress'))
  return found
}

async function recogniseAll(
  found: Found,
  apiPath: string,
  isEncrypted: boolean,
  context: StepContext,
): Promise<Findings> {
  const { baseUrl, response, finding } = found
  const serverInfo = response
  const other = await findOther(found, pointedToByJira(found), context.ask)
  const report = describeJira(finding, response, baseUrl, other)
  context.tell('jira', report)
  if (!mayBeJira(finding)) {
    const isInFront =
      finding.kind === 'page' || finding.kind === 'log-in-page' || (finding.kind === 'elsewhere' && finding.isLogIn)
    return {
      baseUrl,
      serverInfo,
      isRight: false,
      why: NOT_RECOGNISED,
      mayLogInAnyway: (kind) => isInFront && isEncrypted && other === null && kind === 'token',
    }
  }
  context.tell('backbone', { verdict: 'running', message: message('diagnosis.steps.lookingForApi') })
  let api: FoundApi
  try {
    api = await findApi(baseUrl, apiPath, finding, context.ask)
  } catch (thrown) {
    context.tell('backbone', { verdict: 'failed', ...reportOf(toErrorData(thrown)) })
    return { baseUrl, serverInfo, isRight: false, why: NOT_RECOGNISED, mayLogInAnyway: never }
  }
  const apiElsewhere =
    api.finding.kind === 'moved' && other === null
      ? await findOther(found, addressesOf(api.finding.to, baseUrl, api.path), context.ask)
      : null
  context.tell('backbone', describeApi(api.finding, api.response, finding, apiElsewhere))
  const isApiThere = isThere(api.finding)
  if (isApiThere && finding.kind === 'guarded') {
    context.tell('jira', {
      verdict: 'warning',
      message: message('diagnosis.jira.guarded', { status: finding.status }),
      advice: message('diagnosis.jira.guardedAdvice'),
    })
  }
  if (isApiThere && other !== null)
    return {
      baseUrl,
      serverInfo,
      isRight: false,
      why: message('diagnosis.skipped.plain'),
      mayLogInAnyway: () => true,
    }
  const refused = api.finding.kind === 'guarded' || api.finding.kind === 'not-found'
  const isInFront = ['page', 'log-in-page', 'elsewhere'].includes(api.finding.kind)
  return {
    baseUrl,
    serverInfo,
    isRight: isApiThere,
    why: NOT_RECOGNISED,
    mayLogInAnyway: (kind) => refused || (isInFront && isEncrypted && kind === 'token'),
  }
}

/**
 * Finds Jira elsewhere on the same host: at the first of these addresses that answers as Jira or, if the address asked
 * has none, at the usual context path or at the root. Null if it was not found.
 */
async function findOther(
  { baseUrl, finding }: Found,
  pointedTo: readonly string[],
  ask: StepContext['ask'],
): Promise<OtherAddress | null> {
  if (pointedTo.length === 0 && ['hidden', 'failing', 'rate-limited'].includes(finding.kind)) return null
  const { origin, hostname, protocol } = new URL(baseUrl)
  const isElsewhere = (address: string): boolean => {
    const url = new URL(address)
    return address !== baseUrl && url.hostname === hostname && (protocol === 'http:' || url.protocol === 'https:')
  }
  const queue =
    finding.kind === 'jira' || finding.kind === 'hidden' ? [...pointedTo] : [...pointedTo, `${origin}/jira`, origin]
  const asked = new Set<string>()
  while (queue.length > 0 && asked.size < MAX_OTHERS) {
    const next = queue.shift() ?? ''
    if (asked.has(next) || !isElsewhere(next)) continue
    asked.add(next)
    const there = await findJira([next], ask).catch(() => null)
    if (there?.finding.kind === 'jira') return { baseUrl: await properAddress(there, ask), isFound: true }
    if (there?.finding.kind === 'moved') queue.unshift(...addressesOf(there.finding.to, next))
  }
  // An untrusted certificate, or a name that only others can resolve: the server still points there.
  const encrypted = pointedTo.find((address) => address.startsWith('https:') && isElsewhere(address))
  return encrypted !== undefined && protocol === 'http:' ? { baseUrl: encrypted, isFound: false } : null
}

/** Where `serverInfo` points to: by a redirect, or by Jira's own base URL, if that is encrypted and this one is not. */
function pointedToByJira({ baseUrl, finding }: Found): string[] {
  if (finding.kind === 'moved') return addressesOf(finding.to, baseUrl)
  return finding.kind === 'jira' && baseUrl.startsWith('http:') ? ownHttps(finding.ownBaseUrl) : []
}

/** Jira's own base URL in place of the one that was found, if it is on the same host and answers too. */
async function properAddress({ baseUrl, finding }: Found, ask: StepContext['ask']): Promise<string> {
  const own =
    finding.kind === 'jira' && finding.ownBaseUrl !== null ? inspectAddress(finding.ownBaseUrl, true).baseUrl : null
  if (own === null || own === baseUrl || new URL(own).origin !== new URL(baseUrl).origin) return baseUrl
  return findJira([own], ask)
    .then((there) => (there.finding.kind === 'jira' ? own : baseUrl))
    .catch(() => baseUrl)
}

/**
 * The base URLs that may be meant by a redirect, which was the answer to `path` below a base URL; the likeliest first.
 */
function addressesOf(to: URL, from: string, path = SERVER_INFO_PATH): string[] {
  const context = new URL(from).pathname.replace(/\/$/, '')
  if (to.pathname.endsWith(path)) return [to.origin + to.pathname.slice(0, -path.length)]
  const reduced = inspectAddress(to.href).baseUrl
  return [...new Set([to.origin + context, ...(reduced === null ? [] : [reduced])])]
}

function ownHttps(ownBaseUrl: string | null): string[] {
  const own = ownBaseUrl === null ? null : inspectAddress(ownBaseUrl, true).baseUrl
  return own?.startsWith('https:') ? [own] : []
}

async function tellUnreached(thrown: unknown, { facts, certificate, tell }: StepContext): Promise<void> {
  const error = toErrorData(thrown)
  const failed: Report = { verdict: 'failed', ...reportOf(error) }
  switch (error.code) {
    case 'net.dns':
      tell('address', { ...failed, ...facts('route') })
      break
    case 'tls.untrusted':
      tell('connection', {
        verdict: 'passed',
        message: message('diagnosis.steps.answers'),
        ...facts('route', 'name', 'connection', 'tunnel'),
      })
      tell('tls', { ...failed, ...facts('authorities'), ...(await certificate()) })
      break
    default:
      tell('connection', { ...failed, ...facts('route', 'name', 'connection', 'tunnel') })
  }
}
