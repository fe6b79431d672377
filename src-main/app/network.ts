import type { Settings } from '#contract/settings.ts'
import { AppError } from '../errors/app-error.ts'
import { Proxies } from '../http/proxy.ts'
import { createTransport, type Transport } from '../http/transport.ts'
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
    password: () => credentials.get(PROXY_ACCOUNT, 'keychain').catch(missingAsEmpty),
  })
  return {
    transportFor: (server: { readonly caPem: string }): Transport =>
      surroundings.createTransport?.(server) ?? createTransport({ caPem: server.caPem, routeFor: (url) => proxies.routeFor(url) }),
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

/** No password is stored for the proxy; it may need none. */
function missingAsEmpty(error: unknown): string {
  if (error instanceof AppError && error.code === 'vault.locked') return ''
  throw error
}
