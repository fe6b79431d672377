import type { Settings } from '#contract/settings.ts'
import { AppError } from '../errors/app-error.ts'
import { Proxies, type Way } from '../http/proxy.ts'
import type { TracedConnection } from '../http/connection-trace.ts'
import { createTransport, type Transport, type TransportOptions } from '../http/transport.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { Surroundings } from './surroundings.ts'

/** Under this name the proxy's password is in the keychain. */
const PROXY_ACCOUNT = 'proxy'
const PROXY_SETTINGS = ['proxyMode', 'proxyAddress', 'proxyUser', 'proxyExceptions'] as const

/** By which way servers are reached. `onChange`: another way was chosen. */
export function createNetwork({ settings, credentials, surroundings, onChange }: { settings: () => Settings; credentials: CredentialStore; surroundings: Surroundings; onChange: () => void }) {
  const proxies = new Proxies({
    settings,
    resolveSystemProxy: surroundings.resolveSystemProxy,
    password: () => credentials.get(PROXY_ACCOUNT, 'keychain').catch((error: unknown) => Promise.reject(aboutProxy(settings().proxyUser, error))),
  })
  return {
    wayTo: (url: URL): Promise<Way> => proxies.wayTo(url),
    transportFor: ({ caPem }: { readonly caPem: string }, onConnection: (connection: TracedConnection) => void): Transport => {
      const options: TransportOptions = { caPem, wayTo: (url) => proxies.wayTo(url), onConnection }
      return (surroundings.createTransport ?? createTransport)(options)
    },
    settingsChanged: (before: Settings, after: Settings): void => {
      if (PROXY_SETTINGS.some((name) => before[name] !== after[name])) onChange()
    },
    /** Empty forgets it. */
    setProxyPassword: async (password: string): Promise<void> => {
      if (password === '') await credentials.remove(PROXY_ACCOUNT)
      else await credentials.set(PROXY_ACCOUNT, password, 'keychain')
      onChange()
    },
  }
}

/** Where the proxy's password cannot be had, nothing is sent to the proxy: an empty one would be a refused log-in. */
function aboutProxy(user: string, error: unknown): AppError {
  if (!(error instanceof AppError)) throw error
  if (error.code === 'vault.no-entry') {
    return new AppError('vault.no-entry', `The keychain gives out no password for the user “${user}” of the proxy.`, {
      advice: 'Enter it in the settings, under Network, or unlock the keychain and try again.',
    })
  }
  return new AppError(error.code, `The password of the proxy cannot be read. ${error.message}`, { advice: 'Nothing was sent. Try again once the keychain answers.' })
}
