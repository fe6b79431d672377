import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, ref, watch } from 'vue'
import { refId, type SynchronizationRef } from '#contract/synchronizations.ts'
import { useNavigation } from '../ui/navigation.ts'
import { useSynchronizations } from './synchronizations.ts'

const STORED_AS = 'open-panels'
const storedSchema = v.object({
  activeId: v.nullable(v.string()),
  pinnedIds: v.pipe(v.array(v.string()), v.maxLength(20)),
})

/** The panels that were open when the window was last closed. */
function readStored(): v.InferOutput<typeof storedSchema> {
  try {
    return v.parse(storedSchema, JSON.parse(localStorage.getItem(STORED_AS) ?? ''))
  } catch {
    return { activeId: null, pinnedIds: [] }
  }
}

/** Which synchronizations are open as panels, also after a restart. All ids are those of rows (`refId`). */
export const useOpenPanels = defineStore('open-panels', () => {
  const synchronizations = useSynchronizations()
  const navigation = useNavigation()

  /** The selected row, whose panel is replaced by the next one's. */
  const stored = readStored()
  const activeId = ref(stored.activeId)
  /** Panels that stay open when another row is selected. */
  const pinnedIds = ref(stored.pinnedIds)
  /** The panel that fills the window in place of the table. */
  const fullId = ref<string | null>(null)
  /** The open panels from left to right: pinned ones, then the chosen row's. */
  const ids = computed(() =>
    [...new Set([...pinnedIds.value, ...(activeId.value === null ? [] : [activeId.value])])].filter((id) =>
      synchronizations.rows.has(id),
    ),
  )

  watch([activeId, pinnedIds], () =>
    localStorage.setItem(STORED_AS, JSON.stringify({ activeId: activeId.value, pinnedIds: pinnedIds.value })),
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
