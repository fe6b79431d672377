import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { TaskId } from '#contract/ids.ts'
import { refId, type Health, type SynchronizationRow } from '#contract/synchronizations.ts'
import type { RunOperation } from '#contract/tasks.ts'
import { useServers } from '../servers/servers.ts'
import { whyNotAvailable } from '../servers/use-unavailability.ts'
import { useSynchronizations } from '../synchronizations/synchronizations.ts'
import { counted } from '../text/t.ts'
import { useUndo, type Undoable } from '../ui/undo.ts'
import { useTasks } from './tasks.ts'

type Reversible = Exclude<RunOperation, 'restart'>
type Rows = readonly SynchronizationRow[]

const INVERSE = { start: 'stop', stop: 'start' } as const satisfies Record<Reversible, Reversible>

/** The states that an operation ends, and its inverse brings back. */
const ENDED_BY: Readonly<Record<Reversible, ReadonlySet<Health>>> = {
  start: new Set(['stopped']),
  stop: new Set(['running', 'attention', 'error']),
}

/** Offers to undo starts and stops: those that certainly succeeded, and only if they changed something. */
export const useRunUndo = defineStore('run-undo', () => {
  const tasks = useTasks()
  const synchronizations = useSynchronizations()
  const servers = useServers()
  const undo = useUndo()
  const mine = shallowRef<{ readonly operation: Reversible; readonly undoable: Undoable } | null>(null)
  /** What is currently offered for undoing; null if it is something else, or nothing. */
  const offered = computed(() =>
    undo.offer !== null && undo.offer === mine.value?.undoable ? mine.value.operation : null,
  )
  /** An inverse that has to be confirmed like any other operation. */
  const asked = shallowRef<{ readonly operation: Reversible; readonly rows: Rows } | null>(null)

  /** `rows`: as they were when the operation was sent. Resolves once all of its tasks have ended. */
  async function offer(operation: RunOperation, rows: Rows, taskIds: readonly TaskId[]): Promise<void> {
    if (operation === 'restart') return
    const ended = await Promise.all(taskIds.map((id) => tasks.ended(id)))
    const succeeded = new Set(ended.flatMap((task) => (task?.outcome === 'succeeded' ? [refId(task)] : [])))
    const changed = rows.filter((row) => succeeded.has(refId(row)) && ENDED_BY[operation].has(row.health))
    const [first] = changed
    if (first === undefined) return
    const undoable = {
      get words() {
        return counted(`tasks.undo.done.${operation}`, changed.length, { key: first.key })
      },
      undo: () => invert(operation, changed),
    }
    mine.value = { operation, undoable }
    undo.show(undoable)
  }

  async function invert(operation: Reversible, rows: Rows): Promise<void> {
    const left = rows.flatMap((row) => synchronizations.find(row) ?? []).filter((row) => isAsLeft(operation, row))
    if (left.length === 0)
      throw new Error(counted(`tasks.undo.over.${operation}`, rows.length, { key: rows[0]?.key ?? '' }))
    const reasons = left.map(({ serverId }) => whyNotAvailable(servers.byId.get(serverId), navigator.onLine).words)
    if (reasons.every((words) => words !== '')) throw new Error(reasons[0])
    const isProduction = left.some(({ serverId }) => servers.byId.get(serverId)?.environment === 'production')
    // The dialog says what is left out, and asks for production's own confirmation.
    if (isProduction || reasons.some((words) => words !== ''))
      asked.value = { operation: INVERSE[operation], rows: left }
    else await tasks.begin(INVERSE[operation], [...left])
  }

  function isAsLeft(operation: Reversible, row: SynchronizationRow): boolean {
    return (row.health === 'stopped') === (operation === 'stop') && !tasks.busy.has(refId(row))
  }

  function answered(): void {
    asked.value = null
  }

  return { asked, answered, offered, offer }
})
