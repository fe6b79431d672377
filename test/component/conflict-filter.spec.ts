import { config, flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { h, nextTick, ref } from 'vue'
import { USUAL, useConflictChoice } from '../../src-renderer/conflicts/conflict-filter.ts'
import ConflictsView from '../../src-renderer/conflicts/ConflictsView.vue'
import { useConflicts } from '../../src-renderer/conflicts/conflicts.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { speak } from '../../src-renderer/text/t.ts'
import FacetMenu from '../../src-renderer/ui/FacetMenu.vue'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { conflict, row, server, show, stubBridge } from './support.ts'

config.global.stubs = { transition: false }
afterEach(() => speak('en', []))

const all = [
  conflict('a', { kind: 'fieldMapping', severity: 'ERROR', field: 'Priority' }),
  conflict('b', { kind: 'fieldMapping', severity: 'WARNING', field: 'Fix version', seenAt: 5 }),
  conflict('c', { kind: 'workflow', severity: 'ERROR', goneAt: 5 }),
  conflict('d', { serverId: 's2', key: 'INT-9', kind: 'workflow', severity: '' }),
]

const fill = (): void => {
  useServers().replace([server(), server({ id: 's2', name: 'Munich hub', environment: 'production' })])
  useSynchronizations().replace([row(), row({ serverId: 's2', key: 'INT-9', summary: 'Stock' })])
  useConflicts().replace(all)
}

function view(props: object = {}) {
  const wrapper = show(ConflictsView, props, fill)
  const input = wrapper.get<HTMLInputElement>('[data-test=conflict-filter] input')
  return {
    wrapper,
    messages: () =>
      wrapper
        .findAll('[data-test=conflict] .message bdi:first-child')
        .map((cell) => cell.text())
        .sort(),
    type: async (text: string) => {
      await input.setValue(text)
      await input.trigger('blur')
      await flushPromises()
    },
    input,
    text: (name: string) => wrapper.get(`[data-test=${name}]`).text(),
    chips: () => wrapper.findAll('[data-test=conflict-filter-chip]').map((chip) => chip.text()),
    troubles: () => wrapper.get('[data-test=conflict-filter-troubles]').text(),
    counts: (field: string, ...values: string[]) => {
      const countOf = wrapper.getComponent(FacetMenu).props('countOf') as (choice: string) => number
      return values.map((value) => countOf(`${field}:${value}`))
    },
    pick: async (facet: string, label: string) => {
      await wrapper.get(`[data-test=conflict-filter-${facet}]`).trigger('click')
      const options = [...document.querySelectorAll<HTMLElement>('[data-test=facet-option]')]
      options.find(({ textContent }) => textContent?.includes(label) === true)?.click()
      await nextTick()
    },
  }
}

beforeEach(() => stubBridge())

describe('the filter of conflicts', () => {
  it.each<[string, string[]]>([
    ['stock', ['d']],
    ['MUNICH workflow', ['d']],
    ['-munich', ['a', 'b']],
    ['state:gone', ['a', 'b', 'c', 'd']],
    ['-state:gone', ['a', 'b', 'd']],
    ['-state:known', ['a', 'd']],
    ['server:hub', ['d']],
    ['environment:test', ['a', 'b']],
    ['kind:"field mapping"', ['a', 'b']],
    ['kind:workflow', ['d']],
    ['-kind:fieldMapping', ['d']],
    ['severity:warning', ['b']],
    ['severity:"no severity"', ['d']],
    ['key:int-9', ['d']],
    ['field:version', ['b']],
    ['-field:version severity:error', ['a']],
  ])('%s', async (text, expected) => {
    const { messages, type, troubles, input } = view()
    await input.setValue(text)
    expect(messages()).toEqual(expected)
    await type(text)
    expect(messages()).toEqual(expected)
    expect(troubles()).toBe('')
  })

  it('shows those that exist until the user wants others, and leads back to them', async () => {
    const { messages, text, wrapper, pick } = view()
    expect(text('conflict-filter-state')).toBe('State: New, Known')
    expect(wrapper.find('[data-test=conflict-filter-clear]').exists()).toBe(false)
    await pick('state', 'Gone')
    expect([messages(), text('conflict-filter-state')]).toEqual([['a', 'b', 'c', 'd'], 'State: New, Known, Gone'])
    await wrapper.get('[aria-label="Remove the filter State"]').trigger('click')
    expect([messages(), text('conflict-filter-state')]).toEqual([['a', 'b', 'c', 'd'], 'State'])
    const clear = wrapper.get<HTMLElement>('[data-test=conflict-filter-clear]')
    expect(clear.text()).toBe('Reset')
    await clear.trigger('click')
    expect([messages(), text('conflict-filter-state')]).toEqual([['a', 'b', 'd'], 'State: New, Known'])
    expect(document.activeElement).toBe(wrapper.get('[data-test=conflict-filter] input').element)
  })

  it('says how many each choice would show, given the others', async () => {
    const { counts, pick, text, messages } = view()
    expect(counts('state', 'new', 'known', 'gone')).toEqual([2, 1, 1])
    expect(counts('server', 's1', 's2')).toEqual([2, 1])
    expect(counts('environment', 'test', 'production')).toEqual([2, 1])
    expect(counts('kind', 'fieldMapping', 'workflow')).toEqual([2, 1])
    expect(counts('severity', 'ERROR', 'WARNING', '')).toEqual([1, 1, 1])
    await pick('kind', 'Workflow')
    expect([messages(), text('conflict-filter-kind')]).toEqual([['d'], 'Kind: Workflow'])
    expect(counts('state', 'new', 'known', 'gone')).toEqual([1, 0, 1])
    expect(counts('kind', 'fieldMapping', 'workflow')).toEqual([2, 1])
  })

  it('shows as a chip what no facet does, and says what it did not understand', async () => {
    const { type, chips, troubles, wrapper, messages } = view()
    await type('-kind:workflow field:version state:broken')
    expect(chips()).toEqual(['Kind: not Workflow', 'Field: version'])
    expect(troubles()).toContain('State: there is no “broken”, so this filters nothing. There are: New, Known, Gone.')
    await wrapper.get('[aria-label="Remove the filter Field: version"]').trigger('click')
    expect(messages()).toEqual(['a', 'b'])
  })

  it('stays while another view is shown', async () => {
    const isShown = ref(true)
    const wrapper = show({ setup: () => () => (isShown.value ? h(ConflictsView) : null) }, {}, fill)
    await wrapper.get('[data-test=conflict-filter-kind]').trigger('click')
    document.querySelector<HTMLElement>('[data-test=facet-option]')?.click()
    isShown.value = false
    await nextTick()
    isShown.value = true
    await nextTick()
    expect(wrapper.get('[data-test=conflict-filter-kind]').text()).toBe('Kind: Field mapping')
  })

  it('of a panel is its own, and has neither keys nor servers', async () => {
    const { messages, wrapper, type } = view({ target: { serverId: 's1', key: 'INT-2' } })
    await type('kind:workflow')
    expect(messages()).toEqual([])
    expect(useConflictChoice().conditions).toEqual(USUAL)
    expect(useCommandRegistry().all).toEqual([])
    expect(wrapper.find('[data-test=conflict-filter-server]').exists()).toBe(false)
  })

  it('understands the words of the window', async () => {
    speak('de', [])
    const { messages, type } = view()
    await type('art:workflow zustand:verschwunden')
    expect(messages()).toEqual(['c', 'd'])
  })
})
