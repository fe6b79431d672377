import { computed, ref, watch, type Ref } from 'vue'
import { draftValues } from '#contract/draft-values.ts'
import type { Draft, DraftField } from '#contract/editing.ts'
import type { TaskId } from '#contract/ids.ts'
import { refId, type SynchronizationDetail } from '#contract/synchronizations.ts'
import { useDrafts } from './drafts.ts'
import { taskText } from '../text/operations.ts'
import { useTasks } from '../tasks/tasks.ts'
import { draftProblem } from './draft-fields.ts'
import { offerUndoOfDiscard } from './undo-discard.ts'
import { offerUndoOfEdit } from './undo-edit.ts'

/** The draft of the synchronization that a panel shows; without one, the server's own values are its base. */
export function useDraft(detail: Ref<SynchronizationDetail | null>) {
  const drafts = useDrafts()
  const tasks = useTasks()
  const draft = computed<Draft | null>(() => (detail.value === null ? null : (drafts.get(detail.value) ?? null)))
  const base = computed<Draft['base']>(
    () => draft.value?.base ?? (detail.value === null ? {} : draftValues(detail.value)),
  )
  const values = computed<Draft['values']>(() => draft.value?.values ?? {})
  const count = computed(() => Object.keys(values.value).length)
  const isValid = computed(() =>
    (Object.entries(values.value) as [DraftField, string][]).every(
      ([field, value]) => draftProblem(field, value) === '',
    ),
  )
  const task = computed(() => {
    const taskId = detail.value === null ? undefined : drafts.applying.get(refId(detail.value))
    return taskId === undefined ? undefined : tasks.byId.get(taskId)
  })
  const isApplying = computed(() => task.value !== undefined && task.value.state !== 'ended')
  /** Why the last attempt failed; the draft is kept. */
  const failure = ref<{ readonly message: string; readonly serverText: string } | null>(null)
  const notStored = computed(() => (detail.value === null ? '' : drafts.problemOf(detail.value)))
  const canUndo = computed(() => detail.value !== null && count.value > 0 && drafts.canUndo(detail.value))

  watch(task, (current) => {
    if (current?.state !== 'ended' || detail.value === null) return
    failure.value =
      current.outcome === 'succeeded' ? null : { message: taskText(current), serverText: current.serverText }
    drafts.settle(detail.value, current.outcome === 'succeeded')
  })
  watch(detail, (current, previous) => {
    if (current?.key !== previous?.key || current?.serverId !== previous?.serverId) failure.value = null
    if (current?.source === 'live') drafts.prune(current, draftValues(current))
  })

  function onShown(work: (target: SynchronizationDetail) => void): void {
    if (detail.value !== null) work(detail.value)
  }

  return {
    draft,
    base,
    values,
    count,
    isValid,
    canUndo,
    isApplying,
    failure,
    notStored,
    sent: (taskId: TaskId) =>
      onShown((target) => {
        // The previous attempt's failure says nothing about this one.
        failure.value = null
        if (draft.value !== null) void offerUndoOfEdit(target, taskId, draft.value)
        drafts.sent(target, taskId)
      }),
    change: (field: DraftField, value: string) => onShown((target) => drafts.set(target, base.value, field, value)),
    undo: () => onShown((target) => drafts.undo(target)),
    discard: () =>
      onShown((target) => {
        failure.value = null
        offerUndoOfDiscard(target, count.value, drafts.discard(target))
      }),
    put: (decided: Draft) => onShown((target) => drafts.put(target, decided)),
  }
}

/** The draft that a panel works on, as `useDraft` gives it. */
export type DraftEditing = ReturnType<typeof useDraft>
