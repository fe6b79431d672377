import { expect, it } from 'vitest'
import { JiraNetwork, type SimulatedJira } from '../../src-simulator/index.ts'
import type { SyncdeckPage } from '../../tools/launch/syncdeck-page.ts'
import { patience } from '../../tools/patience.ts'
import { SECRETS } from './canary.ts'
import { administrator, entryOf, openDesk, startEmpty, startJira } from './support.ts'

const NAMES = ['Vienna', 'Graz', 'Munich']

/** Every write that a server saw, as `PUT /integrations/INT-2/stop`. */
const writesOf = (jira: SimulatedJira): string[] =>
  jira
    .requestsTo('/integrations')
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)

const wordsOf = (jira: SimulatedJira): string[] => [...jira.api.entries.values()].map(({ status }) => status.status)

/** The same state for each, and nothing that a simulated life has brought. */
function calm(jira: SimulatedJira, stopped: readonly string[] = []): void {
  for (const [key, { status }] of jira.api.entries) {
    status.status = stopped.includes(key) ? 'STOPPED' : 'RUNNING'
    for (const side of [status.firstConnector, status.secondConnector])
      if (side !== undefined)
        Object.assign(side, { online: true, reconnecting: false, incomingDetails: '', issuesInError: 0 })
  }
}

/** What the open review lists as sent in any case, by server. Only the visible part of the list is rendered. */
async function reviewed(ui: SyncdeckPage): Promise<Record<string, string[]>> {
  await ui.at('job-review').waitFor()
  const lines = await ui.at('review-lines').evaluate(async (list) => {
    const found = new Map<number, string[]>()
    for (let top = 0; top <= list.scrollHeight; top += 160) {
      list.scrollTop = top
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      for (const row of list.querySelectorAll('[role=row]'))
        found.set(Number(row.getAttribute('aria-rowindex')), [
          row.getAttribute('data-test') ?? '',
          // A server has its environment before its name.
          ...[...row.children].map((cell) => (cell.querySelector('.cut') ?? cell).textContent.trim()),
        ])
    }
    list.scrollTop = 0
    return [...found].sort(([a], [b]) => a - b).map(([, texts]) => texts)
  })
  const requests: Record<string, string[]> = {}
  let head = { server: '', request: '', isSent: false }
  for (const [kind, first = '', second = '', third = ''] of lines) {
    if (kind === 'review-requests')
      head = {
        server: first,
        request: third.replace(/^\S+ × /, ''),
        isSent: !second.startsWith('Only if'),
      }
    else if (kind === 'review-request' && head.isSent)
      requests[head.server] = [...(requests[head.server] ?? []), head.request.replace('…', first)]
  }
  return requests
}

/** Counts presses of the pointer, from now on. */
async function countClicks({ page }: SyncdeckPage): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    document.body.dataset['clicks'] = '0'
    document.addEventListener(
      'pointerdown',
      () => (document.body.dataset['clicks'] = String(Number(document.body.dataset['clicks']) + 1)),
      true,
    )
  })
  return () => page.evaluate(() => Number(document.body.dataset['clicks']))
}

async function whenJobIs(ui: SyncdeckPage, state: string): Promise<void> {
  await ui.waitForAttribute(ui.at('job-page'), 'data-state', state, patience(60_000))
}

it('what is selected is stopped for maintenance, and exactly that is started again, also after a restart', async () => {
  const jira = await startJira({ synchronizations: 6 })
  calm(jira, ['INT-4'])
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna', { environment: 'Production' }))
  for (const key of ['INT-2', 'INT-3', 'INT-4']) await first.ui.select(key)
  await first.ui.at('bulk-maintenance').click()
  expect(await reviewed(first.ui)).toEqual({
    Vienna: ['PUT /integrations/INT-2/stop', 'PUT /integrations/INT-3/stop'],
  })
  await first.ui.at('review-left-out').getByText('It is already stopped.').waitFor()
  expect(await first.ui.at('begin-job').isDisabled()).toBe(true)
  expect(writesOf(jira)).toEqual([])
  await first.ui.at('confirm-production').click()
  await first.ui.at('maintenance-why').locator('input').fill('new hardware')
  const until = first.ui.at('maintenance-until').locator('input')
  await until.fill('2020-01-01T14:00')
  await first.ui.at('begin-job').click()
  await first.ui.at('maintenance-note').getByText('The planned end must be in the future.').waitFor()
  expect(writesOf(jira)).toEqual([])
  await until.fill('2199-01-01T14:00')
  await first.ui.at('begin-job').click()
  await whenJobIs(first.ui, 'ended')
  expect(writesOf(jira).sort()).toEqual(['PUT /integrations/INT-2/stop', 'PUT /integrations/INT-3/stop'])
  expect(wordsOf(jira).filter((word) => word === 'STOPPED')).toHaveLength(3)
  await first.ui.at('nav-synchronizations').click()
  const note = (ui: SyncdeckPage, key: string) => ui.row(key).getByText(/Maintenance until .+: new hardware/)
  await note(first.ui, 'INT-3').waitFor()
  expect(await note(first.ui, 'INT-4').count()).toBe(0)
  await first.app.quit()

  const second = await desk.start()
  await second.ui.at('nav-jobs').click()
  await second.ui.at('job').click()
  await second.ui.at('job-back').click()
  expect(await reviewed(second.ui)).toEqual({
    Vienna: ['PUT /integrations/INT-2/start', 'PUT /integrations/INT-3/start'],
  })
  await second.ui.at('confirm-production').click()
  await second.ui.at('begin-job').click()
  await whenJobIs(second.ui, 'ended')
  expect(
    writesOf(jira)
      .filter((write) => write.endsWith('/start'))
      .sort(),
  ).toEqual(['PUT /integrations/INT-2/start', 'PUT /integrations/INT-3/start'])
  expect(jira.entry('INT-4').status.status).toBe('STOPPED')
  await second.ui.at('nav-synchronizations').click()
  await note(second.ui, 'INT-3').waitFor({ state: 'detached' })
})

it('a sync user’s new password: twelve clicks at most, two passwords, and what is sent is what was listed', async () => {
  const network = new JiraNetwork()
  const user = (name: string, password: string) => ({ name, password, tokens: [], role: 'none', projects: [] }) as const
  const partner = await startJira({
    network,
    synchronizations: 0,
    accounts: [administrator(), user('backbone', 'old one'), user('local', SECRETS.firstSide)],
  })
  const jiras: SimulatedJira[] = []
  for (const seed of [1, 2, 3]) {
    const jira = await startJira({ network, synchronizations: 4, seed })
    calm(jira, ['INT-3'])
    for (const { integration, syncPasswords } of jira.api.entries.values()) {
      const { firstConnector, secondConnector } = integration
      for (const [side, name, password] of [
        ...(secondConnector === undefined ? [] : [[firstConnector, 'local', SECRETS.firstSide] as const]),
        [secondConnector ?? firstConnector, 'backbone', 'old one'] as const,
      ]) {
        side.connection.application = { baseUrl: partner.baseUrl, user: name }
        syncPasswords.set(side.connectorKey, password)
      }
    }
    jiras.push(jira)
  }
  const { ui } = await startEmpty()
  // Only a server that is known may be logged in to over plain HTTP.
  await ui.addServer(entryOf(partner, 'Partner'))
  for (const [index, jira] of jiras.entries())
    await ui.addServer(entryOf(jira, NAMES[index] ?? '', { environment: 'Production' }))
  await ui.page.getByText('12 of 12').waitFor()
  const before = jiras.map(wordsOf)

  const clicks = await countClicks(ui)
  await ui.at('nav-jobs').click()
  await ui.at('new-password-job').click()
  await ui.at('sync-user').filter({ hasText: 'backbone' }).filter({ hasText: partner.baseUrl }).click()
  await ui.at('plan-job').click()
  const listed = await reviewed(ui)
  await ui.at('confirm-production').click()
  await ui.at('begin-job').click()
  await whenJobIs(ui, 'paused')
  await ui.at('job-halt').getByText('Change its password in Jira now').waitFor()
  expect(jiras.flatMap(wordsOf).every((word) => word === 'STOPPED')).toBe(true)
  partner.logIn.account('backbone').password = SECRETS.changed
  const fields = ui.at('job-halt').locator('input[type=password]')
  await fields.nth(1).waitFor()
  expect(await fields.count()).toBe(2)
  await ui.at('password-backbone').locator('input').fill(SECRETS.changed)
  await ui.at('password-local').locator('input').fill(SECRETS.firstSide)
  await ui.at('go-on').click()
  await whenJobIs(ui, 'ended')
  expect(await clicks()).toBeLessThanOrEqual(12)

  for (const [at, jira] of jiras.entries()) {
    const [requests, writes] = [listed[NAMES[at] ?? ''] ?? [], writesOf(jira)]
    expect(requests).toEqual(expect.arrayContaining(writes))
    expect(new Set(writes).size).toBe(writes.length)
    // What the update itself has started needs no start.
    expect(requests.filter((request) => !writes.includes(request) && !request.endsWith('/start'))).toEqual([])
  }
  expect(jiras.map(wordsOf)).toEqual(before)
  expect(partner.failedLogIns('backbone')).toBe(0)
  await ui
    .at('job-state')
    .getByText(/^ended/)
    .waitFor()
})

it('a job that was cut off waits for the user, says so everywhere, and continues', async () => {
  const jira = await startJira({ synchronizations: 12, taskDurationMs: 1500 })
  calm(jira)
  const desk = await openDesk()
  const first = await desk.start()
  await first.ui.addServer(entryOf(jira, 'Vienna'))
  await first.ui.at('nav-jobs').click()
  await first.ui.at('no-jobs').waitFor()
  await first.ui.at('new-maintenance').click()
  await first.ui.page.getByRole('menuitem').filter({ hasText: 'Vienna' }).click()
  await first.ui.at('begin-job').click()
  await first.ui.page.locator('[data-state=underWay]').first().waitFor()
  await first.app.kill()

  const second = await desk.start()
  await second.ui.at('job-status').getByText('1 job waiting for you').waitFor()
  await second.ui.at('overview-needs').getByText('Syncdeck quit while this job was running').waitFor()
  await second.ui.openTable()
  await second.ui.at('job-notice').waitFor()
  const before = writesOf(jira).length
  await second.ui.at('open-waiting-job').click()
  await whenJobIs(second.ui, 'interrupted')
  expect(writesOf(jira)).toHaveLength(before)
  await second.ui.at('go-on').click()
  await whenJobIs(second.ui, 'ended')
  const writes = writesOf(jira)
  expect(new Set(writes).size).toBe(writes.length)
  for (const [key, { status }] of jira.api.entries) {
    // Cut off when it was about to leave, or already on its way: nobody knows, and it is not sent again.
    const isSent = writes.includes(`PUT /integrations/${key}/stop`)
    expect([key, status.status]).toEqual([key, isSent ? 'STOPPED' : 'RUNNING'])
    if (!isSent) await second.ui.waitForAttribute(second.ui.at(`target-${key}`), 'data-state', 'unknown')
  }
  await second.ui.at('bell').click()
  await second.ui.at('notification').filter({ hasText: 'Stop for maintenance: ended' }).waitFor()
})
