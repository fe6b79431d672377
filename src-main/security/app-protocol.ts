import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'

/** The page's address. A standard scheme, so that it has an origin and relative addresses work. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'syncdeck'
export const APP_URL = `${APP_SCHEME}://${APP_HOST}/index.html`

/**
 * Nothing is loaded from elsewhere, nothing is evaluated, no request is sent. WebRTC and `preconnect` heed no policy:
 * they are stopped by the window (`createWindow`), the session (`cutOff`) and Chromium's switches (`SWITCHES`);
 * Chromium does not know the directive `webrtc` that the policy's standard has. Naive UI writes its styles into the
 * page, hence `'unsafe-inline'` for styles alone.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'none'",
].join('; ')

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Whether an address is the application's own page. */
export function isAppUrl(address: string): boolean {
  const url = URL.parse(address)
  if (url === null) return false
  return url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST
}

/** Serves `app://syncdeck/…` from the files in `root`, and from nowhere else. */
export function createAppProtocol(root: string): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url)
    if (request.method !== 'GET' || !isAppUrl(request.url)) return new Response(null, { status: 404 })
    const path = containedPath(root, url.pathname)
    const mimeType = path === null ? undefined : MIME_TYPES[extname(path)]
    if (path === null || mimeType === undefined) return new Response(null, { status: 404 })
    try {
      return new Response(new Uint8Array(await readFile(path)), {
        headers: {
          'content-type': mimeType,
          'content-security-policy': CONTENT_SECURITY_POLICY,
          'x-content-type-options': 'nosniff',
          'cross-origin-opener-policy': 'same-origin',
        },
      })
    } catch {
      return new Response(null, { status: 404 })
    }
  }
}

/** The file below `root` that a path names; null if the path leads outside. */
export function containedPath(root: string, pathname: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const path = normalize(join(root, decoded))
  return path.startsWith(root + sep) ? path : null
}
