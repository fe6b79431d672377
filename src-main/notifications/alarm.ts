import type { JobId, ServerId } from '#contract/ids.ts'
import type { Message } from '#contract/messages/message.ts'
import type { Notification } from '#contract/notifications.ts'
import type { HealthState } from '../synchronizations/health.ts'

/** One alarm, before it is combined with others. `key` is null if it is about the server itself. */
export interface Alarm {
  readonly kind: Notification['kind']
  readonly tone: Notification['tone']
  readonly serverId: ServerId
  readonly key: string | null
  readonly title: Message
  readonly text: Message | null
  /** The job that it is about. */
  readonly jobId?: JobId
}

/** `what`: which of the messages of `notifications.alarms` it is. */
type Verdict = Pick<Alarm, 'kind' | 'tone'> & {
  readonly what: 'stopped' | 'errors' | 'moreErrors' | 'attention' | 'recovered'
}

/** The alarm for a change of state; null if it is not worth one. */
export function judgeChange(before: HealthState, after: HealthState): Verdict | null {
  if (after.health === 'stopped') {
    return before.health === 'stopped' || before.health === 'unknown'
      ? null
      : { kind: 'stopped', tone: 'bad', what: 'stopped' }
  }
  if (after.health === 'error') {
    const moreErrors = before.health === 'error' && (after.issuesInError ?? 0) > (before.issuesInError ?? 0)
    if (before.health === 'error' && !moreErrors) return null
    return { kind: 'problem', tone: 'bad', what: moreErrors ? 'moreErrors' : 'errors' }
  }
  if (after.health === 'attention') {
    return before.health === 'attention' || before.health === 'error'
      ? null
      : { kind: 'problem', tone: 'attention', what: 'attention' }
  }
  const wasBad = ['error', 'attention', 'stopped'].includes(before.health)
  return after.health === 'running' && wasBad ? { kind: 'recovered', tone: 'good', what: 'recovered' } : null
}
