import { flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { h, type Component } from 'vue'
import ActivityView from '../../src-renderer/activity/ActivityView.vue'
import ConflictsView from '../../src-renderer/conflicts/ConflictsView.vue'
import CommandPalette from '../../src-renderer/palette/CommandPalette.vue'
import ShortcutsDialog from '../../src-renderer/palette/ShortcutsDialog.vue'
import TableToolbar from '../../src-renderer/table/TableToolbar.vue'
import { findEntries } from '../../src-renderer/palette/find-entries.ts'
import { useCommandRegistry, type Command } from '../../src-renderer/ui/commands.ts'
import { useServers } from '../../src-renderer/servers/servers.ts'
import { useSynchronizations } from '../../src-renderer/synchronizations/synchronizations.ts'
import { useTableView } from '../../src-renderer/table/table-view.ts'
import { useNavigation } from '../../src-renderer/ui/navigation.ts'
import { isShortcut, isTyping, shortcutText } from '../../src-renderer/ui/shortcut.ts'
import { row, server, show, stubBridge, type, unmountAll } from './support.ts'

const COMMANDS: readonly Command[] = [
  { title: 'Vienna: Diagnose…', group: 'servers', isSpecific: true, run: () => undefined },
  { title: 'Refresh all servers', group: 'servers', shortcut: 'F5', run: () => undefined },
  { title: 'Activity', group: 'go', shortcut: 'Mod+4', run: () => undefined },
  { title: 'View: Portals', group: 'go', run: () => undefined },
  { title: 'Select', group: 'table', shortcut: 'Space', run: null },
]
const rows = Array.from({ length: 40 }, (_, index) => row({ key: `INT-${index + 1}`, summary: `Project ${index + 1}` }))
const showFound = vi.fn()
const find = (text: string) =>
  findEntries(text, { commands: COMMANDS, servers: [server()], rows, tokens: null, show: showFound }).map(
    ({ name, entries }) => [name, entries.map(({ title }) => title)],
  )

describe('the palette', () => {
  it('lists commands before anything is typed, without those of each server and the keys of widgets', () => {
    expect(find('  ')).toEqual([['commands', ['Activity', 'View: Portals', 'Refresh all servers']]])
  })

  it('finds by all words, in any order, in commands, servers and synchronizations', () => {
    expect(find('diagnose vienna')).toEqual([['commands', ['Vienna: Diagnose…']]])
    expect(find('VIENNA 40')).toEqual([['synchronizations', ['INT-40  Project 40']]])
    expect(find('vie').map(([name]) => name)).toEqual(['commands', 'servers', 'synchronizations'])
    expect(find('select')).toEqual([])
  })

  it('puts the key that was typed first, and lists no more than a screen of each kind', () => {
    const [[, titles]] = find('int-4') as [[string, string[]]]
    expect(titles[0]).toBe('INT-4  Project 4')
    expect(titles).toEqual(['INT-4  Project 4', 'INT-40  Project 40'])
    expect((find('int')[0] as [string, string[]])[1]).toHaveLength(12)
  })

  it('shows what is chosen', () => {
    findEntries('int-7 vienna', {
      commands: COMMANDS,
      servers: [server()],
      rows,
      tokens: null,
      show: showFound,
    })[0]?.entries[0]?.run()
    expect(showFound).toHaveBeenCalledWith({ serverId: rows[0]?.serverId, key: 'INT-7' })
  })
})

describe('tokens of the table’s filter', () => {
  const health = (index: number) => (index % 4 === 0 ? 'error' : 'running')
  const palette = async (text: string) => {
    show(CommandPalette, {}, () => {
      useServers().replace([server(), server({ id: 's2', name: 'Munich', environment: 'production' })])
      useSynchronizations().replace([
        ...rows.map((one, index) => ({ ...one, health: health(index) }) as const),
        row({ key: 'INT-99', serverId: 's2', health: 'error', issuesInError: 3, summary: 'Payroll' }),
      ])
      useTableView().kinds = ['distributed']
      useTableView().sortBy('key')
    })
    await type('Find a synchronization, a server or a command', text)
    return [...document.querySelectorAll<HTMLElement>('[data-test=palette-entry]')]
  }
  const titles = (entries: readonly HTMLElement[]) => entries.map((entry) => entry.querySelector('bdi')?.textContent)

  it('find rows, and lead to the table with exactly that filter', async () => {
    const entries = await palette('state:error -server:munich project ')
    expect(titles(entries)).toHaveLength(11)
    expect(titles(entries).slice(0, 2)).toEqual(['Show 10 synchronizations in the table', 'INT-1  Project 1'])
    expect(entries[0]?.textContent).toContain('State: Broken · Server: not Munich · project')
    entries[0]?.click()
    await flushPromises()
    const view = useTableView()
    expect([view.text, view.states, view.kinds, view.conditions]).toEqual([
      'project',
      ['error'],
      [],
      [{ field: 'server', value: 's2', isNegated: true }],
    ])
    expect(view.visible).toHaveLength(10)
    expect([view.sort.column, useNavigation().view]).toEqual(['key', 'synchronizations'])
  })

  it('of one row are said so, and of none offer nothing', async () => {
    expect(titles(await palette('has:errors'))).toEqual(['Show 1 synchronization in the table', 'INT-99  Payroll'])
    unmountAll()
    expect(await palette('has:errors state:stopped')).toEqual([])
    expect(document.body.textContent).toContain('Nothing found.')
  })

  it('that are not understood are reported once they are finished', async () => {
    const told = () => document.querySelector('[data-test=palette-trouble]')?.textContent?.trim()
    await palette('state:foo')
    expect(told()).toBeUndefined()
    unmountAll()
    const entries = await palette('state:foo has:errors ')
    expect(told()).toContain('State: there is no “foo”, so this filters nothing.')
    expect(titles(entries)[0]).toBe('Show 1 synchronization in the table')
  })

  it('are none in other words with a colon', async () => {
    expect(titles(await palette('project: 7'))).toEqual([])
    unmountAll()
    expect(titles(await palette('int-7'))).toContain('INT-7  Project 7')
  })
})

describe('the list of shortcuts', () => {
  const keys = async (view: Component | null) => {
    show({ render: () => [view === null ? null : h(view), h(ShortcutsDialog)] }, {})
    await flushPromises()
    return [...document.querySelectorAll('[data-test=search-help] .keys')].map(({ textContent }) => textContent)
  }

  it.each<[string, Component, string[]]>([
    ['the table', TableToolbar, ['state:', 'partner:']],
    ['conflicts', ConflictsView, ['severity:', 'key:']],
    ['the activity', ActivityView, ['outcome:', 'user:']],
  ])('has the keys of the filter of %s where that is shown', async (_name, view, some) => {
    stubBridge()
    expect(await keys(view)).toEqual(expect.arrayContaining(['server:', ...some, '-']))
  })

  it('has none where no list is shown', async () => {
    expect(await keys(null)).toEqual([])
  })
})

describe('commands', () => {
  it('are offered until they are taken back, and follow what they depend on', () => {
    setActivePinia(createPinia())
    const registry = useCommandRegistry()
    const withdraw = registry.offer(() => COMMANDS.slice(0, 1))
    registry.offer(() => COMMANDS.slice(1, 2))
    expect(registry.all).toHaveLength(2)
    withdraw()
    expect(registry.all.map(({ title }) => title)).toEqual(['Refresh all servers'])
  })
})

describe('a shortcut', () => {
  const keys = (key: string, held: readonly string[] = []) => ({
    key,
    ctrlKey: held.includes('ctrl'),
    metaKey: held.includes('meta'),
    altKey: held.includes('alt'),
    shiftKey: held.includes('shift'),
  })

  it.each([
    ['Mod+K', keys('k', ['ctrl']), false, true],
    ['Mod+K', keys('K', ['ctrl']), false, true],
    ['Mod+K', keys('k', ['meta']), false, false],
    ['Mod+K', keys('k', ['meta']), true, true],
    ['Mod+K', keys('k', ['ctrl']), true, false],
    ['Mod+K', keys('k', ['ctrl', 'shift']), false, false],
    ['Mod+K', keys('k'), false, false],
    ['Mod+Shift+X', keys('X', ['ctrl', 'shift']), false, true],
    ['Mod+Shift+X', keys('x', ['ctrl']), false, false],
    ['F5', keys('F5'), false, true],
    ['F5', keys('F5', ['ctrl']), false, false],
    ['/', keys('/', ['shift']), false, true],
    ['?', keys('?', ['shift']), false, true],
    ['?', keys('?', ['ctrl', 'alt']), false, false],
  ])('%s is pressed by %o (Apple: %s): %s', (shortcut, pressed, isApple, isIt) => {
    expect(isShortcut(shortcut, pressed, isApple)).toBe(isIt)
  })

  it('is written as the platform writes it', () => {
    expect(shortcutText('Mod+Shift+X', false)).toBe('Ctrl+Shift+X')
    expect(shortcutText('Mod+Shift+X', true)).toBe('⌘⇧X')
    expect(shortcutText('PageDown', false)).toBe('Page Down')
  })

  it('of one sign is text where somebody types, and undoing is of that text', () => {
    for (const shortcut of ['?', 'Mod+Z']) expect(isTyping(shortcut)).toBe(true)
    for (const shortcut of ['F5', 'Mod+K', 'Mod+1']) expect(isTyping(shortcut)).toBe(false)
  })
})
