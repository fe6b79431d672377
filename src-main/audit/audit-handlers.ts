import type { AuditEntry, auditRequests } from '#contract/audit.ts'
import { auditCsv } from '../export/audit-csv.ts'
import { jsonList } from '../export/json-list.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { AuditTable } from '../storage/audit-table.ts'
import { say } from '../text/say.ts'

/** In words, for a reader who has nothing but the file. */
function worded({ action, details, ...entry }: AuditEntry) {
  const words = { action: say(action), details: details === null ? '' : say(details) }
  return { ...entry, ...words }
}

const SHOWN_ENTRIES = 500
const EXPORTED_ENTRIES = 100_000

/** Handles requests about the audit trail. */
export function auditHandlers({
  auditTable,
  saveFile,
}: {
  readonly auditTable: Pick<AuditTable, 'list' | 'summary'>
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}): HandlersOf<typeof auditRequests> {
  return {
    'audit:list': (query) => auditTable.list(query, SHOWN_ENTRIES),
    'audit:summary': (query) => auditTable.summary(query),
    'audit:export': async ({ query, format }) => {
      const entries = auditTable.list(query, EXPORTED_ENTRIES)
      return {
        path: await saveFile(
          `syncdeck-activity.${format}`,
          await (format === 'csv' ? auditCsv(entries) : jsonList(entries, worded)),
        ),
      }
    },
  }
}
