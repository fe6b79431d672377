import { expect, it } from 'vitest'
import { entryOf, openDesk, startJira } from './support.ts'

it('the overview is the start page, also while the server is away, and leads to what is broken', async () => {
  const jira = await startJira({ synchronizations: 30 })
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna'))
  // A user who adds a server sees what is on it.
  await first.ui.page.getByText('30 of 30').waitFor()
  const broken = await first.ui.page.locator('.row[data-health="error"]').count()
  expect(broken).toBeGreaterThan(0)
  await first.app.quit()
  await jira.goOffline()

  const { ui } = await desk.start()
  await ui.at('overview').getByText('30 synchronizations on 1 server').waitFor()
  await ui.at('overview-server-Vienna').getByText('30 as last seen').waitFor()
  await jira.start()
  await ui.at('refresh-all').click()
  await ui.at('overview-broken').locator('.number').getByText(String(broken), { exact: true }).waitFor()
  await ui.at('overview-broken').click()
  await ui.page.getByText(`${broken} of 30`).waitFor()
  expect(await ui.rows().count()).toBe(broken)
  expect(await ui.page.locator('.row[data-health="error"]').count()).toBe(broken)

  // At 200 %, nothing is cut off or covered, on the overview, in the table and in the panel that takes its place.
  const cutOff = (): Promise<string[]> =>
    ui.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, input, [role=tab], [role=grid]')]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => element.getBoundingClientRect().right > window.innerWidth)
        .map((element) => element.dataset['test'] ?? element.textContent),
    )
  await ui.at('nav-overview').click()
  await ui.page.setViewportSize({ width: 640, height: 400 })
  expect(await cutOff()).toEqual([])
  await ui.at('nav-synchronizations').click()
  await ui.rows().first().locator('.check [role=checkbox]').click()
  expect(await cutOff()).toEqual([])
  for (const name of ['create-synchronization', 'display', 'bulk-restart', 'clear-selection'])
    await ui.at(name).click({ trial: true })
  await ui.rows().first().click()
  await ui.table.waitFor({ state: 'hidden' })
  expect(await cutOff()).toEqual([])
  await ui.at('close-panel').click()
  await ui.page.setViewportSize({ width: 1280, height: 800 })

  // If the system chooses the colours, the selection is still visible.
  await ui.page.emulateMedia({ forcedColors: 'active' })
  const drawn = (selector: string, property: string): Promise<string> =>
    ui.page
      .locator(selector)
      .first()
      .evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property)
  const checkbox = '.row-checkbox[aria-checked='
  expect(await drawn(`${checkbox}true]`, 'background-color')).not.toBe(
    await drawn(`${checkbox}false]`, 'background-color'),
  )
  expect([await drawn('.row.selected', 'outline-style'), await drawn('.row:not(.selected)', 'outline-style')]).toEqual([
    'dashed',
    'none',
  ])
})
