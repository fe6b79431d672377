import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { entryOf, openDesk, startJira } from './support.ts'

const conflict = (message: string, type: string) =>
  ({ connectorKey: 'AP-1', severity: 'ERROR', type, field: '', message }) as never

it('conflicts of all servers are searched, grouped, marked as seen, opened and exported; the panel shows the same', async () => {
  const jira = await startJira({ synchronizations: 5 })
  for (const { conflicts } of jira.api.entries.values()) conflicts.splice(0)
  jira
    .entry('INT-2')
    .conflicts.push(conflict('The transition is gone', 'workflow'), conflict('The field is <b>gone</b>', 'field'))
  jira.entry('INT-3').conflicts.push(conflict('The field is <b>gone</b>', 'field'))
  const { ui, app } = await (await openDesk()).start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.at('new-conflicts').getByText('3 new').waitFor()
  await ui.at('nav-conflicts').click()
  await ui.at('conflict-count').getByText('3 conflicts').waitFor()
  // A single one has no heading.
  expect(await ui.at('conflict-group').count()).toBe(1)
  await ui.at('conflict').getByText('INT-3 · ').waitFor()

  await ui.at('conflict-grouping').click()
  await ui.page.getByRole('menuitemradio', { name: 'By message' }).click()
  await ui.at('conflict-group').getByText('The field is <b>gone</b>').waitFor()
  await ui.at('conflict-filter').locator('input').fill('transition')
  await ui.at('conflict-count').getByText('1 of 3').waitFor()
  await ui.at('conflict-filter').locator('input').fill('')

  // By a facet, and by a token, which is the same.
  await ui.at('conflict-filter-kind').click()
  await ui.at('facet-option').filter({ hasText: 'Workflow' }).click()
  await ui.page.keyboard.press('Escape')
  await ui.at('conflict-count').getByText('1 of 3').waitFor()
  await ui.at('conflict-filter').locator('input').fill('-kind:workflow ')
  await ui.at('conflict-filter-chip').getByText('Kind: not Workflow').waitFor()
  await ui.at('conflict-count').getByText('2 of 3').waitFor()
  await ui.at('conflict-filter-clear').click()

  await ui.at('conflict').filter({ hasText: 'The transition is gone' }).click()
  await ui.dialog.getByText('Workflow', { exact: true }).waitFor()
  await ui.dialog.getByText('Everything the server last reported').click()
  await ui.dialog.getByText('"message": "The transition is gone"').waitFor()
  await ui.at('mark-one-seen').click()
  await ui.dialog.getByRole('button', { name: 'Show INT-2' }).click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('new-conflicts').getByText('2 new').waitFor()

  await ui.openTab('Conflicts')
  await ui.at('conflict').nth(1).waitFor()
  jira.entry('INT-2').conflicts.splice(0, 1)
  await ui.at('read-conflicts').click()
  await until('one is gone', async () => (await ui.at('conflict').count()) === 1)

  await ui.at('nav-conflicts').click()
  await ui.at('mark-seen').click()
  await ui.at('new-conflicts').waitFor({ state: 'detached' })
  await ui.at('conflicts-csv').click()
  const saved = (): string => {
    const line = app.output.findLast((text) => text.startsWith('{"saved":'))
    const path = line === undefined ? '' : (JSON.parse(line) as { saved: string }).saved
    return path !== '' && existsSync(path) ? readFileSync(path, 'utf8') : ''
  }
  await until('the file is saved', () => saved() !== '')
  expect(saved()).toMatch(/Vienna,INT-3,AP-1,field,ERROR,/)
})

it('the list is used by keyboard', async () => {
  const jira = await startJira({ synchronizations: 5 })
  for (const { conflicts } of jira.api.entries.values()) conflicts.splice(0)
  jira.entry('INT-2').conflicts.push(conflict('First', 'a'), conflict('Second', 'b'))
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.at('new-conflicts').waitFor()
  await ui.at('nav-conflicts').click()
  await ui.at('conflict-list').focus()
  await ui.page.keyboard.press('Enter')
  await until('the group is closed', async () => (await ui.at('conflict').count()) === 0)
  await ui.page.keyboard.press('Enter')
  await ui.at('conflict').first().waitFor()
  await ui.page.keyboard.press('ArrowDown')
  await ui.page.keyboard.press('Enter')
  await ui.at('conflict-details').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.at('conflict-details').waitFor({ state: 'detached' })
})
