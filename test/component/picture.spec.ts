import { flushPromises } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { ConnectorStatus } from '../../src-contract/synchronizations.ts'
import { CELLS, type Strip } from '../../src-contract/monitoring.ts'
import LastDay from '../../src-renderer/panel/LastDay.vue'
import SynchronizationPicture from '../../src-renderer/panel/SynchronizationPicture.vue'
import { detail, row, server, show, stubBridge } from './support.ts'

const route = (more: Partial<ConnectorStatus['incoming']> = {}) => ({
  route: 'STARTED',
  processing: 'IDLE',
  details: '',
  ...more,
})
const status = (more: Partial<ConnectorStatus> = {}): ConnectorStatus => ({
  isOnline: true,
  isReconnecting: false,
  incoming: route(),
  outgoing: route(),
  external: 'STARTED',
  issuesInError: 0,
  ...more,
})

function picture(first: ConnectorStatus | null, second: ConnectorStatus | null, isStale = false) {
  const { first: a, second: b } = detail()
  const wrapper = show(SynchronizationPicture, {
    detail: detail({ first: a && { ...a, status: first }, second: b && { ...b, status: second } }),
    server: server({ baseUrl: 'https://ap.example' }),
    isStale,
  })
  const at = (name: string) => wrapper.get(`[data-test=${name}]`)
  return {
    at,
    healths: () => ['route-there', 'route-back'].map((name) => at(name).attributes('data-health')),
  }
}

describe('the picture of a synchronization', () => {
  it('shows where each side is, who it is, and what it does', () => {
    const { at } = picture(status({ outgoing: route({ processing: 'PROCESSING' }) }), status({ issuesInError: 4 }))
    expect(at('side-1').text()).toMatch(/AP.*AP-29.*Vienna.*idle.*processing.*backbone/s)
    expect(at('side-2').text()).toMatch(/PB.*PB-30.*pb\.example.*4/s)
    expect(at('side-2').get('.bad').text()).toBe('4')
  })

  it('shows which of the two ways is broken, by sign and by words', () => {
    const broken = picture(status(), status({ incoming: route({ route: 'STOPPED', details: 'It was stopped' }) }))
    expect(broken.healths()).toEqual(['stopped', 'running'])
    expect(broken.at('route-there').attributes('aria-label')).toBe('From AP to PB: Stopped. It was stopped')
    expect(broken.at('route-there').findAll('svg')).toHaveLength(2)
    expect(broken.at('route-back').findAll('svg')).toHaveLength(1)
    expect(broken.at('route-back').attributes('aria-label')).toBe('From PB to AP: Running')
    expect(broken.at('route-there').find('.lucide-arrow-right').exists()).toBe(true)
    expect(broken.at('route-back').find('.lucide-arrow-left').exists()).toBe(true)
    expect(broken.at('side-2').text()).toMatch(/Incoming\s*stopped\s*Outgoing\s*idle/)
  })

  it.each([
    ['unknown', null],
    ['error', status({ isOnline: false })],
    ['attention', status({ isReconnecting: true, isOnline: false })],
    ['attention', status({ incoming: route({ details: 'No answer' }) })],
    ['running', status()],
  ] as const)('a way is %s by what its ends tell', (health, second) => {
    expect(picture(second === null ? null : status(), second).healths()[0]).toBe(health)
  })

  it('of a server that cannot be asked has no colours', () => {
    const { at } = picture(status({ isOnline: false, issuesInError: 3 }), status(), true)
    expect(at('side-1').find('.bad').exists()).toBe(false)
    expect(at('route-there').classes()).toContain('health-past')
    expect(at('side-1').get('.state').classes()).toContain('health-past')
  })

  it('leaves the other half of a distributed one where it is', () => {
    const wrapper = show(SynchronizationPicture, {
      detail: detail({ kind: 'distributed', second: null }),
      server: server(),
      isStale: false,
    })
    expect(wrapper.get('[data-test=side-2]').classes()).toContain('elsewhere')
  })
})

it('the last day shows how much of the observed time it ran', async () => {
  const strip: Strip = Array.from({ length: CELLS }, (_, cell) => (cell < 8 ? null : cell < 18 ? 'error' : 'running'))
  stubBridge({ 'history:strips': () => ({ from: 0, strips: [strip] }) })
  const wrapper = show(LastDay, { row: row() })
  await flushPromises()
  expect(wrapper.text()).toContain('75% running')
})
