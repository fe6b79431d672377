import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { until } from '../../tools/until.ts'
import { scratchFolder } from '../support/scratch.ts'
import { entryOf, openDesk, startJira } from './support.ts'

async function openPanel(env: Readonly<Record<string, string>> = {}) {
  const jira = await startJira({ synchronizations: 3, seed: 3 })
  const session = await (await openDesk()).start(env)
  await session.ui.addServer(entryOf(jira, 'Vienna'))
  await session.ui.openRow('INT-2')
  await session.ui.at('field-summary').waitFor()
  return { jira, ...session }
}

it('a resync is sent in one direction, with the chosen mappings, and the status only after a warning', async () => {
  const { jira, ui } = await openPanel()
  const { firstConnector, secondConnector } = jira.entry('INT-2').integration
  await ui.chooseInPanelMenu('Resync')
  await ui.at('send-resync').click()
  await ui.dialog.getByText('Choose at least one field mapping').waitFor()
  await ui.dialog.getByText(`From ${secondConnector?.projectKey} to ${firstConnector.projectKey}`).click()
  await ui.dialog.getByLabel('JQL').fill('labels = partner')
  await ui.at('resync-mappings').getByRole('checkbox', { name: 'priority' }).click()
  expect(await ui.dialog.getByText('through their workflow').count()).toBe(0)
  await ui.at('resync-status').click()
  await ui.dialog.getByText('through their workflow').waitFor()
  await ui.at('resync-status').click()
  await ui.at('send-resync').click()
  await ui.page.getByText('The server accepted the resync of INT-2').waitFor()
  expect(JSON.parse(jira.requestsTo(`/connectors/${secondConnector?.connectorKey}/resync`)[0]?.body ?? '')).toEqual({
    jql: 'labels = partner',
    fieldMappings: ['priority'],
    responsibility: false,
    sendStatusField: false,
  })
})

it('links are searched, deleted with a confirmation, and imported after a look at what is new', async () => {
  const file = join(scratchFolder(), 'links.json')
  const { jira, ui, app } = await openPanel({ SYNCDECK_HOST_OPEN_FILE: file })
  const entry = jira.entry('INT-2')
  await ui.openTab('Links')
  await ui.at('links-count').getByText(`${entry.links.length} links`).waitFor()
  const [first, second] = structuredClone(entry.links)
  if (first === undefined || second === undefined) throw new Error('INT-2 needs two links')
  await ui.panel.getByRole('button', { name: first.localIssueKey, exact: true }).click()
  await until('the issue is opened', () =>
    app.output.includes(JSON.stringify({ openExternal: `${jira.baseUrl}/browse/${first.localIssueKey}` })),
  )
  await ui.at('links-search').locator('input').fill(first.localIssueKey)
  await ui.at('links-count').getByText('1 link', { exact: true }).waitFor()
  await ui.at('delete-link').click()
  await ui.dialog.getByText('Neither issue is deleted').waitFor()
  await ui.at('confirm-delete-link').click()
  await ui.at('links-count').getByText('0 links').waitFor()
  await ui.at('links-search').locator('input').fill('')

  writeFileSync(file, '[{"localIssueKey": "A-1"}]')
  await ui.at('links-import').click()
  await ui.panel.getByText('[0].remoteIssueKey is missing').waitFor()
  writeFileSync(file, JSON.stringify([first, second, { ...second, outgoingMessageSequenceId: 999 }]))
  await ui.at('links-import').click()
  await ui.at('import-new').getByText(first.localIssueKey).waitFor()
  expect(await ui.at('import-different').locator('.numeric').innerText()).toBe('1')
  expect(await ui.at('import-same').locator('.numeric').innerText()).toBe('1')
  await ui.at('send-import').click()
  await ui.page.getByText('1 link sent').waitFor()
  expect(JSON.parse(jira.requestsTo('/connectors', 'POST')[0]?.body ?? '')).toEqual([first])
})
