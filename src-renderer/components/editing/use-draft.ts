import { computed, type Ref } from 'vue'
import { draftFields, type Draft, type DraftField, type PasswordField } from '#contract/editing.ts'
import type { SynchronizationDetail } from '#contract/synchronizations.ts'
import { useDrafts } from '../../stores/drafts.ts'
import { draftProblem } from '../../wording/draft-fields.ts'

/** The draft of the synchronization that a panel shows; without one, the server's own values are its base. */
export function useDraft(detail: Ref<SynchronizationDetail | null>) {
  const drafts = useDrafts()
  const draft = computed<Draft | null>(() => {
    if (detail.value === null) return null
    const stored = drafts.get(detail.value)
    if (stored !== undefined) return stored
    return Object.keys(passwords.value).length > 0 ? { base: valuesOf(detail.value), values: {} } : null
  })
  const passwords = computed(() => (detail.value === null ? {} : drafts.passwordsOf(detail.value)))
  const base = computed<Draft['base']>(() => draft.value?.base ?? (detail.value === null ? {} : valuesOf(detail.value)))
  const values = computed<Draft['values']>(() => draft.value?.values ?? {})
  const count = computed(() => Object.keys(values.value).length + Object.keys(passwords.value).length)
  const isValid = computed(() => (Object.entries(values.value) as [DraftField, string][]).every(([field, value]) => draftProblem(field, value) === ''))
  const canUndo = computed(() => detail.value !== null && count.value > 0 && drafts.canUndo(detail.value))

  function onShown(work: (target: SynchronizationDetail) => void): void {
    if (detail.value !== null) work(detail.value)
  }

  return {
    draft,
    passwords,
    base,
    values,
    count,
    isValid,
    canUndo,
    change: (field: DraftField, value: string) => onShown((target) => drafts.set(target, base.value, field, value)),
    changePassword: (field: PasswordField, value: string) => onShown((target) => drafts.setPassword(target, field, value)),
    undo: () => onShown((target) => drafts.undo(target)),
    discard: () => onShown((target) => drafts.discard(target)),
    put: (decided: Draft) => onShown((target) => drafts.put(target, decided)),
  }
}

function valuesOf({ summary, description, first, second }: SynchronizationDetail): Draft['base'] {
  const all: Partial<Record<DraftField, string | undefined>> = {
    summary,
    description,
    'firstConnector.projectKey': first?.projectKey,
    'firstConnector.connection.application.baseUrl': first?.baseUrl,
    'firstConnector.connection.application.user': first?.user,
    'secondConnector.projectKey': second?.projectKey,
    'secondConnector.connection.application.baseUrl': second?.baseUrl,
    'secondConnector.connection.application.user': second?.user,
  }
  return Object.fromEntries(draftFields.flatMap((field) => (all[field] === undefined ? [] : [[field, all[field]]]))) as Draft['base']
}
