/// <reference types="electron-vite/node" />
import type { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { ProxyConfig } from 'electron'
import { until } from '../../../tools/until.ts'
import { scratchFolder } from '../../support/scratch.ts'

/** Electron as far as `run` uses it, noting in which order what matters happens. */
const electron = vi.hoisted(() => ({
  order: [] as string[],
  app: null as unknown as EventEmitter,
  folder: '',
  cutOff: null as unknown as PromiseWithResolvers<undefined>,
  proxies: [] as unknown[],
  contents: null as unknown as EventEmitter,
  window: null as unknown as EventEmitter,
}))

vi.mock('../../../resources/tray.png?asset', () => ({ default: '' }))
vi.mock('../../../resources/trayTemplate.png?asset', () => ({ default: '' }))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  const nothing = (): undefined => undefined
  const { order } = electron
  electron.app = Object.assign(new Emitter(), {
    isPackaged: true,
    getPath: () => electron.folder,
    getVersion: () => '0.0.0',
    getPreferredSystemLanguages: () => ['en-GB'],
    quit: nothing,
    exit: (code: number) => order.push(`exit ${code}`),
    setBadgeCount: nothing,
    commandLine: { hasSwitch: () => false },
  })
  class BrowserWindow extends Emitter {
    readonly webContents = Object.assign(new Emitter(), {
      setWebRTCIPHandlingPolicy: (policy: string) => order.push(policy),
      send: nothing,
    })
    constructor() {
      super()
      electron.contents = this.webContents
      electron.window = this
      order.push('window')
    }
    // As where a click during the start opens another place of the page.
    loadURL = (url: string): Promise<void> => {
      order.push(url)
      return Promise.reject(Object.assign(new Error('ERR_ABORTED'), { code: 'ERR_ABORTED' }))
    }
    isMinimized = (): boolean => false
    show = (): void => void order.push('show')
    focus = nothing
    isFocused = (): boolean => true
    isDestroyed = (): boolean => false
    getNormalBounds = () => ({ x: 7, y: 8, width: 900, height: 700 })
    isMaximized = (): boolean => true
  }
  const defaultSession = {
    setPermissionRequestHandler: nothing,
    setPermissionCheckHandler: nothing,
    webRequest: { onBeforeRequest: nothing },
    setProxy: (config: ProxyConfig) => {
      electron.proxies.push(config)
      order.push('cutting off')
      return electron.cutOff.promise.then(() => void order.push('cut off'))
    },
  }
  return {
    app: electron.app,
    BrowserWindow,
    session: { defaultSession, fromPartition: () => ({ resolveProxy: async () => 'DIRECT' }) },
    clipboard: {},
    dialog: { showErrorBox: (title: string, text: string) => order.push(`${title}: ${text}`) },
    shell: {},
    screen: {
      getPrimaryDisplay: () => ({ id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }),
      getAllDisplays: () => [],
    },
    nativeTheme: { themeSource: 'system', shouldUseDarkColors: false },
    nativeImage: { createFromPath: nothing },
    powerMonitor: new Emitter(),
    protocol: { handle: nothing },
    ipcMain: { handle: nothing },
    Menu: { buildFromTemplate: nothing, setApplicationMenu: nothing },
    Tray: class {},
    Notification: class {},
  }
})

it('the session of the page is cut off before there is a window, whoever asks for one; and there is one window', async () => {
  const { run } = await import('../../../src-main/app/run.ts')
  electron.folder = scratchFolder()
  electron.cutOff = Promise.withResolvers<undefined>()
  const listeners = new Map(
    (['uncaughtException', 'unhandledRejection'] as const).map((name) => [
      name,
      process.listeners(name as 'uncaughtException'),
    ]),
  )
  const started = run(join(electron.folder, 'out'))
  onTestFinished(async () => {
    const closed = new Promise((done) => electron.app.once('closed', done))
    Object.assign(electron.app, { quit: () => electron.app.emit('closed') })
    electron.cutOff.resolve(undefined)
    await started
    electron.app.emit('will-quit', { preventDefault: () => undefined })
    await closed
    for (const [name, before] of listeners)
      for (const listener of process.listeners(name as 'uncaughtException'))
        if (!before.includes(listener)) process.removeListener(name, listener)
  })
  await until('the session is being cut off', () => electron.order.includes('cutting off'), 5_000)
  // A click on the icon, as macOS reports it, and a second start.
  for (const event of ['activate', 'second-instance']) electron.app.emit(event)
  await new Promise(setImmediate)
  expect(electron.order).toEqual(['cutting off'])
  electron.cutOff.resolve(undefined)
  await started
  expect(electron.order).toEqual([
    'cutting off',
    'cut off',
    'window',
    'disable_non_proxied_udp',
    'app://syncdeck/index.html',
  ])
  expect(electron.proxies).toMatchObject([{ mode: 'fixed_servers', proxyBypassRules: '<-loopback>' }])
  electron.app.emit('activate')
  expect(electron.order.slice(5)).toEqual(['show'])
  electron.contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 })
  await until('the page is loaded again', () => electron.order.length > 6, 5_000)
  expect(electron.order.slice(6)).toEqual(['app://syncdeck/index.html'])
  // The window opens where it was when it was closed.
  electron.window.emit('close', { preventDefault: () => undefined })
  const database = new DatabaseSync(join(electron.folder, 'state.db'), { readOnly: true })
  const stored = database.prepare("SELECT value FROM setting WHERE name = 'windowPlace'").get()
  database.close()
  expect(JSON.parse(String(stored?.value))).toEqual({
    bounds: { x: 7, y: 8, width: 900, height: 700 },
    isMaximized: true,
  })
})
