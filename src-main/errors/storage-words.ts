/** SQLite's primary result codes for a place that cannot be used: full, read-only, failing. */
const PLACE_WORDS: Readonly<Record<number, string>> = {
  8: 'it may not be written to',
  10: 'the disk failed',
  13: 'the disk is full',
}

/** Why a database could not be used, where the reason is the place that it is in; null for every other fault. */
export function storageWords(fault: unknown): string | null {
  const { errcode } = (fault ?? {}) as { errcode?: unknown }
  // The low byte of an extended result code (SQLite, “Result and Error Codes”).
  return typeof errcode === 'number' ? (PLACE_WORDS[errcode & 0xff] ?? null) : null
}
