import type { Logger } from './logger.ts'

/** Logs an error of our own, or of the disk, that has no consequence for the caller. */
export function logFault(
  logger: Logger,
  event: string,
  fault: unknown,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  logger.write('error', event, { ...fields, stack: stackOf(fault) })
}

/** A fault for the log: its stack, or whatever else was thrown. */
export function stackOf(fault: unknown): string {
  return fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
}
