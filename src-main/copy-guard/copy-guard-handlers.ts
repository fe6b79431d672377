import type { copyGuardRequests } from '#contract/copy-guard.ts'
import type { HandlersOf } from '../ipc/answer-request.ts'
import type { CopyGuard } from './copy-guard.ts'

/** Handles the user's answers about servers that look like a copy. */
export function copyGuardHandlers({
  copyGuard,
}: {
  readonly copyGuard: Pick<CopyGuard, 'answer' | 'release'>
}): HandlersOf<typeof copyGuardRequests> {
  return {
    'servers:answer-copy-question': ({ serverId, isCopy }) => copyGuard.answer(serverId, isCopy),
    'servers:release-copy': ({ serverId, typedName }) => copyGuard.release(serverId, typedName),
  }
}
