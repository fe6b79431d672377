import { expect, it } from 'vitest'
import { JiraNetwork, type SimulatedJira } from '../../src-simulator/index.ts'
import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { patience } from '../../tools/patience.ts'
import { SECRETS } from './canary.ts'
import { administrator, entryOf, openDesk, startEmpty, startJira } from './support.ts'

/** Every write that a server saw. */
const writesOf = (jira: SimulatedJira): string[] =>
  jira
    .requestsTo('/integrations')
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)

async function whenEnded(ui: SyncdeckPage): Promise<void> {
  await ui.waitForAttribute(ui.at('job-page'), 'data-state', 'ended', patience(60_000))
}

it('a name is replaced where it occurs, after a look at each, and is what it was on the way back', async () => {
  const jira = await startJira({ synchronizations: 4 })
  for (const [key, name] of Object.entries({ 'INT-2': 'ACME ⇄ Vienna', 'INT-3': 'Graz', 'INT-4': 'Graz ⇄ ACME' }))
    jira.entry(key).integration.summary = name
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  for (const key of ['INT-2', 'INT-3', 'INT-4']) await ui.select(key)
  await ui.at('bulk-more').click()
  await ui.page.getByRole('menuitem', { name: 'Find and replace in 3 selected…' }).click()
  // A refusal is shown at its field, and the input stays to be corrected.
  await ui.at('find').locator('input').fill('(ACME')
  await ui.at('is-pattern').click()
  await ui.at('plan-replacement').click()
  await ui.dialog.getByRole('alert').getByText('not a valid pattern').waitFor()
  await ui.at('find').locator('input').fill('AC(ME)')
  await ui.at('by').locator('input').fill('Ho$1')
  await ui.at('plan-replacement').click()
  await ui.at('review-change').getByText('ACME ⇄ Vienna → HoME ⇄ Vienna').waitFor()
  await ui.at('review-change').getByText('Graz ⇄ ACME → Graz ⇄ HoME').waitFor()
  await ui.at('review-left-out').getByText('The text does not occur in it.').waitFor()
  expect(writesOf(jira)).toEqual([])
  await ui.at('begin-job').click()
  await whenEnded(ui)
  expect(writesOf(jira).sort()).toEqual(['PUT /integrations/INT-2', 'PUT /integrations/INT-4'])
  await ui.at('job-back').click()
  await ui.at('review-change').getByText('HoME ⇄ Vienna → ACME ⇄ Vienna').waitFor()
  await ui.at('begin-job').click()
  await whenEnded(ui)
  expect(jira.entry('INT-2').integration.summary).toBe('ACME ⇄ Vienna')
  expect(jira.entry('INT-3').integration.summary).toBe('Graz')
})

it('what is selected is deleted once its number is typed, and copies of it are kept', async () => {
  const jira = await startJira({ synchronizations: 5 })
  for (const [key, { status }] of jira.api.entries) status.status = key === 'INT-3' ? 'STOPPED' : 'RUNNING'
  const desk = await openDesk()
  const { ui } = await desk.start()
  await ui.addServer(entryOf(jira, 'Vienna', { environment: 'Production' }))
  for (const key of ['INT-2', 'INT-3']) await ui.select(key)
  await ui.at('bulk-more').click()
  await ui.page.getByRole('menuitem', { name: 'Delete 2 selected…' }).click()
  await ui.at('confirm-production').click()
  const begin = ui.at('begin-job')
  expect(await begin.isDisabled()).toBe(true)
  await ui.at('typed-number').locator('input').fill('3')
  expect(await begin.isDisabled()).toBe(true)
  await ui.at('typed-number').locator('input').fill('2')
  expect(writesOf(jira)).toEqual([])
  await begin.click()
  await whenEnded(ui)
  expect(writesOf(jira).sort()).toEqual([
    'DELETE /integrations/INT-2',
    'DELETE /integrations/INT-3',
    'PUT /integrations/INT-2/stop',
  ])
  expect([...jira.api.entries.keys()]).toEqual(['INT-4', 'INT-5', 'INT-6'])
  await ui.openTable()
  await ui.page.getByText('3 of 3').waitFor()
})

it('what is selected is copied on another server with other values, is not started, and is deleted on the way back', async () => {
  const network = new JiraNetwork()
  const user = (name: string) =>
    ({ name, password: SECRETS.firstSide, tokens: [], role: 'none', projects: [] }) as const
  const users = [administrator(), user('backbone')]
  const [from, to] = [
    await startJira({ network, synchronizations: 2, seed: 2, accounts: users }),
    await startJira({ network, synchronizations: 0, accounts: users }),
  ]
  for (const { integration } of from.api.entries.values())
    for (const side of [integration.firstConnector, integration.secondConnector])
      if (side !== undefined) side.connection.application = { baseUrl: from.baseUrl, user: 'backbone' }
  const project = from.entry('INT-2').integration.firstConnector.projectKey
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(from, 'Vienna'))
  await ui.addServer(entryOf(to, 'Graz', { environment: 'Production' }))
  for (const key of ['INT-2', 'INT-3']) await ui.select(key)
  await ui.at('bulk-more').click()
  await ui.page.getByRole('menuitem', { name: 'Copy 2 selected to another server…' }).click()
  // Its own Jira becomes the other one.
  const addresses = ui.at('mapping-baseUrls').locator('input')
  expect(await addresses.evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))).toEqual([
    to.baseUrl,
  ])
  await ui.page.getByLabel(`Instead of ${project}`).fill('MOVED')
  await ui.at('plan-copy').click()
  await ui.at('review-requests').getByText('2 × POST /integrations').waitFor()
  await ui.at('review-change').getByText(`${project} → MOVED`).first().waitFor()
  expect([writesOf(from), writesOf(to)]).toEqual([[], []])
  await ui.at('confirm-production').click()
  await ui.at('begin-job').click()
  await ui.at('password-backbone').locator('input').fill(SECRETS.firstSide)
  await ui.at('go-on').click()
  await whenEnded(ui)
  expect([writesOf(from), writesOf(to)]).toEqual([[], ['POST /integrations', 'POST /integrations']])
  const made = [...to.api.entries.values()]
  expect(made.map(({ integration, status }) => [integration.firstConnector.projectKey, status.status])).toEqual([
    ['MOVED', 'STOPPED'],
    ['MOVED', 'STOPPED'],
  ])
  expect(to.failedLogIns('backbone')).toBe(0)
  await ui.at('job-by-hand').getByText('To be done by hand for 2 copies').waitFor()
  await ui.at('job-back').click()
  await ui.at('typed-number').locator('input').fill('2')
  await ui.at('confirm-production').click()
  await ui.at('begin-job').click()
  await whenEnded(ui)
  expect([to.api.entries.size, from.api.entries.size]).toEqual([0, 2])
})
