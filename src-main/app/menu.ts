import { Menu, type MenuItemConstructorOptions } from 'electron'
import type english from '#contract/messages/en.json'
import { t } from '../text/say.ts'

/**
 * The application menu: what the platform expects for editing and windows, and nothing that could reload or inspect.
 * Installed again when the language changes.
 */
export function installMenu(platform: string): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(platform)))
}

type MenuRole = keyof typeof english.shell.menu.items

const SEPARATOR = { type: 'separator' } as const

/** The menu as a template for Electron. */
export function menuTemplate(platform: string): MenuItemConstructorOptions[] {
  // Electron names the items of a role itself, but in English only.
  const item = (role: MenuRole) => ({ role, label: t(`shell.menu.items.${role}`) })
  const isApple = platform === 'darwin'
  const application: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      item('about'),
      SEPARATOR,
      item('services'),
      SEPARATOR,
      ...(['hide', 'hideOthers', 'unhide'] as const).map(item),
      SEPARATOR,
      item('quit'),
    ],
  }
  return [
    ...(isApple ? [application] : []),
    // On macOS closing a window belongs here, elsewhere quitting: with the window in the tray, there would be no other
    // way to quit.
    { role: 'fileMenu', label: t('shell.menu.file'), submenu: [item(isApple ? 'close' : 'quit')] },
    {
      role: 'editMenu',
      label: t('shell.menu.edit'),
      submenu: [
        ...(['undo', 'redo'] as const).map(item),
        SEPARATOR,
        ...(['cut', 'copy', 'paste', 'delete'] as const).map(item),
        SEPARATOR,
        item('selectAll'),
      ],
    },
    {
      label: t('shell.menu.view'),
      submenu: [...(['resetZoom', 'zoomIn', 'zoomOut'] as const).map(item), SEPARATOR, item('togglefullscreen')],
    },
    {
      role: 'windowMenu',
      label: t('shell.menu.window'),
      submenu: (isApple ? (['minimize', 'zoom', 'front'] as const) : (['minimize', 'close'] as const)).map(item),
    },
  ]
}
