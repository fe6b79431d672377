import { message } from '#contract/messages/message.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { Kind } from './kind.ts'

/** Deletes. A running synchronization is stopped first; one that does not stop is not deleted. */
export const cleanUp: Kind = {
  plan: ({ before: { state } }) => {
    if (state === '') return message('jobs.leftOut.untold')
    const isStopped = isIntendedState('stop', state)
    return [...(isStopped ? [] : [{ name: 'stop' as const, phase: 0 }]), { name: 'delete', phase: 0 }]
  },
  // A copy is kept, but a server cannot restore a synchronization as it was.
  back: null,
}
