import { Menu, nativeImage, Tray, type NativeImage } from 'electron'
import { t } from '../text/say.ts'
import icon from '../../resources/tray.png?asset'
// macOS draws its opaque parts in the colour of the menu bar because of its name.
import template from '../../resources/trayTemplate.png?asset'

export interface TrayActions {
  readonly open: () => void
  readonly quit: () => void
  readonly isPaused: () => boolean
  readonly setPaused: (isPaused: boolean) => void
}

/** Syncdeck's icon in the tray, there as long as the user wants it to keep watching with its window closed. */
export class AppTray {
  readonly #actions: TrayActions
  #tray: Tray | null = null
  #unread = 0

  constructor(actions: TrayActions) {
    this.#actions = actions
  }

  get isShown(): boolean {
    return this.#tray !== null
  }

  setShown(isShown: boolean): void {
    if (!isShown) {
      this.#tray?.destroy()
      this.#tray = null
    } else if (this.#tray === null) {
      // A desktop without a tray does not throw, but shows nothing; the application's own icon opens the window again.
      this.#tray = new Tray(trayImage())
      this.#tray.on('click', this.#actions.open)
    }
    this.update()
  }

  setUnread(unread: number): void {
    this.#unread = unread
    this.update()
  }

  /** Shows the current state. On Linux a changed menu has to be set again. */
  update(): void {
    const { open, quit, isPaused, setPaused } = this.#actions
    const paused = isPaused()
    this.#tray?.setToolTip(trayText(this.#unread, paused))
    this.#tray?.setContextMenu(
      Menu.buildFromTemplate([
        { label: t('shell.tray.open'), click: open },
        { label: t(paused ? 'shell.tray.resume' : 'shell.tray.pause'), click: () => setPaused(!paused) },
        { type: 'separator' },
        { label: t('shell.tray.quit'), click: quit },
      ]),
    )
  }
}

/** What the tray shows. */
export function trayImage(): NativeImage {
  return nativeImage.createFromPath(process.platform === 'darwin' ? template : icon)
}

function trayText(unread: number, isPaused: boolean): string {
  if (unread === 0) return t(isPaused ? 'shell.tray.state.paused' : 'shell.tray.state.plain')
  return t(isPaused ? 'shell.tray.state.unreadPaused' : 'shell.tray.state.unread', { count: unread })
}
