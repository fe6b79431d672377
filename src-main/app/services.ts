import { join } from 'node:path'
import type { EventMessage } from '#contract/contract.ts'
import type { Settings } from '#contract/settings.ts'
import { EventHub } from '../ipc/event-hub.ts'
import type { Logger } from '../logging/logger.ts'
import { Refresher } from '../monitor/refresher.ts'
import { CredentialStore } from '../secrets/credential-store.ts'
import type { Keychain } from '../secrets/keychain.ts'
import { ConnectionTest } from '../servers/connection-test.ts'
import { Connections } from '../servers/connections.ts'
import { DemoServers } from '../servers/demo-servers.ts'
import { Reachability } from '../servers/reachability.ts'
import { ServerRegistry } from '../servers/server-registry.ts'
import { ServerViews } from '../servers/server-views.ts'
import { SettingsStore } from '../settings/settings-store.ts'
import { openCacheDatabase, openStateDatabase } from '../storage/open-database.ts'
import { ServerTable } from '../storage/server-table.ts'
import { SettingTable } from '../storage/setting-table.ts'
import { SynchronizationTable } from '../storage/synchronization-table.ts'
import { TaskTable } from '../storage/task-table.ts'
import { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import { TaskRunner } from '../tasks/task-runner.ts'

/** What the services need of the world around them. */
export interface Surroundings {
  /** The user-data folder. */
  readonly folder: string
  readonly keychain: Keychain
  readonly logger: Logger
  readonly send: (message: EventMessage) => void
  readonly onSettings?: (settings: Settings) => void
  readonly openExternal: (address: string, baseUrl: string) => Promise<void>
  readonly app: { readonly version: string; readonly runtime: string; readonly platform: string }
  readonly now?: () => number
  /** First interval of looking at a task; default one second. */
  readonly taskPollMs?: number
}

export type Services = ReturnType<typeof createServices>

/**
 * Builds every service, each from those before it, and returns them with `close`, which ends them in reverse. Throws
 * when `state.db` cannot be used; nothing is left open then.
 */
export function createServices(surroundings: Surroundings) {
  const { folder, keychain, logger, app, openExternal } = surroundings
  const now = surroundings.now ?? Date.now
  const random = Math.random

  const stateDatabase = openStateDatabase(join(folder, 'state.db'), now())
  const { database: cacheDatabase, setAside } = openCacheDatabase(join(folder, 'cache.db'), now())
  if (setAside !== null) logger.write('warn', 'cache set aside', { ...setAside })

  const events = new EventHub({ send: surroundings.send, listServers: () => views.all() })
  const settings = new SettingsStore(new SettingTable(stateDatabase), (value) => {
    surroundings.onSettings?.(value)
    events.emit('settings:changed', value)
  })
  const credentials = new CredentialStore({
    keychain,
    logger,
    onStateChange: (state) => events.emit('vault:changed', state),
  })
  const serverTable = new ServerTable(stateDatabase)
  const registry = new ServerRegistry(serverTable)
  const connections = new Connections({
    registry,
    table: serverTable,
    credentials,
    requestsPerServer: () => settings.get().requestsPerServer,
    now,
    random,
    onAccessChange: () => events.serversChanged(),
  })
  const reachability = new Reachability({ now, onChange: () => events.serversChanged() })
  const directory = new SynchronizationDirectory({
    table: new SynchronizationTable(cacheDatabase),
    connections,
    reachability,
    logger,
    now,
    onDelta: (delta) => events.rowsChanged(delta),
  })
  const views = new ServerViews({ registry, connections, credentials, reachability, directory })
  registry.onChange((change) => {
    if (change.kind === 'removed' && change.serverId !== null) {
      directory.removeServer(change.serverId)
      reachability.forget(change.serverId)
      void credentials.remove(change.serverId)
    }
    events.serversChanged()
  })
  const refresher = new Refresher({
    registry,
    directory,
    reachability,
    access: (serverId) => connections.gate(serverId).access,
    intervalMs: () => settings.get().refreshIntervalSeconds * 1000,
    random,
  })
  const tasks = new TaskRunner({
    table: new TaskTable(stateDatabase),
    registry,
    api: (serverId) => connections.get(serverId).api,
    find: (ref) => directory.find(ref),
    refreshStatus: (ref) => directory.refreshStatus(ref),
    onChange: (task) => events.taskChanged(task),
    logger,
    now,
    pollMs: surroundings.taskPollMs ?? 1000,
  })
  const demo = new DemoServers(registry, credentials)
  const connectionTest = new ConnectionTest(now)

  return {
    app,
    logger,
    openExternal,
    events,
    settings,
    credentials,
    registry,
    connections,
    reachability,
    directory,
    views,
    refresher,
    tasks,
    demo,
    connectionTest,
    /** Ends watching and reading, then closes the databases. Writes on their way are found out about at the next start. */
    close: async (): Promise<void> => {
      tasks.close()
      refresher.stop()
      connections.disconnectAll()
      events.close()
      await demo.stop()
      cacheDatabase.close()
      stateDatabase.close()
    },
  }
}
