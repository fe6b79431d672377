import type { ServerId } from '#contract/ids.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import type { CopyGuard } from '../copy-guard/copy-guard.ts'
import type { ConflictService } from '../conflicts/conflict-service.ts'
import type { Network } from '../http/network.ts'
import { forgetSecretPatterns } from '../http/strike-secrets.ts'
import { JobAlarms } from '../jobs/job-alarms.ts'
import type { JobStore } from '../jobs/job-store.ts'
import { viewOf } from '../jobs/job-state.ts'
import type { Maintenances } from '../jobs/maintenances.ts'
import type { StepRunner } from '../jobs/step-runner.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { ServerHistory } from '../monitor/server-history.ts'
import type { Notes } from '../notes/notes.ts'
import type { CredentialStore } from '../secrets/credential-store.ts'
import type { Certificates } from '../servers/certificates.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { CacheDatabase } from '../storage/cache-database.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { LostWrite } from '../tasks/lost-answer.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import type { Signal } from '../signal.ts'
import type { Host } from './host.ts'
import type { Watching } from './watching.ts'

export interface Wired {
  readonly host: Pick<Host, 'onSettings' | 'notify' | 'setBadge'>
  readonly cache: CacheDatabase
  readonly settings: SettingsStore
  readonly registry: ServerRegistry
  readonly credentials: CredentialStore
  readonly audit: AuditLog
  readonly network: Network
  readonly connections: Connections
  readonly reachability: Reachability
  readonly certificates: Certificates
  readonly directory: SynchronizationDirectory
  readonly conflicts: ConflictService
  readonly serverHistory: ServerHistory
  readonly taskStore: TaskStore
  readonly jobStore: JobStore
  readonly jobSteps: StepRunner
  readonly maintenances: Maintenances
  /** The services that can lose the answer to a write. */
  readonly lostWrites: readonly Signal<[LostWrite]>[]
  readonly watching: Watching
  readonly notes: Notes
  readonly copyGuard: CopyGuard
  readonly events: EventHub
  /** Forgets everything that was read from a server. */
  readonly forgetReadings: (serverId: ServerId) => void
}

/** Says who is notified of what, once all services are built. Listeners of the same signal run in this order. */
export function wire(services: Wired): void {
  wireSettings(services)
  wireServers(services)
  wireSynchronizations(services)
  wireWrites(services)
  wireNotifications(services)
  const { cache, credentials, directory, conflicts, watching, notes, events } = services

  cache.problemChanged.on((problem) => {
    events.emit('storage:changed', { problem })
    watching.storageChanged(problem)
    // What could not be stored in the meantime is still in memory.
    if (problem === null) {
      directory.storeAll()
      conflicts.storeAll()
    }
  })
  notes.changed.on((refs) => {
    directory.notesChanged(refs.flatMap(({ serverId, key }) => (key === null ? [] : [{ serverId, key }])))
    for (const { serverId, key } of refs) if (key === null) events.serverChanged(serverId)
  })
  credentials.outdated.on(forgetSecretPatterns)
  credentials.stateChanged.on((state) => events.emit('vault:changed', state))
}

function wireSynchronizations(services: Wired): void {
  const { directory, conflicts, copyGuard, maintenances, watching, events } = services
  const { alarms, monitor, deliveryWatch } = watching
  directory.changed.on((changes) => {
    for (const { serverId, key, after } of changes) if (after === null) conflicts.forget({ serverId, key })
    copyGuard.read(changes)
    maintenances.read(changes)
    alarms.changed(changes)
    deliveryWatch.changed(changes)
    monitor.changed(changes)
  })
  maintenances.changed.on((refs) => directory.notesChanged(refs))
  directory.rowsChanged.on((delta) => events.rowsChanged(delta))
  conflicts.changed.on((delta) => events.conflictsChanged(delta))
  conflicts.appeared.on((ref, appeared) => {
    alarms.newConflicts(ref, appeared)
    monitor.readAgain(ref)
  })
  conflicts.wasRead.on((ref, present) => alarms.conflictsRead(ref, present))
  monitor.roundEnded.on((serverId, isGood) => {
    watching.roundEnded(serverId, isGood)
    if (isGood) copyGuard.wasRead(serverId)
    watching.plannedEnds.roundEnded(serverId, isGood)
    if (isGood) void deliveryWatch.roundEnded(serverId)
  })
  deliveryWatch.noticed.on((ref, undelivered) => watching.undelivered(ref, undelivered))
}

function wireWrites(services: Wired): void {
  const { taskStore, jobStore, jobSteps, maintenances, lostWrites, audit, watching, events } = services
  taskStore.changed.on((task) => {
    events.taskChanged(task)
    watching.taskChanged(task)
    audit.taskChanged(task)
    jobSteps.taskChanged(task)
  })
  watching.plannedEnds.began.on((job, end) => watching.plannedEndBegan(job, end))
  const jobAlarms = new JobAlarms(watching.notifications, jobStore.all())
  jobStore.changed.on((job) => jobAlarms.changed(job))
  jobStore.removed.on((ids) => jobAlarms.removed(ids))
  jobStore.changed.on((job) => maintenances.jobChanged(job))
  jobStore.removed.on((ids) => maintenances.jobsRemoved(ids))
  jobStore.changed.on(({ id }) => events.jobChanged(id, () => viewOf(jobStore.get(id))))
  jobStore.removed.on((ids) => events.jobsRemoved(ids))
  for (const writeLost of lostWrites) writeLost.on((lost) => watching.writeLost(lost))
  audit.grown.on((lastId) => events.emit('audit:changed', { lastId }))
}

function wireSettings({ host, settings, network, connections, certificates, watching, events }: Wired): void {
  settings.changed.on((value, before) => {
    host.onSettings?.(value, before)
    network.settingsChanged(before, value)
    watching.monitor.settingsChanged(before, value)
    watching.deliveryWatch.settingsChanged(before, value)
    events.emit('settings:changed', value)
  })
  // Every connection starts over, and whatever failed on the old route is retried at once.
  network.changed.on(() => {
    connections.disconnectAll()
    certificates.routeChanged()
    watching.monitor.networkIsBack()
  })
  network.refused.on((error) => watching.proxyRefused(error))
}

function wireServers(services: Wired): void {
  const { registry, credentials, connections, reachability, certificates, serverHistory, watching, copyGuard, events } =
    services
  connections.accessChanged.on((serverId) => {
    serverHistory.note(serverId)
    watching.accessChanged(serverId, connections.gate(serverId).access)
    events.serverChanged(serverId)
  })
  connections.reopened.on((serverId) => watching.monitor.readSoon(serverId))
  connections.rateLimitChanged.on((serverId) => events.serverChanged(serverId))
  reachability.changed.on((serverId) => {
    serverHistory.note(serverId)
    events.serverChanged(serverId)
  })
  copyGuard.changed.on((serverId) => events.serverChanged(serverId))
  certificates.changed.on((serverId) => events.serverChanged(serverId))
  registry.changed.on((change) => {
    if (change.kind === 'removed' && change.serverId !== null) {
      watching.serverRemoved(change.serverId)
      services.forgetReadings(change.serverId)
      services.notes.removeServer(change.serverId)
      copyGuard.removeServer(change.serverId)
      reachability.forget(change.serverId)
      void credentials.remove(change.serverId)
    } else if (change.serverId !== null) {
      serverHistory.note(change.serverId)
      if (change.kind === 'updated' && change.isAddressChanged) {
        copyGuard.addressChanged(change.serverId)
        // Nothing must be aimed at the new address that was read at the old one.
        services.directory.removeServer(change.serverId)
        services.jobStore.forgetPlansAt(change.serverId)
      }
    }
    events.serverListChanged()
  })
}

function wireNotifications({ host, settings, watching: { notifications, snoozes }, events }: Wired): void {
  notifications.changed.on((list) => {
    events.emit('notifications:changed', list)
    host.setBadge(notifications.unreadCount)
  })
  notifications.notified.on((notification) => {
    if (settings.get().systemNotifications) host.notify(notification)
  })
  snoozes.changed.on((list) => events.emit('snoozes:changed', list))
}
