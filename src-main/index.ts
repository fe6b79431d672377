import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, dialog, protocol } from 'electron'
import { stackOf } from './logging/fault.ts'
import { portableFolder } from './app/portable.ts'
import { run } from './app/run.ts'
import { APP_SCHEME } from './security/app-protocol.ts'
import { SWITCHES } from './security/harden.ts'
import { t } from './text/say.ts'

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false, codeCache: true } },
])
app.enableSandbox()
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value)

// Portable: everything is kept beside the program, where that folder is or is asked for. A named folder goes before.
const beside = portableFolder(process)
if (!app.commandLine.hasSwitch('user-data-dir') && (app.commandLine.hasSwitch('portable') || existsSync(beside))) {
  mkdirSync(beside, { recursive: true, mode: 0o700 })
  app.setPath('userData', beside)
}

// The one that comes second leaves before it opens a database; the first one shows its window instead.
if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is ready only after this module has been evaluated.
  app
    .whenReady()
    .then(() => run(join(dirname(fileURLToPath(import.meta.url)), '..')))
    .catch((fault: unknown) => {
      dialog.showErrorBox(t('shell.noStart'), stackOf(fault))
      app.exit(1)
    })
} else {
  app.quit()
}
