import type { Session, WebContents } from 'electron'
import type { Logger } from '../logging/logger.ts'

export interface RequestRules {
  readonly isOwnPage: (url: string) => boolean
  readonly isPackaged: boolean
  /** The development server's address. */
  readonly developmentUrl: string | undefined
}

/**
 * What the page's session may request: the page's own files, and data that is in the address itself; in development
 * also Chromium's developer tools and the development server's socket.
 */
export function requestFilter({ isOwnPage, isPackaged, developmentUrl }: RequestRules): (url: string) => boolean {
  const socket = developmentUrl?.replace(/^http/, 'ws')
  return (url) =>
    isOwnPage(url) ||
    url.startsWith('data:') ||
    (!isPackaged && url.startsWith('devtools:')) ||
    (socket !== undefined && url.startsWith(`${socket}/`))
}

/** Refuses every permission and every request of the page that is not for the application's own files. */
export function hardenSession(session: Session, isAllowedUrl: (url: string) => boolean, logger: Logger): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => {
    logger.write('warn', 'permission refused', { permission })
    callback(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.webRequest.onBeforeRequest((details, callback) => {
    const isAllowed = isAllowedUrl(details.url)
    if (!isAllowed) logger.write('warn', 'request of the page refused', { url: details.url.slice(0, 200) })
    callback({ cancel: !isAllowed })
  })
}

/** Chromium's switches that close ways out of the page; they must be set before Electron is ready. */
export const SWITCHES: readonly (readonly [name: string, value: string])[] = [
  // A name that a page hints at would be looked up before any filter is asked.
  ['dns-prefetch-disable', ''],
  // Only WebRTC looks up names that end with a dot, those of STUN and TURN servers: now none of them exists.
  ['host-resolver-rules', 'MAP *. ~NOTFOUND'],
]

/** A port of this computer on which nothing listens. */
const DEAD_PROXY = 'http://127.0.0.1:9'

/**
 * Gives the page's session a proxy that never answers, for every address: neither the page's policy nor the filter
 * above applies to TURN over TCP and `preconnect`, but both use the proxy. The page itself comes from `app://`, which
 * needs none. `exemptUrl` is the development server's address; only its host is reached directly.
 */
export async function cutOff(session: Session, exemptUrl: string | undefined): Promise<void> {
  // Without `<-loopback>`, this computer's own addresses would be reached directly.
  const bypass = exemptUrl === undefined ? [] : [new URL(exemptUrl).host]
  await session.setProxy({
    mode: 'fixed_servers',
    proxyRules: DEAD_PROXY,
    proxyBypassRules: ['<-loopback>', ...bypass].join(';'),
  })
}

/** The page never leaves its address, opens no windows and embeds nothing. */
export function hardenContents(contents: WebContents, isOwnPage: (url: string) => boolean, logger: Logger): void {
  const refuse = (event: { preventDefault: () => void }, url: string): void => {
    if (isOwnPage(url)) return
    event.preventDefault()
    logger.write('warn', 'navigation refused', { url: url.slice(0, 200) })
  }
  contents.on('will-navigate', (details) => refuse(details, details.url))
  contents.on('will-frame-navigate', (details) => refuse(details, details.url))
  contents.on('will-redirect', (details) => refuse(details, details.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}
