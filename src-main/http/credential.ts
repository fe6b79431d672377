import { message } from '#contract/messages/message.ts'
import { isTokenText, type CredentialKind } from '#contract/servers.ts'
import { AppError } from '../errors/app-error.ts'

/** A secret with what it belongs to; lives in memory only. */
export interface Credential {
  readonly kind: CredentialKind
  readonly user: string
  readonly secret: string
}

/** Throws `auth.missing` for a token that no header can carry, as an earlier version may have stored: it would be no attempt, but look like a lost one. */
export function assertSendable({ kind, secret }: Credential): void {
  if (kind === 'token' && !isTokenText(secret))
    throw new AppError('auth.missing', message('errors.fields.token'), {
      advice: message('errors.noCredentialsAdvice'),
    })
}
