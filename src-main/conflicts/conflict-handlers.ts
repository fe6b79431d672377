import type { conflictRequests } from '#contract/conflicts.ts'
import type { ServerId } from '#contract/ids.ts'
import type { WatchedRef } from '#contract/monitoring.ts'
import { tagsOf, type Noted } from '#contract/noted.ts'
import type { SynchronizationRef } from '#contract/synchronizations.ts'
import { conflictCsv } from '../export/conflict-csv.ts'
import { jsonList } from '../export/json-list.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { ServerRegistry } from '../servers/server-registry.ts'
import type { ConflictService } from './conflict-service.ts'

/** Handles requests about conflicts. */
export function conflictHandlers({
  conflicts,
  registry,
  events,
  notes,
  saveFile,
}: {
  readonly conflicts: Pick<ConflictService, 'list' | 'answer' | 'read' | 'markSeen' | 'markNew' | 'chosen' | 'json'>
  readonly registry: Pick<ServerRegistry, 'find'>
  readonly events: Pick<EventHub, 'sequence'>
  readonly notes: { of(ref: WatchedRef): Noted }
  readonly saveFile: (name: string, text: string) => Promise<string | null>
}): HandlersOf<typeof conflictRequests> {
  const nameOf = (serverId: ServerId): string => registry.find(serverId)?.name ?? ''
  const notedOf = ({ serverId, key }: SynchronizationRef): Noted => {
    const { tags = [], note } = notes.of({ serverId, key })
    return {
      tags: [...tagsOf({ tags }, notes.of({ serverId, key: null }).tags)],
      ...(note !== undefined && { note }),
    }
  }
  return {
    'conflicts:list': () => ({ sequence: events.sequence, conflicts: conflicts.list() }),
    'conflicts:answer': (ref) => conflicts.answer(ref),
    'conflicts:refresh': (ref) => conflicts.read(ref),
    'conflicts:mark-seen': ({ conflicts: refs }) => conflicts.markSeen(refs),
    'conflicts:mark-new': ({ conflicts: refs, seenAt }) => ({ count: conflicts.markNew(refs, seenAt) }),
    'conflicts:export': async ({ conflicts: refs, format }) => {
      const text =
        format === 'csv'
          ? conflictCsv(conflicts.chosen(refs), nameOf, notedOf)
          : jsonList(conflicts.chosen(refs), (conflict) => ({
              server: nameOf(conflict.serverId),
              ...conflict,
              ...notedOf(conflict),
              json: conflicts.json(conflict),
            }))
      return { path: await saveFile(`syncdeck-conflicts.${format}`, await text) }
    },
  }
}
