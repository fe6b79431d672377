import { message } from '#contract/messages/message.ts'
import { isIntendedState } from '../tasks/states.ts'
import type { Kind, PlannedStep } from './kind.ts'

const update: readonly PlannedStep[] = [
  { name: 'update', phase: 1 },
  { name: 'stop', phase: 1, isOnlyIfRefused: true },
]

/**
 * A sync user's new password, in the vendor's order: what is running is stopped, the user changes the password in Jira,
 * each connection is updated, and whatever was running is started. An update starts a synchronization, so those that
 * were not running are stopped again.
 */
export const newPassword: Kind = {
  plan: ({ before: { state } }) => {
    if (state === '') return message('jobs.leftOut.untold')
    if (isIntendedState('stop', state)) return [...update, { name: 'stop', phase: 1 }]
    return [
      { name: 'stop', phase: 0 },
      ...update,
      { name: 'start', phase: 1 },
      { name: 'stop', phase: 1, isOnlyIfRefused: true },
    ]
  },
  // The old password is not known.
  back: null,
}
