import { BrowserWindow, nativeTheme } from 'electron'
import { t } from '../text/say.ts'

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
  window.once('ready-to-show', () => window.show())
  return window
}
