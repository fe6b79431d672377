import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { entryOf, openDesk, startJira } from './support.ts'

it('a selection is tagged, found by its tag, and untagged again; a note is there after a restart, and its runbook opens', async () => {
  const jira = await startJira({ seed: 1, synchronizations: 12 })
  const desk = await openDesk()
  const { app, ui } = await desk.start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.page.getByText('12 of 12').waitFor()

  for (const key of ['INT-2', 'INT-9']) await ui.select(key)
  await ui.at('bulk-more').click()
  const [menu, button] = [await ui.page.getByRole('menu').boundingBox(), await ui.at('bulk-more').boundingBox()]
  expect(
    Math.abs((menu?.x ?? 0) + (menu?.width ?? 0) - (button?.x ?? 0) - (button?.width ?? 0)),
    'opens at its button',
  ).toBeLessThan(8)
  await ui.page.getByRole('menuitem', { name: 'Tags of 2 selected…' }).click()
  await ui.dialog.getByLabel('Add a tag').fill('night shift')
  await ui.at('save-tags').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('clear-selection').click()
  await ui.at('filter').locator('input').fill('tag:night-shift ')
  await ui.page.getByText('2 of 12').waitFor()

  // In the panel, each has its own.
  await ui.openRow('INT-9')
  await ui.panel.getByText('night shift').waitFor()
  await ui.panel.getByLabel('Add a tag').fill('acme')
  await ui.page.keyboard.press('Enter')
  await ui.panel.getByText('acme').waitFor()
  await ui.panel.getByRole('button', { name: 'Remove the tag night shift' }).click()
  await ui.page.getByText('1 of 12').waitFor()
  await ui.page.locator('[data-test=undo-last]').click()
  await ui.page.getByText('2 of 12').waitFor()

  await ui.at('edit-note').click()
  await ui.dialog.getByLabel('Owner').fill('Team Blue')
  await ui.dialog.getByLabel('Runbook').fill('https://wiki.example/sync')
  await ui.dialog.getByLabel('Note', { exact: true }).fill('Call the partner first.\nThen restart.')
  await ui.at('save-note').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.panel.getByText('Team Blue').waitFor()

  await ui.chooseInServerMenu('Vienna', 'Tags and note…')
  await ui.dialog.getByLabel('Add a tag').fill('hub')
  await ui.page.keyboard.press('Enter')
  await ui.dialog.getByLabel('Owner').fill('Platform')
  await ui.at('save-note').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.panel.getByText('Platform').waitFor()
  // Its settings mention it, and lead there; Escape closes the topmost dialog.
  await ui.chooseInServerMenu('Vienna', 'Edit')
  await ui.at('server-dialog').getByText('hub · Platform').waitFor()
  await ui.at('server-note-edit').click()
  await ui.at('note-dialog').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.at('note-dialog').waitFor({ state: 'detached' })
  await ui.at('server-dialog').getByRole('button', { name: 'Cancel' }).click()
  await ui.dialog.waitFor({ state: 'detached' })
  await app.quit()

  const again = await desk.start()
  await again.ui.openTable()
  await again.ui.page.getByText('2 of 12').waitFor()
  await again.ui.openRow('INT-9')
  await again.ui.panel.getByText('Then restart.').waitFor()
  // Words of a note are found, and all rows have the server's tag.
  await again.ui.at('filter').locator('input').fill('partner first')
  await again.ui.page.getByText('1 of 12').waitFor()
  await again.ui.at('filter').locator('input').fill('')
  await again.ui.at('display').click()
  await again.ui.at('group-by-tag').click()
  await again.ui.page.keyboard.press('Escape')
  await again.ui.at('group-acme, hub, night shift').waitFor()

  // The question about its target is asked outside the page.
  const question = again.app.page.context().waitForEvent('page')
  await again.ui.at('open-runbook').click()
  await (await question).getByRole('button', { name: 'Open' }).click()
  await until('it was opened', () =>
    again.app.output.includes(JSON.stringify({ openExternal: 'https://wiki.example/sync' })),
  )
  const seen = JSON.stringify(jira.seen)
  for (const words of ['night', 'acme', 'Team Blue', 'wiki.example']) expect(seen).not.toContain(words)
})
