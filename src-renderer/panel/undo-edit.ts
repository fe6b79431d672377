import { secretProblem, type Draft, type DraftField, type EditConflict } from '#contract/editing.ts'
import type { TaskId } from '#contract/ids.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { ask } from '../backend/ask.ts'
import { useTasks } from '../tasks/tasks.ts'
import { t } from '../text/t.ts'
import { useUndo } from '../ui/undo.ts'

/** The fields whose old values can be sent back to restore the previous state. */
const REVERSIBLE = ['summary', 'description'] as const satisfies readonly DraftField[]

/**
 * Offers to undo an edit of name and description once its task has succeeded. An edit that also changed a connection,
 * or a value containing something that is never sent, has no inverse.
 */
export async function offerUndoOfEdit(
  { serverId, key }: SynchronizationRef,
  taskId: TaskId,
  applied: Draft,
): Promise<void> {
  const inverse = inverseOf(applied)
  if (inverse === null) return
  const task = await useTasks().ended(taskId)
  if (task?.outcome !== 'succeeded') return
  useUndo().show({
    get words() {
      return wordsOf(key, applied.values)
    },
    undo: async () => {
      const result = await ask('synchronizations:apply-edit', { ref: { serverId, key }, draft: inverse, passwords: {} })
      if (result.kind === 'changed-on-server') throw new Error(refusalOf(key, result.conflicts))
    },
  })
}

function inverseOf({ base, values }: Draft): Draft | null {
  const fields = REVERSIBLE.filter((field) => values[field] !== undefined)
  const old = fields.flatMap((field) => {
    const value = base[field]
    return value === undefined || secretProblem(field, value) !== null ? [] : [[field, value] as const]
  })
  const isWhole = old.length > 0 && old.length === Object.keys(values).length
  return isWhole ? { base: values, values: Object.fromEntries(old) } : null
}

function wordsOf(key: string, { summary, description }: Draft['values']): string {
  if (summary === undefined) return t('panel.undo.described', { key })
  return t(description === undefined ? 'panel.undo.renamed' : 'panel.undo.both', { key, name: summary })
}

function refusalOf(key: string, conflicts: readonly EditConflict[]): string {
  const name = conflicts.find(({ field }) => field === 'summary')?.server
  return name === undefined
    ? t('panel.undo.describedMeanwhile', { key })
    : t('panel.undo.renamedMeanwhile', { key, name })
}
