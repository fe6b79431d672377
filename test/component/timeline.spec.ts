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

  it('have a scale below the bar, with dates for more than a day', async () => {
    stubBridge({
      'history:timeline': () => ({
        transitions: [{ at: Date.now() - 60_000, health: 'running', state: foreign('Running'), reason: null }],
        keptSince: 0,
      }),
    })
    const wrapper = show(StateTimeline, { target: { serverId: 's1', key: 'INT-2' }, version: '' })
    await flushPromises()
    const axis = () => wrapper.findAll('[data-test=timeline-axis] span').map((label) => label.text())
    expect(axis()).toHaveLength(3)
    expect(axis()[0]).toMatch(/ \d?\d:\d\d [AP]M$/)
    await wrapper.findAll('.range')[1]?.trigger('click')
    expect(axis()[0]).toMatch(/^[A-Z][a-z]{2} \d?\d$/)
    expect(axis()[2]).toBe('now')
  })
})
