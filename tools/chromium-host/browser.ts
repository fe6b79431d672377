import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserWindowConstructorOptions } from 'electron'
import { chromium, errors, type BrowserContext } from 'playwright-core'
import { inTheMiddle } from './displays.ts'
import { findChromium } from './find-chromium.ts'
import { host } from './host.ts'

/** A slow computer gets more time: `SYNCDECK_SLOWNESS` says how many times slower it is than a usual one. */
const START_TIMEOUT_MS = Math.round(20_000 * Number(process.env.SYNCDECK_SLOWNESS ?? 1))
const PORT_POLL_MS = 10

/** What Chromium shows until the application loads its own page. */
export const FIRST_PAGE = 'data:text/html,<title>Syncdeck</title>'

/** Keeps Chromium quiet: no updates, no sync, no welcome pages, no background requests. */
const QUIET = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
]

/** As Electron's `BrowserWindow` takes it; without a place it is in the middle. */
type Opening = Pick<BrowserWindowConstructorOptions, 'width' | 'height' | 'x' | 'y'>

/**
 * Starts Chromium with one application window and its own profile below the user-data folder. No port is opened, except
 * when a test driver asks for one by `SYNCDECK_HOST_DRIVER`; its address is then printed as one line of JSON.
 */
export async function launchBrowser({ width = 800, height = 600, ...place }: Opening): Promise<BrowserContext> {
  // Chromium would open where its profile was closed.
  const { x, y } = { ...inTheMiddle({ width, height }), ...place }
  host.isChromiumStarted = true
  const executablePath = findChromium()
  if (executablePath === null) throw new Error('No Chromium is installed; on Debian: apt-get install chromium')
  const profile = join(host.userData, 'chromium-host')
  mkdirSync(profile, { recursive: true })
  const isRoot = process.getuid?.() === 0
  const portFile = join(profile, 'DevToolsActivePort')
  const isDriven = process.env.SYNCDECK_HOST_DRIVER === '1'
  const start = () =>
    chromium.launchPersistentContext(profile, {
      timeout: START_TIMEOUT_MS,
      executablePath,
      headless: false,
      viewport: null,
      colorScheme: null,
      chromiumSandbox: !isRoot,
      acceptDownloads: false,
      // The host itself quits then, and the application is asked before its window goes.
      handleSIGINT: false,
      handleSIGTERM: false,
      ignoreDefaultArgs: ['--enable-automation'],
      args: [
        ...QUIET,
        ...[...host.chromiumSwitches].map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
        `--app=${FIRST_PAGE}`,
        `--window-size=${width},${height}`,
        `--window-position=${x},${y}`,
        ...(isRoot ? ['--test-type'] : []),
        ...(isDriven ? ['--remote-debugging-port=0'] : []),
      ],
    })
  // Left over from an earlier browser that was killed, or from a message box.
  rmSync(portFile, { force: true })
  const context = await start().catch((error: unknown) => {
    if (!(error instanceof errors.TimeoutError)) throw error
    // Seen about once in several hundred starts: Chromium comes up and never answers. Playwright has ended it.
    console.error(`Chromium did not answer within ${START_TIMEOUT_MS / 1000} s; starting it once more`)
    return start()
  })
  if (isDriven) await announceDriver(portFile)
  return context
}

async function announceDriver(portFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    const [port] = existsSync(portFile) ? readFileSync(portFile, 'utf8').split('\n') : []
    if (port) return console.log(JSON.stringify({ driver: `http://127.0.0.1:${port}` }))
    if (Date.now() > deadline) throw new Error('Chromium did not open the port that the test driver asked for')
    await delay(PORT_POLL_MS)
  }
}
