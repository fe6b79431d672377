import type { ServerId } from '#contract/ids.ts'
import { message } from '#contract/messages/message.ts'
import type { ConflictService } from '../conflicts/conflict-service.ts'
import type { StoredTransition } from '../storage/transition-table.ts'
import { earlierReadings, type EarlierState } from '../synchronizations/earlier-readings.ts'
import type { SynchronizationDirectory } from '../synchronizations/synchronization-directory.ts'

/** A synchronization as its server lists it, and earlier readings of it: epoch ms, oldest first. */
export interface Past {
  readonly item: { readonly integrationKey: string }
  readonly states: readonly EarlierState[]
  readonly conflicts: readonly { readonly at: number; readonly conflicts: unknown }[]
}

/** For how long servers that begin with a past have been watched. */
export const WATCHED_MS = 6 * 24 * 3_600_000
/** Conflicts older than this have been seen. */
const SEEN_AFTER_MS = 24 * 3_600_000

/** A server that has answered ever since `at`, epoch ms. */
export function answeredSince(serverId: ServerId, at: number): StoredTransition[] {
  return [{ serverId, key: '', at, health: 'running', state: message('history.server.states.answers'), reason: null }]
}

/** Takes over the past of one synchronization as if it had been watched. */
export async function remember(
  services: {
    readonly directory: Pick<SynchronizationDirectory, 'applyPast'>
    readonly conflicts: Pick<ConflictService, 'applyPast' | 'list' | 'markSeen'>
  },
  serverId: ServerId,
  { item, states, conflicts }: Past,
  now: number,
): Promise<void> {
  const key = item.integrationKey
  services.directory.applyPast(serverId, earlierReadings(serverId, item, states))
  for (const { at, conflicts: answer } of conflicts) await services.conflicts.applyPast({ serverId, key }, answer, at)
  services.conflicts.markSeen(
    services.conflicts
      .list()
      .filter(
        (conflict) =>
          conflict.serverId === serverId && conflict.key === key && now - conflict.firstSeenAt > SEEN_AFTER_MS,
      ),
  )
}
