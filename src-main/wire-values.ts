/**
 * For reading values about which nothing is certain: the vendor says that the API may grow at any time, and parts of it
 * are documented nowhere. A missing or odd value becomes empty, never an exception.
 */
export type WireObject = Readonly<Record<string, unknown>>

export function asObject(value: unknown): WireObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as WireObject) : null
}

/**
 * A text, or a number or boolean as text; otherwise empty. Halves of a surrogate pair, which JSON may contain, become
 * U+FFFD.
 */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value.toWellFormed()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

/** A finite number, even if it was sent as text; otherwise null. */
export function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** A boolean, even if it was sent as the text `true` or `false`; otherwise null. */
export function asBoolean(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value
  if (value === 'true') return true
  return value === 'false' ? false : null
}
