import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron'
import type { BrowserContext, Frame, Page, Route } from 'playwright-core'
import { FIRST_PAGE, launchBrowser } from './browser.ts'
import { host, passToChromium } from './host.ts'
import { pageWorldScript } from './page-world.ts'
import { answerQuestionsIn, isQuestion } from './question.ts'
import { emitterMembers, preventable, strict } from './strict.ts'
import { recordOutgoing, toWire } from './wire.ts'

/**
 * Chromium knows no custom schemes, so a page of `app://name/…` is shown under an HTTPS address of the reserved
 * top-level domain `.invalid` (RFC 2606), which can never be reached, and every address is translated back where main
 * sees it.
 */
const STAND_IN_SUFFIX = '.app-scheme.invalid'

/** What a window's `webPreferences` must be, and what they may be. */
const REQUIRED = { sandbox: true, contextIsolation: true, nodeIntegration: false } as const
const TOLERATED = new Set(['preload', 'devTools', 'spellcheck', ...Object.keys(REQUIRED)])

const open = new Set<object>()

export function openWindows(): object[] {
  return [...open]
}

export function toStandIn(address: string): string {
  const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)(.*)$/i.exec(address)
  const [, scheme = '', name = '', rest = ''] = match ?? []
  return host.privilegedSchemes.has(scheme) ? `https://${name}${STAND_IN_SUFFIX}${rest}` : address
}

export function fromStandIn(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  if (url.protocol !== 'https:' || !url.hostname.endsWith(STAND_IN_SUFFIX)) return address
  const [scheme = ''] = host.privilegedSchemes
  return `${scheme}://${url.hostname.slice(0, -STAND_IN_SUFFIX.length)}${url.pathname}${url.search}${url.hash}`
}

/** Creates the window; Chromium starts at once, and `loadURL` waits for it. */
export function createBrowserWindow(options: BrowserWindowConstructorOptions): object {
  if (!host.isReady) throw new Error('Cannot create BrowserWindow before app is ready')
  if (open.size > 0) throw new Error('The Chromium host shows one window at a time')
  const preload = checkPreferences(options)

  const windowEvents = new EventEmitter()
  const contentsEvents = new EventEmitter()
  let page: Page | null = null
  let isDestroyed = false
  let isHidden = false
  let isMaximized = false
  let bounds: Rectangle = {
    x: options.x ?? 0,
    y: options.y ?? 0,
    width: options.width ?? 800,
    height: options.height ?? 600,
  }
  let expectedUrl: string | null = null
  let openHandler: ((details: { url: string }) => { action: string }) | null = null
  const dispatchName = `host-${Math.random().toString(36).slice(2)}`

  const mainFrame = strict('WebFrameMain', {
    parent: null,
    get url() {
      return page === null ? '' : fromStandIn(page.mainFrame().url())
    },
  })

  const webContents: object = strict('webContents', {
    ...emitterMembers(contentsEvents),
    mainFrame,
    isDestroyed: () => isDestroyed,
    send: (channel: string, ...args: unknown[]) => {
      const text = toWire(args)
      recordOutgoing(text)
      void page
        ?.evaluate(
          ([name, topic, json]) =>
            (window as unknown as Record<string, (topic: string, json: string) => void>)[name]?.(topic, json),
          [dispatchName, channel, text] as const,
        )
        .catch(() => undefined)
    },
    // In the page's own world, as in Electron; an expression only. In a timer, because Chromium lets what a driver
    // evaluates evaluate text itself, whatever the page's policy.
    executeJavaScript: async (code: string): Promise<unknown> =>
      (await started).page.evaluate(`new Promise((begin) => setTimeout(begin)).then(() => ${code})`),
    setWebRTCIPHandlingPolicy: (policy: string) =>
      passToChromium('setWebRTCIPHandlingPolicy()', { 'webrtc-ip-handling-policy': policy }),
    setWindowOpenHandler: (handler: typeof openHandler) => {
      openHandler = handler
    },
  })

  const browserWindow: object = strict('BrowserWindow', {
    ...emitterMembers(windowEvents),
    webContents,
    loadURL: async (address: string): Promise<void> => {
      const { page: shown } = await started
      if (isDestroyed) throw loadError('ERR_FAILED', address)
      expectedUrl = toStandIn(address)
      await shown.goto(expectedUrl, { waitUntil: 'load' }).catch((error: unknown) => {
        throw loadError(/net::(ERR_\w+)/.exec(String(error))?.[1] ?? 'ERR_FAILED', address)
      })
      windowEvents.emit('ready-to-show')
    },
    isDestroyed: () => isDestroyed,
    isMinimized: () => false,
    isMaximized: () => isMaximized,
    getNormalBounds: () => bounds,
    isFocused: () => !isHidden,
    restore: () => undefined,
    maximize: () => void maximize(),
    // Chromium's window stays; only its events and answers are as if it were hidden.
    show: () => setHidden(false),
    hide: () => setHidden(true),
    focus: () => void page?.bringToFront(),
    destroy: () => void closeWindow(),
    close: () => void askToClose(),
  })

  const placeOnScreen = async () => {
    const { context, page: shown } = await started
    const chromium = await context.newCDPSession(shown)
    return { chromium, ...(await chromium.send('Browser.getWindowForTarget')) }
  }

  const maximize = async (): Promise<void> => {
    isMaximized = true
    const { chromium, windowId } = await placeOnScreen()
    await chromium.send('Browser.setWindowBounds', { windowId, bounds: { windowState: 'maximized' } })
  }

  const askToClose = async (): Promise<void> => {
    if (isDestroyed) return
    // By now Chromium knows where its window is, and says so if asked. It cannot before it has started, or once it has
    // ended.
    const place = page === null ? null : await placeOnScreen().catch(() => null)
    if (place !== null) {
      const { left = 0, top = 0, width = 0, height = 0, windowState } = place.bounds
      isMaximized = windowState === 'maximized'
      if (windowState === 'normal') bounds = { x: left, y: top, width, height }
    }
    const event = preventable({})
    windowEvents.emit('close', event)
    if (!event.defaultPrevented) await closeWindow()
  }

  const setHidden = (isToBeHidden: boolean): void => {
    if (isHidden === isToBeHidden) return
    isHidden = isToBeHidden
    windowEvents.emit(isHidden ? 'hide' : 'show')
  }

  const askToOpen = (url: string): void => {
    if (openHandler?.({ url: fromStandIn(url) }).action !== 'deny') {
      console.error(`The Chromium host opens no second window, and none was denied for ${url}`)
    }
  }

  const closeWindow = async (): Promise<void> => {
    if (isDestroyed) return
    const { context } = await started
    host.chromiumEnded = context.close().catch(() => undefined)
    await host.chromiumEnded
    onClosed()
  }

  const onClosed = (): void => {
    if (isDestroyed) return
    isDestroyed = true
    host.isChromiumStarted = false
    open.delete(browserWindow)
    windowEvents.emit('closed')
    if (!host.isQuitting) host.appEvents.emit('window-all-closed')
  }

  const started = (async (): Promise<{ context: BrowserContext; page: Page }> => {
    // Options set right after creating a window still count: Chromium takes them at its start, and never again.
    await Promise.resolve()
    const context = await launchBrowser(options)
    const shown = context.pages()[0] ?? (await context.newPage())
    // Chromium opens its first page itself, which would abort an earlier load.
    await shown.waitForURL(FIRST_PAGE)
    page = shown
    const bindingName = `host-carry-${dispatchName}`
    await context.exposeBinding(bindingName, (source, text: string) => {
      const message = JSON.parse(text) as IpcRequest | { opening: string } | { clicked: object }
      if ('opening' in message) return askToOpen(message.opening)
      if ('clicked' in message) return void contentsEvents.emit('context-menu', {}, message.clicked)
      return answerIpc(
        message,
        source.frame === shown.mainFrame() ? mainFrame : foreignFrame(source.frame),
        webContents,
      )
    })
    await context.addInitScript({ content: pageWorldScript({ preload, bindingName, dispatchName }) })
    await context.route('**/*', (route) =>
      serve(route, shown, contentsEvents, (url) => url === expectedUrl).catch(() => undefined),
    )
    // A window that opened without a script's asking, as a link with a target does.
    context.on('page', (opened) => {
      if (isQuestion(opened)) return
      askToOpen(opened.url())
      void opened.close().catch(() => undefined)
    })
    answerQuestionsIn(context)
    shown.on('close', onClosed)
    context.on('close', onClosed)
    return { context, page: shown }
  })()
  started.catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })

  open.add(browserWindow)
  host.appEvents.emit('web-contents-created', {}, webContents)
  return browserWindow
}

/** The error of a load that did not finish, also because its window closed. */
function loadError(code: string, url: string): Error {
  return Object.assign(new Error(`${code} loading '${url}'`), { code, url })
}

/**
 * Only a sandboxed, isolated window without Node is a window here; anything else is a mistake. Returns the preload's
 * text.
 */
function checkPreferences({ webPreferences = {} }: BrowserWindowConstructorOptions): string {
  for (const [name, value] of Object.entries(REQUIRED)) {
    if (webPreferences[name as keyof typeof REQUIRED] !== value)
      throw new Error(`webPreferences.${name} must be ${value}`)
  }
  for (const name of Object.keys(webPreferences)) {
    if (!TOLERATED.has(name)) throw new Error(`The Chromium host does not implement webPreferences.${name}`)
  }
  return webPreferences.preload === undefined ? '' : readFileSync(webPreferences.preload, 'utf8')
}

/** A frame that is not the window's main one, as a handler meets it in `event.senderFrame`. */
function foreignFrame(frame: Frame): object {
  return strict('WebFrameMain', { parent: {}, url: fromStandIn(frame.url()) })
}

interface IpcRequest {
  readonly channel: string
  readonly args: unknown[]
}

async function answerIpc({ channel, args }: IpcRequest, senderFrame: object, sender: object): Promise<string> {
  const handler = host.ipcHandlers.get(channel)
  try {
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
    const value = toWire(await handler(strict('IpcMainInvokeEvent', { sender, senderFrame }), ...args))
    recordOutgoing(value)
    return `{"ok":true,"value":${value}}`
  } catch (error) {
    return JSON.stringify({ ok: false, message: String(error) })
  }
}

/** Answers the page's requests from the protocol handlers, with their headers; refuses and records all others. */
async function serve(
  route: Route,
  shown: Page,
  contentsEvents: EventEmitter,
  isExpected: (url: string) => boolean,
): Promise<void> {
  const request = route.request()
  const url = request.url()
  // Only the window's own page is served; another one is on its way to being closed.
  if (request.frame().page() !== shown) return route.abort('blockedbyclient')
  const address = fromStandIn(url)
  if (request.isNavigationRequest() && !isExpected(url)) {
    const isMainFrame = request.frame() === shown.mainFrame()
    const details = preventable({ url: address, isMainFrame, isSameDocument: false })
    contentsEvents.emit('will-frame-navigate', details)
    if (isMainFrame) contentsEvents.emit('will-navigate', details)
    // An answer without content leaves the page alone.
    if (details.defaultPrevented) return route.fulfill({ status: 204 })
  }
  const scheme = address.slice(0, address.indexOf(':'))
  const handler = host.protocolHandlers.get(scheme)
  const isFiltered = host.requestFilter !== null && (await isCancelled(host.requestFilter, address))
  if (handler === undefined || isFiltered) {
    console.error(JSON.stringify({ refused: address }))
    return route.abort('blockedbyclient')
  }
  const response = await handler(new Request(address, { method: request.method() }))
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  })
}

function isCancelled(filter: NonNullable<typeof host.requestFilter>, url: string): Promise<boolean> {
  return new Promise((resolve) => filter({ url }, ({ cancel }) => resolve(cancel === true)))
}
