import type { vaultRequests } from '#contract/vault.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { CredentialStore } from './credential-store.ts'

/** Handles requests about the keychain. */
export function vaultHandlers({
  credentials,
}: {
  readonly credentials: Pick<CredentialStore, 'state' | 'probe'>
}): HandlersOf<typeof vaultRequests> {
  return {
    'vault:state': () => credentials.state,
    'vault:retry': () => credentials.probe(),
  }
}
