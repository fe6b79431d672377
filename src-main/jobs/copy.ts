import { message } from '#contract/messages/message.ts'
import { isLike } from '../editing/created.ts'
import { askedOf } from './copied.ts'
import type { Kind } from './kind.ts'

/** Creates a synchronization like this one on another server. It is not started. */
export const copy: Kind = {
  plan: () => [{ name: 'create', phase: 0 }],
  back: {
    kind: 'clean-up',
    concerns: ({ copy: made }) => (made?.key ?? null) !== null,
    refOf: ({ serverId, key, copy: made }) => ({ serverId: made?.serverId ?? serverId, key: made?.key ?? key }),
    // If it has changed in the meantime, it is no longer what was created.
    changes: ({ changes }, now) => (isLike(now, askedOf(changes)) ? [] : message('jobs.leftOut.changedSince')),
  },
}
