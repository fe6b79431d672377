import { describe, expect, it } from 'vitest'
import type { AppErrorData } from '../../src-contract/errors.ts'
import { toErrorData } from '../../src-main/errors/app-error.ts'
import { CredentialStore } from '../../src-main/secrets/credential-store.ts'
import { KeychainError, type Keychain } from '../../src-main/secrets/keychain.ts'
import { MemoryKeychain } from '../support/memory-keychain.ts'
import { worded } from '../support/said.ts'

/**
 * A keychain each of whose calls is answered when the test says so, in whatever order; what a call does, it does when
 * it is answered.
 */
class SlowKeychain implements Keychain {
  readonly inner = new MemoryKeychain()
  readonly #calls: { name: string; answer: () => void }[] = []

  get(account: string): Promise<string | null> {
    // What it reads, it reads when it is asked, as a keychain does whose answer is merely late.
    const read = this.inner.get(account)
    return this.#later('get', () => read)
  }

  set(account: string, secret: string): Promise<void> {
    return this.#later('set', () => this.inner.set(account, secret))
  }

  delete(account: string): Promise<void> {
    return this.#later('delete', () => this.inner.delete(account))
  }

  /** Answers the oldest call of that name, and lets what follows from it happen. */
  async answer(name: 'get' | 'set' | 'delete'): Promise<void> {
    await settled()
    const index = this.#calls.findIndex((call) => call.name === name)
    if (index === -1) throw new Error(`No ${name} is under way`)
    this.#calls.splice(index, 1)[0]?.answer()
    await settled()
  }

  get underWay(): string[] {
    return this.#calls.map(({ name }) => name)
  }

  #later<T>(name: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#calls.push({ name, answer: () => void work().then(resolve, reject) })
    })
  }
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

function storeOf(keychain: Keychain) {
  const log: string[] = []
  const states: string[] = []
  const store = new CredentialStore({
    keychain,
    logger: { write: (_level, event, fields) => void log.push(JSON.stringify({ event, ...fields })) },
  })
  store.stateChanged.on((state) => states.push(state))
  return { store, log, states }
}

const codeOf = (reading: Promise<unknown>): Promise<unknown> =>
  reading.then(
    (value) => value,
    (error: { code: string }) => error.code,
  )

describe('a secret', () => {
  it('is kept as it is, read once, and found again after a restart', async () => {
    const keychain = new MemoryKeychain()
    await storeOf(keychain).store.set('a', '  pä:ss  ', 'keychain')
    const { store } = storeOf(keychain)
    expect(await Promise.all([store.get('a', 'keychain'), store.get('a', 'keychain')])).toEqual([
      '  pä:ss  ',
      '  pä:ss  ',
    ])
    keychain.state = 'locked'
    expect(await store.get('a', 'keychain')).toBe('  pä:ss  ')
  })

  it('of a session never reaches the keychain, and is gone after a restart', async () => {
    const keychain = new MemoryKeychain()
    const { store } = storeOf(keychain)
    await store.set('a', 'for now', 'session')
    expect(await store.get('a', 'session')).toBe('for now')
    expect(keychain.entries.size).toBe(0)
    const failure = await storeOf(keychain)
      .store.get('a', 'session')
      .catch((error: unknown) => toErrorData(error))
    expect(failure).toMatchObject({ code: 'auth.missing' })
    expect(worded(failure as AppErrorData).advice).toBe('Enter it again.')
  })

  it.each([
    ['that is not there', 'ready', 'vault.no-entry', /^Unlock the keychain and try again, or enter/],
    ['in a keychain that is locked', 'locked', 'vault.locked', /^Unlock it and try again/],
    ['without a keychain', 'unavailable', 'vault.unavailable', / or install a keychain service/],
    ['in a keychain that is broken', 'error', 'vault.failed', / see the log file /],
  ] as const)('%s is told for what it is, with what helps, and never empty', async (_name, state, code, advice) => {
    const keychain = new MemoryKeychain()
    keychain.state = state
    const { store } = storeOf(keychain)
    const failure = await store.get('a', 'keychain').catch((error: unknown) => toErrorData(error))
    expect(failure).toMatchObject({ code })
    expect(worded(failure as AppErrorData).advice).toMatch(advice)
    expect(store.state).toBe(state)
  })

  it('that the keychain refuses replaces nothing, in memory neither', async () => {
    const keychain = new MemoryKeychain()
    const { store, states } = storeOf(keychain)
    await store.set('a', 'old', 'keychain')
    keychain.state = 'locked'
    expect(await codeOf(store.set('a', 'new', 'keychain'))).toBe('vault.locked')
    expect(await store.get('a', 'keychain')).toBe('old')
    expect(states).toEqual(['locked'])
    keychain.state = 'ready'
    expect(await storeOf(keychain).store.get('a', 'keychain')).toBe('old')
  })

  it.each([
    ['the one before holds', true, 'old'],
    ['none is left, where the one before is not known', false, 'vault.no-entry'],
  ])('is not kept where what belongs to it cannot be stored: %s', async (_name, isUsed, left) => {
    const keychain = new MemoryKeychain()
    await storeOf(keychain).store.set('a', 'old', 'keychain')
    const { store } = storeOf(keychain)
    if (isUsed) await store.get('a', 'keychain')
    const storing = store.set('a', 'new', 'keychain', () => {
      throw new Error('The disk is full')
    })
    await expect(storing).rejects.toThrow('The disk is full')
    expect(await codeOf(store.get('a', 'keychain'))).toBe(left)
    expect(await codeOf(storeOf(keychain).store.get('a', 'keychain'))).toBe(left)
  })

  it('that cannot be removed from the keychain is forgotten here, and the log says so without it', async () => {
    const keychain = new MemoryKeychain()
    const { store, log } = storeOf(keychain)
    await store.set('a', 'sécret', 'keychain')
    keychain.state = 'locked'
    await store.remove('a')
    expect(store.isInMemory('a')).toBe(false)
    expect(log.join()).toContain('keychain entry not removed')
    expect(log.join()).not.toContain('sécret')
  })

  it('of one owner is not another’s', async () => {
    const { store } = storeOf(new MemoryKeychain())
    await store.set('a', 'of a', 'keychain')
    await store.set('b', 'of b', 'keychain')
    await store.remove('a')
    expect([await codeOf(store.get('a', 'keychain')), await store.get('b', 'keychain')]).toEqual([
      'vault.no-entry',
      'of b',
    ])
  })
})

describe('with a keychain that is slow', () => {
  async function withOld() {
    const keychain = new SlowKeychain()
    keychain.inner.entries.set('server/a', 'old')
    return { keychain, ...storeOf(keychain) }
  }

  it.each(['keychain', 'session'] as const)(
    'a password typed while the old one is being read holds (kept: %s), and whoever waits gets it',
    async (kept) => {
      const { keychain, store } = await withOld()
      const early = store.get('a', 'keychain')
      const typed = store.set('a', 'new', kept)
      if (kept === 'keychain') await keychain.answer('set')
      await typed
      await keychain.answer('get')
      expect([await early, await store.get('a', kept)]).toEqual(['new', 'new'])
    },
  )

  it('a reading that fails late does not fail those who wait, where a password was typed meanwhile', async () => {
    const { keychain, store } = await withOld()
    keychain.get = () => new Promise((_, reject) => setImmediate(() => reject(new KeychainError('locked', 'late'))))
    const early = store.get('a', 'keychain')
    await store.set('a', 'new', 'session')
    expect(await early).toBe('new')
  })

  it('a reading that began before the secret was removed does not bring it back', async () => {
    const { keychain, store } = await withOld()
    const early = codeOf(store.get('a', 'keychain'))
    const removed = store.remove('a')
    await keychain.answer('delete')
    await removed
    await keychain.answer('get')
    await keychain.answer('get')
    expect(await early).toBe('vault.no-entry')
    expect(store.isInMemory('a')).toBe(false)
  })

  it('of two passwords the one typed last holds, in memory and in the keychain', async () => {
    const { keychain, store } = await withOld()
    const both = [store.set('a', 'first', 'keychain'), store.set('a', 'second', 'keychain')]
    await settled()
    expect(keychain.underWay).toEqual(['set'])
    await keychain.answer('set')
    await keychain.answer('set')
    await Promise.all(both)
    expect([await store.get('a', 'keychain'), keychain.inner.entries.get('server/a')]).toEqual(['second', 'second'])
  })

  it('a change waits for the one before it, also where that one had waited itself', async () => {
    const { keychain, store } = await withOld()
    const first = [store.set('a', 'first', 'keychain'), store.set('a', 'second', 'keychain')]
    await keychain.answer('set')
    const third = store.set('a', 'third', 'keychain')
    await settled()
    expect(keychain.underWay).toEqual(['set'])
    await keychain.answer('set')
    await keychain.answer('set')
    await Promise.all([...first, third])
    expect([await store.get('a', 'keychain'), keychain.inner.entries.get('server/a')]).toEqual(['third', 'third'])
  })

  it('a password on its way into the keychain is gone when its owner is removed', async () => {
    const { keychain, store } = await withOld()
    const typed = store.set('a', 'new', 'keychain')
    const removed = store.remove('a')
    await keychain.answer('set')
    await keychain.answer('delete')
    await Promise.all([typed, removed])
    expect([store.isInMemory('a'), keychain.inner.entries.has('server/a')]).toEqual([false, false])
  })

  it('a change that the keychain refused does not stop the next', async () => {
    const { keychain, store } = await withOld()
    keychain.inner.state = 'locked'
    const refused = codeOf(store.set('a', 'first', 'keychain'))
    const next = store.set('a', 'second', 'keychain')
    await keychain.answer('set')
    keychain.inner.state = 'ready'
    await keychain.answer('set')
    expect(await refused).toBe('vault.locked')
    await next
    expect(await store.get('a', 'keychain')).toBe('second')
  })
})
