import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { entryOf, openDesk, startEmpty, startJira } from './support.ts'

it('settings are checked, stored at once, and there after a restart', async () => {
  const desk = await openDesk()
  const { ui, app } = await desk.start()
  await ui.at('nav-settings').click()
  const interval = ui.at('setting-refreshIntervalSeconds')
  await interval.locator('input').fill('2')
  await interval.locator('input').press('Enter')
  await interval.getByText('The interval must be at least 5').waitFor()
  await interval.locator('input').fill('45')
  await interval.locator('input').press('Enter')
  await interval.getByText('The interval must be at least 5').waitFor({ state: 'detached' })
  await ui.at('setting-proxyMode').getByText('This proxy').click()
  const proxy = ui.at('setting-proxyAddress')
  // What is entered stands below each other, in each section.
  const left = async (name: string) => (await ui.at(name).locator('.form-control').boundingBox())?.x
  expect(await left('setting-proxyAddress')).toBe(await left('setting-appearance'))
  await proxy.locator('input').fill('http://user:password@proxy.example')
  await proxy.locator('input').press('Enter')
  await proxy.getByText('Enter the proxy as').waitFor()
  await ui.at('setting-notifyRecovered').click()
  await ui.at('setting-appearance').getByText('Dark').click()
  await ui.page.waitForFunction(() => document.documentElement.style.getPropertyValue('color-scheme') === 'dark')
  await app.quit()

  const again = await desk.start()
  await again.ui.at('nav-settings').click()
  expect(await again.ui.at('setting-refreshIntervalSeconds').locator('input').inputValue()).toBe('45')
  expect(await again.ui.at('setting-notifyRecovered').getAttribute('aria-checked')).toBe('false')
  expect(await again.ui.at('setting-proxyAddress').locator('input').inputValue()).toBe('')
})

it('a setting is found by a click on its section, by scrolling, and by a word', async () => {
  const { ui } = await startEmpty()
  await ui.at('nav-settings').click()
  const section = (name: string) => ui.at('settings-section').filter({ hasText: name })
  const isCurrent = (name: string) => async () => (await section(name).getAttribute('aria-current')) === 'true'
  expect(await isCurrent('Reading the servers')()).toBe(true)
  await section('Network').click()
  await until('the section is in view', () =>
    ui.page.evaluate(() => {
      const top = document.getElementById('settings-network')?.getBoundingClientRect().top ?? 0
      return top > 0 && top < innerHeight / 2
    }),
  )
  await until('it is the current one', isCurrent('Network'))
  await ui.at('setting-refreshIntervalSeconds').scrollIntoViewIfNeeded()
  await until('the first one is the current one', isCurrent('Reading the servers'))
  await ui.page.keyboard.press('Escape')
  await ui.page.locator('body').press('/')
  await ui.page.keyboard.type('theme')
  await ui.at('setting-refreshIntervalSeconds').waitFor({ state: 'hidden' })
  expect(await ui.at('settings-section').allTextContents()).toEqual(['Appearance'])
  await ui.at('setting-appearance').getByText('Dark').click()
  await ui.page.waitForFunction(() => document.documentElement.style.getPropertyValue('color-scheme') === 'dark')
  await ui.at('setting-appearance').getByText('Same as system').click()
})

it('the data on this computer is shown, checked, copied and cleared', async () => {
  const jira = await startJira({ synchronizations: 5 })
  const desk = await openDesk()
  const { ui } = await desk.start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.page.getByText('5 of 5').waitFor()
  await ui.at('nav-settings').click()
  await ui.at('data-care').getByText('5 synchronizations').waitFor()
  await ui.at('check-data').click()
  await ui.at('data-result').getByText('Both databases are intact.').waitFor()
  await ui.at('back-up').click()
  await ui.at('data-result').getByText('Saved as state.backup-').waitFor()
  expect(readdirSync(desk.profile).filter((name) => /^state\.backup-\d+\.db$/.test(name))).toHaveLength(1)
  await ui.at('support').click()
  await ui.at('support-text').getByText('"refreshIntervalSeconds": 30').waitFor()
  await ui.at('save-support').click()
  await ui.at('support-dialog').waitFor({ state: 'detached' })
  await ui.at('clear-cache').click()
  await ui.at('confirm-clear').click()
  await ui.at('data-result').getByText('The cache was cleared').waitFor()
  await ui.page.getByRole('button', { name: /^Synchronizations/ }).click()
  await ui.page.getByText('5 of 5').waitFor()
})

it('a server is paused, snoozed with a reason, and its history is shown', async () => {
  const jira = await startJira({ synchronizations: 4 })
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.page.getByText('4 of 4').waitFor()
  await ui.chooseInServerMenu('Vienna', 'Pause reading')
  await ui.server('Vienna').locator('[data-test=paused]').waitFor()
  await until('what was under way has ended', () => jira.seen.every(({ status }) => status !== 0))
  await ui.chooseInServerMenu('Vienna', 'Resume reading')
  await ui.server('Vienna').locator('[data-test=paused]').waitFor({ state: 'detached' })

  await ui.chooseInServerMenu('Vienna', 'Snooze notifications')
  await ui.at('snooze-reason').locator('input').fill('Being moved')
  await ui.at('snooze').click()
  await ui.server('Vienna').locator('[data-test=snoozed]').waitFor()
  await ui.at('bell').click()
  await ui.at('notifications').getByText('Being moved').waitFor()
  await ui.at('end-snooze').click()
  await ui.server('Vienna').locator('[data-test=snoozed]').waitFor({ state: 'detached' })
  await ui.page.keyboard.press('Escape')

  await ui.chooseInServerMenu('Vienna', 'History')
  await ui.at('server-history').getByText('Answers').first().waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.at('server-history').waitFor({ state: 'detached' })

  await ui.at('nav-settings').click()
  await ui.at('setting-isPaused').click()
  await ui.at('resume-all').click()
  await ui.at('resume-all').waitFor({ state: 'detached' })
})

it('another language is chosen, and window, tray and next start are in it', async () => {
  const desk = await openDesk()
  const { ui, app } = await desk.start()
  await ui.at('nav-settings').click()
  await ui.at('setting-closeToTray').click()
  await ui.at('setting-isPaused').click()
  await until('the tray says so', () => app.output.includes('{"tray":"Syncdeck – paused"}'))
  await ui.at('setting-language').getByText('Deutsch').click()
  await ui.at('nav-settings').getByText('Einstellungen').waitFor()
  await until('the tray says it in German', () => app.output.includes('{"tray":"Syncdeck – pausiert"}'))
  expect(await ui.page.evaluate(() => document.documentElement.lang)).toBe('de')
  await app.quit()

  const again = await desk.start()
  await again.ui.at('first-add').getByText('Jira-Server hinzufügen').waitFor()
  await until('so is the tray', () => again.app.output.includes('{"tray":"Syncdeck – pausiert"}'))
})

it('closing the window to the tray keeps Syncdeck watching', async () => {
  const { ui, app } = await (await openDesk()).start()
  await ui.at('nav-settings').click()
  await ui.at('setting-closeToTray').click()
  await until('the tray shows it', () => app.output.some((line) => line.startsWith('{"tray":"Syncdeck')))
  await ui.at('setting-closeToTray').click()
  await until('it left the tray', () => app.output.includes('{"tray":null}'))
})
