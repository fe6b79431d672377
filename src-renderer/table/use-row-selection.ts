import { refId, type RefId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { isHead } from './group-rows.ts'
import { useTableView } from './table-view.ts'

/** Selects ranges: from the row last clicked or reached without Shift to the one with Shift. */
export interface RowSelection {
  /** The next range begins here. */
  readonly anchorAt: (row: SynchronizationRow | undefined) => void
  /** Selects from the anchor to this row, in addition to what was selected when the range began. */
  readonly extendTo: (row: SynchronizationRow | undefined) => void
}

export function useRowSelection(): RowSelection {
  const view = useTableView()
  let anchor: RefId | null = null
  let before: ReadonlySet<string> = new Set()
  /** What was selected after the last change of the range. */
  let known: ReadonlySet<string> = view.selected

  function anchorAt(row: SynchronizationRow | undefined): void {
    anchor = row === undefined ? null : refId(row)
    before = known = view.selected
  }

  function extendTo(row: SynchronizationRow | undefined): void {
    if (row === undefined) return
    const ids = view.items.flatMap((item) => (isHead(item) ? [] : [refId(item)]))
    const to = ids.indexOf(refId(row))
    // The anchor may have left the list.
    if (anchor === null || !ids.includes(anchor)) anchorAt(row)
    // What was selected or deselected elsewhere since then stays so.
    else if (view.selected !== known) before = view.selected
    const from = anchor === null ? to : ids.indexOf(anchor)
    view.selected = new Set([...before, ...ids.slice(Math.min(from, to), Math.max(from, to) + 1)])
    known = view.selected
  }

  return { anchorAt, extendTo }
}
