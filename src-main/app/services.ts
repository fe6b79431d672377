import { basename, join } from 'node:path'
import type { ServerId } from '#contract/ids.ts'
import { AuditLog } from '../audit/audit-log.ts'
import { systemClock } from '../clock.ts'
import { ClockJumps } from '../clock-jumps.ts'
import { ConflictService } from '../conflicts/conflict-service.ts'
import { CopyGuard } from '../copy-guard/copy-guard.ts'
import { CutOffWrites } from '../editing/cut-off-writes.ts'
import { Editor } from '../editing/editor.ts'
import { Keeper } from '../editing/keeper.ts'
import { Lifecycle } from '../editing/lifecycle.ts'
import { OwnCreations } from '../editing/own-creations.ts'
import { suggestedFileName } from '../export/file-name.ts'
import { Network } from '../http/network.ts'
import { EventHub } from '../ipc/event-hub.ts'
import { CopyPlanner } from '../jobs/copy-planner.ts'
import { CopyStep } from '../jobs/copy-step.ts'
import { JobPlanner } from '../jobs/job-planner.ts'
import { JobRunner } from '../jobs/job-runner.ts'
import { JobStore } from '../jobs/job-store.ts'
import { Maintenances } from '../jobs/maintenances.ts'
import { PlanReadings } from '../jobs/plan-readings.ts'
import { StepRunner } from '../jobs/step-runner.ts'
import { SyncUserLogIn } from '../jobs/sync-user-log-in.ts'
import { LinkService } from '../links/link-service.ts'
import { ServerHistory } from '../monitor/server-history.ts'
import { Notes } from '../notes/notes.ts'
import { CredentialStore } from '../secrets/credential-store.ts'
import { TrustGuard } from '../security/trust-guard.ts'
import { ConnectionLog } from '../servers/connection-log.ts'
import { ConnectionTest } from '../diagnosis/connection-test.ts'
import { Certificates } from '../servers/certificates.ts'
import { Connections } from '../servers/connections.ts'
import { DemoServers } from '../servers/demo-servers.ts'
import { LogInAttempts } from '../servers/log-in-attempts.ts'
import { Reachability } from '../servers/reachability.ts'
import { ServerRegistry } from '../servers/server-registry.ts'
import { answeredSince, remember, WATCHED_MS } from './remember-past.ts'
import { ServerViews } from './server-views.ts'
import { TestSubjects } from '../diagnosis/test-subject.ts'
import { ProxyGateStore } from '../settings/proxy-gate-store.ts'
import { SettingsStore } from '../settings/settings-store.ts'
import { AuditTable } from '../storage/audit-table.ts'
import { CacheDatabase } from '../storage/cache-database.ts'
import { ConflictTable } from '../storage/conflict-table.ts'
import { CopyGuardTable } from '../storage/copy-guard-table.ts'
import { DraftTable } from '../storage/draft-table.ts'
import { JobTable } from '../storage/job-table.ts'
import { LongReadingTable } from '../storage/long-reading-table.ts'
import { NoteTable } from '../storage/note-table.ts'
import { openCacheDatabase, openStateDatabase } from '../storage/open-database.ts'
import { ServerTable } from '../storage/server-table.ts'
import { SettingTable } from '../storage/setting-table.ts'
import { SnapshotTable } from '../storage/snapshot-table.ts'
import { StateCheckpoint } from '../storage/state-checkpoint.ts'
import { StateDisk } from '../storage/state-disk.ts'
import { StorageCare } from '../storage/storage-care.ts'
import { SynchronizationTable } from '../storage/synchronization-table.ts'
import { TaskTable } from '../storage/task-table.ts'
import { TransitionTable } from '../storage/transition-table.ts'
import { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import { EffectReader } from '../tasks/effect-reader.ts'
import { TaskRunner } from '../tasks/task-runner.ts'
import { TaskStore } from '../tasks/task-store.ts'
import { createSupportBundle } from './support.ts'
import type { Host } from './host.ts'
import { createWatching } from './watching.ts'
import { WindowPlaceStore } from './window-place-store.ts'
import { wire } from './wiring.ts'

export type Services = ReturnType<typeof createServices>

/**
 * Builds every service, and returns them with `close`, which ends them in reverse. Throws when `state.db` cannot be
 * used; nothing is left open then.
 */
export function createServices(host: Host) {
  const { folder, keychain, logger, app, openExternal } = host
  const clock = host.clock ?? systemClock
  const random = host.random ?? Math.random

  const closing = new AbortController()
  const stateDatabase = openStateDatabase(join(folder, 'state.db'), clock.now())
  const { database: cacheDatabase, setAside } = openCacheDatabase(join(folder, 'cache.db'), clock.now())
  const cache = new CacheDatabase(cacheDatabase, clock)

  const stateCheckpoint = new StateCheckpoint({ database: stateDatabase, clock, logger })
  const settingTable = new SettingTable(stateDatabase)
  const settings = new SettingsStore(settingTable)
  const credentials = new CredentialStore({ keychain, logger })
  const serverTable = new ServerTable(stateDatabase)
  const registry = new ServerRegistry(serverTable)
  const auditTable = new AuditTable(stateDatabase)
  const stateDisk = new StateDisk(join(folder, 'state.db'), host.syncFile)
  const audit = new AuditLog({ table: auditTable, clock, logger, closing: closing.signal, disk: stateDisk })
  const network = new Network({
    settings,
    credentials,
    clock,
    store: new ProxyGateStore(settingTable, logger),
    resolveSystemProxy: host.resolveSystemProxy,
    createTransport: host.createTransport,
  })
  const synchronizationTable = new SynchronizationTable(cache)
  const transitions = new TransitionTable(cache)
  const notes = new Notes(new NoteTable(stateDatabase, stateCheckpoint), clock)
  const jobStore = new JobStore({ table: new JobTable(stateDatabase), logger })
  const maintenances = new Maintenances({ store: jobStore, registry, clock })
  const directory = new SynchronizationDirectory({
    table: synchronizationTable,
    transitions,
    registry,
    clock,
    notes,
    maintenances,
  })
  const copyGuard = new CopyGuard({
    table: new CopyGuardTable(stateDatabase),
    registry,
    records: () => directory.records(),
    clock,
    logger,
  })
  const connectionLog = new ConnectionLog(clock)
  const jumps = new ClockJumps(clock)
  const certificates = new Certificates(registry)
  const connections = new Connections({
    registry,
    audit,
    log: connectionLog,
    certificates,
    table: serverTable,
    credentials,
    settings,
    clock,
    jumps,
    random,
    logger,
    isReadOnly: app.isReadOnly,
    network,
    copyGuard,
  })
  const reachability = new Reachability(clock)
  for (const [serverId, readAt] of directory.earlierReadings) reachability.restore(serverId, readAt)
  const reader = new SynchronizationReader({
    directory,
    table: synchronizationTable,
    connections,
    reachability,
    settings,
    logger,
    clock,
  })
  const conflicts = new ConflictService({
    table: new ConflictTable(cache),
    answers: new LongReadingTable(cache, 'conflicts'),
    connections,
    directory,
    clock,
  })
  const serverHistory = new ServerHistory({ table: transitions, clock, registry, connections, reachability })
  const taskPollMs = host.taskPollMs ?? 1000
  const taskTable = new TaskTable(stateDatabase)
  const taskStore = new TaskStore({ table: taskTable, clock, logger })
  const tasks = new TaskRunner({
    store: taskStore,
    registry,
    connections,
    directory,
    effects: new EffectReader(reader, logger, clock),
    copyGuard,
    logger,
    clock,
    pollMs: taskPollMs,
  })
  const editor = new Editor({ registry, connections, directory, tasks })
  const logInAttempts = new LogInAttempts({ clock, registry, connections })
  const snapshots = new SnapshotTable(stateDatabase)
  const patience = { clock, pollMs: taskPollMs, signal: closing.signal }
  const creations = new OwnCreations()
  const keeper = new Keeper({ registry, connections, snapshots, clock })
  const lifecycle = new Lifecycle({ registry, connections, keeper, reader, patience, creations })
  const copies = new CopyStep({ keeper, lifecycle, auditTable })
  const jobSteps = new StepRunner({ reader, registry, tasks, taskStore, editor, keeper, lifecycle, directory, copies })
  const jobs = new JobRunner({
    store: jobStore,
    steps: jobSteps,
    reader,
    logIn: new SyncUserLogIn({ registry, network, attempts: logInAttempts, connections, clock }),
    taskTable,
    settings,
    logger,
    clock,
    pollMs: taskPollMs,
  })
  const readings = new PlanReadings({ registry, connections, reachability, reader, isReadOnly: app.isReadOnly })
  const planning = { store: jobStore, readings, registry, directory, clock, copyGuard }
  const jobPlanner = new JobPlanner({ ...planning, taskStore })
  const copyPlanner = new CopyPlanner({ ...planning, connections, lifecycle })
  const cutOffWrites = new CutOffWrites({ table: auditTable, registry, connections, patience, logger, creations })
  const linkReadings = new LongReadingTable(cache, 'links')
  const links = new LinkService({ registry, connections, table: linkReadings, patience })
  const storageCare = new StorageCare({ folder, state: stateDatabase, cache, cacheDatabase, clock })
  const watching = createWatching({
    ...planning,
    jobPlanner,
    jobRunner: jobs,
    jumps,
    random,
    logger,
    settings,
    settingTable,
    certificates,
    connections,
    reachability,
    reader,
    conflicts,
    cache,
    stateDatabase,
    transitions,
    storageCare,
    taskStore,
    jobs: jobStore,
    snapshots,
    notes,
    maintenances,
  })
  const trust = new TrustGuard({ settings, registry, confirm: host.confirm, clock })
  const views = new ServerViews({
    registry,
    connections,
    credentials,
    reachability,
    certificates,
    directory,
    notes,
    copyGuard,
    isReadOnly: app.isReadOnly,
  })
  // Almost everything that is stored is also sent to the page.
  const events = new EventHub({ send: stateCheckpoint.soonAfter(host.send), servers: views })
  /** Forgets everything that was read from a server. */
  const forgetReadings = (serverId: ServerId): void => {
    directory.removeServer(serverId)
    copyGuard.forgetReadings(serverId)
    conflicts.removeServer(serverId)
    transitions.removeServer(serverId)
    linkReadings.removeServer(serverId)
    serverHistory.forget(serverId)
  }
  wire({
    host,
    cache,
    settings,
    registry,
    credentials,
    audit,
    network,
    connections,
    reachability,
    certificates,
    directory,
    conflicts,
    serverHistory,
    taskStore,
    jobStore,
    jobSteps,
    maintenances,
    lostWrites: [lifecycle.writeLost, links.writeLost, cutOffWrites.writeLost],
    watching,
    notes,
    copyGuard,
    events,
    forgetReadings,
  })
  if (setAside !== null) {
    logger.write('warn', 'cache set aside', { ...setAside })
    watching.cacheSetAside(basename(setAside.movedTo))
  }
  const demo = new DemoServers(registry, credentials, async (serverId, jira) => {
    const now = clock.now()
    serverHistory.applyPast(serverId, answeredSince(serverId, now - WATCHED_MS))
    for (const past of jira.past(now)) await remember({ directory, conflicts }, serverId, past, now)
  })
  const testSubjects = new TestSubjects(registry, connections)
  const connectionTest = new ConnectionTest({ clock, network, attempts: logInAttempts, connections })

  return {
    app,
    logger,
    openExternal,
    events,
    settings,
    windowPlace: new WindowPlaceStore(settingTable, logger),
    credentials,
    registry,
    connections,
    reachability,
    directory,
    views,
    reader,
    conflicts,
    notes,
    copyGuard,
    transitions,
    monitor: watching.monitor,
    notifications: watching.notifications,
    snoozes: watching.snoozes,
    watching,
    cache,
    storageCare,
    clock,
    tasks,
    taskStore,
    jobs,
    jobStore,
    jobPlanner,
    copyPlanner,
    maintenances,
    auditTable,
    editor,
    lifecycle,
    links,
    drafts: new DraftTable(stateDatabase, stateCheckpoint),
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
      clock,
      app,
      settings,
      views,
      connectionLog,
      storageCare,
      taskStore,
      host,
    }),
    network,
    trust,
    /** Resumes what an earlier session left unfinished, before anything is written. */
    resume: (): void => {
      audit.resume((id) => taskTable.find(id))
      void cutOffWrites.resume()
      // Before the tasks, because a job waits for its tasks to end.
      jobs.resume()
      tasks.resume()
    },
    /** Forgets everything that was read, and reads it again. */
    clearCache: (): void => {
      for (const { id } of registry.all()) forgetReadings(id)
      cache.compact()
      watching.monitor.start()
    },
    /**
     * Stops watching and reading, then closes the databases. The outcome of writes still under way is determined at the
     * next start.
     */
    close: async (): Promise<void> => {
      jobs.close()
      tasks.close()
      closing.abort()
      watching.stop()
      await connections.close()
      events.close()
      await demo.stop()
      cache.close()
      stateDisk.close()
      stateCheckpoint.close()
    },
  }
}
