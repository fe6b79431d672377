import type { SynchronizationRef, synchronizationRequests } from '#contract/synchronizations.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { EventHub } from '../ipc/event-hub.ts'
import type { SynchronizationDirectory } from './synchronization-directory.ts'
import type { SynchronizationReader } from './synchronization-reader.ts'

/** Handles requests that read synchronizations. */
export function synchronizationHandlers({
  directory,
  reader,
  conflicts,
  events,
}: {
  readonly directory: Pick<SynchronizationDirectory, 'rows' | 'worst' | 'detail'>
  readonly reader: Pick<SynchronizationReader, 'detail'>
  readonly conflicts: { read(ref: SynchronizationRef): Promise<void> }
  readonly events: Pick<EventHub, 'sequence'>
}): HandlersOf<typeof synchronizationRequests> {
  return {
    'synchronizations:list': ({ most }) => ({
      sequence: events.sequence,
      rows: JSON.stringify(most === undefined ? directory.rows() : directory.worst(most)),
    }),
    'synchronizations:detail': async ({ isCached, ...ref }) => {
      if (isCached) return directory.detail(ref, 'cache')
      const detail = await reader.detail(ref)
      // What is looked at is read at once, its conflicts as well; the panel need not wait for them.
      if (detail.source === 'live') void conflicts.read(ref).catch(() => undefined)
      return detail
    },
  }
}
