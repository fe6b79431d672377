import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { patience } from '../../tools/patience.ts'
import { until } from '../../tools/until.ts'
import { jiraAnswer } from '../support/jira-answer.ts'
import { SECRETS } from './canary.ts'
import { entryOf, openDesk, startEmpty, startJira, type Session } from './support.ts'

/** A window on one server whose INT-2 is centralized, with its panel open. */
async function openPanel(options: Parameters<typeof startJira>[0] = {}, start: () => Promise<Session> = startEmpty) {
  const jira = await startJira({ synchronizations: 5, seed: 3, ...options })
  const session = await start()
  await session.ui.addServer(entryOf(jira, 'Vienna'))
  await session.ui.openRow('INT-2')
  await session.ui.at('field-summary').waitFor()
  return { jira, ...session }
}

/** What the application printed, such as where it saved a file. */
function said(app: Session['app'], name: string): string | undefined {
  const line = app.output.findLast((text) => text.startsWith(`{"${name}":`))
  return line === undefined ? undefined : (JSON.parse(line) as Record<string, string>)[name]
}

/** The content of a file; empty while it does not exist or nothing has been written. */
const fileText = (path: string | undefined): string =>
  path !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : ''

it('a field is edited in place, marked, reverted on its own, undone, previewed and applied', async () => {
  const { jira, ui, app } = await openPanel()
  const before = await ui.at('field-description').locator('textarea').first().inputValue()
  await ui.edit('summary', '')
  await ui.at('field-summary').getByText('Enter a name').waitFor()
  expect(await ui.at('preview').isDisabled()).toBe(true)
  await ui.edit('summary', 'Renamed ⇄ <b>2026</b>')
  await ui.edit('description', 'Another text')
  await ui.at('draft-bar').getByText('2 changes').waitFor()
  await ui.at('revert-description').click()
  await ui.at('draft-bar').getByText('1 change').waitFor()
  expect(await ui.at('field-description').locator('textarea').first().inputValue()).toBe(before)
  await ui.at('undo').click()
  await ui.at('draft-bar').getByText('2 changes').waitFor()
  await ui.at('revert-description').click()

  await ui.at('preview').click()
  expect(JSON.parse(await ui.at('request-body').innerText())).toEqual({
    integrationKey: 'INT-2',
    summary: 'Renamed ⇄ <b>2026</b>',
  })
  await ui.at('copy-curl').click()
  await until('the command line is copied', () => said(app, 'clipboard') !== undefined)
  expect(said(app, 'clipboard')).toMatch(/^curl -X PUT -u 'admin'/)
  await ui.at('apply').click()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('update', 'INT-2'), 'data-outcome', 'succeeded')
  await ui.row('INT-2').getByText('Renamed ⇄ <b>2026</b>').waitFor()
  await ui.at('draft-bar').waitFor({ state: 'detached' })
  expect(jira.requestsTo('/integrations/INT-2', 'PUT')).toHaveLength(1)
})

it('a renaming is undone while that is offered, above every bar, and not where somebody types', async () => {
  const { jira, ui } = await openPanel()
  const before = jira.entry('INT-2').integration.summary
  const name = 'Renamed for the partner whose project has moved to another Jira'
  await ui.edit('summary', name)
  await ui.at('preview').click()
  await ui.at('apply').click()
  const offer = ui.at('undo-offer')
  const words = offer.getByText(`Changed the name of INT-2 to “${name}”.`)
  await words.waitFor()
  // Long words take a second line.
  expect(
    await words.evaluate(({ parentElement }) => [
      (parentElement?.scrollWidth ?? 0) - (parentElement?.clientWidth ?? 0),
      (parentElement?.scrollHeight ?? 0) - (parentElement?.clientHeight ?? 0),
    ]),
  ).toEqual([0, 0])
  // Pointed at, it stays.
  await offer.hover()
  await ui.select('INT-3')
  await ui.edit('description', 'Another text')
  await offer.hover()
  const top = async (name: string): Promise<number> => (await ui.at(name).boundingBox())?.y ?? 0
  const box = await offer.boundingBox()
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(Math.min(await top('bulk-bar'), await top('draft-bar')))

  const field = ui.at('field-description').locator('textarea').first()
  await field.focus()
  await ui.page.keyboard.press('Control+z')
  // What was typed is undone there, and nothing else.
  await ui.at('draft-bar').waitFor({ state: 'detached' })
  expect(jira.requestsTo('/integrations/INT-2', 'PUT')).toHaveLength(1)
  await ui.table.focus()
  await ui.page.keyboard.press('Control+z')
  await until('the old name is back', () => jira.entry('INT-2').integration.summary === before)
  expect(JSON.parse(jira.requestsTo('/integrations/INT-2', 'PUT')[1]?.body ?? '')).toEqual({
    integrationKey: 'INT-2',
    summary: before,
  })
  await offer.waitFor({ state: 'detached' })
})

it('a draft survives another selection and a restart', async () => {
  const desk = await openDesk()
  const { ui, app } = await openPanel({}, () => desk.start())
  await ui.edit('summary', 'Not sent yet')
  await ui.openRow('INT-3')
  await ui.openRow('INT-2')
  await ui.at('draft-bar').getByText('1 change').waitFor()
  // Drafts are stored a moment after the last key.
  const storedDrafts = () =>
    ui.page.evaluate(async () => {
      const { syncdeck } = window as unknown as {
        syncdeck: { request: Record<string, (args: object) => Promise<{ value: unknown[] }>> }
      }
      return (await syncdeck.request['drafts:list']?.({}))?.value.length
    })
  await until('the draft is stored', async () => (await storedDrafts()) === 1)
  await app.quit()

  const again = await desk.start()
  await again.ui.openTable()
  await again.ui.openRow('INT-2')
  await again.ui.at('draft-bar').getByText('1 change').waitFor()
  expect(await again.ui.at('field-summary').locator('input').inputValue()).toBe('Not sent yet')
})

it('two people edit the same synchronization: both versions are shown, and nothing is overwritten', async () => {
  const { jira, ui } = await openPanel()
  await ui.edit('summary', 'Mine')
  await ui.edit('description', 'My description')
  jira.entry('INT-2').integration.summary = 'Theirs'
  await ui.at('preview').click()
  await ui.at('apply').click()
  const conflict = ui.at('conflict-summary')
  await conflict.getByText('Theirs').waitFor()
  await conflict.getByText('Mine').waitFor()
  expect(jira.requestsTo('/integrations/INT-2', 'PUT')).toHaveLength(0)
  expect(await ui.at('decide').isDisabled()).toBe(true)
  await conflict.locator('[data-test=take-server]').click()
  await ui.at('decide').click()
  expect(JSON.parse(await ui.at('request-body').innerText())).toEqual({
    integrationKey: 'INT-2',
    description: 'My description',
  })
  await ui.at('apply').click()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('update', 'INT-2'), 'data-outcome', 'succeeded')
  expect(jira.entry('INT-2').integration).toMatchObject({ summary: 'Theirs', description: 'My description' })
})

it('a lost answer, a failing task and an ignored field are reported for what they are; each PUT is sent once', async () => {
  const { jira, ui } = await openPanel()
  jira.faults.add({ path: '/integrations/INT-2', method: 'PUT', times: 1, fault: { kind: 'reset-after' } })
  await ui.edit('summary', 'Applied, answer lost')
  await ui.at('preview').click()
  await ui.at('apply').click()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('update', 'INT-2'), 'data-outcome', 'succeeded')
  await ui.task('update', 'INT-2').getByText('The answer was lost').waitFor()
  expect(jira.requestsTo('/integrations/INT-2', 'PUT')).toHaveLength(1)
  await ui.at('clear-ended').click()
  await ui.task('update', 'INT-2').waitFor({ state: 'detached' })

  jira.api.failNextTask('The configuration is locked')
  await ui.edit('summary', 'Fails')
  await ui.at('preview').click()
  await ui.at('apply').click()
  await ui.task('update', 'INT-2').getByText('The configuration is locked').waitFor()
  // What did not get through is still there, to be corrected or given up.
  await ui.at('draft-bar').getByText('Not applied: The configuration is locked').waitFor()
  expect(await ui.at('field-summary').locator('input').inputValue()).toBe('Fails')
  await ui.at('discard').click()
  await ui.at('clear-ended').click()
  await ui.task('update', 'INT-2').waitFor({ state: 'detached' })

  await ui.openTab('Connection')
  await ui.edit('firstConnector.projectKey', 'OTHER')
  await ui.at('preview').click()
  await ui.at('apply').click()
  await ui.task('update', 'INT-2').getByText('kept its own value of the first project key').waitFor()
})

it('a refused change is shown where it was sent from, with the server’s words, and the draft is intact', async () => {
  const { jira, ui } = await openPanel()
  await ui.edit('summary', 'Refused')
  jira.faults.add({
    path: '/integrations/INT-2',
    method: 'GET',
    fault: { kind: 'answer', status: 403, headers: { 'Content-Type': 'text/plain' }, body: 'You may not look at this' },
  })
  await ui.at('preview').click()
  await ui.at('apply').click()
  await ui.dialog.getByText('The user has no right to do this in Backbone.').waitFor()
  await ui.dialog.getByText('What the server said').click()
  await ui.dialog.getByText('You may not look at this').waitFor()
  jira.faults.clear()
  await ui.at('cancel').click()
  await ui.at('draft-bar').getByText('1 change').waitFor()

  // The same for the write itself, whatever the refusal looks like. Jira signs those that it thought about.
  const signed = { 'X-AREQUESTID': '612x1x1', 'X-AUSERNAME': 'admin' }
  for (const [status, body, words] of [
    [400, '{"message":"summary: is reserved"}', 'summary: is reserved'],
    [409, 'It is being configured', 'It is being configured'],
    [404, '<html><body><h1>Dead link</h1></body></html>', 'Dead link'],
    [500, '<html><body><h1>Out of memory</h1></body></html>', 'Out of memory'],
  ] as const) {
    jira.faults.add({
      path: '/integrations/INT-2',
      method: 'PUT',
      times: 1,
      fault: {
        kind: 'answer',
        status,
        headers: { 'Content-Type': 'text/plain', ...(status < 500 ? signed : {}) },
        body,
      },
    })
    await ui.at('preview').click()
    await ui.at('apply').click()
    const bar = ui.at('draft-bar')
    // Reading the outcome of a request that failed on the server may take a while.
    await bar.locator('details', { hasText: words }).waitFor({ timeout: patience(60_000) })
    expect(await bar.getByText(words).isVisible()).toBe(false)
    await bar.getByText('What the server said').click()
    await bar.getByText(words).waitFor()
    expect(await ui.at('field-summary').locator('input').inputValue()).toBe('Refused')
  }
})

it('base URLs, passwords and a proxy are updated over both sides', async () => {
  const { jira, ui } = await openPanel()
  await ui.openTab('Connection')
  await ui.at('change-connection').click()
  await ui.at('proxy-first').click()
  await ui.at('send-connection').click()
  expect(await ui.dialog.getByText('Enter the sync user’s password').count()).toBe(2)
  await ui.dialog.getByLabel('Password of first side', { exact: true }).fill(SECRETS.firstSide)
  await ui.dialog.getByLabel('Password of second side', { exact: true }).fill(SECRETS.secondSide)
  await ui.dialog.getByLabel('Proxy of first side').fill('proxy.example:3128')
  await ui.at('connection-preview').click()
  expect(await ui.at('request-body').innerText()).not.toContain('canary')
  await ui.at('send-connection').click()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('connection', 'INT-2'), 'data-outcome', 'succeeded')
  const [sent] = jira.requestsTo('/integrations/INT-2/applicationConnection', 'PUT')
  expect(JSON.parse(sent?.body ?? '')).toMatchObject({
    firstConnector: { user: 'backbone', password: SECRETS.firstSide, proxy: { proxyUri: 'proxy.example:3128' } },
    secondConnector: { user: 'backbone', password: SECRETS.secondSide },
  })
})

it('another sync user comes with a password, and one address changes without the other side’s password', async () => {
  const { jira, ui } = await openPanel()
  await ui.openTab('Connection')
  await ui.at('change-connection').click()
  await ui.dialog.getByLabel('Sync user of first side').fill('syncer')
  await ui.dialog.getByLabel('Password of first side', { exact: true }).fill(SECRETS.firstSide)
  await ui.dialog.getByLabel('Base URL of second side').fill('https://pb.example/jira')
  await ui.at('connection-preview').click()
  expect(await ui.at('request-body').innerText()).not.toContain('canary')
  await ui.at('send-connection').click()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('update', 'INT-2'), 'data-outcome', 'succeeded')
  const [sent] = jira.requestsTo('/integrations/INT-2', 'PUT')
  expect(JSON.parse(sent?.body ?? '')).toEqual({
    integrationKey: 'INT-2',
    firstConnector: { connection: { application: { user: 'syncer', password: SECRETS.firstSide } } },
    secondConnector: { connection: { application: { baseUrl: 'https://pb.example/jira' } } },
  })
})

it('a synchronization is duplicated, refused at the field that the server names, created and shown', async () => {
  const { jira, ui } = await openPanel()
  await ui.chooseInPanelMenu('Duplicate')
  await ui.at('create').click()
  expect(await ui.dialog.getByText('Enter the sync user’s password').count()).toBe(2)
  for (const side of ['First side', 'Second side'])
    await ui.dialog.getByLabel(`${side}: Password of the sync user`).fill(SECRETS.firstSide)
  jira.faults.add({
    path: '/integrations',
    method: 'POST',
    times: 1,
    fault: jiraAnswer({ message: 'secondConnector.projectKey: is archived' }, 400),
  })
  await ui.at('create').click()
  await ui.dialog.getByRole('alert').filter({ hasText: 'secondConnector.projectKey: is archived' }).first().waitFor()
  await ui.at('create').click()
  await ui.row('INT-7').waitFor()
  await ui.panel.getByText('(copy)').first().waitFor()
  expect(jira.requestsTo('/integrations', 'POST')).toHaveLength(2)
})

it('deleting asks for the key, keeps a copy, and shows in the activity, which is searched and exported', async () => {
  const desk = await openDesk()
  const { jira, ui, app } = await openPanel({}, () => desk.start())
  await ui.chooseInPanelMenu('Delete')
  await ui.dialog.getByText('the server stops it first').waitFor()
  expect(await ui.at('confirm-delete').isDisabled()).toBe(true)
  await ui.dialog.getByLabel('Type INT-2 to confirm').fill('INT-2')
  await ui.at('confirm-delete').click()
  await ui.row('INT-2').waitFor({ state: 'detached' })
  expect(jira.requestsTo('/integrations/INT-2', 'DELETE')).toHaveLength(1)

  await ui.openRow('INT-3')
  await ui.at('panel-stop').click()
  await ui.confirm()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('stop', 'INT-3'), 'data-outcome', 'succeeded')
  await ui.at('nav-activity').click()
  await ui.page.waitForFunction(() => document.querySelectorAll('[data-test=activity-entry]').length === 2)
  await ui.at('activity-filter').locator('input').fill('action:delete ')
  await ui.at('activity-filter-action').getByText('Action: Delete').waitFor()
  await ui.page.waitForFunction(() => document.querySelectorAll('[data-test=activity-entry]').length === 1)
  await ui.at('activity-entry').getByText('Accepted').waitFor()
  await ui.at('export-csv').click()
  await until('the file is saved', () => fileText(said(app, 'saved')) !== '')
  expect(readFileSync(said(app, 'saved') ?? '', 'utf8')).toMatch(/Delete,INT-2,accepted/)
  await ui.at('snapshot').getByText('Save the JSON').click()
  await until(
    'the copy is saved',
    () => said(app, 'saved')?.endsWith('INT-2.json') === true && fileText(said(app, 'saved')) !== '',
  )
  expect(JSON.parse(readFileSync(said(app, 'saved') ?? '', 'utf8'))).toMatchObject({ integrationKey: 'INT-2' })
  await ui.at('open-snapshot').click()
  await ui.dialog.getByText('"integrationKey": "INT-2"').waitFor()
  await ui.page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('create-again').click()
  for (const side of ['First side', 'Second side'])
    await ui.dialog.getByLabel(`${side}: Password of the sync user`).fill(SECRETS.firstSide)
  await ui.at('create').click()
  await ui.row('INT-7').waitFor()
})

it('the JSON is searched and copied', async () => {
  const { ui, app } = await openPanel()
  await ui.openTab('JSON')
  await ui.at('json-search').locator('input').fill('sendQueue')
  await ui.panel.getByText('2 lines').waitFor()
  await ui.at('json-copy').click()
  await until('the text is copied', () => said(app, 'clipboard')?.startsWith('{') === true)
  expect(JSON.parse(said(app, 'clipboard') ?? '')).toMatchObject({ integrationKey: 'INT-2' })
})
