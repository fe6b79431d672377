import type { AuditEntry } from '#contract/audit.ts'
import { toCsv } from './csv.ts'
import { say, t } from '../text/say.ts'

const COLUMNS = [
  'time',
  'server',
  'user',
  'action',
  'object',
  'outcome',
  'details',
  'method',
  'address',
  'body',
] as const

/** The audit trail as a table for a spreadsheet; times in ISO 8601. */
export function auditCsv(entries: readonly AuditEntry[]): Promise<string> {
  return toCsv(
    COLUMNS.map((column) => t(`export.audit.${column}`)),
    entries,
    (entry) => [
      new Date(entry.at).toISOString(),
      entry.serverName,
      entry.user,
      say(entry.action),
      entry.object,
      entry.outcome,
      entry.details === null ? '' : say(entry.details),
      entry.method,
      entry.address,
      entry.body,
    ],
  )
}
