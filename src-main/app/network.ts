import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import { Proxies, type ProxyRoute } from '../http/proxy.ts'
import { ProxyGate, type StoredProxyGate } from '../http/proxy-gate.ts'
import type { TracedConnection } from '../http/connection-trace.ts'
import { createTransport, type Transport, type TransportOptions } from '../http/transport.ts'
import { Signal } from '../signal.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { Host } from './host.ts'

const PROXY_SETTINGS = ['proxyMode', 'proxyAddress', 'proxyUser', 'proxyExceptions'] as const

export interface NetworkOptions {
  readonly settings: () => Settings
  readonly credentials: CredentialStore
  readonly host: Host
  readonly clock: Clock
  /** What is known of the log-in to the proxy that `account` names, over restarts. */
  readonly store: {
    load(account: string): StoredProxyGate | null
    save(account: string, state: StoredProxyGate | null): void
  }
}

export type Network = ReturnType<typeof createNetwork>

/** How requests reach the servers, and the log-in to the proxy on the way. */
export function createNetwork({ settings, credentials, host, clock, store }: NetworkOptions) {
  /** Requests leave by another way from now on. */
  const changed = new Signal()
  /** The proxy refused its user, or did not say; told once, whatever many servers are behind it. */
  const refused = new Signal<[AppError]>()
  const gates = new Map<string, ProxyGate>()
  const gateOf = (account: string): ProxyGate => {
    const known = gates.get(account)
    if (known !== undefined) return known
    const { proxyAddress, proxyUser: user } = settings()
    const made = new ProxyGate({
      host: new URL(proxyAddress).host,
      user,
      clock,
      store: { load: () => store.load(account), save: (state) => store.save(account, state) },
      onClosed: (error) => refused.emit(error),
    })
    gates.set(account, made)
    return made
  }
  const proxies = new Proxies({
    settings,
    resolveSystemProxy: host.resolveSystemProxy,
    password: () =>
      credentials
        .get(accountOf(settings()) ?? '', 'keychain')
        .catch((error: unknown) => Promise.reject(aboutProxy(settings().proxyUser, error))),
    logIn: () => gateOf(accountOf(settings()) ?? '').logIn(),
  })
  return {
    changed,
    refused,
    routeTo: (url: URL): Promise<ProxyRoute> => proxies.routeTo(url),
    transportFor: (
      { caPem }: { readonly caPem: string },
      onConnection: (connection: TracedConnection) => void,
    ): Transport => {
      const options: TransportOptions = { caPem, routeTo: (url) => proxies.routeTo(url), onConnection }
      return (host.createTransport ?? createTransport)(options)
    },
    settingsChanged: (before: Settings, after: Settings): void => {
      const account = accountOf(before)
      // A password was entered for one user of one proxy: it follows to no other.
      if (account !== null && account !== accountOf(after)) {
        gates.get(account)?.reset()
        gates.delete(account)
        void credentials.remove(account)
      }
      if (PROXY_SETTINGS.some((name) => before[name] !== after[name])) changed.emit()
    },
    /** Empty forgets it. Rejects with `input.invalid` where the settings name no proxy and user that it could belong to. */
    setProxyPassword: async (password: string): Promise<void> => {
      const account = accountOf(settings())
      if (account === null) throw new AppError('input.invalid', 'Enter the proxy’s address and its user first.')
      if (password === '') await credentials.remove(account)
      else await credentials.set(account, password, 'keychain')
      gateOf(account).reset()
      changed.emit()
    },
    /** The user wants the log-in to the proxy to be tried once more. Throws `auth.too-soon`. */
    tryProxyOnce: (): void => {
      const account = accountOf(settings())
      if (account === null) return
      gateOf(account).allowOnce()
      changed.emit()
    },
  }
}

/** Under which name the password of this user for this proxy is kept; null where there is no such log-in. */
function accountOf({ proxyAddress, proxyUser }: Settings): string | null {
  return proxyAddress === '' || proxyUser === '' ? null : `proxy/${proxyUser}@${new URL(proxyAddress).origin}`
}

/** Where the proxy's password cannot be had, nothing is sent to the proxy: an empty one would be a refused log-in. */
function aboutProxy(user: string, error: unknown): AppError {
  if (!(error instanceof AppError)) throw error
  if (error.code === 'vault.no-entry') {
    return new AppError('vault.no-entry', `The keychain gives out no password for the user “${user}” of the proxy.`, {
      advice: 'Enter it in the settings, under Network, or unlock the keychain and try again.',
    })
  }
  return new AppError(error.code, `The password of the proxy cannot be read. ${error.message}`, {
    advice: 'Nothing was sent. Try again once the keychain answers.',
  })
}
