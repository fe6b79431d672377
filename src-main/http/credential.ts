import { message } from '#contract/messages/message.ts'
import { isLogInText, isLogInUser, isTokenText, type CredentialKind } from '#contract/credentials.ts'
import { AppError } from '../errors/app-error.ts'

/** A secret with what it belongs to; lives in memory only. */
export interface Credential {
  readonly kind: CredentialKind
  readonly user: string
  readonly secret: string
}

/**
 * Throws `auth.missing` for a value that no header can carry in a form that Jira reads, such as one stored by an
 * earlier version: a token would not be an attempt but look like a lost one, and a password would be a failed one.
 */
export function assertSendable({ kind, user, secret }: Credential): void {
  const isSendable = kind === 'token' ? isTokenText(secret) : isLogInUser(user) && isLogInText(secret)
  if (isSendable) return
  throw new AppError('auth.missing', message(kind === 'token' ? 'errors.fields.token' : 'errors.fields.logIn'), {
    advice: message('errors.noCredentialsAdvice'),
  })
}
