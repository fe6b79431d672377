import { message } from '#contract/messages/message.ts'
import { isIntendedState } from '../tasks/states.ts'
import { backOfSame, type Kind } from './kind.ts'

/** Stops what is running. Undoing it starts exactly what it stopped, and nothing that others stopped. */
export const maintenance: Kind = {
  plan: ({ before: { state } }) => {
    if (state === '') return message('jobs.leftOut.untold')
    return isIntendedState('stop', state) ? message('jobs.leftOut.stopped') : [{ name: 'stop', phase: 0 }]
  },
  back: backOfSame('maintenance-end', ({ leftOut, steps: [stop] }) => leftOut === null && stop?.outcome === 'done'),
}

/** Starts what a maintenance has stopped. */
export const maintenanceEnd: Kind = {
  plan: ({ before: { state } }) =>
    isIntendedState('start', state)
      ? message('jobs.leftOut.running')
      : [
          { name: 'start', phase: 0 },
          { name: 'stop', phase: 0, isOnlyIfRefused: true },
        ],
  back: null,
}
