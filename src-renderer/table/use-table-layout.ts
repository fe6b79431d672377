import { computed, type ComputedRef } from 'vue'
import type { ColumnId, ColumnWidths, TableLayout } from '#contract/saved-views.ts'
import { useSettings } from '../settings/settings.ts'
import { useTableView } from './table-view.ts'

/** Which columns the table shows, in which order and how wide, and how that changes. */
export interface PresentLayout {
  /** As in the settings: empty for the usual ones. */
  readonly columns: ComputedRef<readonly ColumnId[]>
  readonly widths: ComputedRef<ColumnWidths>
  readonly keep: (change: Partial<TableLayout>) => Promise<void>
}

/**
 * The columns are the user's, a setting, unless a saved view brought its own: then changes are the view's, like those
 * of its filter.
 */
export function useTableLayout(): PresentLayout {
  const settings = useSettings()
  const view = useTableView()

  async function keep({ columns, widths }: Partial<TableLayout>): Promise<void> {
    if (view.layout !== null)
      view.layout = { columns: columns ?? view.layout.columns, widths: widths ?? view.layout.widths }
    else
      await settings.set({
        ...(columns !== undefined && { tableColumns: columns }),
        ...(widths !== undefined && { columnWidths: widths }),
      })
  }

  return {
    columns: computed(() => view.layout?.columns ?? settings.current.tableColumns),
    widths: computed(() => view.layout?.widths ?? settings.current.columnWidths),
    keep,
  }
}

/** Whether both show the same columns, in the same order and as wide. */
export function isSameLayout(one: TableLayout, other: TableLayout): boolean {
  const plain = ({ columns, widths }: TableLayout): string =>
    JSON.stringify([columns, Object.entries(widths).sort(([a], [b]) => (a < b ? -1 : 1))])
  return plain(one) === plain(other)
}
