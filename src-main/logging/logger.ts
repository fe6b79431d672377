import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bounded } from './bounded.ts'
import { maskSecrets } from './redact.ts'

export type LogLevel = 'info' | 'warn' | 'error'

export interface Logger {
  /**
   * One line of JSON; `fields` are cut to a size and masked, and JSON keeps line breaks of foreign texts inside the
   * line.
   */
  write(level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>): void
}

/** In characters. Even something cut piece by piece may still be long. */
const MAX_LINE = 40_000
const MAX_BYTES = 2_000_000
const KEPT_FILES = 3

/**
 * Logs to `syncdeck.log` in `folder`, rotating it at 2 MB and keeping three old files. If the log cannot be written,
 * lines are dropped.
 */
export function createFileLogger(folder: string): Logger {
  const path = join(folder, 'syncdeck.log')
  mkdirSync(folder, { recursive: true })
  return {
    write: (level, event, fields = {}) => {
      try {
        const head = { at: new Date().toISOString(), level, event }
        const line = JSON.stringify({ ...head, ...(maskSecrets(bounded(fields)) as object) })
        rotate(path)
        appendFileSync(
          path,
          `${line.length > MAX_LINE ? JSON.stringify({ ...head, fields: 'too large to log' }) : line}\n`,
        )
      } catch {
        // A full or read-only disk must not stop the work that is being logged.
      }
    },
  }
}

function rotate(path: string): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size < MAX_BYTES) return
  rmSync(`${path}.${KEPT_FILES}`, { force: true })
  for (let index = KEPT_FILES - 1; index >= 1; index -= 1) {
    if (statSync(`${path}.${index}`, { throwIfNoEntry: false })) renameSync(`${path}.${index}`, `${path}.${index + 1}`)
  }
  renameSync(path, `${path}.1`)
}

/** The newest lines of the log in `folder`, roughly as many characters as requested; empty if there is no log. */
export function readLog(folder: string, mostCharacters: number): string {
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch {
      return ''
    }
  }
  const text = read('syncdeck.log.1') + read('syncdeck.log')
  if (text.length <= mostCharacters) return text
  return text.slice(text.indexOf('\n', text.length - mostCharacters) + 1)
}

export const silentLogger: Logger = { write: () => undefined }
