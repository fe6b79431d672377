import {
  dashed,
  enumerated,
  foreign,
  foreignOrNone,
  message,
  sentencesOf,
  type Message,
} from '#contract/messages/message.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import type { Conflict } from '#contract/conflicts.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Reachability } from '../servers/reachability.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { HealthState } from '../synchronizations/health.ts'
import { hasSameState, type Change } from '../synchronizations/synchronization-record.ts'
import type { TaskStore } from '../tasks/task-store.ts'
import { judgeChange } from './alarm.ts'
import type { NotificationCenter } from './notification-center.ts'

/** How many equal readings in a row it takes to believe a change. */
const READINGS_TO_BELIEVE = 2

export interface AlarmDebouncerOptions {
  readonly notifications: Pick<NotificationCenter, 'raise'>
  /** What the user is currently changing through Syncdeck is not news. */
  readonly taskStore: Pick<TaskStore, 'isBusy'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly reachability: Pick<Reachability, 'get'>
}

/** A change that was read once, and the state the user knew before it. */
interface Candidate {
  readonly key: string
  readonly summary: string
  readonly before: HealthState
  readonly after: HealthState
  /** The server's round in which `after` was first read. */
  readonly round: number
}

interface Watched {
  round: number
  readonly candidates: Map<string, Candidate>
  /** New conflicts seen by one reading, by synchronization. */
  readonly conflicts: Map<string, Map<string, Conflict>>
  /** What was last reported about the server; `returning` from start until its first good round. */
  reported: 'returning' | 'here' | 'away'
  /** Consecutive rounds that contradict that. */
  against: number
  awaySince: number | null
  reportedBlock: number | null
}

/**
 * Decides what is worth an alarm. A change counts once a second reading confirms it, so that a state that comes and
 * goes raises none. When an unavailable server is back, one message reports what has changed.
 */
export class AlarmDebouncer {
  readonly #options: AlarmDebouncerOptions
  readonly #servers = new Map<string, Watched>()

  constructor(options: AlarmDebouncerOptions) {
    this.#options = options
  }

  changed(changes: readonly Change[]): void {
    for (const { serverId, key, before, after } of changes) {
      const { candidates, round } = this.#watchedOf(serverId)
      const known = candidates.get(key)
      if (
        before === null ||
        after === null ||
        before.statusText === null ||
        this.#options.taskStore.isBusy({ serverId, key })
      ) {
        candidates.delete(key)
        continue
      }
      if (before.healthState === after.healthState) continue
      const reported = known?.before ?? before.healthState
      if (judgeChange(reported, after.healthState) === null && !isOnTheWay(after.healthState)) candidates.delete(key)
      else {
        const isSeenBefore = known !== undefined && hasSameState(known.after, after.healthState)
        candidates.set(key, {
          key,
          summary: after.integration.summary,
          before: reported,
          after: after.healthState,
          round: isSeenBefore ? known.round : round,
        })
      }
    }
  }

  /** Conflicts that the last reading of a synchronization did not have. */
  newConflicts({ serverId, key }: SynchronizationRef, conflicts: readonly Conflict[]): void {
    const { conflicts: waiting } = this.#watchedOf(serverId)
    const ofKey = waiting.get(key) ?? new Map<string, Conflict>()
    for (const conflict of conflicts) ofKey.set(conflict.identity, conflict)
    waiting.set(key, ofKey)
  }

  /** A reading of conflicts: pending ones that still exist are reported, the others are dropped. */
  conflictsRead({ serverId, key }: SynchronizationRef, present: ReadonlySet<string>): void {
    const watched = this.#watchedOf(serverId)
    const waiting = watched.conflicts.get(key)
    if (waiting === undefined || watched.reported !== 'here') return
    watched.conflicts.delete(key)
    const there = [...waiting.values()].filter(({ identity }) => present.has(identity))
    const [first] = there
    if (first === undefined) return
    this.#options.notifications.raise({
      kind: 'conflicts',
      tone: 'attention',
      serverId,
      key,
      title: message('notifications.alarms.conflicts', { count: there.length, key }),
      text: dashed(
        foreignOrNone(first.message || first.kind) ?? message('notifications.seeJson'),
        this.#nameOf(serverId),
      ),
    })
  }

  roundEnded(serverId: ServerId, isGood: boolean, failure: Message | null): void {
    const watched = this.#watchedOf(serverId)
    if (isGood) this.#answered(serverId, watched)
    else this.#failed(serverId, watched, failure)
  }

  /** The server's gate closed. That is certain at once, and reported once. */
  blocked(serverId: ServerId, since: number, refusal: Message): void {
    const watched = this.#watchedOf(serverId)
    if (watched.reportedBlock === since) return
    watched.reportedBlock = since
    this.#options.notifications.raise({
      kind: 'server-blocked',
      tone: 'bad',
      serverId,
      key: null,
      title: message('notifications.alarms.blocked', { server: this.#nameOf(serverId) }),
      text: refusal,
    })
  }

  forget(serverId: ServerId): void {
    this.#servers.delete(serverId)
  }

  #answered(serverId: ServerId, watched: Watched): void {
    const { notifications } = this.#options
    if (watched.reported === 'here') {
      watched.against = 0
      this.#believe(serverId, watched)
    } else {
      watched.against += 1
      // Right after the start, there is no premature alarm to withdraw.
      if (watched.reported === 'away' && watched.against < READINGS_TO_BELIEVE) return this.#countRound(watched)
      const wasAway = watched.reported === 'away'
      const since = watched.awaySince
      const summary = this.#takeSummary(watched)
      watched.reported = 'here'
      watched.against = 0
      watched.awaySince = null
      if (wasAway || summary.changes !== null) {
        const changes = summary.changes ?? message('notifications.alarms.changes.none')
        const server = this.#nameOf(serverId)
        notifications.raise({
          kind: 'server-back',
          tone: summary.isBad ? 'attention' : 'good',
          serverId,
          key: null,
          title: message(wasAway ? 'notifications.alarms.back' : 'notifications.alarms.changed', { server }),
          text:
            since === null
              ? message('notifications.alarms.changes.plain', { changes })
              : message('notifications.alarms.changes.since', { since: { at: since }, changes }),
        })
      }
    }
    this.#countRound(watched)
  }

  #failed(serverId: ServerId, watched: Watched, failure: Message | null): void {
    if (watched.reported === 'away') {
      watched.against = 0
      return
    }
    watched.against += 1
    if (watched.against < READINGS_TO_BELIEVE) return
    const { notifications, reachability } = this.#options
    const readAt = reachability.get(serverId).lastReadAt
    watched.awaySince ??= readAt
    watched.reported = 'away'
    watched.against = 0
    notifications.raise({
      kind: 'server-away',
      tone: 'attention',
      serverId,
      key: null,
      title: message('notifications.alarms.away', { server: this.#nameOf(serverId) }),
      text: sentencesOf(
        failure,
        readAt === null ? null : message('notifications.alarms.shownFrom', { time: { at: readAt } }),
      ),
    })
  }

  #believe(serverId: ServerId, watched: Watched): void {
    const { notifications } = this.#options
    for (const [key, candidate] of [...watched.candidates]) {
      if (candidate.round >= watched.round || isOnTheWay(candidate.after)) continue
      watched.candidates.delete(key)
      const verdict = judgeChange(candidate.before, candidate.after)
      if (verdict === null) continue
      const { kind, tone, what } = verdict
      const { state, reason } = candidate.after
      notifications.raise({
        kind,
        tone,
        serverId,
        key,
        title: message(`notifications.alarms.${what}`, { key, state }),
        text: dashed(foreignOrNone(candidate.summary), reason, this.#nameOf(serverId)),
      })
    }
  }

  /** Summarises the candidates, which are reported that way. */
  #takeSummary({ candidates, conflicts }: Watched): { changes: Message | null; isBad: boolean } {
    const counts = { stopped: 0, problem: 0, recovered: 0 }
    for (const candidate of candidates.values()) {
      const verdict = judgeChange(candidate.before, candidate.after)
      if (verdict !== null && verdict.kind in counts) counts[verdict.kind as keyof typeof counts] += 1
    }
    const newConflicts = [...conflicts.values()].reduce((sum, ofKey) => sum + ofKey.size, 0)
    candidates.clear()
    conflicts.clear()
    const changes = (
      [...Object.entries(counts), ['conflicts', newConflicts]] as [keyof typeof counts | 'conflicts', number][]
    )
      .filter(([, count]) => count > 0)
      .map(([what, count]) => message(`notifications.alarms.changes.${what}`, { count }))
    return { changes: enumerated(changes), isBad: counts.stopped + counts.problem + newConflicts > 0 }
  }

  #countRound(watched: Watched): void {
    watched.round += 1
  }

  #nameOf(serverId: ServerId): Message {
    return nameOf(serverId, this.#options.registry)
  }

  #watchedOf(serverId: ServerId): Watched {
    const known = this.#servers.get(serverId)
    if (known !== undefined) return known
    const watched: Watched = {
      round: 0,
      candidates: new Map(),
      conflicts: new Map(),
      reported: 'returning',
      against: 0,
      awaySince: this.#options.reachability.get(serverId).lastReadAt,
      reportedBlock: null,
    }
    this.#servers.set(serverId, watched)
    return watched
  }
}

/** The name of a server; a removed one has a message instead. */
export function nameOf(serverId: ServerId, registry: Pick<ServerRegistry, 'find'>): Message {
  const server = registry.find(serverId)
  return server === null ? message('notifications.removedServer') : foreign(server.name)
}

/** A state that leads to another by itself; only the final one is reported. */
function isOnTheWay({ health }: HealthState): boolean {
  return health === 'transition' || health === 'unknown'
}
