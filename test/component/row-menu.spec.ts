import { flushPromises } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { message } from '../../src-contract/messages/message.ts'
import type { Server } from '../../src-contract/servers.ts'
import SynchronizationsView from '../../src-renderer/table/SynchronizationsView.vue'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useOpenPanels } from '../../src-renderer/synchronizations/open-panels.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useCommandRegistry } from '../../src-renderer/ui/commands.ts'
import { row, server, show, stubBridge } from './support.ts'

const rows = ['INT-1', 'INT-2', 'INT-3', 'INT-4'].map((key) =>
  row({ key, health: key === 'INT-1' ? 'stopped' : 'running' }),
)

function open(more: Partial<Server> = {}) {
  const asked = stubBridge()
  const view = show(SynchronizationsView, {}, () => {
    useServers().replace([server(more)])
    useSynchronizations().replace(rows)
    useTableView().sort = { column: 'key', isDescending: false }
  })
  const table = view.get('[data-test=table]')
  return {
    asked,
    table,
    press: (key: string, more: object = {}) => table.trigger('keydown', { key, ...more }),
    at: (key: string) => view.get(`[data-test=row-${key}]`),
    selected: () => useTableView().selectedRows.map(({ key }) => key),
  }
}

async function entries(): Promise<string[]> {
  await flushPromises()
  return [...document.querySelectorAll('[role=menuitem]')].map(
    (entry) => `${entry.getAttribute('aria-disabled') === 'true' ? '(' : ''}${entry.textContent.trim()}`,
  )
}

async function choose(label: string): Promise<void> {
  await flushPromises()
  const found = [...document.querySelectorAll<HTMLElement>('[role=menuitem]')].find(({ textContent }) =>
    textContent.includes(label),
  )
  found?.click()
  await flushPromises()
}

it('a right click offers what the palette offers, for the row that it meets', async () => {
  const { at } = open()
  await at('INT-2').trigger('contextmenu', { clientX: 10, clientY: 10 })
  const offered = await entries()
  expect(offered.some((label) => label.includes('Stop INT-2…'))).toBe(true)
  expect(offered.some((label) => label.includes('Show only Vienna'))).toBe(true)
  await choose('Stop INT-2')
  expect(document.querySelector('[role=dialog]')?.textContent).toContain('INT-2')
})

it('what would change nothing, or cannot be sent, is not offered', async () => {
  const { press } = open()
  await press('Enter')
  const commands = () => useCommandRegistry().all.map(({ title }) => title)
  expect(useOpenPanels().activeId).toBe('s1 INT-1')
  expect(commands()).toContain('Start INT-1…')
  expect(commands()).not.toContain('Stop INT-1…')
  useServers().replace([server({ isReadOnly: true })])
  expect(commands()).not.toContain('Start INT-1…')
})

it('a selected row stands for all that are selected', async () => {
  const { at, press } = open()
  await press(' ')
  await press('ArrowDown')
  await press(' ')
  await at('INT-2').trigger('contextmenu', { clientX: 10, clientY: 10 })
  expect((await entries()).some((label) => label.includes('Restart 2 selected…'))).toBe(true)
})

it('the floating bar offers the same for what is selected, and only what changes something', async () => {
  const { press } = open()
  await press(' ')
  const at = (name: string) => document.querySelector<HTMLButtonElement>(`[data-test=${name}]`)
  expect(at('bulk-bar')?.textContent).toContain('1 selected')
  expect([at('bulk-start')?.disabled, at('bulk-stop')?.disabled]).toEqual([false, true])
  expect(at('bulk-stop')?.title).toBe('INT-1 is already stopped.')
  at('bulk-start')?.click()
  await flushPromises()
  expect(document.querySelector('[role=dialog]')?.textContent).toContain('INT-1')
  at('clear-selection')?.click()
  await flushPromises()
  expect(at('bulk-bar')).toBeNull()
})

it('a start of what runs is not offered, broken or not, and the reason is said', async () => {
  const { at } = open()
  const broken = row({ key: 'INT-3', health: 'error', state: message('synchronizations.states.error') })
  const offline = row({ key: 'INT-4', health: 'error', state: message('synchronizations.states.offlineSide') })
  useSynchronizations().replace([row({ key: 'INT-2' }), broken, offline])
  const start = (): HTMLButtonElement | null => document.querySelector('[data-test=bulk-start]')
  useTableView().selected = new Set(['s1 INT-2', 's1 INT-3'])
  await flushPromises()
  expect([start()?.disabled, start()?.title]).toEqual([true, 'All 2 are already running.'])
  useTableView().selected = new Set(['s1 INT-2', 's1 INT-3', 's1 INT-4'])
  await flushPromises()
  expect([start()?.disabled, start()?.title]).toEqual([false, 'Start'])
  useTableView().selected = new Set()
  await at('INT-3').trigger('contextmenu', { clientX: 10, clientY: 10 })
  await flushPromises()
  const entry = [...document.querySelectorAll('[role=menuitem]')].find(({ textContent }) =>
    textContent.includes('Start INT-3…'),
  )
  expect([entry?.getAttribute('aria-disabled'), entry?.getAttribute('title')]).toEqual([
    'true',
    'INT-3 is already running.',
  ])
})

it('a key stands beside an entry only where it would do the same', async () => {
  const { press, at } = open()
  await press(' ')
  await at('INT-2').trigger('contextmenu', { clientX: 10, clientY: 10 })
  expect((await entries()).find((label) => label.includes('Stop INT-2…'))).not.toContain('Ctrl')
  expect(useCommandRegistry().all.find(({ title }) => title === 'Start INT-1…')?.shortcut).toBe('Mod+Shift+S')
})

it('opens by key, and has the keys until it closes', async () => {
  const { press, selected, table } = open()
  ;(table.element as HTMLElement).focus()
  await press('F10', { shiftKey: true })
  expect(await entries()).not.toEqual([])
  await press(' ')
  expect(selected()).toEqual([])
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await flushPromises()
  expect(document.activeElement?.getAttribute('role')).toBe('grid')
  await press(' ')
  expect(selected()).toEqual(['INT-1'])
})

it('a range is selected by Shift, with arrows and by clicks, and keeps what was selected before it', async () => {
  const { press, at, selected } = open()
  await press('ArrowDown', { shiftKey: true })
  await press('ArrowDown', { shiftKey: true })
  expect(selected()).toEqual(['INT-1', 'INT-2', 'INT-3'])
  await press('ArrowUp', { shiftKey: true })
  expect(selected()).toEqual(['INT-1', 'INT-2'])
  await at('INT-4').trigger('click', { ctrlKey: true })
  await at('INT-3').trigger('click', { shiftKey: true })
  expect(selected().sort()).toEqual(['INT-1', 'INT-2', 'INT-3', 'INT-4'])
  expect(useOpenPanels().activeId).toBeNull()
})

it('a range begins at the row that was clicked last, with either button', async () => {
  const { press, at, selected } = open()
  await at('INT-3').trigger('click')
  await at('INT-1').get('[role=checkbox]').trigger('click', { shiftKey: true })
  expect(selected().sort()).toEqual(['INT-1', 'INT-2', 'INT-3'])
  await press('Escape')
  await at('INT-2').trigger('contextmenu', { clientX: 10, clientY: 10 })
  document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
  await flushPromises()
  await press('ArrowDown', { shiftKey: true })
  expect(selected()).toEqual(['INT-2', 'INT-3'])
})

it('a range brings back nothing that was cleared before it', async () => {
  const { press, at, selected } = open()
  await at('INT-1').trigger('click', { ctrlKey: true })
  await at('INT-3').trigger('click', { ctrlKey: true })
  await press('Escape')
  await at('INT-4').trigger('click', { shiftKey: true })
  expect(selected()).toEqual(['INT-3', 'INT-4'])
})

it('a range whose beginning is filtered out starts again', async () => {
  const { at, selected } = open()
  await at('INT-1').trigger('click')
  useTableView().states = ['running']
  await flushPromises()
  await at('INT-2').trigger('click', { shiftKey: true })
  await at('INT-4').trigger('click', { shiftKey: true })
  expect(selected()).toEqual(['INT-2', 'INT-3', 'INT-4'])
})

it('what the menu of a row offers is done with it', async () => {
  const { at, asked } = open()
  const run = async (label: string): Promise<void> => {
    await at('INT-2').trigger('contextmenu', { clientX: 10, clientY: 10 })
    await choose(label)
  }
  await run('Open the panel')
  expect(useOpenPanels().activeId).toBe('s1 INT-2')
  await run('Copy link')
  await run('Open in Jira')
  expect(asked.filter(({ channel }) => channel === 'clipboard:write' || channel === 'links:open')).toEqual([
    { channel: 'clipboard:write', args: { text: expect.stringMatching(/^#.*INT-2$/) as unknown } },
    { channel: 'links:open', args: { serverId: 's1', target: 'backbone' } },
  ])
  await run('Show only Vienna')
  expect(useTableView().serverIds).toEqual(['s1'])
  await at('INT-2').trigger('contextmenu', { clientX: 10, clientY: 10 })
  expect((await entries()).find((label) => label.includes('Show only Vienna'))).toMatch(/^\(/)
})

it('the keys and addresses of what is selected go to the clipboard', async () => {
  const { press, asked } = open()
  await press('c', { ctrlKey: true })
  await press('ArrowDown', { shiftKey: true })
  await press('c', { ctrlKey: true })
  await flushPromises()
  expect(asked.filter(({ channel }) => channel === 'clipboard:write').map(({ args }) => args)).toEqual([
    { text: 'INT-1 https://jira.example' },
    { text: 'INT-1 https://jira.example\nINT-2 https://jira.example' },
  ])
})

it('neither a range nor a double click marks words, which a drag does', () => {
  const { at } = open()
  const marks = (more: MouseEventInit): boolean =>
    at('INT-2').element.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, cancelable: true, ...more }))
  expect([marks({ detail: 1 }), marks({ detail: 2 }), marks({ detail: 1, shiftKey: true })]).toEqual([
    true,
    false,
    false,
  ])
})
