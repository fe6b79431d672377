import { Menu, type ContextMenuParams, type MenuItemConstructorOptions, type WebContents } from 'electron'
import { t } from '../text/say.ts'

/** What was right-clicked, as far as its menu depends on it. */
export type Clicked = Pick<ContextMenuParams, 'isEditable' | 'selectionText'> & {
  readonly editFlags: Pick<
    ContextMenuParams['editFlags'],
    'canUndo' | 'canRedo' | 'canCut' | 'canCopy' | 'canPaste' | 'canSelectAll'
  >
}

/**
 * Shows a menu of what can be done with the right-clicked text. Electron has no such menu (its guide, “Context Menu”),
 * so without this a password could not be pasted with the mouse. If the page shows its own menu, Electron does not ask.
 */
export function offerContextMenu(contents: WebContents): void {
  contents.on('context-menu', (_event, clicked) => {
    const template = contextMenuTemplate(clicked)
    if (template.length > 0) Menu.buildFromTemplate(template).popup()
  })
}

/** The menu for what was clicked; empty if nothing can be done with it. */
export function contextMenuTemplate({ isEditable, selectionText, editFlags }: Clicked): MenuItemConstructorOptions[] {
  const item = (role: 'undo' | 'redo' | 'cut' | 'copy' | 'paste' | 'selectAll', enabled: boolean) => ({
    role,
    label: t(`shell.menu.items.${role}`),
    enabled,
  })
  if (!isEditable) return selectionText.trim() === '' ? [] : [item('copy', editFlags.canCopy)]
  return [
    item('undo', editFlags.canUndo),
    item('redo', editFlags.canRedo),
    { type: 'separator' },
    item('cut', editFlags.canCut),
    item('copy', editFlags.canCopy),
    item('paste', editFlags.canPaste),
    { type: 'separator' },
    item('selectAll', editFlags.canSelectAll),
  ]
}
