import type { CredentialInput, TestStep } from '#contract/servers.ts'
import { testStepNames } from '#contract/servers.ts'
import { BackboneApi } from '../backbone/backbone-api.ts'
import { asObject, asText } from '../backbone/wire-values.ts'
import type { Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { AuthGate, MIN_ATTEMPT_INTERVAL_MS } from '../http/auth-gate.ts'
import { JiraClient, type Credential } from '../http/jira-client.ts'
import { readServerCertificate } from '../http/peer-certificate.ts'
import { judgeResponse, type HttpResponse } from '../http/response-verdict.ts'
import type { Transport } from '../http/transport.ts'

type StepName = TestStep['step']
type Report = Omit<TestStep, 'step'>

/** What is tested: an address and, for the log-in, a credential or the reason why there is none. */
export interface TestSubject {
  readonly baseUrl: string
  readonly apiPath: string
  readonly caPem: string
  readonly projectKeys: readonly string[]
  readonly credential: Credential | AppError
  /** The gate of the saved server whose stored credential is used; null for a credential just typed. */
  readonly gate: AuthGate | null
}

const PROBE_MAX_BYTES = 1_048_576

/**
 * The connection test: address, connection, TLS, Jira, Backbone, log-in, rights. Each step reports by itself, and the
 * first that fails skips those that depend on it. Only the log-in carries the credential, and it does so exactly once.
 */
export class ConnectionTest {
  readonly #clock: Clock
  readonly #createTransport: (subject: Pick<TestSubject, 'caPem'>) => Transport
  /** When a typed credential last failed, by origin and user: the ten seconds between attempts hold for these too. */
  readonly #failedAt = new Map<string, number>()

  constructor(options: { clock: Clock; createTransport: (subject: Pick<TestSubject, 'caPem'>) => Transport }) {
    this.#clock = options.clock
    this.#createTransport = options.createTransport
  }

  async run(subject: TestSubject, onStep: (step: TestStep) => void): Promise<TestStep[]> {
    const steps = new Map<StepName, TestStep>()
    const report = (step: StepName, result: Report): void => {
      const whole: TestStep = { step, ...result }
      steps.set(step, whole)
      onStep(whole)
    }
    report('address', { verdict: 'passed', message: subject.baseUrl })
    const transport = this.#createTransport(subject)
    try {
      if (await this.#reach(subject, transport, report)) await this.#logIn(subject, transport, report)
    } finally {
      transport.close()
    }
    for (const step of testStepNames) {
      if (!steps.has(step) || steps.get(step)?.verdict === 'running') {
        report(step, { verdict: 'skipped', message: 'Not tested, because an earlier step failed' })
      }
    }
    return testStepNames.flatMap((step) => steps.get(step) ?? [])
  }

  /** The steps without a log-in; false when there is no point in going on. */
  async #reach(subject: TestSubject, transport: Transport, report: (step: StepName, result: Report) => void): Promise<boolean> {
    const isEncrypted = subject.baseUrl.startsWith('https:')
    report('connection', { verdict: 'running', message: 'Connecting' })
    let info: HttpResponse
    try {
      info = await this.#anonymous(subject.baseUrl + '/rest/api/2/serverInfo', transport)
    } catch (thrown) {
      const error = toErrorData(thrown)
      const failed: Report = { verdict: 'failed', ...error }
      if (error.code === 'tls.untrusted') {
        report('connection', { verdict: 'passed', message: 'The server answers' })
        const certificate = await readServerCertificate(new URL(subject.baseUrl))
        const advice = 'Where your company has its own certificate authority, add its certificate under “More settings”.'
        report('tls', certificate === null ? failed : { ...failed, advice, certificate })
      } else {
        report('connection', failed)
      }
      return false
    }
    report('connection', { verdict: 'passed', message: 'The server answers' })
    report(
      'tls',
      isEncrypted
        ? { verdict: 'passed', message: 'Encrypted, and the certificate is trusted' }
        : { verdict: 'warning', message: 'Not encrypted: the password travels in plain text', advice: 'Use https:// where the server offers it.' },
    )
    report('jira', describeJira(info, subject.baseUrl))

    report('backbone', { verdict: 'running', message: 'Looking for Backbone’s REST API' })
    try {
      const health = await this.#anonymous(subject.baseUrl + subject.apiPath + '/health', transport)
      report(
        'backbone',
        health.status === 404
          ? { verdict: 'warning', message: 'Backbone’s health page was not found; the log-in will show whether its API is there' }
          : { verdict: 'passed', message: 'The REST API answers' },
      )
    } catch (thrown) {
      report('backbone', { verdict: 'failed', ...toErrorData(thrown) })
      return false
    }
    return true
  }

  /** One attempt, which also asks for the list and so shows the rights. */
  async #logIn(subject: TestSubject, transport: Transport, report: (step: StepName, result: Report) => void): Promise<void> {
    const { credential, gate: savedGate } = subject
    if (credential instanceof AppError) {
      report('login', { verdict: 'skipped', message: credential.message, ...(credential.data.advice && { advice: credential.data.advice }) })
      report('rights', { verdict: 'skipped', message: 'Not tested without a log-in' })
      return
    }
    const identity = `${new URL(subject.baseUrl).origin} ${credential.kind} ${credential.user}`
    const waitMs = (this.#failedAt.get(identity) ?? -Infinity) + MIN_ATTEMPT_INTERVAL_MS - this.#clock.elapsed()
    // A stored credential that Jira has just accepted is no attempt that could fail.
    if (waitMs > 0 && savedGate?.access.state !== 'ok') {
      report('login', {
        verdict: 'skipped',
        code: 'auth.too-soon',
        message: `Wait ${Math.ceil(waitMs / 1000)} s before the next attempt`,
        advice: 'Attempts in quick succession are what makes Jira demand a captcha.',
      })
      report('rights', { verdict: 'skipped', message: 'Not tested without a log-in' })
      return
    }
    const gate = savedGate ?? new AuthGate({ clock: this.#clock, onChange: () => undefined, store: { load: () => null, save: () => undefined } })
    const api = this.#api(subject, credential, gate, transport)
    report('login', { verdict: 'running', message: 'Logging in, with one attempt' })
    try {
      let count = 0
      await gate.tryOnce(async () => {
        count = (await api.list()).length
      })
      this.#failedAt.delete(identity)
      report('login', { verdict: 'passed', message: `Logged in ${credential.kind === 'token' ? 'with the token' : `as ${credential.user}`}` })
      report('rights', { verdict: 'passed', message: count === 1 ? '1 synchronization can be seen' : `${count} synchronizations can be seen` })
    } catch (thrown) {
      const error = toErrorData(thrown)
      if (gate.access.state === 'blocked') this.#failedAt.set(identity, this.#clock.elapsed())
      if (error.code === 'api.not-found') {
        report('backbone', {
          verdict: 'failed',
          message: 'Backbone’s REST API is not at this address',
          code: error.code,
          advice: 'Check the context path (often /jira), and that Backbone Issue Sync is installed.',
        })
        return
      }
      const isLoggedIn = gate.access.state === 'ok'
      const isAboutRights = error.code === 'auth.forbidden' || error.code === 'auth.xsrf'
      report(
        'login',
        isLoggedIn
          ? { verdict: 'passed', message: 'Logged in' }
          : isAboutRights
            ? { verdict: 'warning', message: 'Jira did not say whether the log-in was accepted' }
            : { verdict: 'failed', ...error },
      )
      if (isLoggedIn || isAboutRights) report('rights', { verdict: 'failed', ...error })
    }
  }

  #api(subject: TestSubject, credential: Credential, gate: AuthGate, transport: Transport): BackboneApi {
    return new BackboneApi({
      client: new JiraClient({
        baseUrl: subject.baseUrl,
        apiPath: subject.apiPath,
        gate,
        transport,
        credential: () => Promise.resolve(credential),
        limit: () => 1,
        clock: this.#clock,
        random: Math.random,
      }),
      projectKeys: subject.projectKeys,
      startVerb: () => null,
      rememberStartVerb: () => undefined,
    })
  }

  #anonymous(address: string, transport: Transport): Promise<HttpResponse> {
    return transport.send({
      method: 'GET',
      url: new URL(address),
      headers: { accept: 'application/json' },
      body: null,
      maxBytes: PROBE_MAX_BYTES,
    })
  }
}

/** Jira tells its version without a log-in on most installations (Jira's REST API, `serverInfo`). */
function describeJira(response: HttpResponse, baseUrl: string): Report {
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

/** A typed credential as the client takes it. */
export function toCredential({ kind, user, secret }: CredentialInput): Credential {
  return { kind, user, secret }
}
