import { message } from '#contract/messages/message.ts'
import type { VaultState } from '#contract/vault.ts'
import { AppError } from '../errors/app-error.ts'
import type { Logger } from '../logging/logger.ts'
import { Signal } from '../signal.ts'
import { KeychainError, type Keychain } from './keychain.ts'

export type Kept = 'keychain' | 'session'

/**
 * Secrets by owner: a server's id, or another name that only this process assigns. They are in the operating system's
 * keychain or, by the user's explicit choice, in memory until Syncdeck ends; never in a file. A failed read changes
 * nothing: unreadable is not the same as absent. The secret entered last wins, however slowly the keychain answers.
 */
export class CredentialStore {
  readonly stateChanged = new Signal<[VaultState]>()
  /** A secret was replaced or deleted: anything derived from it must be forgotten. */
  readonly outdated = new Signal()
  readonly #keychain: Keychain
  readonly #logger: Logger
  readonly #inMemory = new Map<string, { secret: string; kept: Kept }>()
  readonly #reading = new Map<string, Promise<string>>()
  /** Rises whenever a secret is replaced or deleted: a read started before that is outdated. */
  readonly #versions = new Map<string, number>()
  /** The newest change of each owner's secret. Changes are applied in order. */
  readonly #changing = new Map<string, Promise<void>>()
  #state: VaultState = 'ready'

  constructor(options: { keychain: Keychain; logger: Logger }) {
    this.#keychain = options.keychain
    this.#logger = options.logger
  }

  /** As found by the last call. */
  get state(): VaultState {
    return this.#state
  }

  /** Reads an entry that does not exist, to see whether the keychain answers. */
  async probe(): Promise<VaultState> {
    await this.#ask(() => this.#keychain.get('probe')).catch(() => undefined)
    return this.#state
  }

  /**
   * Stores a secret, unmodified. Rejects with `vault.*` if the keychain refuses; then nothing has changed. `commit` is
   * called at the same moment, for what changes together with it: if it throws, the new secret is not kept, and the old
   * one stays if it was used since the start.
   */
  set(owner: string, secret: string, kept: Kept, commit: () => void = () => undefined): Promise<void> {
    return this.#inOrder(owner, async () => {
      if (kept === 'keychain') await this.#ask(() => this.#keychain.set(accountOf(owner), secret))
      const before = this.#inMemory.get(owner)
      this.#replace(owner, { secret, kept })
      try {
        commit()
      } catch (error) {
        this.#replace(owner, before)
        // It may have been entered for a different server than the one that remains.
        if (kept === 'keychain' && before?.kept === 'keychain')
          await this.#ask(() => this.#keychain.set(accountOf(owner), before.secret)).catch(() => undefined)
        else if (kept === 'keychain') await this.#delete(owner)
        throw error
      }
    })
  }

  /**
   * Rejects with `vault.no-entry` if the keychain returns nothing, with another `vault.*` if it does not answer, and
   * with `auth.missing` if a secret kept for one session is gone.
   */
  get(owner: string, kept: Kept): Promise<string> {
    const known = this.#inMemory.get(owner)
    if (known !== undefined) return Promise.resolve(known.secret)
    if (kept === 'session') {
      return Promise.reject(
        new AppError('auth.missing', message('errors.vault.sessionOnly'), {
          advice: message('errors.vault.enterAgain'),
        }),
      )
    }
    const running = this.#reading.get(owner)
    if (running !== undefined) return running
    const reading = this.#read(owner).finally(() => {
      if (this.#reading.get(owner) === reading) this.#reading.delete(owner)
    })
    this.#reading.set(owner, reading)
    return reading
  }

  isInMemory(owner: string): boolean {
    return this.#inMemory.has(owner)
  }

  /** Whether this is the secret that was entered, or used, last since the start. */
  isInUse(owner: string, secret: string): boolean {
    return this.#inMemory.get(owner)?.secret === secret
  }

  /** Deletes the secret everywhere. If the keychain does not answer, its entry stays, which is logged. */
  remove(owner: string): Promise<void> {
    this.#replace(owner, undefined)
    return this.#inOrder(owner, async () => {
      // A password that was being stored has reached the keychain in the meantime.
      this.#replace(owner, undefined)
      await this.#delete(owner)
    })
  }

  /** Deletes an earlier secret from the keychain, if the current one is kept in memory only. */
  removeKept(owner: string): Promise<void> {
    return this.#inOrder(owner, () => this.#delete(owner))
  }

  async #read(owner: string): Promise<string> {
    const version = this.#versions.get(owner)
    let secret: string | null
    try {
      secret = await this.#ask(() => this.#keychain.get(accountOf(owner)))
    } catch (error) {
      if (this.#versions.get(owner) === version) throw error
      return this.get(owner, 'keychain')
    }
    if (this.#versions.get(owner) !== version) return this.get(owner, 'keychain')
    if (secret === null) {
      // libsecret also answers “nothing” for an entry in a collection that stays locked.
      throw new AppError('vault.no-entry', message('errors.vault.noEntry'), {
        advice: message('errors.vault.noEntryAdvice'),
      })
    }
    this.#inMemory.set(owner, { secret, kept: 'keychain' })
    return secret
  }

  #replace(owner: string, entry: { secret: string; kept: Kept } | undefined): void {
    this.#versions.set(owner, (this.#versions.get(owner) ?? 0) + 1)
    this.#reading.delete(owner)
    if (entry === undefined) this.#inMemory.delete(owner)
    else this.#inMemory.set(owner, entry)
    this.outdated.emit()
  }

  async #delete(owner: string): Promise<void> {
    await this.#ask(() => this.#keychain.delete(accountOf(owner))).catch((error: unknown) => {
      this.#logger.write('warn', 'keychain entry not removed', { owner, reason: String(error) })
    })
  }

  #inOrder(owner: string, change: () => Promise<void>): Promise<void> {
    const changed = (this.#changing.get(owner) ?? Promise.resolve()).then(change)
    const settled = changed
      .catch(() => undefined)
      .then(() => {
        if (this.#changing.get(owner) === settled) this.#changing.delete(owner)
      })
    this.#changing.set(owner, settled)
    return changed
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      const answer = await work()
      this.#setState('ready')
      return answer
    } catch (thrown) {
      const state = thrown instanceof KeychainError ? thrown.state : 'error'
      this.#setState(state)
      this.#logger.write('warn', 'keychain call failed', {
        state,
        reason: thrown instanceof Error ? thrown.message : '',
      })
      throw vaultError(state)
    }
  }

  #setState(state: VaultState): void {
    if (state === this.#state) return
    this.#state = state
    this.stateChanged.emit(state)
  }
}

const accountOf = (owner: string): string => `server/${owner}`

function vaultError(state: Exclude<VaultState, 'ready'>): AppError {
  switch (state) {
    case 'locked':
      return new AppError('vault.locked', message('errors.vault.locked'), {
        advice: message('errors.vault.lockedAdvice'),
      })
    case 'unavailable':
      return new AppError('vault.unavailable', message('errors.vault.unavailable'), {
        advice: message('errors.vault.unavailableAdvice'),
      })
    case 'error':
      return new AppError('vault.failed', message('errors.vault.failed'), {
        advice: message('errors.vault.failedAdvice'),
      })
  }
}
