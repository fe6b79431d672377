import type { AuditEntry } from '#contract/audit.ts'
import { toCsv } from './csv.ts'

/** The audit trail as a table for a spreadsheet; times in ISO 8601. */
export function auditCsv(entries: readonly AuditEntry[]): Promise<string> {
  return toCsv(
    ['Time', 'Server', 'Jira user', 'Action', 'Object', 'Outcome', 'Details', 'Method', 'Address', 'Body'],
    entries,
    (entry) => [
      new Date(entry.at).toISOString(),
      entry.serverName,
      entry.user,
      entry.action,
      entry.object,
      entry.outcome,
      entry.details,
      entry.method,
      entry.address,
      entry.body,
    ],
  )
}
