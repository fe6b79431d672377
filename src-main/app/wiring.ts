import type { Settings } from '#contract/settings.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { ServerHistory } from '../monitor/server-history.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { Network } from './network.ts'
import type { Watching } from './watching.ts'

export interface Wired {
  readonly settings: SettingsStore
  readonly registry: ServerRegistry
  readonly credentials: CredentialStore
  readonly network: Network
  readonly connections: Connections
  readonly reachability: Reachability
  readonly serverHistory: ServerHistory
  readonly watching: Watching
  readonly events: EventHub
  readonly onSettings: ((settings: Settings) => void) | undefined
  /** Forgets everything that was read from a server. */
  readonly forgetReadings: (serverId: string) => void
}

/** Who hears of what, once all services are built; those who hear of the same do so in this order. */
export function wire(services: Wired): void {
  const { settings, registry, credentials, network, connections, reachability, serverHistory, watching, events } =
    services

  settings.changed.on((value, before) => {
    services.onSettings?.(value)
    network.settingsChanged(before, value)
    watching.monitor.settingsChanged(before, value)
    events.emit('settings:changed', value)
  })
  // Every connection begins anew, and what failed on the old way is tried at once.
  network.changed.on(() => {
    connections.disconnectAll()
    watching.monitor.networkIsBack()
  })
  network.refused.on((error) => watching.proxyRefused(error))

  connections.accessChanged.on((serverId) => {
    serverHistory.note(serverId)
    watching.accessChanged(serverId, connections.gate(serverId).access)
    events.serverChanged(serverId)
  })
  connections.rateLimitChanged.on((serverId) => events.serverChanged(serverId))
  reachability.changed.on((serverId) => {
    serverHistory.note(serverId)
    events.serverChanged(serverId)
  })
  registry.changed.on((change) => {
    if (change.kind === 'removed' && change.serverId !== null) {
      services.forgetReadings(change.serverId)
      reachability.forget(change.serverId)
      void credentials.remove(change.serverId)
    } else if (change.serverId !== null) {
      serverHistory.note(change.serverId)
    }
    events.serverListChanged()
  })
}
