import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { entryOf, startEmpty, startJira } from './support.ts'

/** The element with the focus, by the words or the mark that it is known by; empty if it is lost. */
async function focused({ page }: SyncdeckPage): Promise<string> {
  return page.evaluate(() => {
    const { activeElement: active, body } = document
    if (active === null || active === body) return ''
    return active.closest('[data-test]')?.getAttribute('data-test') ?? active.tagName
  })
}

it('the focus is never lost when what has it goes', async () => {
  const jira = await startJira({ synchronizations: 8, seed: 3 })
  const { ui } = await startEmpty()
  const keeps = async (what: string): Promise<string> => {
    let now = ''
    await until(`the focus is somewhere after ${what}`, async () => (now = await focused(ui)) !== '')
    return now
  }
  const press = async (name: string, key = 'Enter'): Promise<void> => {
    await ui.at(name).first().focus()
    await ui.page.keyboard.press(key)
  }
  await press('first-add')
  await ui.fillServer(entryOf(jira, 'Vienna'))
  await press('save-server')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.rows().first().waitFor()
  await keeps('the first server is saved')

  await ui.openRow('INT-2')
  await ui.edit('summary', 'Another name')
  await press('revert-summary')
  expect(await keeps('a change is reverted')).toBe('field-summary')
  await ui.edit('summary', 'Another name')
  await press('discard')
  await ui.at('draft-bar').waitFor({ state: 'detached' })
  await keeps('a draft is discarded')
  await press('undo-last')
  await ui.at('draft-bar').waitFor()
  await keeps('the offer to undo is taken')
  await press('preview')
  await ui.at('request-body').waitFor()
  await press('apply')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('draft-bar').waitFor({ state: 'detached' })
  await keeps('a change is applied')

  await press('panel-restart')
  await press('confirm')
  await ui.dialog.waitFor({ state: 'detached' })
  await keeps('an operation is confirmed')
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('restart', 'INT-2'), 'data-state', 'ended')
  await press('clear-ended')
  await ui.task('restart', 'INT-2').waitFor({ state: 'detached' })
  await keeps('ended tasks are cleared')
  await press('close-tasks')
  await ui.at('task-drawer').waitFor({ state: 'detached' })
  await keeps('the tasks are closed')

  await press('panel-more')
  await ui.page.getByRole('menuitem').first().waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.page.getByRole('menu').waitFor({ state: 'detached' })
  expect(await keeps('a menu is closed')).toBe('panel-more')
  await press('close-panel')
  await ui.panel.waitFor({ state: 'detached' })
  await keeps('a panel is closed')

  await ui.at('filter').locator('input').fill('INT-3')
  await press('save-view')
  await ui.dialog.getByLabel('Name').fill('Third')
  await press('confirm-view')
  await ui.dialog.waitFor({ state: 'detached' })
  await keeps('a view is saved')
  await ui.at('view-menu-Third').focus()
  await ui.page.keyboard.press('Enter')
  await ui.page.getByRole('menuitem').filter({ hasText: 'Remove the view' }).focus()
  await ui.page.keyboard.press('Enter')
  await ui.at('view-menu-Third').waitFor({ state: 'detached' })
  await keeps('a view is removed')
})
