import { expect, it, onTestFinished } from 'vitest'
import { launchSyncdeck, type LaunchedApp } from '../../tools/launch/launch-syncdeck.ts'
import { startKeyring } from '../../tools/keyring/keyring.ts'
import { until } from '../../tools/until.ts'
import { scratchFolder } from '../support/scratch.ts'

const DISPLAYS = { SYNCDECK_HOST_DISPLAYS: JSON.stringify([{ x: 0, y: 0, width: 1900, height: 1150 }]) }

/** Where the system has the window, and not what the page is made to believe. */
async function placeOf({ page }: LaunchedApp) {
  const chromium = await page.context().newCDPSession(page)
  const { windowId, bounds } = await chromium.send('Browser.getWindowForTarget')
  return { chromium, windowId, bounds }
}

it('the window opens where it was closed, and in the middle where its display is gone', async () => {
  const keyring = await startKeyring()
  onTestFinished(() => keyring.stop())
  const userData = scratchFolder()
  const start = async (env: Readonly<Record<string, string>>): Promise<LaunchedApp> => {
    const app = await launchSyncdeck({ userData, env: { ...keyring.env, ...env } })
    onTestFinished(() => app.kill().catch(() => undefined))
    await app.page.getByText('Syncdeck', { exact: true }).waitFor()
    return app
  }
  const first = await start(DISPLAYS)
  const { chromium, windowId, bounds } = await placeOf(first)
  expect(bounds).toMatchObject({ width: 1280, height: 800 })
  const moved = { left: 300, top: 120, width: 1100, height: 700 }
  await chromium.send('Browser.setWindowBounds', { windowId, bounds: moved })
  await until('the page has its new size', () => first.page.evaluate(() => outerWidth === 1100 && screenX === 300))
  await first.quit()

  const again = await start(DISPLAYS)
  expect((await placeOf(again)).bounds).toMatchObject(moved)
  await again.quit()

  const smaller = await start({ SYNCDECK_HOST_DISPLAYS: JSON.stringify([{ x: 0, y: 200, width: 1000, height: 900 }]) })
  const { bounds: there } = await placeOf(smaller)
  expect(there).toMatchObject({ left: 0, top: 300, width: 1000, height: 700 })
  await smaller.quit()
})
