import type { CredentialKind } from '#contract/servers.ts'

/** A secret with what it belongs to; lives in memory only. */
export interface Credential {
  readonly kind: CredentialKind
  readonly user: string
  readonly secret: string
}
