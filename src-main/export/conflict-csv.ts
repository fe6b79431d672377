import type { Conflict } from '#contract/conflicts.ts'
import type { ServerId } from '#contract/ids.ts'
import type { Noted } from '#contract/noted.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { toCsv } from './csv.ts'
import { t } from '../text/say.ts'

const COLUMNS = [
  'server',
  'synchronization',
  'connector',
  'kind',
  'severity',
  'field',
  'message',
  'firstSeen',
  'lastSeen',
  'gone',
  'seen',
  'tags',
  'owner',
] as const

/**
 * Conflicts as a table for a spreadsheet; times in ISO 8601. `nameOf` names a server, `notedOf` has the notes of a
 * synchronization.
 */
export function conflictCsv(
  conflicts: Iterable<Conflict>,
  nameOf: (serverId: ServerId) => string,
  notedOf: (ref: SynchronizationRef) => Noted,
): Promise<string> {
  const time = (epochMs: number | null): string => (epochMs === null ? '' : new Date(epochMs).toISOString())
  return toCsv(
    COLUMNS.map((column) => t(`export.conflicts.${column}`)),
    conflicts,
    (conflict) => {
      const { tags = [], note } = notedOf(conflict)
      return [
        nameOf(conflict.serverId),
        conflict.key,
        conflict.connectorKey,
        conflict.kind,
        conflict.severity,
        conflict.field,
        conflict.message,
        time(conflict.firstSeenAt),
        time(conflict.lastSeenAt),
        time(conflict.goneAt),
        time(conflict.seenAt),
        tags.join(', '),
        note?.owner ?? '',
      ]
    },
  )
}
