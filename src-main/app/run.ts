import { join } from 'node:path'
import {
  app,
  clipboard,
  dialog,
  nativeTheme,
  powerMonitor,
  protocol,
  session,
  type BrowserWindow,
  type Session,
} from 'electron'
import type { EventMessage } from '#contract/contract.ts'
import { languages } from '#contract/messages/languages.ts'
import { createHandlers } from './handlers.ts'
import { registerHandlers, sendEvent } from '../ipc/wire-ipc.ts'
import { logFault } from '../logging/fault.ts'
import { createFileLogger, readLog } from '../logging/logger.ts'
import { createKeytarKeychain } from '../secrets/keytar-keychain.ts'
import { APP_SCHEME, APP_URL, createAppProtocol, isAppUrl } from '../security/app-protocol.ts'
import { cutOff, hardenContents, hardenSession, requestFilter } from '../security/harden.ts'
import { openOnServer } from '../security/open-external.ts'
import { SchemaTooNewError } from '../storage/migrate.ts'
import { openOrRecover, type LostStateAnswer, type LostStateQuestion } from '../storage/recover-state.ts'
import { speak, t } from '../text/say.ts'
import { offerContextMenu } from './context-menu.ts'
import { installLastResort } from './last-resort.ts'
import { installMenu } from './menu.ts'
import { recoverPage } from './page-recovery.ts'
import { closeBeforeQuit } from './quitting.ts'
import { checkItself, type Checked } from './self-check-points.ts'
import { createServices, type Services } from './services.ts'
import type { Host } from './host.ts'
import { setBadge, showSystemNotification } from './system-notifications.ts'
import { AppTray } from './tray.ts'
import { askAboutLostState, chooseWithDialog, confirmByDialog, saveWithDialog } from './file-dialogs.ts'
import { createWindow, placeOf } from './window.ts'

/** How much time the network gets after waking up before servers are asked again. */
const SETTLE_AFTER_SLEEP_MS = 2_000

/**
 * A session in memory that no page uses: only this one knows the system's proxy, which the page's session must not
 * know.
 */
const SYSTEM_PROXY_SESSION = 'system-proxy'

/** The length of the log in a support bundle. */
const SUPPORT_LOG_CHARACTERS = 200_000

/**
 * Starts the application once Electron is ready. `outFolder` is where main, preload and renderer were built to. Resolves
 * with what `--self-check` looks at; null if the application could not open its data, or its window was closed.
 */
export async function run(outFolder: string): Promise<Checked | null> {
  const folder = app.getPath('userData')
  const logger = createFileLogger(join(folder, 'logs'))
  const systemLanguages = app.getPreferredSystemLanguages()
  // For anything said before the settings can be read.
  speak(languages, systemLanguages)
  let notifyOfFault = (): void => undefined
  installLastResort(process, {
    logger,
    notify: () => notifyOfFault(),
    showEnd: (title, text) => dialog.showErrorBox(title, text),
    exit: (code) => app.exit(code),
  })
  const developmentUrl = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL
  const isOwnPage = (url: string): boolean =>
    isAppUrl(url) || (developmentUrl !== undefined && url.startsWith(`${developmentUrl}/`))
  const isAllowedRequest = requestFilter({ isOwnPage, isPackaged: app.isPackaged, developmentUrl })

  let window: BrowserWindow | null = null
  let isQuitting = false
  const send = (message: EventMessage): void => sendEvent(window, message)
  const showUnread = (count: number): void => {
    setBadge(count)
    tray.setUnread(count)
  }
  const checked = (): Checked | null =>
    window === null || services === null
      ? null
      : { window, services, keychain: createKeytarKeychain(), proxySession: proxySession() }
  const services: Services | null = await openServices(folder, logger, {
    send,
    confirm: (question) => confirmByDialog(window, question),
    saveFile: (name, text) => saveWithDialog(window, name, text),
    chooseFile: (kind) => chooseWithDialog(window, kind),
    setBadge: showUnread,
    checkQuietly: async () => {
      const running = checked()
      return running === null ? { program: {}, points: [] } : checkItself(running, true)
    },
    notify: (notification) => {
      if (window !== null && window.isFocused()) return
      showSystemNotification(
        notification,
        () => {
          const [first] = notification.items
          showWindow()
          const isOne = first !== undefined && notification.items.length === 1
          services?.events.emit(
            'window:navigate',
            notification.kind === 'job'
              ? { ref: null, view: 'jobs', jobId: notification.jobId }
              : isOne
                ? { ref: first, view: 'synchronizations', jobId: null }
                : { ref: null, view: 'notifications', jobId: null },
          )
        },
        logger,
      )
    },
    onSettings: (changed, before) => {
      if (changed.language !== before.language) speakChosen(changed.language)
      nativeTheme.themeSource = changed.appearance
      tray.setShown(changed.closeToTray)
    },
    systemLanguages,
  })
  if (services === null) {
    app.exit(1)
    return null
  }
  const { settings, watching, events, windowPlace } = services
  notifyOfFault = () => events.emit('app:fault', {})

  const openWindow = async (): Promise<void> => {
    const opened = createWindow({
      preload: join(outFolder, 'preload', 'index.cjs'),
      isDevToolsAllowed: !app.isPackaged,
      place: windowPlace.load(),
    })
    window = opened
    opened.on('close', (event) => {
      windowPlace.save(placeOf(opened))
      if (isQuitting || !tray.isShown) return
      event.preventDefault()
      opened.hide()
    })
    for (const event of ['hide', 'minimize'] as const)
      opened.on(event as 'hide', () => watching.monitor.setHidden(true))
    for (const event of ['show', 'restore'] as const)
      opened.on(event as 'show', () => watching.monitor.setHidden(false))
    opened.on('closed', () => {
      window = null
    })
    const load = async (): Promise<void> => {
      try {
        await opened.loadURL(developmentUrl === undefined ? APP_URL : `${developmentUrl}/index.html`)
      } catch (fault) {
        // The user was faster, or another load replaced it: that is not a failure of Syncdeck.
        if (!opened.isDestroyed() && !isAborted(fault)) throw fault
      }
    }
    recoverPage(opened.webContents, {
      logger,
      // Not within the event: Chromium is still clearing away what ended.
      reload: () => setImmediate(() => void load()),
      giveUp: () => {
        dialog.showErrorBox(t('shell.pageGone.title'), t('shell.pageGone.text'))
        opened.destroy()
      },
      elapsed: () => performance.now(),
    })
    await load()
  }
  const showWindow = (): void => {
    if (window === null) return void openWindow()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  const tray = new AppTray({
    open: showWindow,
    quit: () => app.quit(),
    isPaused: () => settings.get().isPaused,
    setPaused: (isPaused) => {
      settings.set({ isPaused })
      tray.update()
    },
  })

  const speakChosen = (language: string): void => {
    speak(languages, systemLanguages, language)
    installMenu(process.platform)
  }

  speakChosen(settings.get().language)
  nativeTheme.themeSource = settings.get().appearance
  protocol.handle(APP_SCHEME, createAppProtocol(join(outFolder, 'renderer')))
  hardenSession(session.defaultSession, isAllowedRequest, logger)
  app.on('web-contents-created', (_event, contents) => {
    hardenContents(contents, isOwnPage, logger)
    offerContextMenu(contents)
  })
  registerHandlers({ handlers: createHandlers(services), window: () => window, isOwnPage, logger })
  app.on('before-quit', () => {
    isQuitting = true
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  closeBeforeQuit(app, () => services.close())
  watchSleep(services)

  await cutOff(session.defaultSession, developmentUrl)
  await services.demo.leave()
  if (app.commandLine.hasSwitch('demo')) await services.demo.start()
  tray.setShown(settings.get().closeToTray)
  const opening = openWindow()
  // Not earlier: a window that opens before the session is cut off would have a page that is not, and there would be
  // two windows.
  app.on('second-instance', showWindow)
  app.on('activate', showWindow)
  // While the window's process starts, this one has little else to do.
  await Promise.all([opening, services.directory.load()])
  services.resume()
  showUnread(services.notifications.unreadCount)
  watching.start()
  logger.write('info', 'started', { version: app.getVersion(), runtime: services.app.runtime })
  return checked()
}

/** A session that knows the system's proxy. */
function proxySession(): Session {
  return session.fromPartition(SYSTEM_PROXY_SESSION)
}

async function openServices(
  folder: string,
  logger: ReturnType<typeof createFileLogger>,
  {
    systemLanguages,
    ...shown
  }: Pick<
    Host,
    'send' | 'confirm' | 'saveFile' | 'chooseFile' | 'setBadge' | 'checkQuietly' | 'notify' | 'onSettings'
  > &
    Pick<Host['app'], 'systemLanguages'>,
): Promise<Services | null> {
  try {
    const electron = process.versions.electron
    const open = (): Services =>
      createServices({
        folder,
        logger,
        ...shown,
        keychain: createKeytarKeychain(),
        resolveSystemProxy: (address) => proxySession().resolveProxy(address),
        openExternal: openOnServer,
        writeClipboard: (text) => clipboard.writeText(text),
        readLog: () => readLog(join(folder, 'logs'), SUPPORT_LOG_CHARACTERS),
        app: {
          version: app.getVersion(),
          runtime:
            electron === undefined ? t('shell.chromiumHost', { node: process.versions.node }) : `Electron ${electron}`,
          platform: process.platform,
          systemLanguages,
          isReadOnly: app.commandLine.hasSwitch('read-only'),
        },
      })
    const ask = async (question: LostStateQuestion): Promise<LostStateAnswer> => {
      const answer = await askAboutLostState(question)
      logger.write('warn', 'state database lost', { found: question.found, copy: question.copy?.name ?? '', answer })
      return answer
    }
    return await openOrRecover({ path: join(folder, 'state.db'), open, ask, now: () => Date.now() })
  } catch (error) {
    logFault(logger, 'state database not opened', error)
    dialog.showErrorBox(
      t('shell.data.title'),
      error instanceof SchemaTooNewError ? t('shell.data.newer') : t('shell.data.unusable', { folder }),
    )
    return null
  }
}

/** Chromium's error for a load that was replaced by another. */
function isAborted(fault: unknown): boolean {
  return (fault as { code?: unknown } | null)?.code === 'ERR_ABORTED'
}

/**
 * Connections do not survive sleep: they are closed before it; afterwards each server is asked once, one after the
 * other.
 */
function watchSleep(services: Services): void {
  powerMonitor.on('suspend', () => {
    services.monitor.stop()
    services.connections.disconnectAll()
  })
  powerMonitor.on('resume', () => {
    setTimeout(() => services.monitor.start(), SETTLE_AFTER_SLEEP_MS)
  })
}
