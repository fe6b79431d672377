import type { ConnectionStep } from '#contract/diagnosis.ts'
import { testStepNames, type CredentialInput, type TestStep } from '#contract/servers.ts'
import { BackboneApi } from '../backbone/backbone-api.ts'
import type { Clock } from '../clock.ts'
import { AppError, toErrorData } from '../errors/app-error.ts'
import { AuthGate, MIN_ATTEMPT_INTERVAL_MS } from '../http/auth-gate.ts'
import type { TracedConnection } from '../http/connection-trace.ts'
import { JiraClient, type Credential } from '../http/jira-client.ts'
import { readServerCertificate } from '../http/peer-certificate.ts'
import type { Way } from '../http/proxy.ts'
import type { HttpResponse } from '../http/response-verdict.ts'
import type { Transport } from '../http/transport.ts'
import { describeJira, describeLimits, type Report } from './test-step-words.ts'

type StepName = TestStep['step']
type Tell = (step: StepName, result: Report) => void

export interface ConnectionTestOptions {
  readonly clock: Clock
  readonly createTransport: (subject: Pick<TestSubject, 'caPem'>, onConnection: (connection: TracedConnection) => void) => Transport
  /** By which way an address is reached. */
  readonly wayTo: (url: URL) => Promise<Way>
}

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

/** A test under way: the transport, what its newest connection told, and the newest answer. */
interface Running {
  readonly transport: Transport
  readonly facts: (...steps: ConnectionStep['step'][]) => { details?: string[] }
  readonly lastAnswer: () => HttpResponse | null
  readonly tell: Tell
}

/**
 * The connection test: address, connection, TLS, Jira, Backbone, log-in, rights, rate limits. Each step reports by itself, and the
 * first that fails skips those that depend on it. Only the log-in carries the credential, and it does so exactly once.
 */
export class ConnectionTest {
  readonly #clock: Clock
  readonly #options: ConnectionTestOptions
  /** When a typed credential last failed, by origin and user: the ten seconds between attempts hold for these too. */
  readonly #failedAt = new Map<string, number>()

  constructor(options: ConnectionTestOptions) {
    this.#clock = options.clock
    this.#options = options
  }

  async run(subject: TestSubject, onStep: (step: TestStep) => void): Promise<TestStep[]> {
    const steps = new Map<StepName, TestStep>()
    const tell: Tell = (step, result) => {
      const whole: TestStep = { step, ...result }
      steps.set(step, whole)
      onStep(whole)
    }
    tell('address', { verdict: 'passed', message: subject.baseUrl })
    const running = this.#begin(subject, tell)
    try {
      if (await this.#reach(subject, running)) await this.#logIn(subject, running)
    } finally {
      running.transport.close()
    }
    for (const step of testStepNames) {
      if (!steps.has(step) || steps.get(step)?.verdict === 'running') {
        tell(step, { verdict: 'skipped', message: 'Not tested, because an earlier step failed' })
      }
    }
    return testStepNames.flatMap((step) => steps.get(step) ?? [])
  }

  #begin(subject: TestSubject, tell: Tell): Running {
    let connection: TracedConnection | null = null
    let answer: HttpResponse | null = null
    const transport = this.#options.createTransport(subject, (traced) => (connection = traced))
    return {
      tell,
      transport: {
        send: async (request) => (answer = await transport.send(request)),
        close: () => transport.close(),
      },
      facts: (...names) => {
        const details = (connection?.steps ?? []).filter(({ step }) => names.includes(step)).map(({ message, about }) => (about === undefined ? message : `${message}: ${about}`))
        return details.length === 0 ? {} : { details }
      },
      lastAnswer: () => answer,
    }
  }

  /** The steps without a log-in; false when there is no point in going on. */
  async #reach(subject: TestSubject, { transport, facts, tell }: Running): Promise<boolean> {
    const isEncrypted = subject.baseUrl.startsWith('https:')
    tell('connection', { verdict: 'running', message: 'Connecting' })
    let info: HttpResponse
    try {
      info = await this.#anonymous(subject.baseUrl + '/rest/api/2/serverInfo', transport)
    } catch (thrown) {
      const error = toErrorData(thrown)
      const failed: Report = { verdict: 'failed', ...error }
      switch (error.code) {
        case 'net.dns':
          tell('address', { ...failed, ...facts('way') })
          break
        case 'tls.untrusted':
          tell('connection', { verdict: 'passed', message: 'The server answers', ...facts('way', 'name', 'connection', 'tunnel') })
          tell('tls', { ...failed, ...facts('authorities'), ...(await this.#certificate(subject)) })
          break
        default:
          tell('connection', { ...failed, ...facts('way', 'name', 'connection', 'tunnel') })
      }
      return false
    }
    tell('connection', { verdict: 'passed', message: 'The server answers', ...facts('way', 'name', 'connection', 'tunnel') })
    tell(
      'tls',
      isEncrypted
        ? { verdict: 'passed', message: 'Encrypted, and the certificate is trusted', ...facts('authorities', 'encryption') }
        : { verdict: 'warning', message: 'Not encrypted: the password travels in plain text', advice: 'Use https:// where the server offers it.' },
    )
    tell('jira', describeJira(info, subject.baseUrl))

    tell('backbone', { verdict: 'running', message: 'Looking for Backbone’s REST API' })
    try {
      const health = await this.#anonymous(subject.baseUrl + subject.apiPath + '/health', transport)
      tell(
        'backbone',
        health.status === 404
          ? { verdict: 'warning', message: 'Backbone’s health page was not found; the log-in will show whether its API is there' }
          : { verdict: 'passed', message: 'The REST API answers' },
      )
    } catch (thrown) {
      tell('backbone', { verdict: 'failed', ...toErrorData(thrown) })
      return false
    }
    return true
  }

  /** The certificate that is not trusted, to be decided about, where it can be had. */
  async #certificate({ baseUrl, caPem }: TestSubject): Promise<Pick<Report, 'certificate' | 'advice'>> {
    const url = new URL(baseUrl)
    const certificate = await readServerCertificate(url, await this.#options.wayTo(url), caPem)
    return certificate === null ? {} : { certificate, advice: 'Where your company has its own certificate authority, add its certificate under “More settings”.' }
  }

  /** One attempt, which also asks for the list and so shows the rights. */
  async #logIn(subject: TestSubject, { transport, lastAnswer, tell }: Running): Promise<void> {
    const { credential, gate: savedGate } = subject
    const skipFromLogIn = (why: Omit<Report, 'verdict'>): void => {
      tell('login', { verdict: 'skipped', ...why })
      for (const step of ['rights', 'limits'] as const) tell(step, { verdict: 'skipped', message: 'Not tested without a log-in' })
    }
    if (credential instanceof AppError) {
      skipFromLogIn({ message: credential.message, ...(credential.data.advice && { advice: credential.data.advice }) })
      return
    }
    const identity = `${new URL(subject.baseUrl).origin} ${credential.kind} ${credential.user}`
    const waitMs = (this.#failedAt.get(identity) ?? -Infinity) + MIN_ATTEMPT_INTERVAL_MS - this.#clock.elapsed()
    // A stored credential that Jira has just accepted is no attempt that could fail.
    if (waitMs > 0 && savedGate?.access.state !== 'ok') {
      skipFromLogIn({
        code: 'auth.too-soon',
        message: `Wait ${Math.ceil(waitMs / 1000)} s before the next attempt`,
        advice: 'Attempts in quick succession are what makes Jira demand a captcha.',
      })
      return
    }
    const gate = savedGate ?? new AuthGate({ clock: this.#clock, onChange: () => undefined, store: { load: () => null, save: () => undefined } })
    const api = this.#api(subject, credential, gate, transport)
    tell('login', { verdict: 'running', message: 'Logging in, with one attempt' })
    const earlierAnswer = lastAnswer()
    try {
      let count = 0
      await gate.tryOnce(async () => {
        count = (await api.list()).length
      })
      this.#failedAt.delete(identity)
      tell('login', { verdict: 'passed', message: `Logged in ${credential.kind === 'token' ? 'with the token' : `as ${credential.user}`}` })
      tell('rights', { verdict: 'passed', message: count === 1 ? '1 synchronization can be seen' : `${count} synchronizations can be seen` })
    } catch (thrown) {
      const error = toErrorData(thrown)
      if (gate.access.state === 'blocked') this.#failedAt.set(identity, this.#clock.elapsed())
      if (error.code === 'api.not-found') {
        tell('backbone', {
          verdict: 'failed',
          message: 'Backbone’s REST API is not at this address',
          code: error.code,
          advice: 'Check the context path (often /jira), and that Backbone Issue Sync is installed.',
        })
        return
      }
      const isLoggedIn = gate.access.state === 'ok'
      const isAboutRights = error.code === 'auth.forbidden' || error.code === 'auth.xsrf'
      tell(
        'login',
        isLoggedIn
          ? { verdict: 'passed', message: 'Logged in' }
          : isAboutRights
            ? { verdict: 'warning', message: 'Jira did not say whether the log-in was accepted' }
            : { verdict: 'failed', ...error },
      )
      if (isLoggedIn || isAboutRights) tell('rights', { verdict: 'failed', ...error })
    } finally {
      const answer = lastAnswer()
      if (answer !== null && answer !== earlierAnswer && (answer.status === 429 || gate.access.state === 'ok')) tell('limits', describeLimits(answer))
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
        readTries: 1,
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

/** A typed credential as the client takes it. */
export function toCredential({ kind, user, secret }: CredentialInput): Credential {
  return { kind, user, secret }
}
