import { computed, ref, useId, watch, type Ref } from 'vue'
import { movedCursor } from './moved-cursor.ts'
import { useFixedRows } from './use-fixed-rows.ts'

/**
 * A long list that has the focus as a whole (WAI-ARIA, `aria-activedescendant`): its rendered rows, its cursor, and the
 * keys that move it. A row's id is `idAt` its place. Heights are in CSS pixels.
 */
export function useListCursor<T>(
  container: Ref<HTMLElement | null>,
  items: Ref<readonly T[]>,
  { rowHeight, headerHeight = 0 }: { readonly rowHeight: number; readonly headerHeight?: number },
) {
  const rows = useFixedRows(container, items, ref(rowHeight))
  const listId = useId()
  const cursor = ref(0)
  const idAt = (index: number): string => `${listId}-${index}`
  /** Of the row at the cursor, while it is rendered. */
  const activeDescendant = computed(() => {
    const isRendered = cursor.value >= rows.first.value && cursor.value < rows.first.value + rows.shown.value.length
    return isRendered ? idAt(cursor.value) : undefined
  })
  watch(
    () => items.value.length,
    (count) => {
      cursor.value = Math.min(cursor.value, Math.max(0, count - 1))
    },
  )

  /** Moves the cursor if the key does that; true if so. */
  function moveBy(key: string): boolean {
    const next = movedCursor(key, {
      cursor: cursor.value,
      pageSize: rows.pageSize.value,
      count: items.value.length,
    })
    if (next === null) return false
    cursor.value = next
    rows.reveal(next, headerHeight)
    return true
  }

  const { first, shown, top, total } = rows
  return { first, shown, top, total, cursor, idAt, activeDescendant, moveBy }
}
