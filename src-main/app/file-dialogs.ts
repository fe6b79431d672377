import { writeFile } from 'node:fs/promises'
import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron'
import type { Question } from '../security/trust-guard.ts'
import type { LostStateAnswer, LostStateQuestion } from '../storage/recover-state.ts'
import { t } from '../text/say.ts'
import { lostStateMessage } from './lost-state-question.ts'

/**
 * Asks where to save a text, in front of the window if there is one, and saves it. Resolves with the path, or null if
 * the user cancelled.
 */
export async function saveWithDialog(
  window: BrowserWindow | null,
  suggestedName: string,
  text: string,
): Promise<string | null> {
  const options = { defaultPath: suggestedName }
  const { canceled, filePath } = await (window === null
    ? dialog.showSaveDialog(options)
    : dialog.showSaveDialog(window, options))
  if (canceled || filePath === '') return null
  await writeFile(filePath, text)
  return filePath
}

/**
 * Lets the user choose a file of a kind, in front of the window if there is one. Resolves with its path, or null if the
 * user cancelled.
 */
export async function chooseWithDialog(window: BrowserWindow | null, kind: 'json' | 'servers'): Promise<string | null> {
  const filters = {
    json: { name: t('shell.jsonFiles'), extensions: ['json'] },
    servers: { name: t('shell.serverLists'), extensions: ['csv', 'json', 'txt'] },
  }
  const options: OpenDialogOptions = { properties: ['openFile'], filters: [filters[kind]] }
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options))
  return canceled ? null : (filePaths[0] ?? null)
}

const CANCEL = 0
const AGREE = 1

/**
 * Asks with a native dialog, in front of the window if there is one. Anything but the confirming button counts as no.
 */
export async function confirmByDialog(
  window: BrowserWindow | null,
  { message, detail, yes }: Question,
): Promise<boolean> {
  const options = {
    type: 'warning',
    title: t('app.name'),
    message,
    detail,
    buttons: [t('shell.cancel'), yes],
    defaultId: CANCEL,
    cancelId: CANCEL,
    noLink: true,
  } as const
  const asked = { ...options, buttons: [...options.buttons] }
  const { response } = window === null ? await dialog.showMessageBox(asked) : await dialog.showMessageBox(window, asked)
  return response === AGREE
}

/** Asks what to do about a lost `state.db`, before there is a window. Closing the dialog quits. */
export async function askAboutLostState(question: LostStateQuestion): Promise<LostStateAnswer> {
  const { answers, buttons, ...words } = lostStateMessage(question)
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: t('app.name'),
    noLink: true,
    buttons: [...buttons],
    ...words,
  })
  return answers[response] ?? 'quit'
}
