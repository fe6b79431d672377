import { computed, shallowRef, type ComputedRef } from 'vue'
import { columnWidthRange, type ColumnId, type ColumnWidths } from '#contract/saved-views.ts'
import { useAttempt } from '../ui/use-attempt.ts'
import { useTableLayout } from './use-table-layout.ts'

/** The widths that the user gave to columns, in CSS pixels, and how they change. */
export interface ChosenWidths {
  readonly widths: ComputedRef<ColumnWidths>
  /** Shows widths that are not kept yet, as while an edge is dragged. */
  readonly preview: (change: ColumnWidths) => void
  /** Ends the preview without keeping it. */
  readonly discard: () => void
  readonly keep: (change: ColumnWidths) => Promise<void>
  /** Gives columns back their own widths. */
  readonly reset: (columns: readonly ColumnId[]) => Promise<void>
}

/** The chosen widths belong to the layout; only those that are being changed live here. */
export function useColumnWidths(): ChosenWidths {
  const layout = useTableLayout()
  const attempt = useAttempt()
  const previewed = shallowRef<ColumnWidths>({})
  const widths = computed(() => ({ ...layout.widths.value, ...previewed.value }))

  function discard(): void {
    previewed.value = {}
  }

  async function store(chosen: ColumnWidths): Promise<void> {
    const shown = previewed.value
    await attempt(() => layout.keep({ widths: chosen }))
    // Another one may have begun in the meantime.
    if (previewed.value === shown) discard()
  }

  return {
    widths,
    preview: (change) => {
      previewed.value = change
    },
    discard,
    keep: (change) => store({ ...layout.widths.value, ...inRange(change) }),
    reset: (columns) =>
      store(
        Object.fromEntries(Object.entries(layout.widths.value).filter(([id]) => !columns.includes(id as ColumnId))),
      ),
  }
}

function inRange(widths: ColumnWidths): ColumnWidths {
  const { min, max } = columnWidthRange
  return Object.fromEntries(
    Object.entries(widths).map(([id, width]) => [id, Math.round(Math.min(Math.max(width, min), max))]),
  )
}
