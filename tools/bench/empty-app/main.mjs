import { app, BrowserWindow, protocol } from 'electron'

/** The least application that shows a page: what starting costs before anything of Syncdeck is done. */
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])

void app.whenReady().then(async () => {
  const page =
    '<!doctype html><html lang="en"><title>Empty</title><body><input data-test="filter" aria-label="Filter"><div data-test="rows"><p>Empty</p></div></body></html>'
  protocol.handle('app', () => new Response(page, { headers: { 'content-type': 'text/html;charset=utf-8' } }))
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false },
  })
  await window.loadURL('app://empty/index.html')
})
