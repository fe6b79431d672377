import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { entryOf, openDesk, startJira } from './support.ts'

it('a filter is saved under a name, is there after a restart, and is chosen, replaced and removed', async () => {
  const jiras = [await startJira({ seed: 1, synchronizations: 40 }), await startJira({ seed: 2, synchronizations: 12 })]
  const desk = await openDesk()
  const { app, ui } = await desk.start()
  for (const [index, name] of ['Vienna', 'Graz'].entries())
    await ui.addServer(entryOf(jiras[index] as (typeof jiras)[0], name))
  await ui.page.getByText('52 of 52').waitFor()
  expect(await ui.at('save-view').count()).toBe(0)

  // The current filter can be saved, without moving anything; a name is needed.
  const placeOfServer = (): Promise<unknown> => ui.server('Graz').boundingBox()
  const place = await placeOfServer()
  await ui.server('Graz').getByRole('button').first().click()
  await ui.page.getByText('12 of 52').waitFor()
  await ui.at('save-view').waitFor()
  expect(await placeOfServer()).toEqual(place)
  await ui.table.getByRole('columnheader', { name: 'Key' }).getByRole('button').click()
  const keys = await ui.rows().locator('.col-key').allInnerTexts()
  await ui.at('save-view').click()
  expect(await ui.at('confirm-view').isDisabled()).toBe(true)
  await ui.dialog.getByLabel('Name').fill('Graz by key')
  await ui.page.keyboard.press('Enter')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.page.locator('[data-test="view-Graz by key"][aria-current=true]').waitFor()
  expect(await ui.at('save-view').count()).toBe(0)

  // Another filter is not that view; the name is taken, which is said, and nothing is replaced by cancelling.
  await ui.at('filter').locator('input').fill('int-1')
  await ui.page.locator('[data-test="view-Graz by key"][aria-current=false]').waitFor()
  await ui.at('save-view').click()
  await ui.dialog.getByLabel('Name').fill(' Graz by key ')
  await ui.dialog.getByText('will be replaced').waitFor()
  await ui.dialog.getByRole('button', { name: 'Cancel' }).click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('save-view').click()
  await ui.dialog.getByLabel('Name').fill('Ones')
  await ui.at('confirm-view').click()
  await ui.dialog.waitFor({ state: 'detached' })
  // Columns and groups belong to the view.
  await ui.at('display').click()
  await ui.at('column-why').click()
  await ui.at('group-by-state').click()
  await ui.page.keyboard.press('Escape')
  await ui.at('save-view').click()
  await ui.dialog.getByLabel('Name').fill('By state')
  await ui.at('confirm-view').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.table.getByRole('columnheader', { name: 'Why' }).waitFor({ state: 'detached' })
  const isKept = () =>
    ui.page.evaluate(async () => {
      const { syncdeck } = window as unknown as {
        syncdeck: { request: Record<string, (args: object) => Promise<{ value: { shownLists: { table?: string } } }>> }
      }
      return (
        (await syncdeck.request['settings:get']?.({}))?.value.shownLists.table?.includes('"groupBy":"state"') === true
      )
    })
  await until('what is shown is kept', isKept)
  await app.quit()

  const again = await desk.start()
  await again.ui.openTable()
  // What was shown is shown again.
  await again.ui.page.getByText('4 of 52').waitFor()
  await again.ui.page.locator('[data-test="view-By state"][aria-current=true]').waitFor()
  await again.ui.page.locator('.group-row').first().waitFor()
  expect(await again.ui.table.getByRole('columnheader', { name: 'Why' }).count()).toBe(0)
  await again.ui.at('view-Graz by key').click()
  await again.ui.page.locator('.group-row').first().waitFor({ state: 'detached' })
  await again.ui.page.getByText('12 of 52').waitFor()
  // It was saved with the usual columns, and lends them.
  await again.ui.table.getByRole('columnheader', { name: 'Why' }).waitFor()
  expect(await again.ui.rows().locator('.col-key').allInnerTexts()).toEqual(keys)
  await again.ui.page.keyboard.press('Control+k')
  await again.ui.page.keyboard.type('view ones')
  await again.ui.page.getByRole('option', { name: /Ones/ }).waitFor()
  await again.ui.page.keyboard.press('Enter')
  await again.ui.page.getByText('4 of 52').waitFor()

  await again.ui.page.getByRole('button', { name: /^Synchronizations/ }).click()
  await again.ui.page.getByText('52 of 52').waitFor()
  await again.ui.table.getByRole('columnheader', { name: 'Why' }).waitFor({ state: 'detached' })
  await again.ui.at('view-Ones').click()
  await again.ui.page.getByText('4 of 52').waitFor()

  // The order is the user's; a removed view is gone, and the filter stays.
  await again.ui.at('view-menu-Ones').click()
  await again.ui.page.getByRole('menuitem').filter({ hasText: 'Move up' }).click()
  await again.ui.page.waitForFunction(
    () => document.querySelector('[data-test^="view-"]')?.getAttribute('data-test') === 'view-Ones',
  )
  await again.ui.page.getByRole('menu').waitFor({ state: 'detached' })
  await again.ui.at('view-menu-Ones').click()
  await again.ui.page.getByRole('menuitem').filter({ hasText: 'Remove the view' }).click()
  await again.ui.at('view-Ones').waitFor({ state: 'detached' })
  await again.ui.page.getByText('4 of 52').waitFor()
  await again.ui.at('save-view').click()
  await again.ui.dialog.getByLabel('Name').fill('Graz by key')
  await again.ui.at('confirm-view').getByText('Replace').click()
  await again.ui.page.locator('[data-test="view-Graz by key"][aria-current=true]').waitFor()
  expect(await again.ui.page.locator('[data-test^="view-menu-"]').count()).toBe(2)
})

it('an environment stands for all its servers, also for one that is added later', async () => {
  const jiras = [
    await startJira({ seed: 1, synchronizations: 20 }),
    await startJira({ seed: 2, synchronizations: 12 }),
    await startJira({ seed: 3, synchronizations: 5 }),
  ] as const
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(jiras[0], 'Vienna', { environment: 'Production' }))
  await ui.addServer(entryOf(jiras[1], 'Graz', { environment: 'Test' }))
  await ui.page.getByText('32 of 32').waitFor()
  await ui.at('filter-server').click()
  const option = (text: string) => ui.at('facet-option').filter({ hasText: text })
  await option('Production').click()
  await ui.page.getByText('20 of 32').waitFor()
  // A server beside it is added to what is shown.
  await option('Graz').click()
  await ui.page.getByText('32 of 32').waitFor()
  await option('Graz').click()
  await ui.page.getByText('20 of 32').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.at('save-view').click()
  await ui.dialog.getByLabel('Name').fill('All production')
  await ui.at('confirm-view').click()
  await ui.dialog.waitFor({ state: 'detached' })

  await ui.addServer(entryOf(jiras[2], 'Linz', { environment: 'Production' }))
  await ui.page.getByText('25 of 37').waitFor()
  // A server in the rail is shown alone.
  await ui.server('Graz').getByRole('button').first().click()
  await ui.page.getByText('12 of 37').waitFor()
  await ui.at('view-All production').click()
  await ui.page.getByText('25 of 37').waitFor()
})
