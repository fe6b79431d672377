import { expect, it, onTestFinished } from 'vitest'
import { SimulatedJira } from '../../src-simulator/index.ts'
import { until } from '../../tools/until.ts'
import { watchSessions } from './canary.ts'
import { entryOf, openDesk, startJira } from './support.ts'

it('a test system restored from production starts nothing until its name is typed, is stopped as a whole, and production is not bothered', async () => {
  const production = await startJira({ seed: 1, synchronizations: 5 })
  const copy = await SimulatedJira.restoredFrom(production).start()
  watchSessions(copy)
  onTestFinished(() => copy.stop())
  const running = [...copy.api.entries.values()].filter(({ status }) => status.status !== 'STOPPED').length
  const sent = (jira: SimulatedJira, verb: string): number =>
    jira.seen.filter(({ method, path }) => method === 'PUT' && path.endsWith(`/${verb}`)).length
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(production, 'Vienna'))
  await ui.page.getByText('5 of 5').waitFor()
  await ui.addServer(entryOf(copy, 'Staging'))
  await ui.page.getByText('10 of 10').waitFor()

  const line = ui.at('trouble-line')
  await line.getByText('looks like a copy of another Jira').waitFor()
  await line.getByRole('button', { name: 'Details' }).click()
  const notice = ui.at('copy-notice-Staging')
  await notice.getByText(`Jira gives its own base URL as ${production.baseUrl}`).waitFor()
  await notice.getByText('5 synchronizations there are the same as on Vienna').waitFor()
  expect(await ui.at('copy-notice-Vienna').count()).toBe(0)

  await notice.getByRole('button', { name: 'Stop all on this server…' }).click()
  await ui.dialog.getByRole('button', { name: /^Stop/ }).click()
  await ui.dialog.waitFor({ state: 'detached' })
  await until('all of it is stopped', async () => sent(copy, 'stop') === running)

  await ui.at('trouble-line').getByRole('button', { name: 'Details' }).click()
  await ui.at('allow-starting').click()
  await ui.at('release-copy').getByRole('textbox').fill('Vienna')
  expect(await ui.at('confirm-release').isDisabled()).toBe(true)
  await ui.at('release-copy').getByRole('textbox').fill('Staging')
  await ui.at('confirm-release').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await line.waitFor({ state: 'detached' })
  expect([sent(production, 'stop'), sent(production, 'start'), sent(copy, 'start')]).toEqual([0, 0, 0])
})

it('one sign is asked about once', async () => {
  const jira = await startJira({ seed: 1, synchronizations: 3, statedBaseUrl: 'https://jira.example' })
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.page.getByText('3 of 3').waitFor()
  await ui.at('trouble-line').getByRole('button', { name: 'Answer…' }).click()
  await ui.at('copy-question').getByText('its own base URL as https://jira.example').waitFor()
  await ui.at('is-same').click()
  await ui.at('trouble-line').waitFor({ state: 'detached' })
})
