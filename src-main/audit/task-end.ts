import type { WriteAction } from '#contract/audit.ts'
import { foreignOrNone, message, sentencesOf } from '#contract/messages/message.ts'
import type { Task } from '#contract/tasks.ts'
import type { AuditEnd } from '../storage/audit-table.ts'

/** What the trail has to know about a task. */
export type FollowedTask = Pick<
  Task,
  'id' | 'operation' | 'step' | 'state' | 'outcome' | 'message' | 'failure' | 'serverText'
>

/** How a write of this task ended; null while that is open. `task`: null if it is no longer kept. */
export function endOf(action: WriteAction, task: FollowedTask | null): Omit<AuditEnd, 'attemptId'> | null {
  if (task === null) return { outcome: 'unknown', details: message('activity.notFollowed') }
  // A restart only starts what its server says has stopped and does not show as running.
  if (task.operation === 'restart' && action === 'stop' && task.step === 'start')
    return { outcome: 'succeeded', details: null }
  const { outcome } = task
  switch (outcome) {
    case null:
      return null
    case 'succeeded':
      return { outcome, details: null }
    case 'interrupted':
      return { outcome, details: task.message }
    default:
      return {
        outcome: outcome === 'lost' ? 'task-lost' : outcome === 'refused' ? 'failed' : outcome,
        details: sentencesOf(task.failure, foreignOrNone(task.serverText)),
      }
  }
}
