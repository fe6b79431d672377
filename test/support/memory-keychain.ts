import { KeychainError, type Keychain } from '../../src-main/secrets/keychain.ts'

/** A keychain in memory, for tests that are not about keychains. `state` other than ready makes every call fail. */
export class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>()
  state: 'ready' | 'locked' | 'unavailable' | 'error' = 'ready'

  async get(account: string): Promise<string | null> {
    this.#check()
    return this.entries.get(account) ?? null
  }

  async set(account: string, secret: string): Promise<void> {
    this.#check()
    this.entries.set(account, secret)
  }

  async delete(account: string): Promise<void> {
    this.#check()
    this.entries.delete(account)
  }

  #check(): void {
    if (this.state !== 'ready') throw new KeychainError(this.state, `The test’s keychain is ${this.state}`)
  }
}
