import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useSynchronizations } from './synchronizations.ts'

/** Which synchronizations are open as panels. All ids are those of rows (`refId`). */
export const useOpenPanels = defineStore('open-panels', () => {
  const synchronizations = useSynchronizations()
  const navigation = useNavigation()

  /** The selected row, whose panel is replaced by the next one's. */
  const activeId = ref<string | null>(null)
  /** Panels that stay open when another row is selected. */
  const pinnedIds = ref<string[]>([])
  /** The panel that fills the window in place of the table. */
  const fullId = ref<string | null>(null)
  /** The open panels from left to right: pinned ones, then the chosen row's. */
  const ids = computed(() =>
    [...new Set([...pinnedIds.value, ...(activeId.value === null ? [] : [activeId.value])])].filter((id) =>
      synchronizations.rows.has(id),
    ),
  )

  /** Opens the panel of a synchronization from any view. */
  function show(ref: SynchronizationRef): void {
    navigation.view = 'synchronizations'
    activeId.value = refId(ref)
  }

  function togglePin(id: string): void {
    pinnedIds.value = pinnedIds.value.includes(id)
      ? pinnedIds.value.filter((other) => other !== id)
      : [...pinnedIds.value, id]
  }

  function close(id: string): void {
    pinnedIds.value = pinnedIds.value.filter((other) => other !== id)
    if (activeId.value === id) activeId.value = null
    if (fullId.value === id) fullId.value = null
  }

  return { activeId, pinnedIds, fullId, ids, show, togglePin, close }
})
