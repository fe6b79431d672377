import type { Page } from 'playwright-core'
import type { Bridge } from '../../src-contract/bridge.ts'
import { PSEUDO_LANGUAGE } from '../../src-contract/messages/pseudo.ts'
import type { SyncdeckPage } from '../launch/syncdeck-page.ts'

/** The main views in a language that nobody speaks: longer than any other, with an end to each message. */
export async function inPseudo(
  ui: SyncdeckPage,
  server: string,
  picture: (name: string, shows: string) => Promise<void>,
): Promise<void> {
  const { page } = ui
  await speak(page, PSEUDO_LANGUAGE)
  await ui.at('nav-overview').click()
  await ui.at('overview-needs').waitFor()
  await picture('pseudo-overview', 'the pseudo-language: nothing is cut, and nothing is no message')
  await ui.openTable()
  await ui.at('picture').waitFor()
  await picture('pseudo-panel', 'table and panel in the pseudo-language')
  await ui.at('nav-conflicts').click()
  await ui.at('conflict').first().waitFor()
  await picture('pseudo-conflicts', 'the conflicts in the pseudo-language')
  await ui.at('nav-activity').click()
  await ui.at('activity-entry').first().waitFor()
  await picture('pseudo-activity', 'the activity in the pseudo-language')
  await ui.at('nav-settings').click()
  await ui.at('data-care').waitFor()
  await picture('pseudo-settings', 'the settings in the pseudo-language')
  await ui.at(`server-menu-${server}`).click()
  await page.locator('[data-entry=edit]').click()
  await ui.at('test-connection').waitFor()
  await picture('pseudo-server', 'the form of a server in the pseudo-language')
  await ui.at('cancel').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await speak(page, 'en')
  await ui.openTable()
}

/** Another language, as the settings choose it. */
async function speak(page: Page, language: string): Promise<void> {
  await page.evaluate(async (chosen) => {
    const { request } = (globalThis as unknown as { readonly syncdeck: Bridge }).syncdeck
    await request['settings:set']({ language: chosen })
  }, language)
  await page.waitForFunction((chosen) => document.documentElement.lang === chosen, language)
}
