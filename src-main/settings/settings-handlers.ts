import type { Settings, settingsRequests } from '#contract/settings.ts'
import type { Network } from '../http/network.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { SettingsStore } from './settings-store.ts'

/** Handles requests about the settings. */
export function settingsHandlers({
  settings,
  trust,
  network,
}: {
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  /** Rejects if only a person may allow it, and nobody did. */
  readonly trust: { settings<T>(change: Partial<Settings>, set: () => T): Promise<T> }
  readonly network: Pick<Network, 'setProxyPassword' | 'tryProxyOnce'>
}): HandlersOf<typeof settingsRequests> {
  return {
    'settings:get': () => settings.get(),
    'settings:set': (given) => {
      const change = withoutUndefined(given)
      return trust.settings(change, () => settings.set(change))
    },
    'settings:set-proxy-password': ({ password }) => network.setProxyPassword(password),
    'settings:try-proxy-once': () => network.tryProxyOnce(),
  }
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
