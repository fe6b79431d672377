import { foreign, message, type Message } from '#contract/messages/message.ts'
import { testStepNames, type ConnectionStep, type TestStep } from '#contract/diagnosis.ts'
import type { AddressInspection } from '#contract/servers.ts'
import type { Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import type { TracedConnection } from '../http/connection-trace.ts'
import type { Credential } from '../http/credential.ts'
import type { Network } from '../http/network.ts'
import { readServerCertificate } from '../http/peer-certificate.ts'
import type { HttpResponse } from '../http/response-verdict.ts'
import type { Session } from '../http/session.ts'
import {
  forgetSecretPatterns,
  secretPattern,
  strikeSecrets,
  type SecretPattern,
  type SentSecret,
} from '../http/strike-secrets.ts'
import { secretCookies, withoutOwnSessions } from '../http/transmission.ts'
import type { Transport } from '../http/transport.ts'
import { findJira, takeAnonymousSteps, type StepContext, type Findings, type Tell } from './anonymous-steps.ts'
import { describeLogIn, findLogInMethod } from './log-in-method.ts'
import type { Connections } from '../servers/connections.ts'
import type { Identity } from '../servers/identity.ts'
import { mayHaveCounted, type LogInAttempts } from '../servers/log-in-attempts.ts'
import { changedMeanwhile, type TestSubject } from './test-subject.ts'
import { openTestConnection } from './test-connection.ts'
import { describeLimits, describeLogInFailure, reportOf, type Report } from './test-step-words.ts'

export interface ConnectionTestOptions {
  readonly clock: Clock
  readonly network: Pick<Network, 'routeTo' | 'transportFor'>
  readonly attempts: Pick<LogInAttempts, 'isUnderWay' | 'run'>
  readonly connections: Pick<Connections, 'sentTo' | 'useOnce'>
}

const PROBE_MAX_BYTES = 1_048_576
const LOCATE_TIMEOUT_MS = 5_000

/**
 * The connection test: address, connection, TLS, Jira, Backbone, log-in, rights, rate limits. Each step reports by
 * itself, and the first that fails skips those that depend on it. Only the log-in carries the credential, in one
 * attempt, and only if the steps before it recognised the server. A request with nothing but the cookie then shows
 * whether there is a session.
 */
export class ConnectionTest {
  readonly #options: ConnectionTestOptions

  constructor(options: ConnectionTestOptions) {
    this.#options = options
  }

  async run(subject: TestSubject, onStep: (step: TestStep) => void): Promise<TestStep[]> {
    const askedAt = this.#options.clock.elapsed()
    const steps = new Map<TestStep['step'], TestStep>()
    const tell: Tell = (step, report) => {
      const whole: TestStep = { step, ...report }
      steps.set(step, whole)
      onStep(whole)
    }
    tell('address', { verdict: 'passed', message: foreign(subject.baseUrl) })
    const { transport, context } = this.#begin(subject, tell)
    try {
      const findings = await takeAnonymousSteps(subject, context)
      if (findings !== null) await this.#logIn(subject, findings, { transport, tell, askedAt })
    } finally {
      transport.close()
      // A credential that was only typed is not used again.
      forgetSecretPatterns()
    }
    for (const step of testStepNames) {
      if (!steps.has(step) || steps.get(step)?.verdict === 'running') {
        tell(step, { verdict: 'skipped', message: message('diagnosis.skipped.earlier') })
      }
    }
    return testStepNames.flatMap((step) => steps.get(step) ?? [])
  }

  /**
   * Decides what an ambiguous address means, by asking without a log-in. If the server cannot be reached soon, the
   * address stays as it was understood.
   */
  async locate(inspection: AddressInspection, caPem: string): Promise<AddressInspection> {
    const { baseUrl, candidates } = inspection
    if (baseUrl === null || candidates.length === 0) return inspection
    const transport = this.#options.network.transportFor({ caPem })
    const signal = AbortSignal.timeout(LOCATE_TIMEOUT_MS)
    try {
      const found = await findJira(candidates, (url) => transport.send({ ...anonymousGet(url), signal }))
      return found.finding.kind === 'jira'
        ? { ...inspection, baseUrl: found.baseUrl, candidates: [], notes: [message('diagnosis.jiraAnswers')] }
        : inspection
    } catch {
      return inspection
    } finally {
      transport.close()
    }
  }

  #begin(subject: TestSubject, tell: Tell): { transport: Transport; context: StepContext } {
    let newest: TracedConnection | null = null
    const plain = this.#options.network.transportFor(subject, { onConnection: (traced) => (newest = traced) })
    // Before the log-in as well: a server may now repeat what it was sent earlier.
    const transport: Transport = {
      send: async (request) => {
        const answer = withoutOwnSessions(await plain.send(request))
        return strikeSecrets(answer, await patternOf(subject, this.#options.connections.sentTo(subject.baseUrl)))
      },
      close: () => plain.close(),
    }
    const facts = (...names: ConnectionStep['step'][]): { details?: Message[] } => {
      const details = (newest?.steps ?? [])
        .filter(({ step }) => names.includes(step))
        .map(({ message: what, about }) => (about === undefined ? what : message('diagnosis.about', { what, about })))
      return details.length === 0 ? {} : { details }
    }
    const ask = (url: string): Promise<HttpResponse> =>
      subject.connection === null
        ? transport.send(anonymousGet(url))
        : subject.connection().client.anonymously(new URL(url), transport, PROBE_MAX_BYTES)
    return { transport, context: { ask, facts, tell, certificate: () => this.#certificate(subject) } }
  }

  /** The untrusted certificate, for the user to decide about, if it can be read. */
  async #certificate({ baseUrl, caPem }: TestSubject): Promise<Pick<Report, 'certificate' | 'advice'>> {
    const url = new URL(baseUrl)
    const certificate = await readServerCertificate(url, await this.#options.network.routeTo(url), caPem)
    return certificate === null
      ? {}
      : {
          certificate,
          advice: message('diagnosis.steps.ownAuthority'),
        }
  }

  /**
   * One attempt, which also asks for the list and so shows the rights. `askedAt`: when the user asked for it, by
   * `elapsed`.
   */
  async #logIn(
    subject: TestSubject,
    findings: Findings,
    { transport, tell, askedAt }: { transport: Transport; tell: Tell; askedAt: number },
  ): Promise<void> {
    const { logIn } = subject
    const skip = (why: Omit<Report, 'verdict'>): void => {
      tell('login', { verdict: 'skipped', ...why })
      for (const step of ['rights', 'limits'] as const)
        tell(step, { verdict: 'skipped', message: message('diagnosis.skipped.noLogIn') })
    }
    if (logIn.by === 'nothing') return skip(skippedFor(logIn.why))
    const { kind, user } = logIn.by === 'credential' ? logIn.credential : logIn
    const mayLogInAnyway = !findings.isRight && findings.mayLogInAnyway(kind)
    if (!findings.isRight && !(subject.isLogInForced && mayLogInAnyway)) {
      if (mayLogInAnyway) skip({ message: findings.why, mayLogInAnyway })
      return
    }

    // Its connection may have been replaced by now, and nothing was recognised over the new one.
    if (!logIn.isCurrent()) return skip(skippedFor(changedMeanwhile()))
    const { gate, api, client, session, leave } = openTestConnection(subject, logIn, findings.baseUrl, {
      ...this.#options,
      transport,
    })
    const identity: Identity = { baseUrl: findings.baseUrl, kind, user }
    const isAccepted = (): boolean => gate.access.state === 'ok'
    const earlierAnswer = client.lastAnswer
    if (findings.isRight) client.heardAnonymously(findings.serverInfo)
    tell('login', {
      verdict: 'running',
      message: message(
        this.#options.attempts.isUnderWay(identity) ? 'diagnosis.logIn.waiting' : 'diagnosis.logIn.running',
      ),
    })
    let earlier: Session['lease'] = null
    let first: string | null = null
    const logInWay = async (): Promise<Report> =>
      describeLogIn(user, await findLogInMethod({ kind, session, earlier, api, key: first }))
    try {
      let count = 0
      await this.#options.attempts.run(identity, isAccepted, async () => {
        if (!logIn.isCurrent()) throw changedMeanwhile()
        await gate.tryOnce(async () => {
          session.beginTrial()
          earlier = session.lease
          // A reading that is under way may have been sent with the session.
          const { items } = await api.list({ isFresh: gate.isOnTrial })
          count = items.length
          first = items[0]?.integration.key ?? null
        }, askedAt)
      })
      tell('login', await logInWay())
      tell('rights', {
        verdict: 'passed',
        message: message('diagnosis.rights.seen', { count }),
      })
    } catch (thrown) {
      const error = toErrorData(thrown)
      if (
        thrown instanceof AppError &&
        (error.code === 'auth.too-soon' || error.code === 'auth.missing' || error.code.startsWith('vault.'))
      )
        return skip({ code: error.code, ...skippedFor(thrown) })
      if (error.code === 'api.not-found') {
        tell('backbone', {
          verdict: 'failed',
          message: message('diagnosis.api.notFound'),
          code: error.code,
          advice: message('diagnosis.api.gone'),
        })
      }
      const isAboutRights = error.code === 'auth.forbidden' || error.code === 'auth.xsrf'
      tell(
        'login',
        isAccepted()
          ? await logInWay()
          : isAboutRights
            ? { verdict: 'warning', message: message('diagnosis.logIn.unsaid') }
            : describeLogInFailure(error, kind, mayHaveCounted(thrown)),
      )
      if ((isAccepted() && error.code !== 'api.not-found') || isAboutRights)
        tell('rights', { verdict: 'failed', ...reportOf(error) })
    } finally {
      const answer = client.lastAnswer
      if (answer !== null && answer !== earlierAnswer && (answer.status === 429 || isAccepted()))
        tell('limits', describeLimits(answer))
      session.endTrial()
      await leave()
    }
  }
}

function anonymousGet(url: string) {
  return {
    method: 'GET',
    url: new URL(url),
    headers: { accept: 'application/json' },
    body: null,
    maxBytes: PROBE_MAX_BYTES,
  } as const
}

/** For everything that the server may have been sent, including bodies. */
async function patternOf(
  { heard, connection, baseUrl }: TestSubject,
  sent: readonly SentSecret[],
): Promise<SecretPattern> {
  const bodies = sent.map(({ user, password }): Credential => ({ kind: 'basic', user, secret: password }))
  const [first, ...others] = [...(await heard()), ...bodies]
  const cookie = connection?.().session.cookies.header(new URL(baseUrl), { withSession: true }) ?? null
  return first === undefined
    ? null
    : secretPattern(first, [
        ...others.map(({ user, secret }) => ({ user, secret })),
        ...secretCookies(cookie).map((value) => ({ cookie: value })),
      ])
}

function skippedFor({ data: { message: words, advice } }: AppError): Omit<Report, 'verdict'> {
  return { message: words, ...(advice !== undefined && { advice }) }
}
