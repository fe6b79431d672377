import { basename, join } from 'node:path'
import { AuditLog } from '../audit/audit-log.ts'
import { systemClock } from '../clock.ts'
import { ConflictService } from '../conflicts/conflict-service.ts'
import { CutOffWrites } from '../editing/cut-off-writes.ts'
import { Editor } from '../editing/editor.ts'
import { Lifecycle } from '../editing/lifecycle.ts'
import { AppError } from '../errors/app-error.ts'
import { suggestedFileName } from '../export/file-name.ts'
import { EventHub } from '../ipc/event-hub.ts'
import { LinkService } from '../links/link-service.ts'
import { ServerHistory } from '../monitor/server-history.ts'
import { CredentialStore } from '../secrets/credential-store.ts'
import { TrustGuard } from '../security/trust-guard.ts'
import { ConnectionLog } from '../servers/connection-log.ts'
import { ConnectionTest } from '../diagnosis/connection-test.ts'
import { Connections } from '../servers/connections.ts'
import { DemoServers } from '../servers/demo-servers.ts'
import { LogInAttempts } from '../servers/log-in-attempts.ts'
import { Reachability } from '../servers/reachability.ts'
import { ServerRegistry } from '../servers/server-registry.ts'
import { ServerViews } from './server-views.ts'
import { TestSubjects } from '../diagnosis/test-subject.ts'
import { ProxyGateStore } from '../settings/proxy-gate-store.ts'
import { SettingsStore } from '../settings/settings-store.ts'
import { AuditTable } from '../storage/audit-table.ts'
import { CacheDatabase } from '../storage/cache-database.ts'
import { ConflictTable } from '../storage/conflict-table.ts'
import { DraftTable } from '../storage/draft-table.ts'
import { LongReadingTable } from '../storage/long-reading-table.ts'
import { NotificationTable } from '../storage/notification-table.ts'
import { openCacheDatabase, openStateDatabase } from '../storage/open-database.ts'
import { ServerTable } from '../storage/server-table.ts'
import { SettingTable } from '../storage/setting-table.ts'
import { SnapshotTable } from '../storage/snapshot-table.ts'
import { StateCheckpoint } from '../storage/state-checkpoint.ts'
import { StorageCare } from '../storage/storage-care.ts'
import { SynchronizationTable } from '../storage/synchronization-table.ts'
import { TaskTable } from '../storage/task-table.ts'
import { TransitionTable } from '../storage/transition-table.ts'
import { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { TaskRunner } from '../tasks/task-runner.ts'
import { createNetwork } from './network.ts'
import { createSupportBundle } from './support.ts'
import type { Host } from './host.ts'
import { createWatching } from './watching.ts'
import { wire } from './wiring.ts'

export type Services = ReturnType<typeof createServices>

/**
 * Builds every service, and returns them with `close`, which ends them in reverse. Throws when `state.db` cannot be used;
 * nothing is left open then. A closure that names a service built later is only called once all of them are there.
 */
export function createServices(host: Host) {
  const { folder, keychain, logger, app, openExternal } = host
  const clock = host.clock ?? systemClock
  const random = host.random ?? Math.random
  const now = (): number => clock.now()

  const closing = new AbortController()
  const stateDatabase = openStateDatabase(join(folder, 'state.db'), now())
  const { database: cacheDatabase, setAside } = openCacheDatabase(join(folder, 'cache.db'), now())
  const cache = new CacheDatabase(
    cacheDatabase,
    (problem) => {
      watching.storageChanged(problem)
      // What could not be stored meanwhile is in memory still.
      if (problem === '') {
        directory.storeAll()
        conflicts.storeAll()
      }
    },
    () => clock.elapsed(),
  )

  const stateCheckpoint = new StateCheckpoint({ database: stateDatabase, clock, logger })
  // Hardly anything is stored of which the page hears nothing.
  const events = new EventHub({ send: stateCheckpoint.soonAfter(host.send), listServers: () => views.all() })
  const settingTable = new SettingTable(stateDatabase)
  const settings = new SettingsStore(settingTable)
  const credentials = new CredentialStore({
    keychain,
    logger,
    onStateChange: (state) => events.emit('vault:changed', state),
  })
  const serverTable = new ServerTable(stateDatabase)
  const registry = new ServerRegistry(serverTable)
  const onFault = (what: string, fault: unknown): void =>
    logger.write('error', what, { stack: fault instanceof Error ? fault.stack : String(fault) })
  const auditTable = new AuditTable(stateDatabase)
  const audit = new AuditLog({
    table: auditTable,
    now,
    onFault,
    isClosing: () => closing.signal.aborted,
    onGrown: (lastId) => events.emit('audit:changed', { lastId }),
  })
  const network = createNetwork({
    settings: () => settings.get(),
    credentials,
    host,
    clock,
    store: new ProxyGateStore(settingTable, onFault),
  })
  const requestsPerServer = (): number => settings.get().requestsPerServer
  const connectionLog = new ConnectionLog(now)
  const connections = new Connections({
    registry,
    audit,
    log: connectionLog,
    table: serverTable,
    credentials,
    requestsPerServer,
    clock,
    random,
    onFault,
    isReadOnly: app.isReadOnly,
    createTransport: network.transportFor,
  })
  const reachability = new Reachability(now)
  const synchronizationTable = new SynchronizationTable(cache)
  const transitions = new TransitionTable(cache)
  const directory: SynchronizationDirectory = new SynchronizationDirectory({
    table: synchronizationTable,
    now,
    isServerKnown: (serverId) => registry.find(serverId) !== null,
    conflictCount: (ref) => conflicts.count(ref),
    onDelta: (delta) => events.rowsChanged(delta),
    onTransitions: (changes) => transitions.add(changes),
    onChanges: (changes) => {
      for (const { serverId, key, after } of changes) if (after === null) conflicts.forget({ serverId, key })
      watching.alarms.changed(changes)
      watching.monitor.changed(changes)
    },
  })
  for (const [serverId, readAt] of directory.earlierReadings) reachability.restore(serverId, readAt)
  const reader = new SynchronizationReader({
    directory,
    table: synchronizationTable,
    connections,
    reachability,
    requestsPerServer,
    logger,
    now,
  })
  const conflicts: ConflictService = new ConflictService({
    table: new ConflictTable(cache),
    answers: new LongReadingTable(cache, 'conflicts'),
    api: (serverId, isBackground) => connections.get(serverId)[isBackground ? 'background' : 'api'],
    find: (ref) => directory.find(ref),
    ownerOf: (serverId, connectorKey) => directory.ownerOf(serverId, connectorKey),
    now,
    onDelta: (delta) => events.conflictsChanged(delta),
    onCount: (ref) => directory.conflictsChanged(ref),
    onNew: (ref, appeared) => {
      watching.alarms.newConflicts(ref, appeared)
      watching.monitor.readAgain(ref)
    },
    onRead: (ref, present) => watching.alarms.conflictsRead(ref, present),
  })
  const serverHistory = new ServerHistory({
    table: transitions,
    now,
    serverIds: registry.all().map(({ id }) => id),
    stateOf: (serverId) => {
      const server = registry.find(serverId)
      if (server === null) return null
      const { isPaused, credential } = server
      return {
        access: connections.gate(serverId).access,
        reach: reachability.get(serverId),
        isPaused,
        hasCredential: credential !== null,
      }
    },
  })
  const storageCare = new StorageCare({ folder, state: stateDatabase, cache, cacheDatabase, now })
  const linkReadings = new LongReadingTable(cache, 'links')
  const watching = createWatching({
    clock,
    random,
    logger,
    events,
    settings: () => settings.get(),
    registry,
    connections,
    reachability,
    directory,
    reader,
    conflicts,
    notificationTable: new NotificationTable(stateDatabase),
    transitions,
    storageCare,
    isBusy: (ref) => tasks.isBusy(ref),
    notify: host.notify,
    setBadge: host.setBadge,
  })
  if (setAside !== null) {
    logger.write('warn', 'cache set aside', { ...setAside })
    watching.cacheSetAside(basename(setAside.movedTo))
  }

  const trust = new TrustGuard({
    settings: () => settings.get(),
    servers: () => registry.all(),
    confirm: host.confirm,
    clock,
  })
  const views = new ServerViews({
    registry,
    connections,
    credentials,
    reachability,
    directory,
    isReadOnly: app.isReadOnly,
  })
  /** Forgets everything that was read from a server. */
  const forgetReadings = (serverId: string): void => {
    directory.removeServer(serverId)
    conflicts.removeServer(serverId)
    transitions.removeServer(serverId)
    linkReadings.removeServer(serverId)
    serverHistory.forget(serverId)
  }
  wire({
    settings,
    registry,
    credentials,
    network,
    connections,
    reachability,
    serverHistory,
    watching,
    events,
    onSettings: host.onSettings,
    forgetReadings,
  })
  const taskPollMs = host.taskPollMs ?? 1000
  const tasks = new TaskRunner({
    table: new TaskTable(stateDatabase),
    registry,
    api: (serverId) => connections.get(serverId).api,
    find: (ref) => directory.find(ref),
    refreshStatus: (ref) => reader.refreshStatus(ref, { isFresh: true }),
    refreshItem: (ref) => reader.refreshItem(ref, { isFresh: true }),
    onChange: (task) => {
      events.taskChanged(task)
      watching.taskChanged(task)
    },
    logger,
    clock,
    pollMs: taskPollMs,
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
  const patience = { clock, pollMs: taskPollMs, signal: closing.signal }
  const { writeLost: onLost } = watching
  const lifecycle = new Lifecycle({
    registry,
    api,
    snapshots,
    refresh: (serverId) => reader.refresh(serverId, { isFresh: true }),
    patience,
    onLost,
    now,
  })
  const cutOffWrites = new CutOffWrites({ table: auditTable, registry, api, patience, onLost, onFault, now })
  const links = new LinkService({ api, table: linkReadings, patience, onLost, now })
  const demo = new DemoServers(registry, credentials)
  const testSubjects = new TestSubjects(registry, connections)
  const logInAttempts = new LogInAttempts({ clock, gatesOf: (identity) => testSubjects.gatesOf(identity) })
  const connectionTest = new ConnectionTest({
    clock,
    createTransport: network.transportFor,
    routeTo: network.routeTo,
    attempts: logInAttempts,
  })

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
    reader,
    conflicts,
    transitions,
    monitor: watching.monitor,
    notifications: watching.notifications,
    snoozes: watching.snoozes,
    watching,
    cache,
    storageCare,
    now,
    tasks,
    auditTable,
    editor,
    lifecycle,
    links,
    drafts: new DraftTable(stateDatabase, () => stateCheckpoint.soon()),
    snapshots,
    saveFile: (name: string, text: string): Promise<string | null> => host.saveFile(suggestedFileName(name), text),
    chooseFile: host.chooseFile,
    writeClipboard: host.writeClipboard,
    demo,
    connectionTest,
    testSubjects,
    logInAttempts,
    connectionLog,
    supportBundle: createSupportBundle({
      now,
      app,
      settings,
      views,
      connectionLog,
      storageCare,
      tasks,
      readLog: host.readLog,
    }),
    setProxyPassword: network.setProxyPassword,
    tryProxyOnce: network.tryProxyOnce,
    trust,
    /** Goes on with what an earlier session left open, before anything is written. */
    resume: (): void => {
      void cutOffWrites.resume()
      tasks.resume()
    },
    /** Forgets everything that was read, and reads it again. */
    clearCache: (): void => {
      for (const { id } of registry.all()) forgetReadings(id)
      cache.compact()
      watching.monitor.start()
    },
    /** Ends watching and reading, then closes the databases. Writes on their way are found out about at the next start. */
    close: async (): Promise<void> => {
      tasks.close()
      closing.abort()
      watching.stop()
      await connections.close()
      events.close()
      await demo.stop()
      cache.close()
      stateCheckpoint.close()
    },
  }
}
