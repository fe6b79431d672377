import { expect, it } from 'vitest'
import { entryOf, openDesk, startEmpty, startJira } from './support.ts'

it('two synchronizations are started at once; each task is watched to its end', async () => {
  const jira = await startJira({ synchronizations: 6 })
  for (const key of ['INT-2', 'INT-3']) {
    const { status } = jira.entry(key)
    status.status = 'STOPPED'
    status.firstConnector.issuesInError = 0
  }
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna', { environment: 'Production' }))
  await ui.select('INT-2')
  await ui.select('INT-3')
  await ui.at('bulk-start').click()

  // Names are listed, the harmless button has the focus, and production needs a deliberate yes.
  for (const key of ['INT-2', 'INT-3']) await ui.dialog.getByText(key, { exact: true }).waitFor()
  await ui.page.waitForFunction(() => document.activeElement?.textContent?.includes('Cancel'))
  expect(await ui.at('confirm').isDisabled()).toBe(true)
  await ui.page.keyboard.press('Enter')
  await ui.dialog.waitFor({ state: 'detached' })
  expect(jira.seen.every(({ method }) => method === 'GET')).toBe(true)

  await ui.at('bulk-start').click()
  await ui.confirm()
  await ui.openTasks()
  for (const key of ['INT-2', 'INT-3']) {
    await ui.waitForAttribute(ui.task('start', key), 'data-outcome', 'succeeded')
    await ui.waitForAttribute(ui.row(key), 'data-health', 'running')
    expect(jira.requestsTo(`/integrations/${key}/start`)).toHaveLength(1)
  }
})

it('failures are shown with the server’s words; a restart stops, waits and starts', async () => {
  const jira = await startJira({ synchronizations: 6, startVerb: 'POST' })
  for (const key of ['INT-2', 'INT-3']) Object.assign(jira.entry(key).status, { status: 'RUNNING' })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.openRow('INT-2')
  jira.api.failNextTask('The synchronization user is not allowed to browse project AP')
  await ui.at('panel-stop').click()
  await ui.confirm()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'failed')
  await ui.task('stop', 'INT-2').getByText('not allowed to browse project AP').waitFor()

  await ui.openRow('INT-3')
  await ui.at('panel-restart').click()
  await ui.confirm()
  await ui.waitForAttribute(ui.task('restart', 'INT-3'), 'data-outcome', 'succeeded')
  expect(
    jira.seen
      .filter(({ method, path, status }) => method === 'POST' && path.includes('INT-3') && status === 200)
      .map(({ path }) => path),
  ).toEqual(['/integrations/INT-3/stop', '/integrations/INT-3/start'])

  await ui.waitForAttribute(ui.at('toggle-tasks'), 'data-state', 'problem')
  await ui.at('clear-ended').click()
  await ui.task('stop', 'INT-2').waitFor({ state: 'detached' })
  await ui.waitForAttribute(ui.at('toggle-tasks'), 'data-state', 'idle')
})

it('those that failed are tried again, and exactly those that were stopped are started again', async () => {
  const jira = await startJira({ synchronizations: 8 })
  for (const key of ['INT-2', 'INT-3', 'INT-4', 'INT-5']) Object.assign(jira.entry(key).status, { status: 'RUNNING' })
  jira.entry('INT-6').status.status = 'STOPPED'
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  for (const key of ['INT-2', 'INT-3', 'INT-4', 'INT-5']) await ui.select(key)
  jira.api.failNextTask('The database is busy')
  await ui.at('bulk-stop').click()
  await ui.confirm()
  await ui.openTasks()
  await ui.at('stop-failed').waitFor()
  await ui.page.waitForFunction(
    () => document.querySelectorAll('[data-test^=task-stop][data-state=ended]').length === 4,
  )
  expect(await ui.at('stop-failed').innerText()).toBe('Retry 1 failed stop…')

  // Only the one that failed is asked for.
  const failed =
    (await ui.page.locator('[data-test^=task-stop][data-outcome=failed]').getAttribute('data-test'))?.replace(
      'task-stop-',
      '',
    ) ?? ''
  await ui.at('stop-failed').click()
  expect(await ui.dialog.locator('.item').allInnerTexts()).toEqual([expect.stringContaining(failed)])
  await ui.confirm()
  await ui.at('stop-failed').waitFor({ state: 'detached' })
  expect(jira.requestsTo(`/integrations/${failed}/stop`)).toHaveLength(2)

  // One of them is started by somebody else; the one that was already stopped does not matter.
  await ui.page.getByText('Start these 4 again…').waitFor()
  jira.entry('INT-3').status.status = 'RUNNING'
  await ui.at('refresh-all').click()
  await ui.page.getByText('Start these 3 again…').click()
  expect((await ui.dialog.locator('.item .key').allInnerTexts()).sort()).toEqual(['INT-2', 'INT-4', 'INT-5'])
  await ui.confirm()
  await ui.at('start-stopped').waitFor({ state: 'detached' })
  for (const key of ['INT-2', 'INT-4', 'INT-5'])
    await ui.waitForAttribute(ui.task('start', key), 'data-outcome', 'succeeded')
  expect(
    jira.seen
      .filter(({ path }) => path.endsWith('/start'))
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['/integrations/INT-2/start', '/integrations/INT-4/start', '/integrations/INT-5/start'])
})

it('tasks survive a crash of the application and are still watched', async () => {
  const jira = await startJira({ synchronizations: 3, taskDurationMs: 4000 })
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna'))
  await first.ui.openRow('INT-2')
  await first.ui.at('panel-stop').click()
  await first.ui.confirm()
  await first.ui.openTasks()
  await first.ui.waitForAttribute(first.ui.task('stop', 'INT-2'), 'data-state', 'running')
  await first.app.kill()

  const second = await desk.start()
  await second.ui.openTable()
  await second.ui.openTasks()
  await second.ui.task('stop', 'INT-2').waitFor()
  await second.ui.waitForAttribute(second.ui.task('stop', 'INT-2'), 'data-outcome', 'succeeded')
  await second.ui.waitForAttribute(second.ui.row('INT-2'), 'data-health', 'stopped')
  expect(jira.requestsTo('/integrations/INT-2/stop')).toHaveLength(1)
})

it('removing a server while its task runs keeps the task, and says that it continues', async () => {
  const jira = await startJira({ synchronizations: 3, taskDurationMs: 30_000 })
  const { ui } = await startEmpty()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.addServer(entryOf(jira, 'Same address'))
  await ui.openRow('INT-2', 'Vienna')
  await ui.at('panel-stop').click()
  await ui.confirm()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-state', 'running')
  await ui.chooseInServerMenu('Vienna', 'Remove')
  await ui.dialog.getByText('1 task still running there will continue').waitFor()
  await ui.at('confirm-remove').click()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'interrupted')
})
