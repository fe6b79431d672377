const MAX_TEXT = 4000
const MAX_NAME = 100
const MAX_ENTRIES = 50
const MAX_DEPTH = 6

/**
 * A copy of what is to be logged, small enough for a line: long texts and lists are cut, with a note of how much is
 * missing, and deeply nested values are left out. It may come from the page or a server, with any length and form.
 */
export function bounded(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cut(value, MAX_TEXT)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth === MAX_DEPTH) return '…'
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_ENTRIES).map((inner) => bounded(inner, depth + 1))
    return value.length > MAX_ENTRIES ? [...kept, `… and ${value.length - MAX_ENTRIES} more`] : kept
  }
  const kept: [string, unknown][] = []
  for (const name in value) {
    if (kept.length === MAX_ENTRIES) {
      kept.push(['…', 'and more'])
      break
    }
    kept.push([cut(name, MAX_NAME), bounded((value as Record<string, unknown>)[name], depth + 1)])
  }
  return Object.fromEntries(kept)
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`
}
