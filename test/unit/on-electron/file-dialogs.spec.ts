import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserWindow } from 'electron'
import { beforeEach, expect, it, vi } from 'vitest'
import { chooseWithDialog, saveWithDialog } from '../../../src-main/app/file-dialogs.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** Electron's dialogs: what they were asked with, and what their user answers. */
const dialogs = vi.hoisted(() => ({ asked: [] as unknown[][], path: '', isCanceled: false }))
vi.mock('electron', () => ({
  dialog: {
    showSaveDialog: async (...args: unknown[]) => {
      dialogs.asked.push(args)
      return { canceled: dialogs.isCanceled, filePath: dialogs.isCanceled ? '' : dialogs.path }
    },
    showOpenDialog: async (...args: unknown[]) => {
      dialogs.asked.push(args)
      return { canceled: dialogs.isCanceled, filePaths: dialogs.isCanceled ? [] : [dialogs.path] }
    },
  },
}))

const window = {} as BrowserWindow
beforeEach(() => Object.assign(dialogs, { asked: [], isCanceled: false }))

it('a file is saved where the user says, in a dialog in front of the window, or alone if there is none', async () => {
  dialogs.path = join(scratchFolder(), 'conflicts.csv')
  expect(await saveWithDialog(window, 'conflicts.csv', 'a;b')).toBe(dialogs.path)
  expect(readFileSync(dialogs.path, 'utf8')).toBe('a;b')
  expect(await saveWithDialog(null, 'conflicts.csv', 'c')).toBe(dialogs.path)
  expect(dialogs.asked).toEqual([[window, { defaultPath: 'conflicts.csv' }], [{ defaultPath: 'conflicts.csv' }]])
})

it('a file is chosen in a dialog before the window, among those of its kind', async () => {
  dialogs.path = '/servers.csv'
  expect(await chooseWithDialog(window, 'servers')).toBe('/servers.csv')
  expect(await chooseWithDialog(null, 'json')).toBe('/servers.csv')
  expect(dialogs.asked).toMatchObject([
    [window, { properties: ['openFile'], filters: [{ extensions: ['csv', 'json', 'txt'] }] }],
    [{ filters: [{ extensions: ['json'] }] }],
  ])
})

it('nothing is saved and nothing chosen where the user cancels', async () => {
  dialogs.isCanceled = true
  dialogs.path = '/never/written'
  expect(await saveWithDialog(window, 'x', 'y')).toBeNull()
  expect(await chooseWithDialog(window, 'json')).toBeNull()
})
