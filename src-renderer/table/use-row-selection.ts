import type { RefId, SynchronizationRow } from '#contract/synchronizations.ts'
import { rowId } from '../synchronizations/synchronizations.ts'
import { isHead } from './group-rows.ts'
import { useTableView } from './table-view.ts'

/** Selecting ranges: from the row that was clicked or reached last without Shift to the one with it. */
export interface RowSelection {
  /** The range begins here from now on. */
  readonly anchorAt: (row: SynchronizationRow | undefined) => void
  /** Selects from the anchor to this row, besides what was selected when the range began. */
  readonly extendTo: (row: SynchronizationRow | undefined) => void
}

export function useRowSelection(): RowSelection {
  const view = useTableView()
  let anchor: RefId | null = null
  let before: ReadonlySet<string> = new Set()

  function anchorAt(row: SynchronizationRow | undefined): void {
    anchor = row === undefined ? null : rowId(row)
    before = new Set(view.selected)
  }

  function extendTo(row: SynchronizationRow | undefined): void {
    if (row === undefined) return
    const ids = view.items.flatMap((item) => (isHead(item) ? [] : [rowId(item)]))
    const to = ids.indexOf(rowId(row))
    // The anchor may have left the list.
    const from = anchor === null || !ids.includes(anchor) ? to : ids.indexOf(anchor)
    if (anchor === null) anchorAt(row)
    view.selected = new Set([...before, ...ids.slice(Math.min(from, to), Math.max(from, to) + 1)])
  }

  return { anchorAt, extendTo }
}
