import { refId, type SynchronizationRow } from '#contract/synchronizations.ts'
import { isHead, type TableItem } from './group-rows.ts'

/**
 * The same lines in the same order, with the current data of their rows. Rows that are gone are left out; new ones of
 * `visible` come last. Null if new ones belong into groups: then no line can stay in place.
 */
export function steadyItems(
  items: readonly TableItem[],
  rows: ReadonlyMap<string, SynchronizationRow>,
  visible: readonly SynchronizationRow[],
): readonly TableItem[] | null {
  const kept = items.flatMap((item) => (isHead(item) ? item : (rows.get(refId(item)) ?? [])))
  const heads = items.filter(isHead)
  if (heads.length > 0) {
    const known = new Set(heads.flatMap((head) => head.rows.map(refId)))
    return visible.every((row) => known.has(refId(row))) ? kept : null
  }
  const known = new Set(kept)
  return [...kept, ...visible.filter((row) => !known.has(row))]
}
