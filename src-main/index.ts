import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { app, dialog, protocol } from 'electron'
import { stackOf } from './logging/fault.ts'
import { refusalOf, USAGE_EXIT_CODE } from './app/command-line.ts'
import { whyLockRefused } from './app/lock-refused.ts'
import { portableFolder } from './app/portable.ts'
import { checkItself, type Checked } from './app/self-check-points.ts'
import { ownCommand, superviseSelfCheck } from './app/self-check-run.ts'
import { run } from './app/run.ts'
import { APP_SCHEME } from './security/app-protocol.ts'
import { SWITCHES } from './security/harden.ts'
import { say, t } from './text/say.ts'

// Before anything is opened.
const { isPackaged } = app
const refusal = refusalOf(process.argv, { isPackaged, hasSwitch: (name) => app.commandLine.hasSwitch(name) })
if (refusal !== null) {
  process.stderr.write(`${say(refusal)}\n`)
  // A program with windows has no output there that anybody would see.
  if (process.platform === 'win32') dialog.showErrorBox(t('shell.noStart'), say(refusal))
  app.exit(USAGE_EXIT_CODE)
}

protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: false, codeCache: true } },
])
// `enableSandbox` would remove the switch without which Electron does not start for root, or where the system forbids
// its sandbox, and its later processes would fail. Each window asks for the sandbox anyway.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox()
// The name under which the installer makes the shortcut: otherwise Windows shows notifications under another name, and
// two icons.
if (process.platform === 'win32') app.setAppUserModelId('io.syncdeck.app')
for (const [name, value] of SWITCHES) app.commandLine.appendSwitch(name, value)

// Awaited here, Electron does not become ready meanwhile: this process opens no profile, and shows nothing.
if (app.commandLine.hasSwitch('self-check'))
  app.exit(await superviseSelfCheck(ownCommand(process), app.commandLine.getSwitchValue('self-check') || null))

let isEnding = false

// Portable: everything is kept beside the program, if that folder exists or is requested. A folder named on the command
// line takes precedence.
const beside = portableFolder(process)
if (!app.commandLine.hasSwitch('user-data-dir') && (app.commandLine.hasSwitch('portable') || existsSync(beside))) {
  try {
    mkdirSync(beside, { recursive: true, mode: 0o700 })
    app.setPath('userData', beside)
  } catch (fault) {
    endWith(t('shell.portable.title'), t('shell.portable.text', { folder: beside, reason: String(fault) }))
  }
}

// A second Syncdeck quits before it opens a database; the first one shows its window instead.
if (isEnding) {
  // The message is shown once Electron is ready.
} else if (app.requestSingleInstanceLock()) {
  // Not awaited: Electron is ready only after this module has been evaluated.
  app
    .whenReady()
    .then(() => run(join(dirname(fileURLToPath(import.meta.url)), '..')))
    .then(checkIfAsked)
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

/** Writes what the running application shows of itself, and quits, if that is what it was started for. */
async function checkIfAsked(checked: Checked | null): Promise<void> {
  const file = app.commandLine.getSwitchValue('self-check-run')
  if (file === '' || checked === null) return
  writeFileSync(file, JSON.stringify(await checkItself(checked, false)))
  app.quit()
}

/** Says in a box why Syncdeck cannot start, and quits. */
function endWith(title: string, text: string): void {
  isEnding = true
  void app.whenReady().then(() => {
    dialog.showErrorBox(title, text)
    app.exit(1)
  })
}
