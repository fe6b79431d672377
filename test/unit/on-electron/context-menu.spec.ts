import { EventEmitter } from 'node:events'
import type { MenuItemConstructorOptions, WebContents } from 'electron'
import { expect, it, vi } from 'vitest'
import { offerContextMenu, type Clicked } from '../../../src-main/app/context-menu.ts'

const shown = vi.hoisted(() => [] as MenuItemConstructorOptions[][])
vi.mock('electron', () => ({
  Menu: {
    buildFromTemplate: (template: MenuItemConstructorOptions[]) => ({ popup: () => void shown.push(template) }),
  },
}))

const nothing = {
  canUndo: false,
  canRedo: false,
  canCut: false,
  canCopy: false,
  canPaste: false,
  canSelectAll: false,
}

/** What the menu after a right click offers; null if none is shown. */
function offered(clicked: Clicked): string[] | null {
  shown.length = 0
  const contents = new EventEmitter()
  offerContextMenu(contents as unknown as WebContents)
  contents.emit('context-menu', {}, clicked)
  return shown[0]?.filter(({ enabled }) => enabled === true).map(({ label }) => label ?? '') ?? null
}

it('a password can be pasted by mouse, and not be copied', () => {
  // This is how Chromium reports a password field with a selection.
  const editFlags = { ...nothing, canPaste: true, canSelectAll: true }
  expect(offered({ isEditable: true, selectionText: '', editFlags })).toEqual(['Paste', 'Select all'])
})

it('text in a field can be cut, copied and replaced', () => {
  const editFlags = { ...nothing, canUndo: true, canCut: true, canCopy: true, canPaste: true, canSelectAll: true }
  expect(offered({ isEditable: true, selectionText: 'abc', editFlags })).toEqual([
    'Undo',
    'Cut',
    'Copy',
    'Paste',
    'Select all',
  ])
})

it('a text that is shown can be copied once it is selected, and elsewhere there is no menu', () => {
  expect(offered({ isEditable: false, selectionText: 'INT-4', editFlags: { ...nothing, canCopy: true } })).toEqual([
    'Copy',
  ])
  expect(offered({ isEditable: false, selectionText: ' \n', editFlags: nothing })).toBeNull()
})
