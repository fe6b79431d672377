import { resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from 'playwright-core'
import { expect, it, onTestFinished } from 'vitest'
import { electronExecutable } from '../../tools/launch/launch-syncdeck.ts'
import { scratchFolder } from '../support/scratch.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** The built application on Electron's own program. This group exists only if that program does. */
async function start(): Promise<{ electron: ElectronApplication; page: Page }> {
  const electron = await _electron.launch({
    executablePath: electronExecutable() ?? '',
    args: [ROOT, `--user-data-dir=${scratchFolder()}`],
  })
  onTestFinished(() => electron.close())
  const page = await electron.firstWindow()
  await page.getByText('Syncdeck', { exact: true }).waitFor()
  return { electron, page }
}

it('the window is sandboxed, isolated and without Node, as Electron itself sees it', async () => {
  const { electron, page } = await start()
  // The process that shows the page says so itself (Electron, `app.getAppMetrics`, `ProcessMetric.sandboxed`; not on
  // Linux).
  const renderers = await electron.evaluate(({ app, BrowserWindow }) => {
    // By the windows: Electron starts a process for a page ahead of time.
    const shown = BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getOSProcessId())
    return app
      .getAppMetrics()
      .filter(({ pid }) => shown.includes(pid))
      .map(({ sandboxed }) => sandboxed)
  })
  expect(renderers).toHaveLength(1)
  if (process.platform !== 'linux') expect(renderers).toEqual([true])
  // Neither Node nor what the preload has besides its bridge is within reach of the page.
  expect(
    await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in globalThis),
    ),
  ).toEqual([])
  expect(await page.evaluate(() => Object.isFrozen((globalThis as unknown as { syncdeck: object }).syncdeck))).toBe(
    true,
  )
})

it('nothing is evaluated, opened, permitted or left for, in Electron’s own renderer', async () => {
  const { electron, page } = await start()
  const address = page.url()
  expect(address).toMatch(/^app:\/\//)
  expect(
    await page.evaluate(() => {
      try {
        return String(new Function('return 1')())
      } catch (error) {
        return (error as Error).name
      }
    }),
  ).toBe('EvalError')
  expect(await page.evaluate(() => window.open('https://example.invalid/') === null)).toBe(true)
  expect(await page.evaluate(async () => Notification.requestPermission())).toBe('denied')
  expect(
    await page.evaluate(() =>
      fetch('https://example.invalid/').then(
        () => 'loaded',
        () => 'refused',
      ),
    ),
  ).toBe('refused')
  await page.evaluate(() => {
    location.href = 'https://example.invalid/'
  })
  expect(await page.evaluate(() => document.title)).toBe('Syncdeck')
  expect(page.url()).toBe(address)
  expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
})
