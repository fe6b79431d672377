import { EventEmitter } from 'node:events'
import type { ProxyConfig, Session, WebContents } from 'electron'
import { describe, expect, it } from 'vitest'
import { isAppUrl } from '../../src-main/security/app-protocol.ts'
import { cutOff, hardenContents, hardenSession, requestFilter } from '../../src-main/security/harden.ts'

const logger = { write: () => undefined }

/** What hardening sets on Electron's session. */
function hardenedSession() {
  type Handlers = {
    ask?: ((contents: null, permission: string, callback: (granted: boolean) => void) => void) | undefined
    check?: (() => boolean) | undefined
    filter?: ((details: { url: string }, callback: (answer: { cancel: boolean }) => void) => void) | undefined
  }
  const told: Handlers = {}
  const session = {
    setPermissionRequestHandler: (handler: Handlers['ask']) => void (told.ask = handler),
    setPermissionCheckHandler: (handler: Handlers['check']) => void (told.check = handler),
    webRequest: { onBeforeRequest: (handler: Handlers['filter']) => void (told.filter = handler) },
  }
  const filter = requestFilter({ isOwnPage: isAppUrl, isPackaged: true, developmentUrl: undefined })
  hardenSession(session as unknown as Session, filter, logger)
  return told
}

describe('the page’s session', () => {
  it('every permission is refused, asked or checked', () => {
    const { ask, check } = hardenedSession()
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
      'something-new',
    ]) {
      let granted: boolean | null = null
      ask?.(null, permission, (answer) => (granted = answer))
      expect(granted, permission).toBe(false)
    }
    expect(check?.()).toBe(false)
  })

  it.each([
    ['app://syncdeck/index.html', false],
    ['https://example.com/', true],
    ['http://127.0.0.1/', true],
    ['file:///etc/passwd', true],
    ['app://other/index.html', true],
    ['ws://127.0.0.1/', true],
    ['devtools://devtools/bundled/inspector.html', true],
    ['data:image/png;base64,AAAA', false],
  ])('a request for %s is cancelled: %s', (url, isCancelled) => {
    let answer: { cancel: boolean } | null = null
    hardenedSession().filter?.({ url }, (given) => (answer = given))
    expect(answer).toEqual({ cancel: isCancelled })
  })
})

it('outside of a package developer tools are let through, and in development the sockets of the page’s server alone', () => {
  const rules = { isOwnPage: isAppUrl, isPackaged: false }
  const isAllowed = requestFilter({ ...rules, developmentUrl: 'http://localhost:5173' })
  const urls = ['devtools://devtools/x', 'ws://localhost:5173/?token=x', 'ws://127.0.0.1/', 'ws://localhost:51730/']
  expect(urls.map(isAllowed)).toEqual([true, true, false, false])
  expect(urls.map(requestFilter({ ...rules, developmentUrl: undefined }))).toEqual([true, false, false, false])
})

it.each([
  ['no address is reached, this computer’s own neither', undefined, '<-loopback>'],
  ['the page’s server alone is reached in development', 'http://localhost:5173', '<-loopback>;localhost:5173'],
])('past the dead proxy %s', async (_name, exemptUrl, proxyBypassRules) => {
  let told: ProxyConfig = {}
  await cutOff({ setProxy: async (config: ProxyConfig) => void (told = config) } as unknown as Session, exemptUrl)
  expect(told).toEqual({ mode: 'fixed_servers', proxyRules: 'http://127.0.0.1:9', proxyBypassRules })
})

/** The contents of a window, with the guards in place. */
function hardenedContents() {
  const events = new EventEmitter()
  let openHandler: (() => { action: string }) | undefined
  const contents = {
    on: events.on.bind(events),
    setWindowOpenHandler: (handler: typeof openHandler) => void (openHandler = handler),
  }
  hardenContents(contents as unknown as WebContents, isAppUrl, logger)
  const emit = (name: string, url: string): boolean => {
    let isPrevented = false
    events.emit(name, { url, preventDefault: () => (isPrevented = true) })
    return isPrevented
  }
  return { emit, open: () => openHandler?.() }
}

describe('the page', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])(
    'every way of leaving the page is refused: %s',
    (name) => {
      const { emit } = hardenedContents()
      for (const url of [
        'https://example.com/',
        'file:///etc/passwd',
        'app://other/',
        'javascript:alert(1)',
        'not an address',
      ])
        expect(emit(name, url), url).toBe(true)
      expect(emit(name, 'app://syncdeck/index.html')).toBe(false)
    },
  )

  it('no window is opened', () => {
    expect(hardenedContents().open()).toEqual({ action: 'deny' })
  })

  it('a webview is not attached', () => {
    expect(hardenedContents().emit('will-attach-webview', '')).toBe(true)
  })
})
