import { message, sentencesOf } from '#contract/messages/message.ts'
import type { Clock } from '../clock.ts'
import type { NotificationCenter } from '../notifications/notification-center.ts'
import type { StoredJob } from '../storage/job-table.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'
import type { JobStore } from './job-store.ts'
import { isIn } from './maintenances.ts'
import type { PlannedEnds } from './planned-ends.ts'

/** Between two checks: a timer may pause while the computer sleeps. */
const EVERY_MS = 30_000

export interface MaintenanceReminderOptions {
  readonly store: Pick<JobStore, 'all' | 'note'>
  readonly directory: Pick<SynchronizationDirectory, 'find'>
  readonly notifications: Pick<NotificationCenter, 'raise'>
  readonly plannedEnds: Pick<PlannedEnds, 'look' | 'isPending'>
  readonly clock: Clock
}

/**
 * Notifies the user once when the planned end of a maintenance has passed and something it stopped has not been started
 * again.
 */
export class MaintenanceReminder {
  readonly #options: MaintenanceReminderOptions
  #cancel: (() => void) | null = null

  constructor(options: MaintenanceReminderOptions) {
    this.#options = options
  }

  start(): void {
    this.stop()
    this.#cancel = this.#options.clock.after(EVERY_MS, () => {
      this.look()
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = null
  }

  /** Sends a reminder for those whose planned end has passed. */
  look(): void {
    const { store, clock, plannedEnds } = this.#options
    plannedEnds.look()
    const now = clock.now()
    for (const job of store.all()) {
      const { maintenance } = job
      if (maintenance === null || maintenance.until === null || maintenance.remindedAt !== null) continue
      if (maintenance.until > now || plannedEnds.isPending(job)) continue
      const count = this.#stillStopped(job)
      if (count > 0) this.#remind(job, count)
    }
  }

  /** If it has not been read since Syncdeck started, it may be running by now. */
  #stillStopped({ targets }: StoredJob): number {
    const { directory } = this.#options
    return targets.filter((target) => isIn(target) && directory.find(target)?.source === 'live').length
  }

  #remind(job: StoredJob, count: number): void {
    const { store, notifications, clock } = this.#options
    const { maintenance } = job
    if (maintenance === null || maintenance.until === null) return
    // Recorded first, at least in memory, so that the user is notified only once.
    store.note({ ...job, maintenance: { ...maintenance, remindedAt: clock.now() } })
    notifications.raise({
      kind: 'job',
      tone: 'attention',
      serverId: '',
      key: job.id,
      jobId: job.id,
      title: message('notifications.alarms.job.overdue', { count }),
      text: sentencesOf(
        message('notifications.alarms.job.overdueText', { until: { at: maintenance.until } }),
        maintenance.onlyAsks && message('jobs.onlyAsks.because', { why: maintenance.onlyAsks }),
      ),
    })
  }
}
