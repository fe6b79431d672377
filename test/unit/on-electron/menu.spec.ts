import type { MenuItemConstructorOptions } from 'electron'
import { afterEach, expect, it, vi } from 'vitest'
import english from '../../../src-contract/messages/en.json' with { type: 'json' }
import { installMenu } from '../../../src-main/app/menu.ts'
import { speak } from '../../../src-main/text/say.ts'

const installed = vi.hoisted(() => [] as MenuItemConstructorOptions[][])
vi.mock('electron', () => ({
  Menu: {
    buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
    setApplicationMenu: (template: MenuItemConstructorOptions[]) => void installed.push(template),
  },
}))

afterEach(() => speak({ en: english }, []))

/** Every item of the menu that was installed last, with its children. */
function items(): MenuItemConstructorOptions[] {
  const inAll = (list: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    list.flatMap((item) => [item, ...inAll(Array.isArray(item.submenu) ? item.submenu : [])])
  return inAll(installed.at(-1) ?? []).filter(({ type }) => type !== 'separator')
}

it.each(['darwin', 'linux', 'win32'])('on %s every item says itself what it is, in the language spoken', (platform) => {
  installMenu(platform)
  // The application’s own menu, which macOS names, has no name of ours.
  expect(items().filter(({ label, role }) => label === undefined && role !== 'appMenu')).toEqual([])
  expect(items().map(({ label }) => label)).toContain('Copy')
  speak({ en: english, de: { shell: { menu: { items: { copy: 'Kopieren' } } } } }, ['de'])
  installMenu(platform)
  expect(items().map(({ label }) => label)).toContain('Kopieren')
})

it('nothing in it reloads the page or looks inside it', () => {
  installMenu('linux')
  const roles = items().map(({ role }) => role?.toLowerCase())
  expect(roles).toContain('resetzoom')
  for (const role of ['reload', 'forcereload', 'toggledevtools']) expect(roles).not.toContain(role)
})
