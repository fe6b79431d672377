import { KeychainError, type Keychain } from './keychain.ts'

type Keytar = typeof import('keytar')

/** The name of the entries in the user's keychain application. */
const SERVICE = 'Syncdeck'

/** A keychain may ask the user to unlock it; after this time, nobody is assumed to be there. */
const CALL_TIMEOUT_MS = 30_000

/**
 * The real keychain: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. The native module is
 * loaded with the first call, so that Syncdeck still starts on a machine without its libraries.
 */
export function createKeytarKeychain(callTimeoutMs = CALL_TIMEOUT_MS): Keychain {
  let loading: Promise<Keytar> | null = null
  const load = (): Promise<Keytar> => {
    // The module is CommonJS: its functions are on `default`, and on the namespace only if the loader found them.
    loading ??= import('keytar').then((module) => (module as { default?: Keytar }).default ?? module)
    return loading
  }
  const call = async <T>(work: (keytar: Keytar) => Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new KeychainError('locked', 'The keychain did not answer in time.')),
        callTimeoutMs,
      )
    })
    try {
      return await Promise.race([load().then(work), timeout])
    } catch (thrown) {
      throw thrown instanceof KeychainError ? thrown : classify(thrown)
    } finally {
      clearTimeout(timer)
    }
  }
  return {
    get: (account) => call((keytar) => keytar.getPassword(SERVICE, account)),
    set: (account, secret) => call((keytar) => keytar.setPassword(SERVICE, account, secret)),
    delete: async (account) => {
      await call((keytar) => keytar.deletePassword(SERVICE, account))
    },
  }
}

/** Tells the states apart by the words of libsecret, Keychain Services and Credential Manager; there are no codes. */
function classify(thrown: unknown): KeychainError {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (/lock(ed)?\b|dismissed|user canceled|interaction is not allowed|prompt/i.test(message)) {
    return new KeychainError('locked', message)
  }
  if (
    /D-?Bus|org\.freedesktop|ServiceUnknown|not provided by any|autolaunch|Could not connect|Failed to load keytar|libsecret|Cannot find module|NoSuchObject|No such interface/i.test(
      message,
    )
  ) {
    return new KeychainError('unavailable', message)
  }
  return new KeychainError('error', message)
}
