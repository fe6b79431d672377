import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { chromiumHost, launchOnHost, type LaunchedApp } from '../../tools/launch/launch-syncdeck.ts'
import { scratchFolder } from './scratch.ts'

export interface HostAppFiles {
  readonly main: string
  readonly preload?: string
  readonly page?: string
}

/** Writes a small Electron application and returns its folder. Its page is served as `app://test/index.html`. */
export function writeHostApp({ main, preload = '', page = '<p>page</p>' }: HostAppFiles): string {
  const folder = scratchFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'host-test', version: '1.2.3', type: 'module', main: 'main.js' }),
  )
  writeFileSync(join(folder, 'main.js'), main)
  writeFileSync(join(folder, 'preload.cjs'), preload)
  writeFileSync(join(folder, 'index.html'), page)
  return folder
}

/** The main module of an application with one well-behaved window; `extra` runs before the page is loaded. */
export function windowMain(extra = '', webPreferences = '', headers = ''): string {
  return `
import { app, BrowserWindow, ipcMain, protocol, session } from 'electron'
import { readFileSync } from 'node:fs'
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
const at = (name) => new URL(name, import.meta.url)
app.on('window-all-closed', () => app.quit())
app.whenReady().then(async () => {
  protocol.handle('app', () => new Response(readFileSync(at('index.html')), { headers: { 'content-type': 'text/html', ${headers} } }))
  const window = new BrowserWindow({ webPreferences: { preload: at('preload.cjs').pathname, sandbox: true, contextIsolation: true, nodeIntegration: false, ${webPreferences} } })
  ${extra}
  await window.loadURL('app://test/index.html')
})`
}

/** Shows an application on the host until the test ends. */
export async function showHostApp(files: HostAppFiles): Promise<LaunchedApp> {
  const launched = await launchOnHost(writeHostApp(files), { userData: scratchFolder() })
  onTestFinished(() => launched.kill())
  await launched.page.waitForURL(/app-scheme\.invalid/)
  await launched.page.waitForLoadState()
  return launched
}

/** Runs an application that exits on its own; resolves with its exit code and everything it wrote. */
export function runHostApp(
  files: HostAppFiles,
  userData = scratchFolder(),
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [chromiumHost(), writeHostApp(files), `--user-data-dir=${userData}`], {
    detached: true,
    // Its output is compared, and has no colours, whatever CI likes.
    env: { ...process.env, FORCE_COLOR: undefined },
  })
  onTestFinished(() => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return new Promise((done) => child.once('close', (code) => done({ code, output })))
}
