import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import type { Bridge } from '../../src-contract/bridge.ts'
import type { SimulatedJira } from '../../src-simulator/index.ts'
import type { SyncInformation } from '../../src-simulator/model.ts'
import { until } from '../../tools/until.ts'
import { scratchFolder } from '../support/scratch.ts'
import { entryOf, openDesk, startJira, type Session } from './support.ts'

const MINUTE_MS = 60_000

/** An application whose clocks the test moves on. */
async function startMoved(): Promise<Session & { readonly pass: (minutes: number, step?: number) => Promise<void> }> {
  const file = join(scratchFolder(), 'ahead')
  const preload = pathToFileURL(join(import.meta.dirname, '../support/moved-time.mjs')).href
  const session = await (
    await openDesk()
  ).start({ SYNCDECK_TEST_MOVED_TIME: file, NODE_OPTIONS: `--import=${preload}` })
  let ahead = 0
  /** Reads every server after each step. */
  const pass = async (minutes: number, step = minutes): Promise<void> => {
    for (let passed = 0; passed < minutes; passed += step) {
      ahead += step * MINUTE_MS
      writeFileSync(file, String(ahead))
      await session.app.page.evaluate(async () => {
        const { request } = (globalThis as unknown as { readonly syncdeck: Bridge }).syncdeck
        await request['synchronizations:refresh']({ serverId: null })
      })
    }
  }
  return { ...session, pass }
}

/** Everything runs, without what a simulated life has brought. */
function calm(jira: SimulatedJira): void {
  for (const { status, conflicts } of jira.api.entries.values()) {
    status.status = 'RUNNING'
    conflicts.length = 0
    for (const side of [status.firstConnector, status.secondConnector])
      if (side !== undefined)
        Object.assign(side, { online: true, reconnecting: false, incomingDetails: '', issuesInError: 0 })
  }
}

it('a maintenance whose planned end was chosen to begin by itself starts exactly what it stopped', async () => {
  const jira = await startJira({ synchronizations: 4 })
  calm(jira)
  const { ui, pass } = await startMoved()
  await ui.addServer(entryOf(jira, 'Vienna'))
  for (const key of ['INT-2', 'INT-3']) await ui.select(key)
  await ui.at('bulk-maintenance').click()
  await ui.at('job-review').waitFor()
  await ui.at('maintenance-why').locator('input').fill('new hardware')
  const end = new Date(Date.now() + 30 * MINUTE_MS)
  const time = [end.getHours(), end.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
  const day = [end.getFullYear(), end.getMonth() + 1, end.getDate()].map((part) => String(part).padStart(2, '0'))
  await ui
    .at('maintenance-until')
    .locator('input')
    .fill(`${day.join('-')}T${time}`)
  await ui.at('starts-at-end').click()
  await ui.at('starts-at-end-hint').waitFor()
  await ui.at('begin-job').click()
  await ui.waitForAttribute(ui.at('job-page'), 'data-state', 'ended')
  await ui.at('job-facts').getByText('At the planned end, what this stopped is started automatically').waitFor()
  jira.seen.length = 0
  await pass(28, 4)
  expect(jira.requestsTo('/integrations').filter(({ method }) => method !== 'GET')).toEqual([])
  await pass(4, 1)
  const running = (): string[] => [...jira.api.entries.values()].map(({ status }) => status.status)
  await until('everything runs again', () => running().every((word) => word === 'RUNNING'))
  const writes = jira.requestsTo('/integrations').filter(({ method }) => method !== 'GET')
  expect(writes.map(({ path }) => path).sort()).toEqual(['/integrations/INT-2/start', '/integrations/INT-3/start'])
  await ui.at('nav-jobs').click()
  await ui.at('job').first().getByText('Start again after maintenance').waitFor()
})

it('a synchronization whose side receives nothing is shown with both sides and the time', async () => {
  const jira = await startJira({ synchronizations: 4 })
  calm(jira)
  const { integration, links } = jira.entry('INT-2')
  const second = integration.secondConnector
  if (second === undefined) throw new Error('INT-2 is distributed')
  const linkOf = (connectorKey: string, localIssueKey: string, remoteIssueKey: string): SyncInformation => ({
    id: links.length + 1000,
    connectorKey,
    localIssueKey,
    remoteIssueKey,
    firstSyncDate: 1,
    lastOutgoingChange: 1,
    lastChangeSeen: 1,
    lastIncomingChange: 1,
    outgoingMessageSequenceId: 1,
    incomingMessageSequenceId: 1,
    comments: [],
    incomingChangesIgnored: false,
  })
  const sender = linkOf(integration.firstConnector.connectorKey, 'A-1', 'B-1')
  const receiver = linkOf(second.connectorKey, 'B-1', 'A-1')
  links.splice(0, links.length, sender, receiver)
  const { ui, pass } = await startMoved()
  await ui.addServer(entryOf(jira, 'Vienna'))
  await ui.row('INT-2').waitFor()
  await ui.at('nav-settings').click()
  const hours = ui.at('setting-undeliveredHours').locator('input')
  await hours.fill('1')
  await hours.blur()
  await ui.at('setting-undeliveredHours').scrollIntoViewIfNeeded()
  const reads = (): number => jira.requestsTo(`/connectors/${second.connectorKey}`).length
  /** A quarter of an hour later, the links have been read again. */
  const later = async (): Promise<void> => {
    const before = reads()
    await pass(16)
    await until('the links are read again', () => reads() > before)
  }
  await later()
  Object.assign(sender, { lastOutgoingChange: Date.now() })
  Object.assign(receiver, { lastIncomingChange: Date.now() })
  await later()
  Object.assign(sender, { lastOutgoingChange: Date.now() + 1000 })
  for (let time = 0; time < 6; time += 1) await later()
  await ui.at('nav-synchronizations').click()
  await ui.row('INT-2').getByText('Nothing received').waitFor()
  await ui.row('INT-2').click()
  await ui.at('nav-overview').click()
  await ui.page
    .getByText(/has received nothing since/)
    .first()
    .waitFor()
})
