import { EventEmitter } from 'node:events'
import { runInNewContext } from 'node:vm'
import { beforeEach, expect, it, vi } from 'vitest'
import type { Checked } from '../../../src-main/app/self-check-points.ts'
import { checkPoints, type PointResult } from '../../../src-main/app/self-check.ts'
import { MemoryKeychain } from '../../support/memory-keychain.ts'

/** Electron as far as the points ask it, sound until a test says otherwise. */
const electron = vi.hoisted(() => ({
  clipboard: { types: ['text/plain'], text: 'before' },
  failure: null as string | null,
  proxy: 'PROXY proxy.corp.example:3128; DIRECT',
  isEmpty: false,
}))

vi.mock('../../../resources/tray.png?asset', () => ({ default: '' }))
vi.mock('../../../resources/trayTemplate.png?asset', () => ({ default: '' }))
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events')
  const { clipboard } = electron
  const items = (['quit', 'close', 'paste'] as const).map((role) => ({ role }))
  return {
    app: { getVersion: () => '1', getGPUFeatureStatus: () => ({ webgl: 'enabled' }), getAppMetrics: () => [] },
    clipboard: {
      read: async () => [{ types: clipboard.types }],
      readText: async () => clipboard.text,
      writeText: async (text: string) => void (clipboard.text = text),
      clear: () => void (clipboard.text = ''),
    },
    Menu: { getApplicationMenu: () => ({ items: [{ submenu: { items } }] }) },
    nativeImage: {
      createFromPath: () => ({
        isEmpty: () => electron.isEmpty,
        getSize: () => ({ width: 24, height: 24 }),
        isTemplateImage: () => false,
      }),
    },
    Notification: class extends Emitter {
      static isSupported = (): boolean => true
      show = (): void =>
        void (electron.failure === null ? this.emit('show') : this.emit('failed', {}, electron.failure))
      close = (): void => undefined
    },
    powerMonitor: { getSystemIdleState: () => 'active', isOnBatteryPower: () => false },
  }
})

beforeEach(() => {
  Object.assign(electron, { failure: null, proxy: 'PROXY proxy.corp.example:3128; DIRECT', isEmpty: false })
  Object.assign(electron.clipboard, { types: ['text/plain'], text: 'before' })
})

/** A page that answers as the real one does, but for what a test changes in it. */
async function check(name: string, page: Readonly<Record<string, unknown>> = {}): Promise<PointResult> {
  const { pointsOf } = await import('../../../src-main/app/self-check-points.ts')
  const world = {
    location: { href: 'app://syncdeck/index.html', origin: 'app://syncdeck' },
    document: { title: 'Syncdeck', querySelector: () => ({ childElementCount: 1 }) },
    isSecureContext: true,
    open: () => null,
    fetch: async () => Promise.reject(new Error('refused')),
    Function: class {
      constructor() {
        throw Object.assign(new Error('refused'), { name: 'EvalError' })
      }
    },
    Notification: { requestPermission: async () => 'denied' },
    syncdeck: Object.freeze({}),
    ...page,
  }
  const contents = new EventEmitter()
  const webContents = Object.assign(contents, {
    executeJavaScript: async (code: string) => (await runInNewContext(code, world)) as unknown,
    getOSProcessId: () => 1,
    forcefullyCrashRenderer: () => queueMicrotask(() => void contents.emit('did-finish-load')),
  })
  const checked = {
    window: { webContents },
    services: {
      events: { emit: () => undefined },
      storageCare: { check: () => null, info: () => ({ folder: '', backups: [] }), backup: async () => '' },
    },
    keychain: new MemoryKeychain(),
    proxySession: { resolveProxy: async () => electron.proxy },
  } as unknown as Checked
  const point = pointsOf(checked).filter((known) => known.name === name)
  const [result] = await checkPoints(point, { isElectron: true, isPackaged: false })
  if (result === undefined) throw new Error(`There is no point ${name}`)
  return result
}

it.each([
  'page',
  'page-address',
  'page-policy',
  'page-permissions',
  'page-isolation',
  'page-recovery',
  'keychain',
  'proxy',
  'tray',
  'graphics',
  'notification',
  'clipboard',
  'menu',
  'power',
])('on Electron as it should be, %s passes', async (name) => {
  expect(await check(name)).toMatchObject({ result: 'passed' })
})

it.each([
  ['page', { document: { title: 'Syncdeck', querySelector: () => null } }],
  ['page-address', { isSecureContext: false }],
  ['page-policy', { Function: class {} }],
  ['page-policy', { fetch: async () => 'loaded' }],
  ['page-policy', { open: () => ({}) }],
  ['page-permissions', { Notification: { requestPermission: async () => 'granted' } }],
  ['page-isolation', { require: () => undefined }],
  ['page-isolation', { syncdeck: {} }],
])('a page that is not held back fails %s: %j', async (name, page) => {
  expect(await check(name, page)).toMatchObject({ result: 'failed' })
})

it('what the system refuses is told in its words', async () => {
  Object.assign(electron, { failure: 'not allowed', isEmpty: true })
  expect(await check('notification')).toMatchObject({ result: 'failed', facts: { outcome: 'not allowed' } })
  expect(await check('tray')).toMatchObject({ result: 'failed' })
})

it('of a proxy the kind is told, and not whose it is', async () => {
  const result = await check('proxy')
  expect(result.facts).toEqual({ kinds: ['PROXY', 'DIRECT'] })
  electron.proxy = 'no answer'
  expect(await check('proxy')).toMatchObject({ result: 'failed' })
})

it('the clipboard holds what it held, and is left alone if that is more than text', async () => {
  expect(await check('clipboard')).toMatchObject({ result: 'passed' })
  expect(electron.clipboard.text).toBe('before')
  electron.clipboard.types = ['text/plain', 'image/png']
  expect(await check('clipboard')).toEqual({ name: 'clipboard', result: 'not shown here' })
})
