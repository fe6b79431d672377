import type { storageRequests } from '#contract/storage.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { StorageCare } from './storage-care.ts'

/** Handles requests about storage. */
export function storageHandlers({
  storageCare,
  clearCache,
}: {
  readonly storageCare: Pick<StorageCare, 'info' | 'check' | 'backup'>
  readonly clearCache: () => void
}): HandlersOf<typeof storageRequests> {
  return {
    'storage:info': () => storageCare.info(),
    'storage:check': () => ({ problem: storageCare.check() }),
    'storage:backup': async () => ({ name: await storageCare.backup() }),
    'storage:clear-cache': () => clearCache(),
  }
}
