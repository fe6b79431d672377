import type { VaultState } from '#contract/contract.ts'
import { AppError } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'
import { KeychainError, type Keychain } from './keychain.ts'

export type Kept = 'keychain' | 'session'

/**
 * Secrets by server. They are in the operating system's keychain or, by the user's explicit choice, in memory until
 * Syncdeck ends; never in a file. A failed read changes nothing: not being able to read is not the same as nothing there.
 */
export class CredentialStore {
  readonly #keychain: Keychain
  readonly #logger: Logger
  readonly #onStateChange: (state: VaultState) => void
  readonly #inMemory = new Map<string, { secret: string; kept: Kept }>()
  readonly #reading = new Map<string, Promise<string>>()
  #state: VaultState = 'ready'

  constructor(options: { keychain: Keychain; logger: Logger; onStateChange: (state: VaultState) => void }) {
    this.#keychain = options.keychain
    this.#logger = options.logger
    this.#onStateChange = options.onStateChange
  }

  /** As the last call found it. */
  get state(): VaultState {
    return this.#state
  }

  /** Asks the keychain for an entry that is not there, to see whether it answers. */
  async probe(): Promise<VaultState> {
    await this.#ask(() => this.#keychain.get('probe')).catch(() => undefined)
    return this.#state
  }

  /** Keeps a secret, unmodified. Rejects with `vault.*` when the keychain refuses; then nothing has changed. */
  async set(serverId: string, secret: string, kept: Kept): Promise<void> {
    if (kept === 'keychain') await this.#ask(() => this.#keychain.set(accountOf(serverId), secret))
    this.#inMemory.set(serverId, { secret, kept })
  }

  /** Rejects with `vault.*` when the keychain does not answer, and `auth.missing` when a session's secret is gone. */
  get(serverId: string, kept: Kept): Promise<string> {
    const known = this.#inMemory.get(serverId)
    if (known !== undefined) return Promise.resolve(known.secret)
    if (kept === 'session') {
      return Promise.reject(
        new AppError('auth.missing', 'The password was kept for the last session only.', { advice: 'Enter it again.' }),
      )
    }
    const running = this.#reading.get(serverId)
    if (running !== undefined) return running
    const reading = this.#read(serverId).finally(() => this.#reading.delete(serverId))
    this.#reading.set(serverId, reading)
    return reading
  }

  isInMemory(serverId: string): boolean {
    return this.#inMemory.has(serverId)
  }

  /** Forgets the secret everywhere. A keychain that cannot be asked keeps its entry, which is logged. */
  async remove(serverId: string): Promise<void> {
    this.#inMemory.delete(serverId)
    await this.#ask(() => this.#keychain.delete(accountOf(serverId))).catch((error: unknown) => {
      this.#logger.write('warn', 'keychain entry not removed', { serverId, reason: String(error) })
    })
  }

  async #read(serverId: string): Promise<string> {
    const secret = await this.#ask(() => this.#keychain.get(accountOf(serverId)))
    if (secret === null) {
      // libsecret answers “nothing” also for an entry in a collection that stays locked.
      throw new AppError('vault.locked', 'The keychain does not give out the password of this server.', {
        advice: 'Unlock the keychain and try again, or enter the password anew.',
      })
    }
    this.#inMemory.set(serverId, { secret, kept: 'keychain' })
    return secret
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      const answer = await work()
      this.#setState('ready')
      return answer
    } catch (thrown) {
      const state = thrown instanceof KeychainError ? thrown.state : 'error'
      this.#setState(state)
      this.#logger.write('warn', 'keychain call failed', { state, reason: thrown instanceof Error ? thrown.message : '' })
      throw vaultError(state)
    }
  }

  #setState(state: VaultState): void {
    if (state === this.#state) return
    this.#state = state
    this.#onStateChange(state)
  }
}

const accountOf = (serverId: string): string => `server/${serverId}`

function vaultError(state: Exclude<VaultState, 'ready'>): AppError {
  switch (state) {
    case 'locked':
      return new AppError('vault.locked', 'The keychain of this computer is locked.', {
        advice: 'Unlock it and try again, or keep the password for this session only.',
      })
    case 'unavailable':
      return new AppError('vault.unavailable', 'This computer offers no keychain.', {
        advice: 'Keep the password for this session only, or install a keychain service such as GNOME Keyring.',
      })
    case 'error':
      return new AppError('vault.failed', 'The keychain of this computer answered with an error.', {
        advice: 'Keep the password for this session only; the log file tells more.',
      })
  }
}
