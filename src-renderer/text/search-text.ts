import type { SynchronizationRow } from '#contract/synchronizations.ts'

const texts = new WeakMap<SynchronizationRow, string>()

/** The searchable text of a row, in lower case. */
export function searchText(row: SynchronizationRow): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const text = [row.key, row.summary, row.first?.projectKey, row.second?.projectKey, row.stateLabel]
    .join(' ')
    .toLowerCase()
  texts.set(row, text)
  return text
}

/** The words typed, in lower case; all must match. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
}
