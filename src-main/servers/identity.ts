import type { CredentialKind } from '#contract/credentials.ts'
import { plainName } from '../http/response-verdict.ts'
import type { StoredServer } from '../storage/server-table.ts'
import type { ServerRegistry } from './server-registry.ts'

/** The user whose failed log-ins Jira counts together. */
export interface Identity {
  /** With the context path: several Jiras may share a host. */
  readonly baseUrl: string
  readonly kind: CredentialKind
  readonly user: string
}

/** Only Jira knows who owns a token. */
export function keyOf({ baseUrl, kind, user }: Identity): string {
  return `${baseUrl} ${kind} ${kind === 'token' ? '' : plainName(user)}`
}

/** The saved servers that log in as this identity. */
export function serversOf(identity: Identity, registry: Pick<ServerRegistry, 'all'>): StoredServer[] {
  return registry
    .all()
    .filter(({ baseUrl, credential }) => credential !== null && keyOf({ baseUrl, ...credential }) === keyOf(identity))
}
