import type { Notification } from '#contract/notifications.ts'
import type { Access } from '#contract/servers.ts'
import type { Settings } from '#contract/settings.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'
import { isAboutOneObject } from '../backbone/failures.ts'
import type { Clock } from '../clock.ts'
import type { ConflictService } from '../conflicts/conflict-service.ts'
import type { AppError } from '../errors/app-error.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import { meansDown } from '../http/circuit-breaker.ts'
import { blockedError } from '../http/response-verdict.ts'
import type { Logger } from '../logging/logger.ts'
import { Housekeeping } from '../storage/housekeeping.ts'
import { Monitor } from '../monitor/monitor.ts'
import { AlarmDebouncer } from '../notifications/alarm-debouncer.ts'
import { clockText } from '../notifications/clock-text.ts'
import { NotificationCenter } from '../notifications/notification-center.ts'
import { Snoozes } from '../notifications/snoozes.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { NotificationTable } from '../storage/notification-table.ts'
import type { StorageCare } from '../storage/storage-care.ts'
import type { TransitionTable } from '../storage/transition-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { LostWrite } from '../tasks/lost-answer.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'

export interface WatchingParts {
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
  readonly events: EventHub
  readonly settings: () => Settings
  readonly registry: ServerRegistry
  readonly connections: Connections
  readonly reachability: Reachability
  readonly directory: SynchronizationDirectory
  readonly reader: SynchronizationReader
  readonly conflicts: ConflictService
  readonly notificationTable: NotificationTable
  readonly transitions: TransitionTable
  readonly storageCare: StorageCare
  readonly isBusy: (ref: SynchronizationRef) => boolean
  /** Tells it by the operating system's means as well. */
  readonly notify: (notification: Notification) => void
  /** How many notifications nobody has read. */
  readonly setBadge: (count: number) => void
}

/** Outcomes of a task that the user has to hear of. */
const FAILED: readonly Task['outcome'][] = ['failed', 'refused', 'lost', 'unknown']

export type Watching = ReturnType<typeof createWatching>

/** What watches by itself: the monitor, and what tells the user of what it found. */
export function createWatching(parts: WatchingParts) {
  const { clock, logger, events, settings, registry, connections, reachability, directory, reader, conflicts } = parts
  const now = (): number => clock.now()
  const nameOf = (serverId: string): string => registry.find(serverId)?.name ?? 'A removed server'

  const snoozes = new Snoozes({
    table: parts.notificationTable,
    now,
    onChange: (list) => events.emit('snoozes:changed', list),
  })
  const notifications = new NotificationCenter({
    table: parts.notificationTable,
    snoozes,
    settings,
    clock,
    logger,
    onChange: (list) => {
      events.emit('notifications:changed', list)
      parts.setBadge(unread(list))
    },
    onTold: (notification) => {
      if (settings().systemNotifications) parts.notify(notification)
    },
  })
  const alarms = new AlarmDebouncer({
    raise: (alarm) => notifications.raise(alarm),
    isBusy: parts.isBusy,
    nameOf,
    lastReadAt: (serverId) => reachability.get(serverId).lastReadAt,
    clockText: (epochMs) => clockText(epochMs, now()),
  })
  const monitor = new Monitor({
    registry,
    reachability,
    access: (serverId) => connections.gate(serverId).access,
    settings,
    clock,
    random: parts.random,
    keysOf: (serverId) => directory.keysOf(serverId),
    readStates: async (serverId) =>
      (await reader.refresh(serverId)) ? 'read' : reachability.isWaitedFor(serverId) ? 'held' : 'failed',
    readDetails: async (ref) => {
      // Each for itself: a server may lack one of them.
      for (const reading of [
        () => reader.refreshItem(ref, { isBackground: true }),
        () => conflicts.read(ref, { isBackground: true }),
      ]) {
        try {
          await reading()
        } catch (error) {
          if (!isAboutOneObject(error)) throw error
        }
      }
    },
    detailsReadAt: (ref) => conflicts.readAt(ref),
    heldMs: (serverId) => connections.heldMs(serverId),
    onRound: (serverId, isGood) => {
      const { error } = reachability.get(serverId)
      if (isGood) alarms.roundEnded(serverId, true, '')
      // A proxy that refuses its user is told once, and not for each server behind it.
      else if (error !== null && meansDown(error.code) && error.code !== 'net.proxy-refused')
        alarms.roundEnded(serverId, false, error.message)
    },
    onFault: (serverId, fault) => {
      logger.write('error', 'round broke', { serverId, stack: fault instanceof Error ? fault.stack : String(fault) })
    },
    onJump: () => connections.disconnectAll(),
  })
  const housekeeping = new Housekeeping({
    clock,
    settings,
    logger,
    pruneTransitions: (before, limit) => parts.transitions.prune(before, limit),
    pruneConflicts: (before, limit) => conflicts.prune(before, limit),
    pruneNotifications: (before) => notifications.prune(before),
    pruneSnoozes: () => snoozes.prune(),
    lastBackupAt: () => parts.storageCare.lastBackupAt,
    backup: () => parts.storageCare.backup(),
  })
  registry.changed.on((change) => {
    if (change.kind !== 'removed' || change.serverId === null) return
    alarms.forget(change.serverId)
    snoozes.reload()
  })

  return {
    snoozes,
    notifications,
    alarms,
    monitor,
    housekeeping,
    /** The gate of a server changed. */
    accessChanged: (serverId: string, access: Access): void => {
      if (access.state === 'blocked') alarms.blocked(serverId, access.since, blockedError(access.reason).message)
    },
    proxyRefused: ({ data: { message, advice = '' } }: AppError): void =>
      notifications.raise({
        kind: 'server-blocked',
        tone: 'bad',
        serverId: '',
        key: null,
        title: 'The proxy needs you',
        text: `${message} ${advice}`,
      }),
    taskChanged: ({ state, outcome, operation, key, failure, serverId }: Task): void => {
      if (state !== 'ended' || !FAILED.includes(outcome)) return
      const title =
        outcome === 'unknown' || outcome === 'lost'
          ? `What became of the ${operation} of ${key} is not known`
          : `The ${operation} of ${key} failed`
      notifications.raise({
        kind: 'task-failed',
        tone: 'bad',
        serverId,
        key,
        title,
        text: `${failure} – ${nameOf(serverId)}`,
      })
    },
    /** A write whose answer was lost; told and stored at once, for whoever wanted it may have looked away. */
    writeLost: ({
      serverId,
      serverName,
      key,
      isSettled,
      title,
      text,
    }: LostWrite & { readonly serverName?: string }): void => {
      const where = serverName ?? nameOf(serverId)
      notifications.raise({
        kind: 'write-unknown',
        tone: isSettled ? 'good' : 'bad',
        serverId,
        key,
        title: `${title} on ${where}`,
        text,
      })
      notifications.flush()
    },
    /** What is wrong with storing, in words; empty when it works again. */
    storageChanged: (problem: string): void => {
      events.emit('storage:changed', { problem })
      logger.write(problem === '' ? 'info' : 'error', problem === '' ? 'storing works again' : 'nothing is stored', {
        problem,
      })
      notifications.raise(
        problem === ''
          ? storageAlarm('good', 'What is read is stored again', '')
          : storageAlarm(
              'attention',
              'What is read is not stored',
              `In Syncdeck’s folder, ${problem}. Everything goes on, but the next start will show older readings.`,
            ),
      )
    },
    cacheSetAside: (fileName: string): void =>
      notifications.raise(
        storageAlarm(
          'attention',
          'The cache was damaged and is read anew',
          `Histories and marks of earlier sessions are in the file ${fileName}; everything else comes back from the servers.`,
        ),
      ),
    start: (): void => {
      parts.setBadge(unread(notifications.list()))
      monitor.start()
      housekeeping.start()
    },
    stop: (): void => {
      housekeeping.stop()
      monitor.stop()
      notifications.close()
    },
  }
}

function storageAlarm(tone: Notification['tone'], title: string, text: string) {
  return { kind: 'storage', tone, serverId: '', key: null, title, text } as const
}

function unread(notifications: readonly Notification[]): number {
  return notifications.filter(({ isRead }) => !isRead).length
}
