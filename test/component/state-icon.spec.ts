import { expect, it } from 'vitest'
import { message } from '../../src-contract/messages/message.ts'
import type { MessageKey } from '../../src-contract/messages/messages.ts'
import type { Health } from '../../src-contract/synchronizations.ts'
import StateIcon from '../../src-renderer/ui/StateIcon.vue'
import { show } from './support.ts'

/** The lines of a sign. */
const shape = (health: Health | 'past', state?: MessageKey): string =>
  show(StateIcon, { health, ...(state !== undefined && { state: message(state) }) }).html()

it('each thing to be done about a synchronization has a shape of its own', () => {
  const signs = [
    shape('error', 'synchronizations.states.error'),
    shape('error', 'synchronizations.states.offlineSide'),
    shape('attention', 'synchronizations.states.reconnecting'),
    shape('attention', 'synchronizations.states.restartRequired'),
    shape('attention', 'synchronizations.states.updateRequired'),
    shape('attention', 'synchronizations.states.routeStopped'),
    shape('transition', 'synchronizations.states.handshake'),
    shape('transition', 'synchronizations.states.waitingForSlave'),
    shape('running', 'synchronizations.states.running'),
    shape('stopped', 'synchronizations.states.stopped'),
    shape('unknown', 'synchronizations.states.notRead'),
  ]
  expect(new Set(signs).size).toBe(signs.length)
})

it('what was true once looks alike, whatever it was', () => {
  const past = shape('past')
  expect(shape('past', 'synchronizations.states.offlineSide')).toBe(past)
  expect(shape('past', 'synchronizations.states.running')).toBe(past)
})
