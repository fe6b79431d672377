import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import StateTimeline from '../../src-renderer/history/StateTimeline.vue'
import { show, stubBridge } from './support.ts'
import { foreign } from '../../src-contract/messages/message.ts'

describe('the states over time', () => {
  it('keep a state and its reason apart', async () => {
    stubBridge({
      'history:timeline': () => ({
        transitions: [
          {
            at: Date.now() - 60_000,
            health: 'error',
            state: foreign('Error'),
            reason: foreign('Partner cannot be reached'),
          },
        ],
        keptSince: 0,
      }),
    })
    const wrapper = show(StateTimeline, { target: { serverId: 's1', key: 'INT-2' }, version: '' })
    await flushPromises()
    expect(wrapper.get('[data-test=timeline] .words').text()).toMatch(/^Error\s+Partner cannot be reached$/)
  })
})
