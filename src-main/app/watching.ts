import type { ServerId } from '#contract/ids.ts'
import { dashed, foreign, foreignOrNone, message, sentences, type Message } from '#contract/messages/message.ts'
import type { WatchedRef } from '#contract/monitoring.ts'
import type { Notification } from '#contract/notifications.ts'
import type { Access } from '#contract/credentials.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Task } from '#contract/tasks.ts'
import { sayForLog } from '../text/say.ts'
import type { Clock } from '../clock.ts'
import type { ClockJumps } from '../clock-jumps.ts'
import type { ConflictService } from '../conflicts/conflict-service.ts'
import type { AppError } from '../errors/app-error.ts'
import { meansDown } from '../http/circuit-breaker.ts'
import { blockedError } from '../http/response-verdict.ts'
import { MaintenanceReminder } from '../jobs/maintenance-reminder.ts'
import type { Maintenances } from '../jobs/maintenances.ts'
import { PlannedEnds, type PlannedEndsOptions } from '../jobs/planned-ends.ts'
import type { Logger } from '../logging/logger.ts'
import { Housekeeping, type HousekeepingOptions } from '../storage/housekeeping.ts'
import { DeliveryWatch } from '../monitor/delivery-watch.ts'
import { Monitor } from '../monitor/monitor.ts'
import type { Notes } from '../notes/notes.ts'
import type { Alarm } from '../notifications/alarm.ts'
import { AlarmDebouncer, nameOf } from '../notifications/alarm-debouncer.ts'
import { CertificateWatch } from '../notifications/certificate-watch.ts'
import { NotificationCenter } from '../notifications/notification-center.ts'
import { Snoozes } from '../notifications/snoozes.ts'
import type { Certificates } from '../servers/certificates.ts'
import type { Connections } from '../servers/connections.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import type { CacheDatabase } from '../storage/cache-database.ts'
import { DeliveryTable } from '../storage/delivery-table.ts'
import { NotificationTable } from '../storage/notification-table.ts'
import type { SettingTable } from '../storage/setting-table.ts'
import type { StoredJob } from '../storage/job-table.ts'
import type { StorageCare } from '../storage/storage-care.ts'
import type { TransitionTable } from '../storage/transition-table.ts'
import { withUndelivered, type Undelivered } from '../synchronizations/health.ts'
import type { SynchronizationReader } from '../synchronizations/synchronization-reader.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import type { LostWrite } from '../tasks/lost-answer.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'

export interface WatchingOptions {
  readonly clock: Clock
  readonly jumps: ClockJumps
  readonly random: () => number
  readonly logger: Logger
  readonly settings: SettingsStore
  readonly settingTable: SettingTable
  readonly registry: ServerRegistry
  readonly certificates: Certificates
  readonly connections: Connections
  readonly reachability: Reachability
  readonly directory: SynchronizationDirectory
  readonly reader: SynchronizationReader
  readonly conflicts: ConflictService
  readonly cache: CacheDatabase
  readonly stateDatabase: ConstructorParameters<typeof NotificationTable>[0]
  readonly transitions: TransitionTable
  readonly storageCare: StorageCare
  readonly taskStore: TaskStore
  readonly jobs: HousekeepingOptions['jobs'] & PlannedEndsOptions['store']
  readonly jobPlanner: PlannedEndsOptions['planner']
  readonly jobRunner: PlannedEndsOptions['runner']
  readonly copyGuard: PlannedEndsOptions['copyGuard']
  readonly notes: Notes
  readonly maintenances: Pick<Maintenances, 'of'>
  readonly snapshots: HousekeepingOptions['snapshots']
}

/** Outcomes of a task that the user has to be told about. */
const FAILED: readonly Task['outcome'][] = ['failed', 'refused', 'lost', 'unknown']

/** What a maintenance mutes. What the user does to a synchronization meanwhile is still reported. */
const OF_STATES: ReadonlySet<Alarm['kind']> = new Set(['stopped', 'problem', 'recovered', 'conflicts'])

export type Watching = ReturnType<typeof createWatching>

/** Everything that watches by itself: the monitor, and whatever notifies the user of its findings. */
export function createWatching(parts: WatchingOptions) {
  const { clock, logger, registry, reachability } = parts
  const notificationTable = new NotificationTable(parts.stateDatabase)
  const snoozes = new Snoozes(notificationTable, clock)
  const { maintenances } = parts
  const muted = {
    isSnoozed: (alarm: Alarm): boolean =>
      snoozes.isSnoozed(alarm) ||
      (OF_STATES.has(alarm.kind) &&
        alarm.key !== null &&
        maintenances.of({ serverId: alarm.serverId, key: alarm.key }) !== null),
  }
  const notifications = new NotificationCenter({ ...parts, table: notificationTable, snoozes: muted })
  const alarms = new AlarmDebouncer({ ...parts, notifications })
  const monitor = new Monitor(parts)
  const deliveryWatch = new DeliveryWatch({ ...parts, deliveries: new DeliveryTable(parts.cache) })
  const { directory, notes } = parts
  const plannedEnds = new PlannedEnds({
    ...parts,
    store: parts.jobs,
    planner: parts.jobPlanner,
    runner: parts.jobRunner,
  })
  const reminder = new MaintenanceReminder({ store: parts.jobs, directory, notifications, plannedEnds, clock })
  const certificateWatch = new CertificateWatch({ ...parts, notifications, table: parts.settingTable })
  const isListed = ({ serverId, key }: WatchedRef): boolean =>
    key === null || directory.find({ serverId, key }) !== null
  const housekeeping = new Housekeeping({
    ...parts,
    notifications,
    snoozes,
    notes: { prune: (before) => notes.prune(isListed, before) },
  })

  return {
    snoozes,
    notifications,
    alarms,
    monitor,
    deliveryWatch,
    housekeeping,
    reminder,
    plannedEnds,
    /** All states of a server have been read, or reading failed. */
    roundEnded: (serverId: ServerId, isGood: boolean): void => {
      const { error } = reachability.get(serverId)
      if (isGood) alarms.roundEnded(serverId, true, null)
      // A proxy that refuses its user is reported once, not once per server behind it.
      else if (error !== null && meansDown(error.code) && error.code !== 'net.proxy-refused')
        alarms.roundEnded(serverId, false, error.message)
    },
    serverRemoved: (serverId: ServerId): void => {
      alarms.forget(serverId)
      deliveryWatch.removeServer(serverId)
      snoozes.reload()
    },
    /** The end of a maintenance was begun by itself. */
    plannedEndBegan: ({ maintenance }: StoredJob, { id, targets }: StoredJob): void =>
      notifications.raise({
        kind: 'job',
        tone: 'good',
        serverId: '',
        key: id,
        jobId: id,
        title: message('notifications.alarms.job.plannedEnd', {
          count: targets.filter(({ leftOut }) => leftOut === null).length,
        }),
        text: message('notifications.alarms.job.plannedEndText', { until: { at: maintenance?.until ?? clock.now() } }),
      }),
    undelivered: (ref: SynchronizationRef, undelivered: Undelivered): void => {
      const known = directory.find(ref)
      if (known === null) return
      const { state, reason } = withUndelivered(known.healthState, undelivered)
      notifications.raise({
        ...ref,
        kind: 'problem',
        tone: 'attention',
        title: message('notifications.alarms.attention', { key: ref.key, state }),
        text: dashed(foreignOrNone(known.integration.summary), reason, nameOf(ref.serverId, registry)),
      })
    },
    /** The gate of a server changed. */
    accessChanged: (serverId: ServerId, access: Access): void => {
      if (access.state === 'blocked') alarms.blocked(serverId, access.since, blockedError(access.reason).message)
    },
    proxyRefused: ({ data: { message: refusal, advice } }: AppError): void =>
      notifications.raise({
        kind: 'server-blocked',
        tone: 'bad',
        serverId: '',
        key: null,
        title: message('notifications.alarms.proxy'),
        text: advice === undefined ? refusal : sentences(refusal, advice),
      }),
    taskChanged: ({ state, outcome, operation, key, failure, serverId }: Task): void => {
      if (state !== 'ended' || !FAILED.includes(outcome)) return
      const ended = outcome === 'unknown' || outcome === 'lost' ? 'unknown' : 'failed'
      notifications.raise({
        kind: 'task-failed',
        tone: 'bad',
        serverId,
        key,
        title: message(`notifications.alarms.task.${ended}.${operation}`, { key }),
        text: dashed(failure, nameOf(serverId, registry)),
      })
    },
    /** A write whose answer was lost. Reported and stored at once, because the user may have looked away. */
    writeLost: ({ serverId, serverName, key, isSettled, title, text }: LostWrite): void => {
      const where = serverName === undefined ? nameOf(serverId, registry) : foreign(serverName)
      notifications.raise({
        kind: 'write-unknown',
        tone: isSettled ? 'good' : 'bad',
        serverId,
        key,
        title: message('notifications.onServer', { title, server: where }),
        text,
      })
      notifications.flush()
    },
    /** The problem with storing; null once storing works again. */
    storageChanged: (problem: Message | null): void => {
      if (problem === null) {
        logger.write('info', 'storing works again')
        notifications.raise(storageAlarm('good', message('notifications.alarms.storage.again'), null))
        return
      }
      logger.write('error', 'nothing is stored', { problem: sayForLog(problem) })
      notifications.raise(
        storageAlarm(
          'attention',
          message('notifications.alarms.storage.failed'),
          message('notifications.alarms.storage.failedText', { problem }),
        ),
      )
    },
    cacheSetAside: (fileName: string): void =>
      notifications.raise(
        storageAlarm(
          'attention',
          message('notifications.alarms.storage.setAside'),
          message('notifications.alarms.storage.setAsideText', { file: fileName }),
        ),
      ),
    start: (): void => {
      monitor.start()
      housekeeping.start()
      reminder.start()
      certificateWatch.start()
    },
    stop: (): void => {
      certificateWatch.stop()
      reminder.stop()
      housekeeping.stop()
      monitor.stop()
      notifications.close()
    },
  }
}

function storageAlarm(tone: Notification['tone'], title: Message, text: Message | null) {
  return { kind: 'storage', tone, serverId: '', key: null, title, text } as const
}
