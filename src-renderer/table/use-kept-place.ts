import { defineStore } from 'pinia'
import { onBeforeUnmount, onMounted, shallowRef, type Ref } from 'vue'
import { useTableView } from './table-view.ts'

/** Where the table was when it was left: the filter that it had then, its first row in sight, and the cursor. */
interface Place {
  readonly filter: string
  readonly firstRow: number
  readonly cursor: number
}

const usePlace = defineStore('table-place', () => ({ left: shallowRef<Place | null>(null) }))

/**
 * While another view is shown, the table does not exist; it comes back to where it was, unless it shows other rows by
 * then.
 */
export function useKeptPlace({
  cursor,
  firstInSight,
  showFrom,
}: {
  readonly cursor: Ref<number>
  readonly firstInSight: () => number
  readonly showFrom: (row: number) => void
}): void {
  const view = useTableView()
  const place = usePlace()
  const filter = (): string => JSON.stringify(view.filter)
  onMounted(() => {
    const { left } = place
    if (left === null || left.filter !== filter()) return
    cursor.value = Math.min(left.cursor, Math.max(0, view.items.length - 1))
    showFrom(left.firstRow)
  })
  onBeforeUnmount(() => {
    place.left = { filter: filter(), firstRow: firstInSight(), cursor: cursor.value }
  })
}
