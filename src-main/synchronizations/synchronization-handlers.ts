import type { WatchedRef } from '#contract/monitoring.ts'
import type { Noted } from '#contract/noted.ts'
import type { SynchronizationRef, synchronizationRequests } from '#contract/synchronizations.ts'
import { jsonList } from '../export/json-list.ts'
import { exportedRow, synchronizationCsv, type ExportedServer } from '../export/synchronization-csv.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { SynchronizationDirectory } from './synchronization-directory.ts'
import type { SynchronizationReader } from './synchronization-reader.ts'

/** Handles requests that read synchronizations. */
export function synchronizationHandlers({
  directory,
  reader,
  conflicts,
  events,
  registry,
  notes,
  saveFile,
}: {
  readonly directory: Pick<SynchronizationDirectory, 'rows' | 'rowsOf' | 'worst' | 'detail'>
  readonly reader: Pick<SynchronizationReader, 'detail'>
  readonly conflicts: { read(ref: SynchronizationRef): Promise<void> }
  readonly events: Pick<EventHub, 'sequence'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly notes: { of(ref: WatchedRef): Noted }
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}): HandlersOf<typeof synchronizationRequests> {
  const serverOf = ({ serverId }: SynchronizationRef): ExportedServer => ({
    name: registry.find(serverId)?.name ?? '',
    noted: notes.of({ serverId, key: null }),
  })
  return {
    'synchronizations:list': ({ most }) => ({
      sequence: events.sequence,
      rows: JSON.stringify(most === undefined ? directory.rows() : directory.worst(most)),
    }),
    'synchronizations:detail': async ({ isCached, ...ref }) => {
      if (isCached) return directory.detail(ref, 'cache')
      const detail = await reader.detail(ref)
      // What the user looks at is read at once, including its conflicts, for which the panel need not wait.
      if (detail.source === 'live') void conflicts.read(ref).catch(() => undefined)
      return detail
    },
    'synchronizations:export': async ({ targets, format }) => {
      const rows = directory.rowsOf(targets)
      const text =
        format === 'csv' ? synchronizationCsv(rows, serverOf) : jsonList(rows, (row) => exportedRow(row, serverOf(row)))
      return { path: await saveFile(`syncdeck-synchronizations.${format}`, await text) }
    },
  }
}
