import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { AxeResults } from 'axe-core'
import { expect, it } from 'vitest'
import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { patience } from '../../tools/patience.ts'
import { notReachedByTab, smallTargets, treeFaults } from './accessibility-tree.ts'
import { SECRETS } from './canary.ts'
import { entryOf, openDesk, startJira } from './support.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

declare const axe: {
  run: (context: string, options: object) => Promise<AxeResults>
  getRules: (tags: readonly string[]) => readonly { ruleId: string; tags: readonly string[] }[]
}

/**
 * What there is of the window besides what was looked at before: dialogs lie over it and keep it from being used, tabs
 * fill the panel.
 */
const PARTS = { window: 'body', dialog: '[role=dialog]', panel: '[data-test=panel]' } as const
type Part = keyof typeof PARTS

/** Words of two elements that touch each other on a line: a gap between them was meant, and is lost. */
async function touchingWords(ui: SyncdeckPage, view: string, part: Part): Promise<string[]> {
  const found = await ui.page
    .locator(PARTS[part])
    .last()
    .evaluate((root) => {
      const texts: { text: string; first: DOMRect; last: DOMRect }[] = []
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const range = document.createRange()
        range.selectNode(node)
        const boxes = [...range.getClientRects()].filter(({ width }) => width > 1)
        const [first, last] = [boxes.at(0), boxes.at(-1)]
        if (first !== undefined && last !== undefined && node.parentElement?.closest('.only-spoken') === null)
          texts.push({ text: node.textContent ?? '', first, last })
      }
      return texts.flatMap(({ text, last }, index) => {
        const next = texts[index + 1]
        const isTouching =
          next !== undefined &&
          Math.abs(next.first.left - last.right) < 1 &&
          next.first.top < last.bottom &&
          last.top < next.first.bottom &&
          /[\p{L}\p{N}]$/u.test(text) &&
          /^[\p{L}\p{N}]/u.test(next.text)
        return isTouching ? [`${text}|${next.text}`] : []
      })
    })
  return found.map((words) => `${view}: ${words}`)
}

/**
 * What axe finds on a part of the window. The themes differ in colours alone, so the dark one is held to the rules
 * about those.
 */
async function violations(ui: SyncdeckPage, theme: 'light' | 'dark', view: string, part: Part): Promise<string[]> {
  await ui.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
  await ui.page.waitForFunction(
    (dark) => document.documentElement.style.getPropertyValue('color-scheme') === (dark ? 'dark' : 'light'),
    theme === 'dark',
  )
  await ui.page.locator(PARTS[part]).last().waitFor()
  // Colours fade for a moment after a change of theme; only the final ones are judged.
  await ui.page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (animation) => animation.playState !== 'running' || animation.effect?.getComputedTiming().endTime === Infinity,
      ),
  )
  if (!(await ui.page.evaluate(() => 'axe' in window))) await ui.page.evaluate(AXE)
  const { violations: found } = await ui.page.evaluate(
    ([within, tags, isAboutColours]) => {
      const ofColours = axe.getRules(tags).filter(({ tags: own }) => own.includes('cat.color'))
      return axe.run(within, {
        runOnly: isAboutColours ? ofColours.map(({ ruleId }) => ruleId) : tags,
        resultTypes: ['violations'],
      })
    },
    [PARTS[part], RULES, theme === 'dark'] as const,
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(
      (node) => `${view}, ${theme}: ${id} at ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`,
    ),
  )
}

it(
  'every view passes axe in both themes, its words stand apart, and what can be used has a name, a role and 24 px',
  async () => {
    const jira = await startJira({ synchronizations: 30 })
    const away = await startJira({ synchronizations: 3, seed: 5 })
    const { ui } = await (await openDesk()).start()
    const found: string[] = []
    const themes: ('light' | 'dark')[] = ['light', 'dark']
    const look = async (view: string, part: Part): Promise<void> => {
      for (const theme of themes) found.push(...(await violations(ui, theme, view, part)))
      // The next view begins with the theme that is there already.
      themes.reverse()
      found.push(...(await touchingWords(ui, view, part)))
      found.push(
        ...(await treeFaults(ui, view)),
        ...(await smallTargets(ui, view)),
        ...(await notReachedByTab(ui, view)),
      )
    }

    await look('first start', 'window')
    await ui.at('first-add').click()
    await ui.fillServer(entryOf(jira, 'Vienna', { password: SECRETS.wrong }))
    await ui.at('test-connection').click()
    await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
    await look('server dialog', 'dialog')
    await ui.dialog.getByLabel('Password', { exact: true }).fill(SECRETS.password)
    await ui.save()
    await ui.addServer(entryOf(away, 'Away'))
    await ui.addServer(entryOf(away, 'Refused', { password: SECRETS.wrong }))
    await ui.page.getByText('33 of 33').waitFor()
    await away.goOffline()
    await ui.at('refresh-all').click()
    await ui.page.locator('.row.stale').first().waitFor({ state: 'attached' })
    await ui.openRow('INT-2', 'Vienna')
    jira.api.failNextTask('It failed')
    await ui.at('panel-stop').click()
    await look('confirmation', 'dialog')
    await ui.confirm()
    await ui.openTasks()
    await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'failed')
    await ui.rows().first().locator('.check [role=checkbox]').click()
    await look('table, panel, tasks', 'window')
    await ui.at('display').click()
    await ui.at('display-menu').waitFor()
    await look('columns and groups', 'window')
    await ui.at('group-by-server').click()
    await ui.page.keyboard.press('Escape')
    await ui.at('group-Vienna').waitFor()
    await ui.rows().first().click({ button: 'right' })
    await ui.page.getByRole('menuitem').first().waitFor()
    await look('groups, and the menu of a row', 'window')
    await ui.page.keyboard.press('Escape')
    await ui.at('display').click()
    await ui.at('group-by-none').click()
    await ui.page.keyboard.press('Escape')
    await ui.at('filter-state').click()
    await ui.at('facet-option').first().waitFor()
    await look('a facet', 'window')
    await ui.page.keyboard.press('Escape')
    await ui.at('filter').locator('input').click()
    await ui.page.keyboard.type('-has:errors state:brx sta')
    await ui.at('offer').first().waitFor()
    await look('tokens, and what completes one', 'window')
    await ui.page.keyboard.press('Escape')
    await ui.at('filter-clear').click()
    await ui.at('filter').locator('input').fill('int')
    await ui.at('save-view').click()
    await ui.dialog.getByLabel('Name').fill('Some')
    await look('saving a view', 'dialog')
    await ui.at('confirm-view').click()
    await ui.dialog.waitFor({ state: 'detached' })
    await look('a saved view', 'window')
    await ui.at('filter').locator('input').fill('')
    await ui.at('open-palette').click()
    await ui.page.getByRole('combobox', { name: /Find a/ }).fill('int-1')
    await look('palette', 'dialog')
    await ui.page.keyboard.press('Escape')
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.table.focus()
    await ui.page.keyboard.press('?')
    await look('keyboard', 'dialog')
    await ui.at('close-shortcuts').click()
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.panel.getByLabel('Add a tag').fill('acme')
    await ui.page.keyboard.press('Enter')
    await ui.at('tag').waitFor()
    await ui.at('edit-note').click()
    await ui.dialog.getByLabel('Runbook').fill('https://wiki.example/sync')
    await look('tags and note', 'dialog')
    await ui.at('save-note').click()
    await ui.at('open-runbook').waitFor()
    await look('panel with tags and note', 'panel')
    await ui.at('bulk-more').click()
    await ui.page.getByRole('menuitem', { name: 'Tags of' }).click()
    await look('tags of what is selected', 'dialog')
    await ui.page.keyboard.press('Escape')
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.edit('summary', 'Changed')
    await ui.at('preview').click()
    await ui.at('request-body').waitFor()
    await look('preview', 'dialog')
    await ui.at('cancel').click()
    await ui.openTab('Connection')
    await look('connection', 'panel')
    await ui.at('change-connection').click()
    await ui.at('proxy-first').click()
    await look('connection dialog', 'dialog')
    await ui.at('cancel').click()
    await ui.at('create-synchronization').click()
    await ui.at('create').click()
    await look('create dialog', 'dialog')
    await ui.at('cancel').click()
    await ui.chooseInPanelMenu('Delete')
    await look('delete dialog', 'dialog')
    await ui.at('cancel').click()
    await ui.openTab('Configuration')
    await look('configuration', 'panel')
    await ui.openTab('Links')
    await ui.at('link').first().waitFor()
    await look('links', 'panel')
    await ui.chooseInPanelMenu('Resync')
    await look('resync dialog', 'dialog')
    await ui.at('cancel').click()
    await ui.openTab('JSON')
    await look('JSON', 'panel')
    await ui.openTab('Conflicts')
    await look('conflicts of one', 'panel')
    await ui.openTab('History')
    await ui.at('timeline').waitFor()
    await look('history', 'panel')
    await ui.chooseInPanelMenu('Snooze')
    await look('snooze dialog', 'dialog')
    await ui.at('snooze').click()
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.at('undo-offer').hover()
    await look('offer to undo', 'window')
    await ui.at('undo-last').click()
    await ui.at('undo-offer').waitFor({ state: 'detached' })
    await ui.at('nav-conflicts').click()
    await ui.at('conflict').first().waitFor()
    await look('conflicts', 'window')
    await ui.at('conflict').first().click()
    await look('conflict details', 'dialog')
    await ui.page.keyboard.press('Escape')
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.at('nav-settings').click()
    await ui.at('data-care').waitFor()
    await look('settings', 'window')
    await ui.at('support').click()
    await ui.at('support-text').getByText('## Log').waitFor()
    await look('support bundle', 'dialog')
    await ui.page.keyboard.press('Escape')
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.chooseInServerMenu('Vienna', 'Diagnose')
    await ui.at('diagnose').click()
    await ui.step('limits').waitFor()
    await look('diagnosis', 'dialog')
    await ui.page.keyboard.press('Escape')
    await ui.dialog.waitFor({ state: 'detached' })
    await ui.at('bell').click()
    await ui.at('notification').first().waitFor()
    await look('notifications', 'window')
    await ui.page.keyboard.press('Escape')
    await ui.at('nav-activity').click()
    await ui.at('activity-entry').first().waitFor()
    await look('activity', 'window')
    await ui.at('trouble').click()
    await look('notices', 'window')
    await ui.page.keyboard.press('Escape')
    await ui.at('nav-overview').click()
    await ui.at('trouble-line').first().waitFor()
    await look('overview', 'window')
    expect(found).toEqual([])
    // Some sixty audits: the one spec that takes long by what it does.
  },
  patience(600_000),
)
