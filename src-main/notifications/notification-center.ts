import { dashed, message, sentencesOf } from '#contract/messages/message.ts'
import { refId, type RefId } from '#contract/synchronizations.ts'
import type { Notification } from '#contract/notifications.ts'
import type { Settings } from '#contract/settings.ts'
import type { Clock } from '../clock.ts'
import { logFault } from '../logging/fault.ts'
import type { Logger } from '../logging/logger.ts'
import type { SettingsStore } from '../settings/settings-store.ts'
import { Signal } from '../signal.ts'
import type { NotificationTable } from '../storage/notification-table.ts'
import type { Alarm } from './alarm.ts'

/** Alarms are collected this long, so that many at once become one message. */
const GATHER_MS = 1_500
/** More than this of one kind become a digest. */
const MAX_SINGLE = 3
/** A digest names at most this many; a whole server may change at once. */
const MAX_LISTED = 50
/** Something that raised this many alarms … */
const FLAPPING_ALARMS = 4
/** … within this time raises no more until it has been quiet for the same time. */
const FLAPPING_MS = 15 * 60_000
/** Each is about another write by the user, which nothing else reports. */
const ALWAYS_NOTIFIED: ReadonlySet<Alarm['kind']> = new Set(['write-unknown'])
const KEPT = 500
/** How long a dismissed one can be restored. */
const DISMISSED_MS = 60 * 60_000

export interface NotificationCenterOptions {
  readonly table: NotificationTable
  /** What must not be reported. */
  readonly snoozes: { readonly isSnoozed: (alarm: Alarm) => boolean }
  readonly settings: Pick<SettingsStore, 'get'>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Notifies the user: keeps the list, combines many alarms into digests, and leaves out what is switched off or snoozed,
 * except for a write whose outcome is not known.
 */
export class NotificationCenter {
  /** The list, newest first. */
  readonly changed = new Signal<[Notification[]]>()
  /** A new one, alone or as a digest. */
  readonly notified = new Signal<[Notification]>()
  readonly #options: NotificationCenterOptions
  readonly #recent = new Map<RefId, number[]>()
  #gathered: Alarm[] = []
  #isClosed = false
  #cancelGathering: (() => void) | null = null

  constructor(options: NotificationCenterOptions) {
    this.#options = options
  }

  /** Newest first. */
  list(): Notification[] {
    return this.#options.table.list(KEPT)
  }

  get unreadCount(): number {
    return this.list().filter(({ isRead }) => !isRead).length
  }

  raise(alarm: Alarm): void {
    if (this.#isClosed) return
    const { settings, snoozes, clock } = this.#options
    const isUnheard = !isWanted(alarm.kind, settings.get()) || snoozes.isSnoozed(alarm)
    const published = ALWAYS_NOTIFIED.has(alarm.kind) ? alarm : isUnheard ? null : this.#calmed(alarm)
    if (published === null) return
    this.#gathered.push(published)
    this.#cancelGathering ??= clock.after(GATHER_MS, () => this.flush())
  }

  /** Sends what was collected, and nothing afterwards. */
  close(): void {
    this.flush()
    this.#isClosed = true
  }

  /** Sends what was collected. */
  flush(): void {
    this.#cancelGathering?.()
    this.#cancelGathering = null
    const gathered = this.#gathered
    this.#gathered = []
    if (gathered.length === 0) return
    const at = this.#options.clock.now()
    const byKind = Map.groupBy(gathered, ({ kind }) => kind)
    for (const alarms of byKind.values()) {
      if (alarms.length > MAX_SINGLE) this.#publish({ at, ...digestOf(alarms) })
      else for (const alarm of alarms) this.#publish({ at, ...single(alarm) })
    }
    this.#changed()
  }

  markRead(ids: readonly number[]): void {
    this.#listChanged(this.#options.table.markRead(ids))
  }

  /** Removes these from the list; returns those that were in it. */
  dismiss(ids: readonly number[]): number[] {
    return this.#listChanged(this.#options.table.dismiss(ids, this.#options.clock.now()))
  }

  /** Restores dismissed ones as they were; returns those that were restored. */
  restore(ids: readonly number[]): number[] {
    return this.#listChanged(this.#options.table.restore(ids))
  }

  /** Forgets notifications older than `before`, epoch ms, and those dismissed a while ago. */
  prune(before: number): void {
    const { table, clock } = this.#options
    if (table.prune(before, clock.now() - DISMISSED_MS) > 0) this.#changed()
  }

  #listChanged(ids: number[]): number[] {
    if (ids.length > 0) this.#changed()
    return ids
  }

  /** The alarm itself, or one that says that its object keeps changing; null once that has been reported. */
  #calmed(alarm: Alarm): Alarm | null {
    const elapsed = this.#options.clock.elapsed()
    const object = refId(alarm)
    const times = (this.#recent.get(object) ?? []).filter((time) => elapsed - time < FLAPPING_MS)
    times.push(elapsed)
    this.#recent.set(object, times)
    if (times.length < FLAPPING_ALARMS) return alarm
    if (times.length > FLAPPING_ALARMS) return null
    return {
      ...alarm,
      tone: 'attention',
      text: sentencesOf(alarm.text, message('notifications.keepsChanging')),
    }
  }

  #publish(notification: Omit<Notification, 'id' | 'isRead'>): void {
    const { table, logger } = this.#options
    try {
      const id = table.add(notification)
      this.notified.emit({ ...notification, id, isRead: false })
    } catch (error) {
      // Even if the list cannot be stored, the user must be notified.
      logFault(logger, 'notification not stored', error)
      this.notified.emit({ ...notification, id: 0, isRead: false })
    }
  }

  #changed(): void {
    this.changed.emit(this.list())
  }
}

function single({ kind, tone, serverId, key, title, text, jobId }: Alarm): Omit<Notification, 'id' | 'isRead' | 'at'> {
  const items = serverId === '' ? [] : [{ serverId, key, text: title }]
  return { kind, tone, title, text, items, jobId: jobId ?? null }
}

function digestOf(alarms: readonly Alarm[]): Omit<Notification, 'id' | 'isRead' | 'at'> {
  const [first] = alarms
  const kind = first?.kind ?? 'problem'
  const tone = alarms.some((alarm) => alarm.tone === 'bad') ? 'bad' : (first?.tone ?? 'attention')
  return {
    kind,
    tone,
    title: message(`notifications.digest.${kind}`, { count: alarms.length }),
    text: alarms.length > MAX_LISTED ? message('notifications.firstListed', { count: MAX_LISTED }) : null,
    items: alarms
      .filter(({ serverId }) => serverId !== '')
      .slice(0, MAX_LISTED)
      .map(({ serverId, key, title, text }) => ({ serverId, key, text: dashed(title, text) ?? title })),
    jobId: null,
  }
}

function isWanted(kind: Notification['kind'], settings: Settings): boolean {
  switch (kind) {
    case 'stopped':
      return settings.notifyStopped
    case 'problem':
      return settings.notifyProblems
    case 'recovered':
      return settings.notifyRecovered
    case 'conflicts':
      return settings.notifyConflicts
    case 'task-failed':
      return settings.notifyTasks
    case 'server-away':
    case 'server-back':
      return settings.notifyServers
    // Nothing more happens there until the user acts.
    case 'server-blocked':
    case 'certificate':
    case 'write-unknown':
    case 'storage':
    case 'job':
      return true
  }
}
