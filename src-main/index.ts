import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, protocol } from 'electron'
import { run } from './app/run.ts'
import { APP_SCHEME } from './security/app-protocol.ts'

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false, codeCache: true } },
])
app.enableSandbox()

// The one that comes second leaves before it opens a database; the first one shows its window instead.
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is ready only after this module has been evaluated.
  void app.whenReady().then(() => run(join(dirname(fileURLToPath(import.meta.url)), '..')))
} else {
  app.quit()
}
