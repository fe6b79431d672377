import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { entryOf, startEmpty, startJira } from './support.ts'

it('panels stand side by side when pinned, are resized by keyboard, and one fills the window', async () => {
  const jira = await startJira({ synchronizations: 5, seed: 3 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-2')
  await ui.at('pin-panel').click()
  await ui.openRow('INT-3')
  await ui.page.waitForFunction(() => document.querySelectorAll('[data-test=panel]').length === 2)
  await ui.openRow('INT-4')
  await ui.page.waitForFunction(
    () =>
      [...document.querySelectorAll('[data-test=panel]')]
        .map((panel) => /INT-\d+/.exec(panel.textContent)?.[0])
        .join() === 'INT-2,INT-4',
  )

  const widths = () => ui.panel.evaluateAll((panels) => panels.map((panel) => panel.getBoundingClientRect().width))
  const [before] = await widths()
  await ui.page.getByRole('separator', { name: 'Panel width', exact: true }).focus()
  await ui.page.keyboard.press('ArrowRight')
  await until('the first panel is wider', async () => ((await widths())[0] ?? 0) > (before ?? 0))

  await ui.at('full-panel').last().click()
  await ui.table.waitFor({ state: 'hidden' })
  expect(await ui.panel.count()).toBe(1)
  await ui.at('full-panel').click()
  await ui.table.waitFor()
  await ui.at('close-panel').first().click()
  await ui.page.waitForFunction(() => document.querySelectorAll('[data-test=panel]').length === 1)
})

it('a link inside the application leads to a panel, and the address follows the selection', async () => {
  const jira = await startJira({ synchronizations: 5, seed: 3 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-3')
  await ui.page.waitForFunction(() => location.hash === '#/Vienna/INT-3')
  await ui.at('nav-activity').click()
  await ui.page.evaluate(() => {
    location.hash = '#/Vienna/INT-4'
  })
  await ui.panel.getByText('INT-4', { exact: true }).first().waitFor()
})
