import { BrowserWindow, nativeTheme, screen } from 'electron'
import { t } from '../text/say.ts'
import { LEAST_SIZE, openingAt, type WindowPlace } from './window-place.ts'

/** A window that has not painted after this time is shown as it is. */
const SHOWN_AT_LATEST_MS = 8_000

/** Creates the only window, where it was last, hidden until its first paint. Sandboxed, isolated, without Node. */
export function createWindow(options: {
  preload: string
  isDevToolsAllowed: boolean
  /** Null before the first time. */
  place: WindowPlace | null
}): BrowserWindow {
  const window = new BrowserWindow({
    ...openingAt(options.place?.bounds ?? null, workAreas()),
    minWidth: LEAST_SIZE.width,
    minHeight: LEAST_SIZE.height,
    show: false,
    title: t('app.name'),
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#15181d' : '#ffffff',
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      devTools: options.isDevToolsAllowed,
      spellcheck: false,
    },
  })
  // WebRTC heeds neither the page's policy nor the request filter. This leaves it no UDP, and the session's dead proxy
  // no TCP.
  window.webContents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  const show = (): void => {
    clearTimeout(late)
    if (window.isDestroyed()) return
    // Not earlier: maximizing shows a window that is hidden.
    if (options.place?.isMaximized === true) window.maximize()
    window.show()
  }
  // Electron may report the first paint late, or not at all (its guide on `BrowserWindow`).
  const late = setTimeout(show, SHOWN_AT_LATEST_MS)
  window.once('ready-to-show', show)
  window.once('closed', () => clearTimeout(late))
  return window
}

/** Where the window is, for the next start. */
export function placeOf(window: BrowserWindow): WindowPlace {
  return { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() }
}

/** The work areas of the displays, the primary one first. */
function workAreas(): Electron.Rectangle[] {
  const primary = screen.getPrimaryDisplay()
  const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
  return [primary, ...others].map(({ workArea }) => workArea)
}
