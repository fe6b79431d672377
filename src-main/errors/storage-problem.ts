import { message, type Message } from '#contract/messages/message.ts'

/** SQLite's primary result codes for a place that cannot be used: full, read-only, failing. */
const PLACE_PROBLEMS: Readonly<Record<number, Message>> = {
  8: message('errors.storage.place.readOnly'),
  10: message('errors.storage.place.failed'),
  13: message('errors.storage.place.full'),
}

/** The same as file operations name it (errno). */
const FILE_PROBLEMS: Readonly<Record<string, Message>> = {
  EROFS: message('errors.storage.place.readOnly'),
  EIO: message('errors.storage.place.failed'),
  ENOSPC: message('errors.storage.place.full'),
}

/** Why a database could not be used, if its location is the reason; null for every other fault. */
export function storageProblem(fault: unknown): Message | null {
  const { errcode, code } = (fault ?? {}) as { errcode?: unknown; code?: unknown }
  // The low byte of an extended result code (SQLite, “Result and Error Codes”).
  if (typeof errcode === 'number') return PLACE_PROBLEMS[errcode & 0xff] ?? null
  return typeof code === 'string' ? (FILE_PROBLEMS[code] ?? null) : null
}
