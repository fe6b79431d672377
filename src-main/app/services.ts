import { join } from 'node:path'
import type { EventMessage } from '#contract/contract.ts'
import type { Settings } from '#contract/settings.ts'
import { EventHub } from '../ipc/event-hub.ts'
import { AuditLog } from '../audit/audit-log.ts'
import { Editor } from '../editing/editor.ts'
import { Lifecycle } from '../editing/lifecycle.ts'
import { AppError } from '../errors/app-error.ts'
import { LinkService } from '../links/link-service.ts'
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
import { AuditTable } from '../storage/audit-table.ts'
import { DraftTable } from '../storage/draft-table.ts'
import { openCacheDatabase, openStateDatabase } from '../storage/open-database.ts'
import { ServerTable } from '../storage/server-table.ts'
import { SettingTable } from '../storage/setting-table.ts'
import { SnapshotTable } from '../storage/snapshot-table.ts'
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
  /** Asks where to save a text and saves it; resolves with the path, or null when the user chose not to. */
  readonly saveFile: (suggestedName: string, text: string) => Promise<string | null>
  /** Lets the user choose a JSON file; resolves with its path, or null. */
  readonly chooseFile: () => Promise<string | null>
  readonly writeClipboard: (text: string) => void
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
  const auditTable = new AuditTable(stateDatabase)
  const audit = new AuditLog({ table: auditTable, now, onGrown: (lastId) => events.emit('audit:changed', { lastId }) })
  const connections = new Connections({
    registry,
    audit,
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
    refreshItem: (ref) => directory.refreshItem(ref),
    onChange: (task) => events.taskChanged(task),
    logger,
    now,
    pollMs: surroundings.taskPollMs ?? 1000,
  })
  const api = (serverId: string) => connections.get(serverId).api
  const editor = new Editor({
    registry,
    api,
    tasks,
    known: (ref) => {
      const known = directory.find(ref)
      if (known === null) throw new AppError('synchronization.unknown', `${ref.key} is no longer in the list.`)
      return known.integration
    },
  })
  const snapshots = new SnapshotTable(stateDatabase)
  const lifecycle = new Lifecycle({
    registry,
    api,
    snapshots,
    refresh: (serverId) => directory.refresh(serverId),
    keysOf: (serverId) => directory.keysOf(serverId),
    now,
  })
  const links = new LinkService(api)
  const drafts = new DraftTable(stateDatabase)
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
    auditTable,
    editor,
    lifecycle,
    links,
    drafts,
    snapshots,
    saveFile: surroundings.saveFile,
    chooseFile: surroundings.chooseFile,
    writeClipboard: surroundings.writeClipboard,
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
