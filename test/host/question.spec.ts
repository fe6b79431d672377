import { expect, it, onTestFinished } from 'vitest'
import { launchOnHost } from '../../tools/launch/launch-syncdeck.ts'
import { showHostApp, windowMain, writeHostApp } from '../support/host-app.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../../tools/until.ts'

const HANDLERS = `
const { dialog } = await import('electron')
ipcMain.handle('ask', async () => (await dialog.showMessageBox(window, { message: 'Trust <b>it</b>?', detail: 'Why', buttons: ['Cancel', 'Trust'], defaultId: 0, cancelId: 0 })).response)`
const PRELOAD =
  "require('electron').contextBridge.exposeInMainWorld('bridge', { ask: () => require('electron').ipcRenderer.invoke('ask') })"

declare const bridge: { ask: () => Promise<number> }

it.each([
  ['Trust', 1],
  ['Cancel', 0],
  [null, 0],
] as const)('a message box is a window of its own, out of the page’s reach: %s', async (button, expected) => {
  const { page } = await showHostApp({ main: windowMain(HANDLERS), preload: PRELOAD })
  const answer = page.evaluate(() => bridge.ask())
  const others = () =>
    page
      .context()
      .pages()
      .filter((other) => other !== page)
  await until('the question is there', () => others().length === 1)
  const question = others()[0]
  await question?.getByText('Trust <b>it</b>?').waitFor()
  if (button === null) await question?.close()
  // The answer closes the window, maybe before the driver hears of its click.
  else
    await question
      ?.getByRole('button', { name: button })
      .click()
      .catch(() => undefined)
  expect(await answer).toBe(expected)
  expect(others()).toEqual([])
})

it('a message box is shown even before there is a window', async () => {
  const ask =
    "console.log('answer', (await dialog.showMessageBox({ message: 'Which?', buttons: ['This', 'That'], cancelId: 0 })).response)"
  const main = `import { app, dialog } from 'electron'\napp.whenReady().then(async () => { ${ask}; app.exit(0) })`
  const launched = await launchOnHost(writeHostApp({ main }), { userData: scratchFolder() })
  onTestFinished(() => launched.kill().catch(() => undefined))
  // The answer closes the window, maybe before the driver hears of its click.
  await launched.page
    .getByRole('button', { name: 'That' })
    .click()
    .catch(() => undefined)
  await until('it is answered', () => launched.output.includes('answer 1'))
})
