import type { SynchronizationRow } from '#contract/synchronizations.ts'
import type { RunOperation, Task } from '#contract/tasks.ts'
import { counted } from '../text/t.ts'
import { rowId } from '../synchronizations/synchronizations.ts'

/** Something that earlier tasks make worth doing, for exactly the synchronizations of those tasks. */
export interface RepeatOffer {
  readonly id: 'start-failed' | 'stop-failed' | 'restart-failed' | 'start-stopped'
  readonly operation: RunOperation
  /** What a button says, with how many. */
  readonly label: string
  readonly rows: readonly SynchronizationRow[]
}

/** Their effect did not come about; of others it is not known, or somebody looked away from them. */
const WITHOUT_EFFECT: readonly Task['outcome'][] = ['failed', 'refused', 'cancelled']

/**
 * What can be tried again, and what was stopped here and stands still. Only the last task of a synchronization counts, and only while what it
 * shows is so: what was meanwhile started by somebody else is not started again.
 */
export function repeatOffers(tasks: Iterable<Task>, rows: ReadonlyMap<string, SynchronizationRow>): RepeatOffer[] {
  const last = new Map<string, Task>()
  for (const task of tasks) {
    const id = rowId(task)
    if (isRun(task) && (last.get(id)?.startedAt ?? -Infinity) <= task.startedAt) last.set(id, task)
  }
  const rowsOf = (isMeant: (task: Task, row: SynchronizationRow) => boolean): SynchronizationRow[] =>
    [...last].flatMap(([id, task]) => {
      const row = rows.get(id)
      return row !== undefined && isMeant(task, row) ? [row] : []
    })

  const again = (['start', 'stop', 'restart'] as const).map((operation): RepeatOffer => {
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
