import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import { expect, it } from 'vitest'
import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { SECRETS } from './canary.ts'
import { entryOf, openDesk, startJira } from './support.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

declare const axe: { run: (context: Document, options: object) => Promise<AxeResults> }

/** What axe finds on the window as it is, in the theme. */
async function violations(ui: SyncdeckPage, theme: 'light' | 'dark', view: string): Promise<string[]> {
  await ui.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await ui.page.waitForFunction((dark) => document.documentElement.style.getPropertyValue('color-scheme') === (dark ? 'dark' : 'light'), theme === 'dark')
  // Colours fade for a moment after a change of theme; what is judged is how they end.
  await ui.page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect?.getComputedTiming().endTime === Infinity))
  await ui.page.evaluate(AXE)
  const { violations: found } = await ui.page.evaluate((tags) => axe.run(document, { runOnly: tags }), RULES)
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${view}, ${theme}: ${id} at ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`))
}

it('every view passes axe in both themes', async () => {
  const jira = await startJira({ synchronizations: 30 })
  const away = await startJira({ synchronizations: 3, seed: 5 })
  const { ui } = await (await openDesk()).start()
  const found: string[] = []
  const look = async (view: string): Promise<void> => {
    for (const theme of ['light', 'dark'] as const) found.push(...(await violations(ui, theme, view)))
  }

  await look('first start')
  await ui.at('first-add').click()
  await ui.fillServer(entryOf(jira, 'Vienna', { password: SECRETS.wrong }))
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
  await look('server dialog')
  await ui.dialog.getByLabel('Password', { exact: true }).fill(SECRETS.password)
  await ui.save()
  await ui.addServer(entryOf(away, 'Away'))
  await ui.addServer(entryOf(away, 'Refused', { password: SECRETS.wrong }))
  await ui.page.getByText('33 of 33').waitFor()
  await away.goOffline()
  await ui.at('refresh-all').click()
  await ui.page.locator('.row.stale').first().waitFor({ state: 'attached' })
  await ui.row('INT-2', 'Vienna').click()
  jira.api.failNextTask('It failed')
  await ui.at('panel-stop').click()
  await look('confirmation')
  await ui.confirm()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'failed')
  await ui.select('INT-3', 'Vienna')
  await look('table, panel, tasks')
  await ui.edit('summary', 'Changed')
  await ui.at('preview').click()
  await ui.at('request-body').waitFor()
  await look('preview')
  await ui.at('cancel').click()
  await ui.openTab('Connection')
  await look('connection')
  await ui.at('update-proxy').click()
  await look('connection dialog')
  await ui.at('cancel').click()
  await ui.at('create-synchronization').click()
  await ui.at('create').click()
  await look('create dialog')
  await ui.at('cancel').click()
  await ui.chooseInPanelMenu('Delete')
  await look('delete dialog')
  await ui.at('cancel').click()
  await ui.openTab('Configuration')
  await look('configuration')
  await ui.openTab('Links')
  await ui.at('link').first().waitFor()
  await look('links')
  await ui.chooseInPanelMenu('Resync')
  await look('resync dialog')
  await ui.at('cancel').click()
  await ui.openTab('JSON')
  await look('JSON')
  await ui.openTab('Conflicts')
  await look('conflicts of one')
  await ui.openTab('History')
  await ui.at('timeline').waitFor()
  await look('history')
  await ui.chooseInPanelMenu('Snooze')
  await look('snooze dialog')
  await ui.page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('nav-conflicts').click()
  await ui.at('conflict').first().waitFor()
  await look('conflicts')
  await ui.at('conflict').first().click()
  await look('conflict details')
  await ui.page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('nav-settings').click()
  await ui.at('data-care').waitFor()
  await look('settings')
  await ui.at('support').click()
  await ui.at('support-text').getByText('## Log').waitFor()
  await look('support bundle')
  await ui.page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('bell').click()
  await ui.at('notification').first().waitFor()
  await look('notifications')
  await ui.page.keyboard.press('Escape')
  await ui.at('nav-activity').click()
  await ui.at('activity-entry').first().waitFor()
  await look('activity')
  await ui.at('trouble').click()
  await look('notices')
  expect(found).toEqual([])
  // Some forty audits of a whole page: the one spec that takes long by what it does.
}, 240_000)
