import { columnWidthRange, type ColumnId, type ColumnWidths } from '#contract/saved-views.ts'
import type { Settings } from '#contract/settings.ts'
import { ALWAYS, COLUMNS, TWO_LINE_COLUMNS, USUAL_COLUMNS, type Column, type ColumnSize } from './columns.ts'

/** Below this width of the table, in CSS pixels, rows have two lines if the setting is `auto`. */
const TWO_LINES_BELOW = 900

export function linesFor(width: number, chosen: Settings['rowLines']): 1 | 2 {
  if (chosen === 'auto') return width < TWO_LINES_BELOW ? 2 : 1
  return chosen === 'two' ? 2 : 1
}

/** The columns that identify a row; they cannot be hidden. */
export const IDENTITY: ReadonlySet<ColumnId> = new Set(['key', 'summary', 'server'])

/** The room that the summary keeps if the user chose the columns, in CSS pixels. */
const SUMMARY_ROOM = 200

/**
 * The columns that fit into a table of this width, in CSS pixels. `chosen`: those that the user wants, in this order;
 * if empty, the usual ones.
 */
export function columnsFor(width: number, lines: 1 | 2, chosen: readonly ColumnId[] = []): readonly Column[] {
  const all = lines === 2 ? TWO_LINE_COLUMNS : chosenColumns(chosen)
  if (lines === 2 || chosen.length === 0) return all.filter(({ leavesBelow }) => width >= leavesBelow)
  const leaving = all.filter(({ leavesBelow }) => leavesBelow > ALWAYS).sort((a, b) => b.leavesBelow - a.leavesBelow)
  let fitting = all
  for (const column of leaving) {
    if (roomFor(fitting, width) <= width) break
    fitting = fitting.filter((other) => other !== column)
  }
  return fitting
}

/** What these columns take at least in a table of this width, with the checkbox and the scroll bar. */
function roomFor(columns: readonly Column[], width: number): number {
  return columns.reduce((sum, { id, size: { least, most } }) => {
    if (id === 'summary') return sum + SUMMARY_ROOM
    return sum + (most === undefined ? least : Math.max(least, Math.min(most.width, (width * most.percent) / 100)))
  }, CHECKBOX + SCROLL_BAR)
}

/** The columns that the user wants, whether or not there is room, including those that identify a row. */
export function chosenColumns(chosen: readonly ColumnId[]): readonly Column[] {
  if (chosen.length === 0) return USUAL_COLUMNS
  const missing = [...IDENTITY].filter((id) => !chosen.includes(id))
  return [...new Set([...missing, ...chosen])].flatMap((id) => COLUMNS.find((column) => column.id === id) ?? [])
}

const CHECKBOX = 40
/** With the space beside it. */
const SCROLL_BAR = 24

/**
 * The grid of the header and of each row: the checkbox, then the columns, those in `widths` as wide as the user wants.
 */
export function gridOf(columns: readonly Column[], widths: ColumnWidths = {}): string {
  return [`${CHECKBOX}px`, ...columns.map(({ id, size }) => trackOf(size, widths[id]))].join(' ')
}

function trackOf({ least, most, parts }: ColumnSize, chosen: number | undefined): string {
  // It gives way if there is no room: the table never becomes wider than its pane.
  if (chosen !== undefined) return `minmax(${Math.min(columnWidthRange.min, least)}px, ${chosen}px)`
  if (parts !== undefined) return `minmax(${least}px, ${parts}fr)`
  return most === undefined ? `${least}px` : `clamp(${least}px, ${most.percent}cqi, ${most.width}px)`
}
