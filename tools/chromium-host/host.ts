import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseCommandLine, userDataFolder } from './command-line.ts'

type ProtocolHandler = (request: Request) => Response | Promise<Response>
export type IpcHandler = (event: unknown, ...args: unknown[]) => unknown
export type RequestFilter = (details: { url: string }, callback: (answer: { cancel?: boolean }) => void) => void

/** Everything the host's pieces share, once per process. */
export const commandLine = parseCommandLine(process.argv.slice(2))

const manifest = JSON.parse(readFileSync(join(commandLine.appFolder, 'package.json'), 'utf8')) as {
  name: string
  productName?: string
  version: string
  main: string
}

export const host = {
  manifest,
  productName: manifest.productName ?? manifest.name,
  userData: userDataFolder(commandLine, manifest.productName ?? manifest.name),
  appEvents: new EventEmitter(),
  powerEvents: new EventEmitter(),
  isReady: false,
  isQuitting: false,
  privilegedSchemes: new Set<string>(),
  protocolHandlers: new Map<string, ProtocolHandler>(),
  ipcHandlers: new Map<string, IpcHandler>(),
  /** What the application set for Chromium, as switches; none can be added once it runs. */
  chromiumSwitches: new Map<string, string>(),
  isChromiumStarted: false,
  /** Resolves once a Chromium that was asked to quit has ended. Its page is closed before that. */
  chromiumEnded: Promise.resolve() as Promise<unknown>,
  requestFilter: null as RequestFilter | null,
  clipboard: '',
}

/** Records switches for Chromium's start; throws if it is already running. */
export function passToChromium(what: string, switches: Readonly<Record<string, string>>): void {
  if (host.isChromiumStarted) throw new Error(`On the Chromium host ${what} must be called before Chromium starts`)
  for (const [name, value] of Object.entries(switches)) host.chromiumSwitches.set(name, value)
}

const READY = 'ready'

/** Resolves when the application counts as ready: after its main module was evaluated, as in Electron. */
export function whenReady(): Promise<void> {
  return host.isReady ? Promise.resolve() : new Promise((resolve) => host.appEvents.once(READY, () => resolve()))
}

export function becomeReady(): void {
  host.isReady = true
  host.appEvents.emit(READY)
}
