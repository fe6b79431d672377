import { message, sentences } from '#contract/messages/message.ts'
import type { Notification } from '#contract/notifications.ts'
import type { Access } from '#contract/servers.ts'
import type { Task } from '#contract/tasks.ts'
import { say } from '../text/say.ts'
import type { Clock } from '../clock.ts'
import type { ConflictService } from '../conflicts/conflict-service.ts'
import type { AppError } from '../errors/app-error.ts'
import { meansDown } from '../http/circuit-breaker.ts'
import { blockedError } from '../http/response-verdict.ts'
import type { Logger } from '../logging/logger.ts'
import { Housekeeping } from '../storage/housekeeping.ts'
import { Monitor } from '../monitor/monitor.ts'
import { AlarmDebouncer, nameOf } from '../notifications/alarm-debouncer.ts'
import { NotificationCenter } from '../notifications/notification-center.ts'
import { Snoozes } from '../notifications/snoozes.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { NotificationTable } from '../storage/notification-table.ts'
import type { StorageCare } from '../storage/storage-care.ts'
import type { TransitionTable } from '../storage/transition-table.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import type { LostWrite } from '../tasks/lost-answer.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'

export interface WatchingParts {
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
  readonly settings: SettingsStore
  readonly registry: ServerRegistry
  readonly connections: Connections
  readonly reachability: Reachability
  readonly directory: SynchronizationDirectory
  readonly reader: SynchronizationReader
  readonly conflicts: ConflictService
  readonly notificationTable: NotificationTable
  readonly transitions: TransitionTable
  readonly storageCare: StorageCare
  readonly taskStore: TaskStore
}

/** Outcomes of a task that the user has to hear of. */
const FAILED: readonly Task['outcome'][] = ['failed', 'refused', 'lost', 'unknown']

export type Watching = ReturnType<typeof createWatching>

/** What watches by itself: the monitor, and what tells the user of what it found. */
export function createWatching(parts: WatchingParts) {
  const { clock, logger, registry, reachability } = parts
  const snoozes = new Snoozes(parts.notificationTable, clock)
  const notifications = new NotificationCenter({ ...parts, table: parts.notificationTable, snoozes })
  const alarms = new AlarmDebouncer({ ...parts, notifications })
  const monitor = new Monitor(parts)
  const housekeeping = new Housekeeping({ ...parts, notifications, snoozes })

  return {
    snoozes,
    notifications,
    alarms,
    monitor,
    housekeeping,
    /** All states of a server were read, or could not be. */
    roundEnded: (serverId: string, isGood: boolean): void => {
      const { error } = reachability.get(serverId)
      if (isGood) alarms.roundEnded(serverId, true, '')
      // A proxy that refuses its user is told once, and not for each server behind it.
      else if (error !== null && meansDown(error.code) && error.code !== 'net.proxy-refused')
        alarms.roundEnded(serverId, false, say(error.message))
    },
    serverRemoved: (serverId: string): void => {
      alarms.forget(serverId)
      snoozes.reload()
    },
    /** The gate of a server changed. */
    accessChanged: (serverId: string, access: Access): void => {
      if (access.state === 'blocked') alarms.blocked(serverId, access.since, say(blockedError(access.reason).message))
    },
    proxyRefused: ({ data: { message: refusal, advice } }: AppError): void =>
      notifications.raise({
        kind: 'server-blocked',
        tone: 'bad',
        serverId: '',
        key: null,
        title: 'The proxy needs you',
        text: say(advice === undefined ? refusal : sentences(refusal, advice)),
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
        text: [failure === null ? '' : say(failure), nameOf(serverId, registry)]
          .filter((part) => part !== '')
          .join(' – '),
      })
    },
    /** A write whose answer was lost; told and stored at once, for whoever wanted it may have looked away. */
    writeLost: ({ serverId, serverName, key, isSettled, title, text }: LostWrite): void => {
      const where = serverName ?? nameOf(serverId, registry)
      notifications.raise({
        kind: 'write-unknown',
        tone: isSettled ? 'good' : 'bad',
        serverId,
        key,
        title: say(message('notifications.onServer', { title, server: where })),
        text: say(text),
      })
      notifications.flush()
    },
    /** What is wrong with storing, in words; empty when it works again. */
    storageChanged: (problem: string): void => {
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
