import { spawn } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type {
  BrowserWindowConstructorOptions,
  CustomScheme,
  Display,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  ProxyConfig,
  SaveDialogOptions,
} from 'electron'
import { createBrowserWindow, openWindows } from './browser-window.ts'
import { workAreas } from './displays.ts'
import { commandLine, host, passToChromium, whenReady, type IpcHandler, type RequestFilter } from './host.ts'
import { ask } from './question.ts'
import { SECOND_INSTANCE_SIGNAL, takeSingleInstanceLock } from './single-instance.ts'
import { emitterMembers, preventable, strict } from './strict.ts'

/**
 * What `import … from 'electron'` gives on the Chromium host: the part of Electron's API that the application uses.
 * A name that is missing here fails when it is imported, a missing member when it is read.
 */

const PATHS: Readonly<Record<string, () => string>> = { userData: () => host.userData }

async function quit(): Promise<void> {
  if (host.isQuitting) return leave()
  host.isQuitting = true
  const before = preventable({})
  host.appEvents.emit('before-quit', before)
  if (before.defaultPrevented) {
    host.isQuitting = false
    return
  }
  for (const window of openWindows() as { close: () => void; on: (event: string, listener: () => void) => void }[]) {
    await new Promise<void>((resolve) => {
      window.on('closed', resolve)
      window.close()
    })
  }
  leave()
}

function leave(): void {
  const event = preventable({})
  host.appEvents.emit('will-quit', event)
  if (event.defaultPrevented) return
  host.appEvents.emit('quit')
  // What pages keep is written when Chromium ends, and it would be killed with this process.
  void host.chromiumEnded.then(() => process.exit(0))
}

function beforeReady(what: string): void {
  if (host.isReady) throw new Error(`${what} can only be called before app is ready`)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void quit())

/** The switches that Electron passes on to Chromium, as far as the application uses them. */
const CHROMIUM_SWITCHES = new Set(['dns-prefetch-disable', 'host-resolver-rules', 'log-net-log'])

export const app = strict('app', {
  ...emitterMembers(host.appEvents),
  isPackaged: false,
  commandLine: strict('app.commandLine', {
    hasSwitch: (name: string) => commandLine.switches.has(name),
    appendSwitch: (name: string, value = '') => {
      if (!CHROMIUM_SWITCHES.has(name))
        throw new Error(`The Chromium host does not implement Electron’s app.commandLine.appendSwitch('${name}')`)
      passToChromium('app.commandLine.appendSwitch()', { [name]: value })
    },
    getSwitchValue: (name: string) => commandLine.switches.get(name) ?? '',
  }),
  whenReady,
  enableSandbox: () => beforeReady('app.enableSandbox()'),
  getPath: (name: string) => {
    const path = PATHS[name]
    if (path === undefined) throw new Error(`The Chromium host does not implement Electron’s app.getPath('${name}')`)
    return path()
  },
  setPath: (name: string, path: string) => {
    if (name !== 'userData') throw new Error(`The Chromium host does not implement Electron’s app.setPath('${name}')`)
    if (!existsSync(path)) throw new Error(`There is no folder at ${path}`)
    host.userData = path
  },
  getPreferredSystemLanguages: () => [Intl.DateTimeFormat().resolvedOptions().locale],
  getVersion: () => host.manifest.version,
  requestSingleInstanceLock: () => {
    const isFirst = takeSingleInstanceLock(host.userData)
    if (isFirst) process.on(SECOND_INSTANCE_SIGNAL, () => host.appEvents.emit('second-instance', {}, [], ''))
    return isFirst
  },
  // No launcher shows it here.
  setBadgeCount: () => false,
  quit: () => void quit(),
  exit: (code = 0) => process.exit(code),
})

export const BrowserWindow = strict(
  'BrowserWindow',
  class {
    constructor(options: BrowserWindowConstructorOptions = {}) {
      return createBrowserWindow(options)
    }
  },
)

export const ipcMain = strict('ipcMain', {
  handle: (channel: string, handler: IpcHandler) => {
    if (host.ipcHandlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    host.ipcHandlers.set(channel, handler)
  },
})

export const protocol = strict('protocol', {
  registerSchemesAsPrivileged: (schemes: CustomScheme[]) => {
    beforeReady('protocol.registerSchemesAsPrivileged()')
    for (const { scheme } of schemes) host.privilegedSchemes.add(scheme)
  },
  handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) => {
    if (!host.isReady) throw new Error('protocol.handle() can only be called after app is ready')
    host.protocolHandlers.set(scheme, handler)
  },
})

export const session = strict('session', {
  get defaultSession() {
    if (!host.isReady) throw new Error('Session can only be received when app is ready')
    return defaultSession
  },
  fromPartition: (partition: string) => {
    if (!host.isReady) throw new Error('Session can only be received when app is ready')
    return strict(`session.fromPartition('${partition}')`, {
      // Chromium knows the system's proxy, but does not reveal it: here there is none.
      resolveProxy: async () => 'DIRECT',
    })
  },
})

const defaultSession = strict('session.defaultSession', {
  // Chromium grants nothing here anyway: the host's profile has no permissions, and nobody is asked.
  setPermissionRequestHandler: () => undefined,
  setPermissionCheckHandler: () => undefined,
  setProxy: async ({ mode, proxyRules, proxyBypassRules = '' }: ProxyConfig): Promise<void> => {
    if (mode !== 'fixed_servers' || !proxyRules)
      throw new Error('The Chromium host implements session.setProxy() for fixed servers alone')
    passToChromium('session.setProxy()', { 'proxy-server': proxyRules, 'proxy-bypass-list': proxyBypassRules })
  },
  webRequest: strict('webRequest', {
    onBeforeRequest: (filter: RequestFilter) => {
      host.requestFilter = filter
    },
  }),
})

export const shell = strict('shell', {
  openExternal: async (address: string): Promise<void> => {
    // A test must see the address without a browser opening.
    if (process.env.SYNCDECK_HOST_DRIVER === '1') {
      console.log(JSON.stringify({ openExternal: address }))
      return
    }
    const opener = spawn('xdg-open', [address], { stdio: 'ignore', detached: true })
    opener.on('error', () => console.error(`There is no program here that opens ${address}`))
    opener.unref()
  },
})

export const Menu = strict('Menu', {
  buildFromTemplate: (template: MenuItemConstructorOptions[]) => ({
    items: template,
    // A menu that opens is printed, with its enabled entries: there is nothing here to show it.
    popup: () =>
      console.log(
        JSON.stringify({ menu: template.flatMap(({ label, enabled = true }) => (label && enabled ? [label] : [])) }),
      ),
  }),
  setApplicationMenu: () => undefined,
})

export const nativeImage = strict('nativeImage', {
  createFromPath: (path: string) => {
    if (!existsSync(path)) throw new Error(`There is no image at ${path}`)
    return { path }
  },
})

/** There is no tray here; a test driver reads its content from the standard output. */
export const Tray = strict(
  'Tray',
  class {
    constructor(_image: object) {
      return strict('Tray', {
        ...emitterMembers(new EventEmitter()),
        setToolTip: (text: string) => console.log(JSON.stringify({ tray: text })),
        setContextMenu: () => undefined,
        destroy: () => console.log(JSON.stringify({ tray: null })),
      })
    }
  },
)

/** Shown on the standard output, where a test driver reads it. */
export const Notification = strict(
  'Notification',
  class {
    static isSupported(): boolean {
      return true
    }
    constructor({ title = '', body = '' }: { title?: string; body?: string }) {
      return strict('Notification', {
        ...emitterMembers(new EventEmitter()),
        show: () => console.log(JSON.stringify({ notification: { title, body } })),
      })
    }
  },
)

export const nativeTheme = strict('nativeTheme', { themeSource: 'system', shouldUseDarkColors: false })

export const screen = strict('screen', {
  getPrimaryDisplay: () => displays()[0],
  getAllDisplays: () => displays(),
})

function displays(): Pick<Display, 'id' | 'workArea'>[] {
  if (!host.isReady) throw new Error('The `screen` module cannot be used before the `ready` event of the `app` module')
  return workAreas().map((workArea, id) => ({ id, workArea }))
}

export const powerMonitor = strict('powerMonitor', { ...emitterMembers(host.powerEvents) })

export const clipboard = strict('clipboard', {
  writeText: (text: string) => {
    host.clipboard = text
    console.log(JSON.stringify({ clipboard: text }))
    return Promise.resolve()
  },
})

export const dialog = strict('dialog', {
  // There is no dialog here: the file goes to the user-data folder, and its path is printed.
  showSaveDialog: async (...args: [SaveDialogOptions] | [object, SaveDialogOptions]) => {
    const { defaultPath = 'export' } = args.length === 1 ? args[0] : args[1]
    const folder = join(host.userData, 'exports')
    mkdirSync(folder, { recursive: true })
    const filePath = join(folder, basename(defaultPath))
    console.log(JSON.stringify({ saved: filePath }))
    return { canceled: false, filePath }
  },
  // Only a test driver can choose a file here.
  showOpenDialog: async () => {
    const filePath = process.env.SYNCDECK_HOST_OPEN_FILE
    return filePath ? { canceled: false, filePaths: [filePath] } : { canceled: true, filePaths: [] }
  },
  showMessageBox: async (...args: [MessageBoxOptions] | [object, MessageBoxOptions]) => ({
    response: await ask(args.length === 1 ? args[0] : args[1]),
    checkboxChecked: false,
  }),
  showErrorBox: (title: string, content: string) => console.error(`${title}\n${content}`),
})
