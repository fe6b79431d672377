import { expect, it } from 'vitest'
import { entryOf, openDesk, startJira } from './support.ts'

it('the overview is the start page, also while the server is away, and leads to what is broken', async () => {
  const jira = await startJira({ synchronizations: 30 })
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna'))
  // Who adds a server sees what is on it.
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
})
