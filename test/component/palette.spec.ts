import { createPinia, setActivePinia } from 'pinia'
import { describe, expect, it, vi } from 'vitest'
import { findEntries } from '../../src-renderer/palette/find-entries.ts'
import { useCommandRegistry, type Command } from '../../src-renderer/ui/commands.ts'
import { isShortcut, isTyping, shortcutText } from '../../src-renderer/ui/shortcut.ts'
import { row, server } from './support.ts'

const COMMANDS: readonly Command[] = [
  { title: 'Vienna: Diagnose…', group: 'servers', isSpecific: true, run: () => undefined },
  { title: 'Refresh all servers', group: 'servers', shortcut: 'F5', run: () => undefined },
  { title: 'Activity', group: 'go', shortcut: 'Mod+4', run: () => undefined },
  { title: 'View: Portals', group: 'go', run: () => undefined },
  { title: 'Select', group: 'table', shortcut: 'Space', run: null },
]
const rows = Array.from({ length: 40 }, (_, index) => row({ key: `INT-${index + 1}`, summary: `Project ${index + 1}` }))
const show = vi.fn()
const find = (text: string) =>
  findEntries(text, { commands: COMMANDS, servers: [server()], rows, show }).map(({ name, entries }) => [
    name,
    entries.map(({ title }) => title),
  ])

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
    findEntries('int-7 vienna', { commands: COMMANDS, servers: [server()], rows, show })[0]?.entries[0]?.run()
    expect(show).toHaveBeenCalledWith({ serverId: rows[0]?.serverId, key: 'INT-7' })
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
