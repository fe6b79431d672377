import { expect, it } from 'vitest'
import { jiraAnswer } from '../support/jira-answer.ts'
import { entryOf, openDesk, startJira } from './support.ts'

const PAYLOAD =
  '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script><a href="javascript:window.pwned=1">x</a>{{constructor.constructor("window.pwned=1")()}}\u202e'

it('whatever a server says is text: nothing of it runs, is loaded, or becomes an element', async () => {
  const jira = await startJira({ synchronizations: 3, seed: 3 })
  const entry = jira.entry('INT-2')
  entry.integration.summary = `${PAYLOAD} name`
  entry.integration.description = PAYLOAD
  entry.integration.firstConnector.connection.application.baseUrl = 'javascript:window.pwned=1'
  entry.conflicts = [
    {
      connectorKey: entry.integration.firstConnector.connectorKey,
      severity: 'ERROR',
      type: PAYLOAD,
      field: PAYLOAD,
      message: PAYLOAD,
    },
  ]
  for (const link of entry.links) Object.assign(link, { localIssueKey: PAYLOAD, remoteIssueKey: 'X-1' })
  jira.faults.add({
    path: '/integrations/INT-2/stop',
    fault: jiraAnswer({ message: PAYLOAD }, 400),
  })
  const { ui } = await (await openDesk()).start()
  const requested: string[] = []
  ui.page.on('request', (request) => requested.push(request.url()))
  await ui.addServer(entryOf(jira, '<b onmouseover=window.pwned=1>Vienna</b>'))
  await ui.openRow('INT-2')
  for (const tab of ['Overview', 'Links', 'Conflicts', 'JSON'] as const) {
    await ui.openTab(tab)
    await ui.panel.getByText('onerror').first().waitFor()
  }
  await ui.openTab('History')
  await ui.at('timeline').locator('li').first().waitFor()
  await ui.at('panel-stop').click()
  await ui.confirm()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'refused')
  await ui.at('nav-activity').click()
  await ui.at('activity-entry').first().waitFor()
  expect(await ui.page.evaluate(() => (window as unknown as { pwned?: number }).pwned)).toBeUndefined()
  expect(await ui.page.locator('img[src="x"], script:not([src]), a[href^="javascript"], b[onmouseover]').count()).toBe(
    0,
  )
  expect(
    requested.filter(
      (address) =>
        !address.startsWith('https://syncdeck.app-scheme.invalid/') &&
        !address.startsWith('app://') &&
        !address.startsWith('data:'),
    ),
  ).toEqual([])
})
