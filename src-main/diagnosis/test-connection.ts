import { message } from '#contract/messages/message.ts'
import { BackboneApi } from '../backbone/backbone-api.ts'
import { RefusedAnswers } from '../backbone/refused-answers.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { AuthGate } from '../http/auth-gate.ts'
import { JiraClient } from '../http/jira-client.ts'
import { notRemembered, Session } from '../http/session.ts'
import type { Transport } from '../http/transport.ts'
import type { Connections } from '../servers/connections.ts'
import { changedMeanwhile, type LogIn, type TestSubject } from './test-subject.ts'

/** What a test logs in through. */
export interface TestConnection {
  readonly gate: AuthGate
  readonly api: BackboneApi
  readonly client: Pick<JiraClient, 'lastAnswer' | 'heardAnonymously'>
  readonly session: Session
  /** Ends what was opened for the test alone. */
  readonly leave: () => Promise<void>
}

export interface TestConnectionOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly connections: Pick<Connections, 'useOnce'>
}

/**
 * The saved server's own connection, with its limits and its session; or one for the test alone, whose session is ended
 * and not remembered. Throws `server.unknown`.
 */
export function openTestConnection(
  { connection, apiPath, caPem, projectKeys }: Pick<TestSubject, 'connection' | 'apiPath' | 'caPem' | 'projectKeys'>,
  logIn: Exclude<LogIn, { by: 'nothing' }>,
  baseUrl: string,
  { transport, clock, connections }: TestConnectionOptions,
): TestConnection {
  if (logIn.by === 'connection') {
    if (connection === null) throw new AppError('server.unknown', message('errors.serverGone'))
    return { ...connection(), leave: () => Promise.resolve() }
  }
  const { credential } = logIn
  const gate = logIn.gateAt(baseUrl) ?? new AuthGate({ clock, store: { load: () => null, save: () => null } })
  const session = new Session({ baseUrl: new URL(baseUrl), clock, store: notRemembered() })
  const leave = connections.useOnce(session, caPem)
  const client = new JiraClient({
    baseUrl,
    apiPath,
    gate,
    session,
    account: logIn.accountAt(baseUrl),
    transport,
    credential: () => (logIn.isCurrent() ? Promise.resolve(credential) : Promise.reject(changedMeanwhile())),
    limit: () => 1,
    clock,
    random: Math.random,
    readTries: 1,
  })
  return {
    gate,
    client,
    session,
    leave: () => leave(transport).finally(() => transport.close()),
    api: new BackboneApi({
      client,
      refusedAnswers: new RefusedAnswers(clock),
      projectKeys,
      startVerb: () => null,
      rememberStartVerb: () => undefined,
    }),
  }
}
