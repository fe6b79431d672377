import { BrowserWindow, nativeTheme } from 'electron'
import { t } from '../text/say.ts'

/** A window that has not painted by then is shown as it is. */
const SHOWN_AT_LATEST_MS = 8_000

/** Creates the one window, hidden until its first paint. Sandboxed, isolated, without Node. */
export function createWindow(options: { preload: string; isDevToolsAllowed: boolean }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 800,
    minHeight: 560,
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
  // WebRTC asks neither the page's policy nor the filter of its requests. This leaves it no UDP, and the session's dead proxy no TCP.
  window.webContents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp')
  const show = (): void => {
    clearTimeout(late)
    if (!window.isDestroyed()) window.show()
  }
  // Electron may tell of the first paint late, or not at all (its guide on `BrowserWindow`).
  const late = setTimeout(show, SHOWN_AT_LATEST_MS)
  window.once('ready-to-show', show)
  window.once('closed', () => clearTimeout(late))
  return window
}
