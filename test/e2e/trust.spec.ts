import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { electronExecutable } from '../../tools/launch/launch-syncdeck.ts'
import { scratchFolder } from '../support/scratch.ts'
import { until } from '../../tools/until.ts'
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
  await first.ui.at('trouble').getByText('Far unreachable since').waitFor()
  expect(await first.ui.rows().filter({ hasText: 'Far' }).count()).toBe(5)
  expect(await first.ui.page.locator('.row.stale').count()).toBe(5)
  expect(await first.ui.page.locator('.row.stale .health-error').count()).toBe(0)
  await near.goOffline()
  await first.app.quit()

  const second = await desk.start()
  await second.ui.rows().nth(8).waitFor()
  await second.ui.at('trouble').getByText('2 servers unreachable').waitFor()
  await second.ui.row('INT-2', 'Far').click()
  await second.ui.panel.getByText('Far cannot be asked. This is what it said').waitFor()
  await far.start()
  await second.ui.at('refresh-all').click()
  await second.ui.at('trouble').getByText('Near unreachable since').waitFor()
  expect(await second.ui.page.locator('.row.stale').count()).toBe(4)
})

it('a wrong password, 40 synchronizations, start-up, refresh and restart: exactly one failed log-in', async () => {
  const jira = await startJira({ synchronizations: 40, embedsStatus: false })
  const other = await startJira({ synchronizations: 3 })
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna', { password: 'wrong' }))
  await first.ui.addServer(entryOf(other, 'Other'))
  await first.ui.at('notice-Vienna').getByText('Jira refused the log-in').waitFor()
  await first.ui.rows().nth(2).waitFor()
  await first.ui.at('refresh-all').click()
  await first.ui.chooseInServerMenu('Vienna', 'Refresh')
  expect(await first.ui.at('test-once').isDisabled()).toBe(true)
  await first.app.quit()

  const second = await desk.start()
  await second.ui.at('notice-Vienna').getByText('Jira refused the log-in').waitFor()
  await second.ui.at('refresh-all').click()
  await until('the other server was read again', () => other.seen.length >= 3)
  expect(jira.failedLogIns('admin')).toBe(1)
  expect(jira.seen).toHaveLength(1)

  // The user acts: the new password is tried, and everything is live again.
  await second.ui.at('update-credentials').click()
  await second.ui.dialog.getByLabel('Password', { exact: true }).fill('admin')
  await second.ui.save()
  await second.ui.page.getByText('43 of 43').waitFor()
  await second.ui.at('notice-Vienna').waitFor({ state: 'detached' })
  expect(jira.failedLogIns('admin')).toBe(1)
})

/** Every file below a folder, as bytes. */
function filesBelow(folder: string): [string, Buffer][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path) && statSync(path).isFile())
    .map((path) => [path, readFileSync(path)])
}

it('no password and no token is found in files, logs, output or what main tells the page', async () => {
  const secrets = { password: 'canary-Pässw0rd-7f3a', token: 'canary-token-91c2', wrong: 'canary-wrong-55d0' }
  const accounts = [{ name: 'admin', password: secrets.password, tokens: [secrets.token], role: 'system-administrator' as const, projects: [] }]
  const [basic, bearer] = [await startJira({ synchronizations: 4, accounts }), await startJira({ synchronizations: 3, seed: 4, accounts })]
  const recorded = join(scratchFolder(), 'ipc.jsonl')
  const desk = await openDesk()
  const { ui, app } = await desk.start({ SYNCDECK_HOST_RECORD_IPC: recorded })

  await ui.at('add-server').click()
  await ui.fillServer(entryOf(basic, 'Basic', { password: secrets.wrong }))
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
  await ui.dialog.getByLabel('Password', { exact: true }).fill(secrets.password)
  await ui.save()
  await ui.rows().nth(3).waitFor()

  await ui.at('add-server').click()
  await ui.fillServer(entryOf(bearer, 'Bearer', { password: '' }))
  await ui.dialog.getByText('Personal access token', { exact: true }).click()
  await ui.dialog.getByLabel('Personal access token', { exact: true }).last().fill(secrets.token)
  await ui.save()
  await ui.rows().nth(6).waitFor()
  await ui.row('INT-2', 'Basic').click()
  await ui.at('panel-stop').click()
  await ui.confirm()
  await ui.waitForAttribute(ui.task('stop', 'INT-2'), 'data-outcome', 'succeeded')
  await ui.openTab('JSON')
  await app.quit()

  const forms = Object.values(secrets).flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('base64').slice(0, -4),
    Buffer.from(`admin:${secret}`).toString('base64'),
    encodeURIComponent(secret),
  ])
  const places: [string, Buffer][] = [...filesBelow(desk.profile), ['output', Buffer.from(app.output.join('\n'))]]
  expect(places.map(([path]) => path).join()).toMatch(/state\.db.*|syncdeck\.log/)
  if (electronExecutable() === null) {
    const traffic = readFileSync(recorded)
    expect(traffic.includes('INT-2')).toBe(true)
    places.push(['what main told the page', traffic])
  }
  const found = places.flatMap(([path, bytes]) => forms.filter((form) => bytes.includes(form)).map((form) => `${form} in ${path}`))
  expect(found).toEqual([])
})
