import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { SECRETS } from './canary.ts'
import { entryOf, openDesk, startJira } from './support.ts'

it('a server that cannot be reached is diagnosed from its notice, and again once it is back', async () => {
  const jira = await startJira({ synchronizations: 3 })
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.rows().nth(2).waitFor()
  await jira.goOffline()
  await ui.at('refresh-all').click()
  await ui.at('trouble').getByText('Vienna: unreachable since').waitFor()
  await ui.at('trouble').click()
  await ui.at('diagnose-Vienna').click()
  await ui.at('connection-attempts').getByText('the connection was refused').first().waitFor()
  await ui.at('diagnose').click()
  await ui.waitForAttribute(ui.step('connection'), 'data-verdict', 'failed')
  await ui.step('connection').getByText('Directly: the address is this computer').waitFor()
  await jira.start()
  await ui.at('diagnose').click()
  await ui.waitForAttribute(ui.step('limits'), 'data-verdict', 'passed')
  // What was found stays, also when the notice that led here has gone.
  await ui.at('trouble').waitFor({ state: 'detached' })
  expect(await ui.step('rights').innerText()).toContain('3 synchronizations can be seen')
  // The newest is the first; several that went alike are counted as one.
  await ui
    .at('connection-attempts')
    .locator('li')
    .first()
    .getByText(/^Connected/)
    .first()
    .waitFor()
  await ui.at('copy-diagnosis').click()
  await ui.page.getByText('The report is on the clipboard').waitFor()
})

it('the diagnosis of a refused log-in does not log in until it is told to, and then once', async () => {
  const jira = await startJira({ synchronizations: 3 })
  const { ui } = await (await openDesk()).start()
  await ui.addServer(entryOf(jira, 'Vienna', { password: SECRETS.wrong }))
  await ui.at('trouble-details').click()
  await ui.at('diagnose-Vienna').click()
  await ui.at('diagnose').click()
  await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'skipped')
  await until('all steps were told', async () => (await ui.step('rights').innerText()).includes('Rate limits'))
  expect(jira.failedLogIns('admin')).toBe(1)
  // Until the diagnosis has ended it cannot be changed.
  await ui.page.locator('[data-test="diagnose-log-in"]:not(.n-checkbox--disabled)').click()
  await ui.waitForAttribute(ui.at('diagnose-log-in'), 'aria-checked', 'true')
  await until(
    'ten seconds after the refusal the log-in is tried',
    async () => {
      await ui.at('diagnose').click()
      await ui.waitForAttribute(ui.step('rights'), 'data-verdict', 'skipped')
      return jira.failedLogIns('admin') === 2
    },
    20_000,
  )
  expect(await ui.step('login').getAttribute('data-verdict')).toBe('failed')
})
