import { message, sentences } from '#contract/messages/message.ts'
import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import { AppError } from '../errors/app-error.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import { Signal } from '../signal.ts'
import { Proxies, type ProxyRoute } from './proxy.ts'
import { ProxyGate, type StoredProxyGate } from './proxy-gate.ts'
import { createTransport, type Transport, type TransportOptions } from './transport.ts'

const PROXY_SETTINGS = ['proxyMode', 'proxyAddress', 'proxyUser', 'proxyExceptions'] as const

export interface NetworkOptions {
  readonly settings: { get(): Settings }
  readonly credentials: Pick<CredentialStore, 'get' | 'set' | 'remove'>
  readonly clock: Clock
  /** What is known about the log-in to the proxy that `account` names; survives restarts. */
  readonly store: {
    load(account: string): StoredProxyGate | null
    save(account: string, state: StoredProxyGate | null): AppError | null
  }
  /** The proxy that the operating system gives for an address, as the result of a PAC file. */
  readonly resolveSystemProxy: (address: string) => Promise<string>
  /** The default is the network itself. */
  readonly createTransport?: ((options: TransportOptions) => Transport) | undefined
}

/** How requests reach the servers, and the log-in to the proxy on the way. */
export class Network {
  /** From now on requests take a different route. */
  readonly changed = new Signal()
  /** The proxy refused its user, or did not say; emitted once, however many servers are behind it. */
  readonly refused = new Signal<[AppError]>()
  readonly #options: NetworkOptions
  readonly #proxies: Proxies
  readonly #gates = new Map<string, ProxyGate>()

  constructor(options: NetworkOptions) {
    const { settings, credentials, resolveSystemProxy } = options
    this.#options = options
    this.#proxies = new Proxies({
      settings,
      resolveSystemProxy,
      password: () =>
        credentials
          .get(accountOf(settings.get()) ?? '', 'keychain')
          .catch((error: unknown) => Promise.reject(aboutProxy(settings.get().proxyUser, error))),
      logIn: () => this.#gateOf(accountOf(settings.get()) ?? '').logIn(),
    })
  }

  /** The route to an address. Rejects as `Proxies.routeTo` does. */
  routeTo(url: URL): Promise<ProxyRoute> {
    return this.#proxies.routeTo(url)
  }

  /** Connections to one server. */
  transportFor(
    { caPem }: { readonly caPem: string },
    listeners: Pick<TransportOptions, 'onConnection' | 'onCertificate'> = {},
  ): Transport {
    const options: TransportOptions = { caPem, routeTo: (url) => this.routeTo(url), ...listeners }
    return (this.#options.createTransport ?? createTransport)(options)
  }

  settingsChanged(before: Settings, after: Settings): void {
    const account = accountOf(before)
    // The password was entered for one user of one proxy, and is never sent to another.
    if (account !== null && account !== accountOf(after)) {
      this.#gates.get(account)?.reset()
      this.#gates.delete(account)
      void this.#options.credentials.remove(account)
    }
    if (PROXY_SETTINGS.some((name) => before[name] !== after[name])) this.changed.emit()
  }

  /**
   * An empty text deletes it. Rejects with `input.invalid` if the settings name no proxy and user that it could belong
   * to.
   */
  async setProxyPassword(password: string): Promise<void> {
    const { settings, credentials } = this.#options
    const account = accountOf(settings.get())
    if (account === null) throw new AppError('input.invalid', message('errors.proxy.noAccount'))
    if (password === '') await credentials.remove(account)
    else await credentials.set(account, password, 'keychain')
    this.#gateOf(account).reset()
    this.changed.emit()
  }

  /** The user wants to try the log-in to the proxy again. Throws `auth.too-soon`. */
  tryProxyOnce(): void {
    const account = accountOf(this.#options.settings.get())
    if (account === null) return
    this.#gateOf(account).allowOnce()
    this.changed.emit()
  }

  #gateOf(account: string): ProxyGate {
    const known = this.#gates.get(account)
    if (known !== undefined) return known
    const { settings, clock, store } = this.#options
    const { proxyAddress, proxyUser: user } = settings.get()
    const made = new ProxyGate({
      host: new URL(proxyAddress).host,
      user,
      clock,
      store: { load: () => store.load(account), save: (state) => store.save(account, state) },
    })
    made.closed.on((error) => this.refused.emit(error))
    this.#gates.set(account, made)
    return made
  }
}

/** The name under which the password of this user for this proxy is kept; null if there is no such log-in. */
function accountOf({ proxyAddress, proxyUser }: Settings): string | null {
  return proxyAddress === '' || proxyUser === '' ? null : `proxy/${proxyUser}@${new URL(proxyAddress).origin}`
}

/** If the proxy's password cannot be read, nothing is sent to the proxy: an empty one would be a refused log-in. */
function aboutProxy(user: string, error: unknown): AppError {
  if (!(error instanceof AppError)) throw error
  if (error.code === 'vault.no-entry') {
    return new AppError('vault.no-entry', message('errors.proxy.noPassword', { user }), {
      advice: message('errors.proxy.noPasswordAdvice'),
    })
  }
  return new AppError(error.code, sentences(message('errors.proxy.passwordUnreadable'), error.data.message), {
    advice: message('errors.proxy.passwordUnreadableAdvice'),
  })
}
