import { message } from '#contract/messages/message.ts'
import { isIntendedState } from '../tasks/states.ts'
import { backOfSame, type Kind } from './kind.ts'

/**
 * Replaces part of base URLs. The update starts a synchronization, as the vendor's page says: one that was not running
 * is stopped again, and one that was running is started if the server has not done so.
 */
export const changeAddresses: Kind = {
  plan: ({ before: { state, first, second }, changes }) => {
    if (changes.length === 0) return message('jobs.leftOut.notFound')
    if (state === '') return message('jobs.leftOut.untold')
    // The request names the sync users of both sides and contains their passwords.
    if (first?.user === '' || second?.user === '') return message('jobs.leftOut.noUser')
    const update = { name: 'update', phase: 0 } as const
    const stopIfRefused = { name: 'stop', phase: 0, isOnlyIfRefused: true } as const
    return isIntendedState('stop', state)
      ? [update, stopIfRefused, { name: 'stop', phase: 0 }]
      : [update, stopIfRefused, { name: 'start', phase: 0 }, stopIfRefused]
  },
  back: backOfSame('change-addresses', ({ steps: [update] }) => update?.outcome === 'done'),
}
