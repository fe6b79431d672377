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

it('what can be edited is plain text until it is pointed at or has the focus, and nothing moves then', async () => {
  const jira = await startJira({ synchronizations: 5, seed: 3 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-2')
  const field = ui.at('field-summary')
  const input = field.locator('input')
  const placesOf = () => Promise.all([input, ui.at('field-description')].map((part) => part.boundingBox()))
  const hasBox = () =>
    field
      .locator('.n-input__border')
      .evaluate((border) => !/^rgba.* 0\)$/.test(getComputedStyle(border).borderTopColor))
  await ui.table.hover()
  const before = await placesOf()
  expect(before[0]?.x).toBe((await field.locator('label').boundingBox())?.x)
  expect(await hasBox()).toBe(false)
  await field.hover()
  await until('it has a box while it is pointed at', hasBox)
  expect(await placesOf()).toEqual(before)
  await ui.table.hover()
  await until('it has none any more', async () => !(await hasBox()))
  await input.focus()
  await until('it has a box while it has the focus', hasBox)
  expect(await placesOf()).toEqual(before)

  // An invalid field keeps its box, and colours forced by the system show all boxes.
  await input.fill('')
  await ui.table.focus()
  expect(await hasBox()).toBe(true)
  await ui.at('revert-summary').click()
  await ui.table.hover()
  await ui.table.focus()
  await until('it is plain again', async () => !(await hasBox()))
  await ui.page.emulateMedia({ forcedColors: 'active' })
  await until('it has a box in forced colours', hasBox)
  await ui.page.emulateMedia({ forcedColors: 'none' })
})

it('a panel is as wide as it needs to be in a large window, until somebody resizes it', async () => {
  const jira = await startJira({ synchronizations: 5, seed: 3 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-2')
  const width = async (): Promise<number> => Math.round((await ui.panel.boundingBox())?.width ?? 0)
  await ui.page.setViewportSize({ width: 1440, height: 900 })
  await until('it has its usual width', async () => Math.abs((await width()) - 440) < 5)
  await ui.page.setViewportSize({ width: 1920, height: 1080 })
  await until('it is as wide as before', async () => Math.abs((await width()) - 440) < 5)
  await ui.page.getByRole('separator', { name: 'Panel area width' }).focus()
  await ui.page.keyboard.press('ArrowLeft')
  await until('it is wider', async () => (await width()) > 460)
  await ui.page.setViewportSize({ width: 1280, height: 800 })
})

it('state and operations stand on one line, in every state and language: where words have no room, signs do', async () => {
  const jira = await startJira({ synchronizations: 5, seed: 3 })
  const [longest, offline] = ['INT-2', 'INT-3'].map((key) => jira.entry(key).status)
  if (longest === undefined || offline === undefined) throw new Error('There are too few')
  longest.status = 'WAITING FOR SLAVE'
  offline.firstConnector.online = false
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  for (const language of ['English', 'Deutsch']) {
    await ui.at('nav-settings').click()
    await ui.at('setting-language').getByText(language).click()
    await ui.openTable()
    for (const key of ['INT-2', 'INT-3']) {
      await ui.openRow(key)
      await ui.at('copy-key').getByText(key).waitFor()
      const state = ui.panel.locator('header .state')
      for (const name of ['panel-start', 'panel-stop', 'panel-restart', 'panel-more']) {
        const middles = async () =>
          (await Promise.all([state.boundingBox(), ui.at(name).boundingBox()])).map((box) =>
            box === null ? -1 : box.y + box.height / 2,
          )
        await until(`${name} of ${key} is beside the state (${language})`, async () => {
          const [first = 0, second = 0] = await middles()
          return Math.abs(first - second) < 2
        })
      }
    }
    // None has lost its name, nor the one that fits its word.
    const names =
      { English: ['Start', 'Stop', 'Restart'], Deutsch: ['Starten', 'Anhalten', 'Neu starten'] }[language] ?? []
    for (const name of names) await ui.panel.getByRole('button', { name, exact: true }).waitFor()
    await ui
      .at('panel-restart')
      .getByText(names.at(-1) ?? '')
      .waitFor()
  }
  await ui.at('nav-settings').click()
  await ui.at('setting-language').getByText('English').click()
})
