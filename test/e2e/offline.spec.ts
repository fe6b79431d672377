import { expect, it } from 'vitest'
import { SECRETS } from './canary.ts'
import { entryOf, openDesk, startJira } from './support.ts'

it('everything from the last session is there without any server, with its age; what has changed is listed when one comes back', async () => {
  const vienna = await startJira({ synchronizations: 12, seed: 3 })
  const munich = await startJira({ synchronizations: 5, seed: 4, embedsStatus: false })
  vienna.entry('INT-2').conflicts.splice(0, Infinity, {
    connectorKey: 'AP-1',
    severity: 'ERROR',
    type: 'workflow',
    field: 'Resolve',
    message: 'The transition is gone',
  } as never)
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(vienna, 'Vienna'))
  await first.ui.addServer(entryOf(munich, 'Munich'))
  await first.ui.page.getByText('17 of 17').waitFor()
  await first.ui.openRow('INT-2', 'Vienna')
  await first.ui.openTab('Links')
  await first.ui.at('link').first().waitFor()
  const links = await first.ui.at('links-count').innerText()
  await first.ui.at('nav-conflicts').click()
  await first.ui.at('conflict').filter({ hasText: 'The transition is gone' }).waitFor()
  const conflicts = await first.ui.at('conflict-count').innerText()
  await first.app.quit()
  await vienna.goOffline()
  await munich.goOffline()

  const { ui } = await desk.start()
  await ui.openTable()
  await ui.page.getByText('17 of 17').waitFor()
  await ui.openRow('INT-2', 'Vienna')
  await ui.at('away').getByText('State from').waitFor()
  expect(await ui.at('away').getAttribute('data-away')).toBe('server')
  expect(await ui.at('panel-restart').isDisabled()).toBe(true)
  expect(await ui.at('panel-restart').getAttribute('title')).toContain('Vienna is unavailable')
  await ui.at('picture').waitFor()
  await ui.openTab('Conflicts')
  await ui.at('conflicts-age').waitFor()
  await ui.panel.getByText('The transition is gone').waitFor()
  expect(await ui.at('read-conflicts').isDisabled()).toBe(true)
  await ui.openTab('Links')
  await ui.at('links-age').waitFor()
  expect(await ui.at('links-count').innerText()).toBe(links)
  await ui.openTab('History')
  await ui.at('timeline').locator('li').first().waitFor()
  await ui.openTab('JSON')
  await ui.at('json').getByText('"integrationKey": "INT-2"').waitFor()
  await ui.at('nav-conflicts').click()
  expect(await ui.at('conflict-count').innerText()).toBe(conflicts)
  // No false alarm: a server that cannot be asked is grey, whatever it said last.
  await ui.page.getByRole('button', { name: /^Synchronizations/ }).click()
  await ui.page.locator('.row.stale').first().waitFor()
  expect(await ui.page.locator('.row:not(.stale)').count()).toBe(0)

  const running = [...vienna.api.entries.values()].filter(({ status }) => status.status === 'RUNNING').slice(0, 3)
  for (const entry of running) entry.status.status = 'STOPPED'
  await vienna.start()
  await ui.chooseInServerMenu('Vienna', 'Refresh')
  await ui.at('bell').click()
  await ui
    .at('notification')
    .filter({ hasText: 'Changed on Vienna while you were away' })
    .getByText(/^Since .*3 stopped/)
    .waitFor()
})

it('a server that comes and goes gives no alarms; one whose password is changed gives one, and lives again with the new one', async () => {
  const vienna = await startJira({ synchronizations: 8 })
  const munich = await startJira({ synchronizations: 4, seed: 4 })
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(vienna, 'Vienna'))
  await ui.addServer(entryOf(munich, 'Munich'))
  await ui.page.getByText('12 of 12').waitFor()
  for (let round = 0; round < 5; round += 1) {
    await munich.goOffline()
    await ui.chooseInServerMenu('Munich', 'Refresh')
    await ui.at('trouble').waitFor()
    await munich.start()
    await ui.chooseInServerMenu('Munich', 'Refresh')
    await ui.at('trouble').waitFor({ state: 'detached' })
  }
  await ui.at('bell').click()
  await ui.at('notifications').getByText('No notifications').waitFor()
  await ui.page.keyboard.press('Escape')

  vienna.logIn.account('admin').password = SECRETS.changed
  vienna.cluster.endSessions()
  await ui.chooseInServerMenu('Vienna', 'Refresh')
  await ui.at('trouble-line').getByText('Vienna: log-in refused').waitFor()
  expect(await ui.at('trouble-line').count()).toBe(1)
  expect(vienna.failedLogIns('admin')).toBeLessThanOrEqual(1)
  await ui.at('refresh-all').click()
  await ui.row('INT-2', 'Munich').and(ui.page.locator(':not(.stale)')).waitFor()
  await ui.openRow('INT-2', 'Vienna')
  expect(await ui.at('away').getAttribute('data-away')).toBe('log-in')
  await ui.at('bell').click()
  await ui.at('notification').filter({ hasText: 'Vienna needs action' }).waitFor()
  expect(await ui.at('notification').count()).toBe(1)
  await ui.page.keyboard.press('Escape')

  await ui.at('trouble-line').getByText('Update credentials').click()
  await ui.dialog.getByLabel('Password', { exact: true }).fill(SECRETS.changed)
  await ui.save()
  await ui.at('trouble-line').waitFor({ state: 'detached' })
  await ui.row('INT-2', 'Vienna').and(ui.page.locator(':not(.stale)')).waitFor()
  expect(vienna.failedLogIns('admin')).toBeLessThanOrEqual(1)
})

it('no network, one server away, not logged in, and a page in between: four pictures with their own words', async () => {
  const vienna = await startJira({ synchronizations: 3 })
  const other = await startJira({ synchronizations: 3, seed: 4 })
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(vienna, 'Vienna'))
  await ui.addServer(entryOf(other, 'Away'))
  await ui.page.getByText('6 of 6').waitFor()
  const expectAway = async (away: string, words: string): Promise<void> => {
    await ui.waitForAttribute(ui.at('away'), 'data-away', away)
    await ui.at('away').getByRole('img', { name: words }).waitFor()
  }
  // Before anything happens to it: what needs attention goes to the top, and moves the rows under the pointer.
  await ui.openRow('INT-2', 'Vienna')
  await ui.panel.getByText('Vienna').first().waitFor()
  // On the one server alone: a reading of the other that meets this page as well would close its gate for good.
  vienna.faults.add({
    path: '/',
    fault: { kind: 'answer', status: 200, body: '<html><form>Sign in to the guest network</form></html>' },
  })
  await ui.chooseInServerMenu('Vienna', 'Refresh')
  await expectAway('intercepted', 'A log-in page or a proxy answers instead of Vienna.')
  await ui.openRow('INT-2', 'Away')
  await ui.at('away').waitFor({ state: 'detached' })
  await ui.page.context().setOffline(true)
  // A server of this computer can be asked without any network, and is.
  expect(await ui.at('network-away').count()).toBe(0)
  await other.goOffline()
  await ui.chooseInServerMenu('Away', 'Refresh')
  await ui.at('network-away').getByText('This computer is offline').waitFor()
  await expectAway('network', 'This computer is offline.')
  await ui.page.context().setOffline(false)
  await ui.at('network-away').waitFor({ state: 'detached' })
  await expectAway('server', 'Away is unavailable.')
})
