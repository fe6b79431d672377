import { spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { _electron, chromium, type Page } from 'playwright-core'
import { patience } from '../patience.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const packages = createRequire(import.meta.url)
/** Path of the program that runs a built application where Electron's is not installed. */
export const chromiumHost = (): string => packages.resolve('@syncdeck/chromium-host')
/** Longer than the host's two attempts to start Chromium, so that its own error is reported. */
const START_TIMEOUT_MS = patience(60_000)

/** The running application: its page, and ways to end it. */
export interface LaunchedApp {
  readonly page: Page
  /** Ends the application as quitting does, and waits for it. */
  quit(): Promise<void>
  /** Ends it without warning, as a crash or a power cut does. */
  kill(): Promise<void>
  /** Everything it wrote to its standard output and error. */
  readonly output: string[]
}

export interface LaunchOptions {
  /** Null: the application's own default. */
  readonly userData: string | null
  readonly env?: Readonly<Record<string, string>>
  readonly switches?: readonly string[]
}

/** Path of Electron's executable; null if its binary could not be downloaded. */
export function electronExecutable(): string | null {
  const folder = dirname(packages.resolve('electron/package.json'))
  const name =
    process.platform === 'win32'
      ? 'electron.exe'
      : process.platform === 'darwin'
        ? 'Electron.app/Contents/MacOS/Electron'
        : 'electron'
  const path = join(folder, 'dist', name)
  return existsSync(path) ? path : null
}

/** Starts the built application: on Electron where its binary is installed, else on the Chromium host. */
export async function launchSyncdeck(options: LaunchOptions): Promise<LaunchedApp> {
  const electron = electronExecutable()
  return electron === null ? launchOnHost(ROOT, options) : launchOnElectron(electron, options)
}

function argumentsOf(appFolder: string, { userData, switches = [] }: LaunchOptions): string[] {
  return [appFolder, ...(userData === null ? [] : [`--user-data-dir=${userData}`]), ...switches]
}

async function launchOnElectron(executablePath: string, options: LaunchOptions): Promise<LaunchedApp> {
  const env = { ...(process.env as Record<string, string>), ...options.env }
  const electron = await _electron.launch({ executablePath, args: argumentsOf(ROOT, options), env })
  const output: string[] = []
  const child = electron.process()
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => output.push(chunk.toString()))
  return {
    page: await electron.firstWindow(),
    output,
    quit: () => electron.close(),
    kill: async () => {
      const exited = new Promise((done) => child.once('exit', done))
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Starts a built application on the Chromium host. */
export async function launchOnHost(appFolder: string, options: LaunchOptions): Promise<LaunchedApp> {
  const child = spawn(process.execPath, [chromiumHost(), ...argumentsOf(appFolder, options)], {
    // What is read from its output has no colours, whatever CI likes.
    env: { ...process.env, FORCE_COLOR: undefined, ...options.env, SYNCDECK_HOST_DRIVER: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own group, so that killing it takes Chromium along.
    detached: true,
  })
  const exited = new Promise<void>((done) => child.once('exit', () => done()))
  const output: string[] = []
  const endpoint = await driverEndpoint(child, output)
  const browser = await chromium.connectOverCDP(endpoint)
  const page = browser.contexts()[0]?.pages()[0]
  if (page === undefined) throw new Error('The application showed no window')
  return {
    page,
    output,
    quit: async () => {
      child.kill('SIGTERM')
      await exited
      await browser.close().catch(() => undefined)
    },
    kill: async () => {
      // It may have quit already.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
      await exited
      await browser.close().catch(() => undefined)
    },
  }
}

/** Waits for the line in which the host names the address to drive Chromium by. */
function driverEndpoint(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolveEndpoint, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${output.join('\n')}`))
    const timer = setTimeout(() => fail('The application did not start in time'), START_TIMEOUT_MS)
    child.once('exit', (code) => fail(`The application ended with code ${code} before it showed a window`))
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line)
        const endpoint = /^\{"driver":"([^"]+)"\}$/.exec(line)?.[1]
        if (endpoint === undefined) return
        clearTimeout(timer)
        resolveEndpoint(endpoint)
      })
    }
  })
}
