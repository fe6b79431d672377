import { message, sentences, type Message } from '#contract/messages/message.ts'
import type { CredentialKind, SessionlessReason } from '#contract/credentials.ts'
import type { BackboneApi } from '../backbone/backbone-api.ts'
import { toErrorData } from '../errors/app-error.ts'
import type { Lease, Session } from '../http/session.ts'
import type { Report } from './test-step-words.ts'

/**
 * How an accepted log-in was made: with a token; with a session that was already open; with the password, which opened
 * a session, confirmed by its cookie alone; or without a session, for the given reason. `undecided`: not determined,
 * for the given reason.
 */
export type LogInMethod =
  | { readonly by: 'token' | 'open-session' | 'new-session' }
  | { readonly by: 'password'; readonly because: SessionlessReason }
  | { readonly by: 'undecided'; readonly why: Message }

/** What the log-in step reports about it. */
export function describeLogIn(user: string, way: LogInMethod): Report {
  switch (way.by) {
    case 'token':
      return { verdict: 'passed', message: message('diagnosis.logIn.byToken') }
    case 'open-session':
      return {
        verdict: 'passed',
        message: message('diagnosis.logIn.byOpenSession', { user }),
      }
    case 'new-session':
      return { verdict: 'passed', message: message('diagnosis.logIn.byNewSession', { user }) }
    case 'password':
      return {
        verdict: 'warning',
        message: message('diagnosis.logIn.withoutSessions', {
          user,
          reason: message(`servers.logIn.reasons.${way.because}`),
        }),
        advice: sentences(message('servers.logIn.means'), message('servers.logIn.advice')),
      }
    case 'undecided':
      return {
        verdict: 'passed',
        message: message('diagnosis.logIn.undecided', { user, reason: way.why }),
      }
  }
}

export interface MadeLogIn {
  readonly kind: CredentialKind
  readonly session: Session
  /** The session that was open before. */
  readonly earlier: Lease | null
  readonly api: Pick<BackboneApi, 'list' | 'status'>
  /** A synchronization that the server listed; null for none. */
  readonly key: string | null
}

/**
 * Finds out how a log-in that Jira has just accepted was made. A new session is tested with its cookie alone, on the
 * smallest resource that needs a log-in: the credential is not sent again, and the list is not read twice. Never
 * rejects.
 */
export async function findLogInMethod({ kind, session, earlier, api, key }: MadeLogIn): Promise<LogInMethod> {
  if (kind === 'token') return { by: 'token' }
  const isOpenSession = earlier !== null && session.lease === earlier
  let why = message('diagnosis.logIn.answerUnsaid')
  try {
    const how = { isFresh: true, isBySessionOnly: true }
    if (session.lease !== null && !session.isConfirmed) await (key === null ? api.list(how) : api.status(key, how))
  } catch (error) {
    why = toErrorData(error).message
  }
  if (session.isConfirmed) return { by: isOpenSession ? 'open-session' : 'new-session' }
  const because = session.sessionless?.reason
  return because === undefined ? { by: 'undecided', why } : { by: 'password', because }
}
