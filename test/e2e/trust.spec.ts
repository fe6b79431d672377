import { expect, it } from 'vitest'
import { electronExecutable } from '../../tools/launch/launch-syncdeck.ts'
import { until } from '../../tools/until.ts'
import { SECRETS, sessionIds } from './canary.ts'
import { entryOf, openDesk, startJira } from './support.ts'

it('a server that goes offline keeps its rows, also over a restart, and comes back', async () => {
  const [near, far] = [await startJira({ synchronizations: 4 }), await startJira({ synchronizations: 5, seed: 2 })]
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(near, 'Near'))
  await first.ui.addServer(entryOf(far, 'Far'))
  await first.ui.rows().nth(8).waitFor()
  await far.goOffline()
  await first.ui.at('refresh-all').click()
  await first.ui.at('trouble').getByText('Far: unreachable since').waitFor()
  expect(await first.ui.rows().filter({ hasText: 'Far' }).count()).toBe(5)
  expect(await first.ui.page.locator('.row.stale').count()).toBe(5)
  expect(await first.ui.page.locator('.row.stale .health-error').count()).toBe(0)
  await near.goOffline()
  await first.app.quit()

  const second = await desk.start()
  await second.ui.openTable()
  await second.ui.rows().nth(8).waitFor()
  await second.ui.at('trouble').getByText('2 servers unreachable').waitFor()
  await second.ui.openRow('INT-2', 'Far')
  await second.ui.panel.getByText('State from').waitFor()
  await far.start()
  await second.ui.at('refresh-all').click()
  await second.ui.at('trouble').getByText('Near: unreachable since').waitFor()
  expect(await second.ui.page.locator('.row.stale').count()).toBe(4)
})

it('a wrong password, 40 synchronizations, start-up, refresh and restart: exactly one failed log-in', async () => {
  const jira = await startJira({ synchronizations: 40, embedsStatus: false })
  const other = await startJira({ synchronizations: 3, seed: 4 })
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna', { password: SECRETS.wrong }))
  await first.ui.addServer(entryOf(other, 'Other'))
  await first.ui.at('trouble-line').getByText('Vienna: log-in refused').waitFor()
  await first.ui.rows().nth(2).waitFor()
  await first.ui.at('refresh-all').click()
  await first.ui.chooseInServerMenu('Vienna', 'Refresh')
  await first.ui.at('trouble-details').click()
  await first.ui.at('test-once').waitFor()
  await first.app.quit()

  const second = await desk.start()
  await second.ui.openTable()
  await second.ui.at('trouble-line').getByText('Vienna: log-in refused').waitFor()
  await second.ui.at('refresh-all').click()
  await until('the other server was read again', () => other.seen.length >= 3)
  expect(jira.failedLogIns('admin')).toBe(1)
  // The server is probed first, without a log-in; then there was the one log-in.
  expect(jira.seen.filter(({ by }) => by !== null)).toHaveLength(1)

  // The user acts: the new password is tried, and everything is live again.
  await second.ui.at('update-credentials').click()
  await second.ui.dialog.getByLabel('Password', { exact: true }).fill(SECRETS.password)
  await second.ui.save()
  await second.ui.page.getByText('43 of 43').waitFor()
  await second.ui.at('trouble-line').waitFor({ state: 'detached' })
  expect(jira.failedLogIns('admin')).toBe(1)
})

it('no password and no token is found in files, logs, output, what main sends to the page, or the page’s memory', async () => {
  const [basic, bearer] = [await startJira({ synchronizations: 4 }), await startJira({ synchronizations: 3, seed: 4 })]
  const desk = await openDesk()
  const { ui, app } = await desk.start()

  await ui.at('add-server').click()
  await ui.fillServer(entryOf(basic, 'Basic', { password: SECRETS.wrong }))
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
  await ui.dialog.getByLabel('Password', { exact: true }).fill(SECRETS.password)
  await ui.save()
  await ui.rows().nth(3).waitFor()

  await ui.at('add-server').click()
  await ui.fillServer(entryOf(bearer, 'Bearer', { password: '' }))
  await ui.dialog.getByText('Personal access token', { exact: true }).click()
  await ui.dialog.getByLabel('Personal access token', { exact: true }).last().fill(SECRETS.token)
  await ui.save()
  await ui.rows().nth(6).waitFor()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.openRow('INT-2', 'Basic')
  await ui.at('panel-stop').click()
  await ui.confirm()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'succeeded')
  await ui.openTab('JSON')
  await desk.canary.takeMemory(app)
  await app.quit()

  // At the end of a spec, the right secrets and places are searched; the search itself is the canary's.
  expect(sessionIds().length).toBeGreaterThan(0)
  const places = desk.canary.places()
  expect(places.map(({ name }) => name).join()).toMatch(/state\.db.*syncdeck\.log|syncdeck\.log.*state\.db/)
  for (const name of ['what main told the page', 'the page’s memory']) {
    if (electronExecutable() === null || name !== 'what main told the page')
      expect(places.find((place) => place.name === name)?.bytes.includes('INT-2'), name).toBe(true)
  }
})
