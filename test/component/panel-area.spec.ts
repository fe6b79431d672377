import { flushPromises } from '@vue/test-utils'
import { expect, it, vi } from 'vitest'
import PanelArea from '../../src-renderer/panel/PanelArea.vue'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { row, server, show, stubBridge } from './support.ts'

/** A window of a given width. */
function open() {
  const window = Object.assign(new EventTarget(), { matches: false })
  vi.stubGlobal('matchMedia', () => window)
  stubBridge({ 'synchronizations:detail': () => new Promise(() => undefined) })
  const area = show(PanelArea, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace(['INT-1', 'INT-2', 'INT-3'].map((key) => row({ key, summary: `Of ${key}` })))
    useOpenPanels().pinnedIds = ['s1 INT-1', 's1 INT-2']
    useOpenPanels().activeId = 's1 INT-3'
  })
  return {
    /** The chosen part of each panel, from left to right. */
    parts: () => area.findAll('[role=tab][aria-selected=true]').map((tab) => tab.text()),
    choosePart: (panel: number, name: string) =>
      area
        .findAll('[data-test=panel]')
        [panel]?.findAll('[role=tab]')
        .find((tab) => tab.text() === name)
        ?.trigger('click'),
    panels: () => area.findAll('[data-test=panel]').map((panel) => /Of (INT-\d)/.exec(panel.text())?.[1]),
    resize: async (isNarrow: boolean): Promise<void> => {
      window.matches = isNarrow
      window.dispatchEvent(new Event('change'))
      await flushPromises()
    },
  }
}

it('panels stand side by side, and in a narrow window only the chosen one, which may be any of them', async () => {
  const { panels, resize } = open()
  expect(panels()).toEqual(['INT-1', 'INT-2', 'INT-3'])
  await resize(true)
  expect(panels()).toEqual(['INT-3'])
  useOpenPanels().activeId = 's1 INT-1'
  await flushPromises()
  expect(panels()).toEqual(['INT-1'])
  useOpenPanels().activeId = null
  await flushPromises()
  expect(panels()).toEqual(['INT-2'])
  await resize(false)
  expect(panels()).toEqual(['INT-1', 'INT-2'])
})

it('the next row is opened at the part that was chosen last, and a panel that stays keeps its own', async () => {
  const { parts, choosePart } = open()
  expect(parts()).toEqual(['Overview', 'Overview', 'Overview'])
  useOpenPanels().pinnedIds = ['s1 INT-1']
  await flushPromises()
  await choosePart(1, 'Connection')
  useOpenPanels().activeId = 's1 INT-2'
  await flushPromises()
  expect(parts()).toEqual(['Overview', 'Connection'])
})

it('after a restart the same panels are open, except for what is no longer listed', async () => {
  open()
  useOpenPanels().togglePin('s1 INT-2')
  useOpenPanels().activeId = 's1 INT-3'
  await flushPromises()
  const restarted = (keys: readonly string[]) => {
    show(PanelArea, {}, () => {
      useServers().replace([server()])
      useSynchronizations().replace(keys.map((key) => row({ key })))
    })
    return useOpenPanels().ids
  }
  expect(restarted(['INT-1', 'INT-2', 'INT-3'])).toEqual(['s1 INT-1', 's1 INT-3'])
  expect(restarted(['INT-2', 'INT-3'])).toEqual(['s1 INT-3'])
  useOpenPanels().close('s1 INT-3')
  await flushPromises()
  expect(restarted(['INT-1', 'INT-2', 'INT-3'])).toEqual(['s1 INT-1'])
})

it.each(['{', '{"activeId":1}', 'null'])('no panel is open where %s was stored', (stored) => {
  localStorage.setItem('open-panels', stored)
  show(PanelArea, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row()])
  })
  expect(useOpenPanels().ids).toEqual([])
})
