import { tagsOf, type Noted } from '#contract/noted.ts'
import type { SynchronizationRow } from '#contract/synchronizations.ts'
import { say, t } from '../text/say.ts'
import { toCsv } from './csv.ts'

const COLUMNS = [
  'server',
  'key',
  'name',
  'state',
  'reason',
  'firstProject',
  'secondProject',
  'firstUser',
  'secondUser',
  'firstBaseUrl',
  'secondBaseUrl',
  'errors',
  'conflicts',
  'newConflicts',
  'readAt',
  'tags',
  'owner',
  'contact',
  'runbook',
  'note',
] as const

/** What an export needs to know of a row’s server. */
export interface ExportedServer {
  readonly name: string
  readonly noted: Noted
}

/**
 * Synchronizations as a table for a spreadsheet, as the window shows them; times in ISO 8601. Cells are empty if
 * something is not known.
 */
export function synchronizationCsv(
  rows: Iterable<SynchronizationRow>,
  serverOf: (row: SynchronizationRow) => ExportedServer,
): Promise<string> {
  return toCsv(
    COLUMNS.map((column) => t(`export.synchronizations.${column}`)),
    rows,
    (row) => {
      const { name, noted } = serverOf(row)
      return [
        name,
        row.key,
        row.summary,
        say(row.state),
        row.reason === null ? '' : say(row.reason),
        row.first?.projectKey ?? '',
        row.second?.projectKey ?? '',
        row.first?.user ?? '',
        row.second?.user ?? '',
        row.first?.baseUrl ?? '',
        row.second?.baseUrl ?? '',
        row.issuesInError ?? '',
        row.conflictCount ?? '',
        row.newConflictCount ?? '',
        new Date(row.fetchedAt).toISOString(),
        tagsOf(row, noted.tags).join(', '),
        row.note?.owner ?? '',
        row.note?.contact ?? '',
        row.note?.runbook ?? '',
        row.note?.text ?? '',
      ]
    },
  )
}

/** A synchronization for export as JSON: its row, with words in place of messages. */
export function exportedRow(row: SynchronizationRow, { name, noted }: ExportedServer): Record<string, unknown> {
  const { serverId: _serverId, fetchedAt, since, tags: _tags, note, state, reason, ...others } = row
  const time = (epochMs: number | null): string | null => (epochMs === null ? null : new Date(epochMs).toISOString())
  return {
    server: name,
    ...others,
    state: say(state),
    reason: reason === null ? null : say(reason),
    since: time(since),
    readAt: time(fetchedAt),
    tags: tagsOf(row, noted.tags),
    note: note ?? null,
  }
}
