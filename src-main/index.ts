import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, dialog, protocol } from 'electron'
import { stackOf } from './logging/fault.ts'
import { whyLockRefused } from './app/lock-refused.ts'
import { portableFolder } from './app/portable.ts'
import { run } from './app/run.ts'
import { APP_SCHEME } from './security/app-protocol.ts'
import { SWITCHES } from './security/harden.ts'
import { t } from './text/say.ts'

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false, codeCache: true } },
])
// It would take away the switch without which Electron does not start for root, or where the system forbids its
// sandbox, and the processes that come later would fail. Each window asks for the sandbox anyway.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
// By the name under which the installer makes the shortcut: else Windows shows notifications of a stranger, and two
// icons.
if (process.platform === 'win32') app.setAppUserModelId('io.syncdeck.app')
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value)

let isEnding = false

// Portable: everything is kept beside the program, where that folder is or is asked for. A named folder goes before.
const beside = portableFolder(process)
if (!app.commandLine.hasSwitch('user-data-dir') && (app.commandLine.hasSwitch('portable') || existsSync(beside))) {
  try {
    mkdirSync(beside, { recursive: true, mode: 0o700 })
    app.setPath('userData', beside)
  } catch (fault) {
    endWith(t('shell.portable.title'), t('shell.portable.text', { folder: beside, reason: String(fault) }))
  }
}

// The one that comes second leaves before it opens a database; the first one shows its window instead.
if (isEnding) {
  // Its words are shown once Electron is ready.
} else if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is ready only after this module has been evaluated.
  app
    .whenReady()
    .then(() => run(join(dirname(fileURLToPath(import.meta.url)), '..')))
    .catch((fault: unknown) => {
      dialog.showErrorBox(t('shell.noStart'), stackOf(fault))
      app.exit(1)
    })
} else {
  const folder = app.getPath('userData')
  const why = whyLockRefused(folder, process.versions.electron !== undefined, process.platform)
  if (why === 'running') app.quit()
  else endWith(t('shell.noStart'), t(`shell.lock.${why}`, { folder }))
}

/** Tells why there is no start, in a box, and ends. */
function endWith(title: string, text: string): void {
  isEnding = true
  void app.whenReady().then(() => {
    dialog.showErrorBox(title, text)
    app.exit(1)
  })
}
