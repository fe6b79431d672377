import type { JobId } from '#contract/ids.ts'
import { targetStateOf, type JobState, type TargetState } from '#contract/jobs.ts'
import { enumerated, message, type Message } from '#contract/messages/message.ts'
import type { NotificationCenter } from '../notifications/notification-center.ts'
import type { StoredJob } from '../storage/job-table.ts'

/** The counts reported for a job that has ended, in this order. */
const COUNTED: readonly TargetState[] = ['failed', 'unknown', 'done', 'left', 'leftOut']

/** Notifies the user when a job halts by itself or has ended, because its page may not be open. */
export class JobAlarms {
  readonly #notifications: Pick<NotificationCenter, 'raise'>
  readonly #last = new Map<string, JobState>()

  /** `earlier`: the jobs of earlier sessions. One that was running when Syncdeck quit is still news. */
  constructor(notifications: Pick<NotificationCenter, 'raise'>, earlier: readonly StoredJob[] = []) {
    this.#notifications = notifications
    for (const { id, state } of earlier) this.#last.set(id, state)
  }

  changed(job: StoredJob): void {
    const before = this.#last.get(job.id) ?? 'running'
    this.#last.set(job.id, job.state)
    if (before !== 'running') return
    const server = job.targets[0]?.copy?.serverName ?? ''
    const title = message(`jobs.titles.${job.kind}`, { user: job.about?.user ?? '', server })
    if (job.state === 'ended') this.#raise(job, isWell(job) ? 'ended' : 'endedBadly', title, countsOf(job))
    // A job paused by the user is not news.
    else if (job.state !== 'planned' && job.halt !== null) this.#raise(job, 'halted', title, job.halt)
  }

  removed(ids: readonly JobId[]): void {
    for (const id of ids) this.#last.delete(id)
  }

  #raise({ id }: StoredJob, what: 'ended' | 'endedBadly' | 'halted', job: Message, text: Message | null): void {
    this.#notifications.raise({
      kind: 'job',
      tone: what === 'ended' ? 'good' : what === 'endedBadly' ? 'bad' : 'attention',
      serverId: '',
      // Tells jobs apart where something keeps changing.
      key: id,
      jobId: id,
      title: message(`notifications.alarms.job.${what}`, { job }),
      text,
    })
  }
}

function countOf({ targets }: StoredJob, state: TargetState): number {
  return targets.filter((target) => targetStateOf(target) === state).length
}

function isWell(job: StoredJob): boolean {
  return countOf(job, 'failed') + countOf(job, 'unknown') === 0
}

function countsOf(job: StoredJob): Message | null {
  const counts = COUNTED.map((state) => ({ state, count: countOf(job, state) }))
  return enumerated(
    counts.filter(({ count }) => count > 0).map(({ state, count }) => message(`jobs.counts.${state}`, { count })),
  )
}
