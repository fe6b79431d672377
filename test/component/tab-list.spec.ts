import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import TabList from '../../src-renderer/ui/TabList.vue'
import { show } from './support.ts'

const WIDTHS: Readonly<Record<string, number>> = { Overview: 70, Connection: 80, Conflicts: 60, History: 50, More: 40 }
const tabs = ['Overview', 'Connection', 'Conflicts', 'History'].map((label) => ({ name: label.toLowerCase(), label }))

let shown: ReturnType<typeof show> | undefined
afterEach(() => {
  shown?.unmount()
  vi.restoreAllMocks()
})

/** The heads of tabs on a line of 200 pixels: Overview and Connection, and More. */
async function list() {
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(200)
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    return { width: WIDTHS[this.textContent.trim()] ?? 0 } as DOMRect
  })
  const props = reactive({
    tabs,
    label: 'Tabs',
    panelId: 'panel',
    modelValue: 'overview',
    'onUpdate:modelValue': (name: string) => (props.modelValue = name),
  })
  const wrapper = show(TabList, props)
  shown = wrapper
  // As the observer of its size does at once.
  props.tabs = [...tabs]
  await flushPromises()
  return {
    wrapper,
    names: () => wrapper.findAll('[role=tab]').map((tab) => tab.text()),
    chosen: () => wrapper.get('[role=tab][aria-selected=true]'),
    press: async (key: string) => {
      await wrapper.get('[role=tablist]').trigger('keydown', { key })
      await flushPromises()
    },
  }
}

it('tabs without room are in a menu at the end', async () => {
  const { wrapper, names } = await list()
  expect(names()).toEqual(['Overview', 'Connection'])
  expect(wrapper.get('[data-test=more-tabs]').text()).toBe('More')
})

it('the arrow keys lead to them as well: they take the last place, and the focus', async () => {
  const { names, chosen, press } = await list()
  await press('End')
  expect(names()).toEqual(['Overview', 'History'])
  expect(chosen().text()).toBe('History')
  expect(document.activeElement).toBe(chosen().element)
  await press('Home')
  expect(names()).toEqual(['Overview', 'Connection'])
  expect(document.activeElement).toBe(chosen().element)
})
