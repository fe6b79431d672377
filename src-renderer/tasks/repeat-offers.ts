import { refId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { runOperations, type RunOperation, type Task } from '#contract/tasks.ts'
import { counted } from '../text/t.ts'

/** A follow-up offered for exactly the synchronizations of earlier tasks. */
export interface RepeatOffer {
  readonly id: 'start-failed' | 'stop-failed' | 'restart-failed' | 'start-stopped'
  readonly operation: RunOperation
  /** The button's label, with the number. */
  readonly label: string
  readonly rows: readonly SynchronizationRow[]
}

/** Outcomes that certainly had no effect; the others are uncertain. */
const WITHOUT_EFFECT: readonly Task['outcome'][] = ['failed', 'refused', 'cancelled']

/**
 * What can be retried, and what was stopped here and is still stopped. Only the last task of a synchronization counts,
 * and only while its result lasts: what somebody else has started since is not started again.
 */
export function repeatOffers(tasks: Iterable<Task>, rows: ReadonlyMap<string, SynchronizationRow>): RepeatOffer[] {
  const last = new Map<string, Task>()
  for (const task of tasks) {
    const id = refId(task)
    if (isRun(task) && (last.get(id)?.startedAt ?? -Infinity) <= task.startedAt) last.set(id, task)
  }
  const rowsOf = (isMeant: (task: Task, row: SynchronizationRow) => boolean): SynchronizationRow[] =>
    [...last].flatMap(([id, task]) => {
      const row = rows.get(id)
      return row !== undefined && isMeant(task, row) ? [row] : []
    })

  const again = runOperations.map((operation): RepeatOffer => {
    const failed = rowsOf((task) => task.operation === operation && WITHOUT_EFFECT.includes(task.outcome))
    return {
      id: `${operation}-failed`,
      operation,
      label: counted(`tasks.offers.again.${operation}`, failed.length),
      rows: failed,
    }
  })
  const stopped = rowsOf(
    (task, row) =>
      row.health === 'stopped' &&
      ((task.operation === 'stop' && task.outcome === 'succeeded') ||
        (task.operation === 'restart' && task.outcome === 'interrupted')),
  )
  const startAgain: RepeatOffer = {
    id: 'start-stopped',
    operation: 'start',
    label: counted('tasks.offers.startStopped', stopped.length),
    rows: stopped,
  }
  return [...again, startAgain].filter((offer) => offer.rows.length > 0)
}

function isRun({ operation }: Task): boolean {
  return operation === 'start' || operation === 'stop' || operation === 'restart'
}
