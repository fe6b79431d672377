import { shownText } from '#contract/shown-text.ts'
import { mapInSlices } from '../time-slice.ts'

/**
 * A table as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets a quote in front (CWE-1236), and
 * one that contains any common separator is quoted: where the list separator is a semicolon, spreadsheets split there.
 * Works in time slices.
 */
export async function toCsv<Item>(
  columns: readonly string[],
  items: Iterable<Item>,
  rowOf: (item: Item) => readonly (string | number)[],
): Promise<string> {
  const line = (row: readonly (string | number)[]): string => `${row.map(cell).join(',')}\r\n`
  return line(columns) + (await mapInSlices(items, (item) => line(rowOf(item)))).join('')
}

/**
 * Matches the start of a formula, in both widths of the characters, after anything that a spreadsheet drops or skips in
 * front of it: controls (line breaks and tabs among them), spaces, and marks without a width. A control character in
 * front is enough to guard a cell.
 */
const FORMULA = /^(?:[\p{Cc}]|[\p{Zs}\p{Cf}]*[=+\-@＝＋－＠])/u

function cell(value: string | number): string {
  const shown = shownText(String(value))
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${shown}` : shown
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
