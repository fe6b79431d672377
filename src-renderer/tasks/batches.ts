import { refId, type RefId } from '#contract/synchronizations.ts'
import type { Outcome, Task } from '#contract/tasks.ts'

/** The state of a task, for counting. `unknown` is not a failure: nobody can tell its outcome. */
export type Standing = 'running' | 'failed' | 'unknown' | 'done'

/** The tasks of one click. */
export interface Batch {
  readonly id: string
  readonly operation: Task['operation']
  /** Those that need attention first: failed, unknown, running, done. */
  readonly tasks: readonly Task[]
  readonly counts: Readonly<Record<Standing, number>>
  readonly startedAt: number
  /** When the last of them ended; null while one is running. Epoch ms. */
  readonly endedAt: number | null
}

const ORDER: readonly Standing[] = ['failed', 'unknown', 'running', 'done']
const STANDING_OF: Readonly<Record<Outcome, Standing>> = {
  succeeded: 'done',
  failed: 'failed',
  refused: 'failed',
  cancelled: 'failed',
  interrupted: 'failed',
  lost: 'unknown',
  unknown: 'unknown',
}

export function standingOf({ outcome }: Pick<Task, 'outcome'>): Standing {
  return outcome === null ? 'running' : STANDING_OF[outcome]
}

/** The tasks by the click that began them; those that run first, then the newest on top. */
export function batchesOf(tasks: Iterable<Task>): Batch[] {
  const byBatch = Map.groupBy(tasks, ({ batchId }) => batchId)
  return [...byBatch]
    .map(([id, ofBatch]) => batchOf(id, ofBatch))
    .sort((a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.startedAt - a.startedAt)
}

/**
 * Tasks that failed or whose outcome is unknown, and that no later task of the same synchronization has superseded: a
 * successful retry resolves the problem.
 */
export function openProblems(tasks: Iterable<Task>): Task[] {
  const last = new Map<RefId, Task>()
  for (const task of tasks) {
    const id = refId(task)
    if ((last.get(id)?.startedAt ?? -Infinity) <= task.startedAt) last.set(id, task)
  }
  return [...last.values()].filter((task) => ['failed', 'unknown'].includes(standingOf(task)))
}

function batchOf(id: string, tasks: readonly Task[]): Batch {
  const of = (standing: Standing): Task[] => tasks.filter((task) => standingOf(task) === standing)
  const parts = ORDER.map((standing) => of(standing))
  const counts = Object.fromEntries(ORDER.map((standing, index) => [standing, parts[index]?.length ?? 0]))
  return {
    id,
    operation: tasks[0]?.operation ?? 'start',
    tasks: parts.flat(),
    counts: counts as Record<Standing, number>,
    startedAt: Math.min(...tasks.map(({ startedAt }) => startedAt)),
    endedAt: tasks.some(({ endedAt }) => endedAt === null)
      ? null
      : Math.max(...tasks.map(({ endedAt }) => endedAt ?? 0)),
  }
}
