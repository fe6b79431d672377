import type { VaultState } from '#contract/vault.ts'

/** Why the keychain did not do what was asked. */
export class KeychainError extends Error {
  readonly state: Exclude<VaultState, 'ready'>

  constructor(state: Exclude<VaultState, 'ready'>, message: string) {
    super(message)
    this.name = 'KeychainError'
    this.state = state
  }
}

/** The operating system's store of secrets, one entry per account name. Every call rejects with `KeychainError`. */
export interface Keychain {
  /** Null if there is no such entry. */
  get(account: string): Promise<string | null>
  set(account: string, secret: string): Promise<void>
  delete(account: string): Promise<void>
}
