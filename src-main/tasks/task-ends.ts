import { foreignOrNone, message, sentences, type Message } from '#contract/messages/message.ts'
import type { Outcome } from '#contract/tasks.ts'
import type { AsyncTask } from '../backbone/async-task.ts'
import type { StoredTask } from '../storage/task-table.ts'
import { isRun, type Readings } from './effect-reader.ts'
import { effectOfChange, readIntent, resultOf, type Effect } from './intent.ts'
import { isOppositeState } from './states.ts'

/** How a task ends, in words. */
export interface TaskEnd {
  readonly outcome: Outcome
  readonly message?: Message | null
  readonly failure?: Message | null
  readonly serverText?: string | undefined
}

/** The end that Backbone reports, compared with what it showed afterwards. */
export function reportedEnd(task: StoredTask, remote: AsyncTask, readings: Readings): TaskEnd {
  if (remote.end !== 'succeeded') {
    const failure = remote.failureMessage === '' ? remote.message : remote.failureMessage
    return { outcome: remote.end === 'cancelled' ? 'cancelled' : 'failed', failure: foreignOrNone(failure) }
  }
  const state = readings.status?.status?.word ?? ''
  if (isOppositeState(task.step, state)) {
    const now = message('tasks.told.now', { shows: message('tasks.shows.state', { state }) })
    return {
      outcome: 'unknown',
      failure: sentences(message('tasks.told.saysDone'), now, message('tasks.told.notRepeated')),
    }
  }
  return {
    outcome: 'succeeded',
    message: isRun(task.operation) ? foreignOrNone(remote.message) : resultOf(task, readings, remote.message),
  }
}

/** The end of a task that its own node no longer knows. */
export function lostEnd(task: StoredTask, { item, status }: Readings): TaskEnd {
  const why = message('tasks.told.noLongerKnown')
  const state = status?.status?.word ?? ''
  const ofState = state === '' ? null : message('tasks.shows.state', { state })
  const shows = item === null ? ofState : effectOfChange(readIntent(task), item.integration).shows
  return { outcome: 'lost', failure: shows === null ? why : sentences(why, message('tasks.told.now', { shows })) }
}

/**
 * The end of a write whose answer was lost, as the server shows it; null while it shows none. `why`: says that the
 * answer is missing.
 */
export function shownEnd(
  { operation, step }: Pick<StoredTask, 'operation' | 'step'>,
  effect: Effect,
  why: Message,
  serverText?: string,
): TaskEnd | null {
  if (effect.kind === 'not-shown') return null
  if (operation === 'restart' && step === 'stop')
    return { outcome: 'interrupted', message: sentences(why, message('tasks.told.stoppedOnly')) }
  if (effect.kind === 'shown')
    return { outcome: 'succeeded', message: sentences(why, message('tasks.told.asIntended', { shows: effect.shows })) }
  const now = message('tasks.told.now', { shows: effect.shows })
  return {
    outcome: 'unknown',
    failure: sentences(why, now, message('tasks.told.notRepeated'), effect.advice),
    serverText,
  }
}

/** The end of a write whose server got another address since: at another Jira, nothing shows what became of it. */
export function movedEnd(why: Message, serverText?: string): TaskEnd {
  return { outcome: 'unknown', failure: sentences(why, message('tasks.told.moved')), serverText }
}

/** The end of a task that was stored but never sent. */
export function unsentEnd({ operation, step }: Pick<StoredTask, 'operation' | 'step'>): TaskEnd {
  const isStopped = operation === 'restart' && step === 'start'
  return { outcome: 'interrupted', message: message(isStopped ? 'tasks.told.notStartedAgain' : 'tasks.told.notSent') }
}
