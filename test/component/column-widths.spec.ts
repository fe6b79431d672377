import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defaultSettings, type Settings } from '../../src-contract/settings.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSettings } from '../../src-renderer/settings/settings.ts'
import * as rowWords from '../../src-renderer/synchronizations/row-words.ts'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import SynchronizationTable from '../../src-renderer/table/SynchronizationTable.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { row, server, show, stubBridge } from './support.ts'

/** How wide the columns are on the screen; those that are not named are 120. */
let shown: Record<string, number> = {}
let asked: { channel: string; args: unknown }[]
beforeEach(() => {
  shown = {}
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockImplementation(function (this: HTMLElement) {
    return shown[/col-(\w+)/.exec(this.className)?.[1] ?? ''] ?? 120
  })
  HTMLElement.prototype.setPointerCapture = () => undefined
  asked = stubBridge({ 'settings:set': (change) => ({ ...defaultSettings, ...(change as Partial<Settings>) }) })
  show(SynchronizationTable, {}, () => {
    useServers().replace([server()])
    useSynchronizations().replace([row({ key: 'INT-10' }), row({ key: 'INT-9' })])
  })
})
afterEach(() => vi.restoreAllMocks())

/**
 * The edge behind a column: the usual ones are state, key, summary, why, server, projects, strip, errors, since, age.
 */
const edge = (column: string): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-test=edge-${column}]`)
  if (found === null) throw new Error(`There is no edge behind ${column}`)
  return found
}
/** The tracks of the grid, without the checkbox. */
const tracks = () =>
  document.querySelector<HTMLElement>('[data-test=table]')?.style.getPropertyValue('--columns').slice('40px '.length)
const stored = () =>
  asked.flatMap(({ channel, args }) => (channel === 'settings:set' ? [(args as Partial<Settings>).columnWidths] : []))

async function point(column: string, type: string, clientX: number): Promise<void> {
  edge(column).dispatchEvent(new MouseEvent(type, { clientX, button: 0, bubbles: true }))
  await flushPromises()
}

async function press(column: string, key: string, more: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more })
  edge(column).dispatchEvent(event)
  await flushPromises()
  return event
}

async function release(column: string): Promise<void> {
  edge(column).dispatchEvent(new KeyboardEvent('keyup', { bubbles: true }))
  await flushPromises()
}

it('a dragged edge gives room of one column to the other at once, and is kept at the end', async () => {
  await point('server', 'pointerdown', 500)
  await point('server', 'pointermove', 530)
  expect(tracks()).toContain('minmax(48px, 150px) minmax(48px, 90px)')
  expect(stored()).toEqual([])
  shown = { server: 150, projects: 90 }
  await point('server', 'pointerup', 530)
  expect(stored()).toEqual([{ server: 150, projects: 90 }])
  expect(tracks()).toContain('minmax(48px, 150px) minmax(48px, 90px)')
  expect(useTableView().sort.column, 'nothing is sorted by it').toBe('state')
})

it('a column that takes what the others leave keeps doing so: only its neighbour gets a width', async () => {
  await point('why', 'pointerdown', 500)
  await point('why', 'pointermove', 470)
  expect(tracks()).toContain('minmax(120px, 1.2fr) minmax(48px, 150px)')
  await point('why', 'pointercancel', 470)
  await point('key', 'pointerdown', 500)
  await point('key', 'pointermove', 510)
  expect(tracks()).toContain('minmax(48px, 130px) minmax(120px, 1.8fr)')
  await point('key', 'pointercancel', 510)
  await point('summary', 'pointerdown', 500)
  await point('summary', 'pointermove', 510)
  expect(tracks()).toContain('minmax(48px, 130px) minmax(120px, 1.2fr)')
})

it('no column gets less than can be seen, and what is kept is what was seen', async () => {
  await point('server', 'pointerdown', 500)
  await point('server', 'pointermove', 900)
  expect(tracks()).toContain('minmax(48px, 192px) minmax(48px, 48px)')
  shown = { server: 180, projects: 60 }
  await point('server', 'pointerup', 900)
  expect(stored()).toEqual([{ server: 180, projects: 60 }])
})

it('the last column has no edge, as there is nothing behind it', () => {
  expect(document.querySelector('[data-test=edge-since]')).not.toBeNull()
  expect(document.querySelector('[data-test=edge-age]')).toBeNull()
})

it('a press without a move changes nothing; a double click gives both columns their own widths', async () => {
  const own = tracks()
  await point('server', 'pointerdown', 500)
  await point('server', 'pointerup', 500)
  expect(stored()).toEqual([])
  await useSettings().set({ columnWidths: { server: 200, projects: 90, age: 100 } })
  expect(tracks()).not.toBe(own)
  await point('server', 'dblclick', 500)
  expect(stored().at(-1)).toEqual({ age: 100 })
})

it('a drag that is broken off leaves the widths as they were', async () => {
  const own = tracks()
  await point('server', 'pointerdown', 500)
  await point('server', 'pointermove', 530)
  await point('server', 'pointercancel', 530)
  expect(tracks()).toBe(own)
  await point('server', 'pointermove', 540)
  await point('server', 'pointerup', 540)
  expect([tracks(), stored()]).toEqual([own, []])
})

it('an edge is a separator that the arrow keys move; it is stored when the key is released', async () => {
  edge('server').focus()
  await flushPromises()
  const told = (...names: string[]) => names.map((name) => edge('server').getAttribute(name))
  expect(told('role', 'aria-orientation', 'tabindex', 'aria-label')).toEqual([
    'separator',
    'vertical',
    '0',
    'Width of Server',
  ])
  expect(told('aria-valuemin', 'aria-valuenow', 'aria-valuemax')).toEqual(['48', '120', '192'])
  await press('server', 'ArrowRight')
  expect(tracks()).toContain('minmax(48px, 128px) minmax(48px, 112px)')
  shown = { server: 128, projects: 112 }
  await press('server', 'ArrowLeft', { shiftKey: true })
  expect(tracks()).toContain('minmax(48px, 88px) minmax(48px, 152px)')
  await press('server', 'Home')
  expect(tracks()).toContain('minmax(48px, 48px) minmax(48px, 192px)')
  await press('server', 'End')
  expect(tracks()).toContain('minmax(48px, 192px) minmax(48px, 48px)')
  expect(stored()).toEqual([])
  shown = { server: 192, projects: 48 }
  await release('server')
  expect(stored()).toEqual([{ server: 192, projects: 48 }])
  expect(told('aria-valuenow')).toEqual(['192'])
  expect((await press('server', 'Enter')).defaultPrevented).toBe(true)
  expect(stored().at(-1)).toEqual({})
  expect(useOpenPanels().activeId, 'no row was opened').toBeNull()
})

it('Escape takes back what keys moved and nobody stored yet', async () => {
  const own = tracks()
  await press('server', 'ArrowRight')
  expect(tracks()).not.toBe(own)
  await press('server', 'Escape')
  await release('server')
  expect([tracks(), stored()]).toEqual([own, []])
})

it('dragging renders no row again', async () => {
  const cell = vi.spyOn(rowWords, 'reasonWords')
  await point('server', 'pointerdown', 500)
  await point('server', 'pointermove', 530)
  await point('server', 'pointermove', 540)
  expect(cell).not.toHaveBeenCalled()
})

it.each(['Enter', ' '])('the key %j on a button of the head presses it, and does nothing to a row', async (key) => {
  const button = document.querySelector<HTMLElement>('[role=columnheader].col-key button')
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true })
  button?.dispatchEvent(event)
  await flushPromises()
  expect([event.defaultPrevented, useOpenPanels().activeId, useTableView().selected.size]).toEqual([false, null, 0])
})
