import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { startDemo, type DemoServer } from '../../src-simulator/index.ts'
import { startKeyring } from '../keyring/keyring.ts'
import { electronExecutable, launchSyncdeck } from '../launch/launch-syncdeck.ts'
import { measureSlowness, patience } from '../patience.ts'
import { until } from '../until.ts'
import { SyncdeckPage, type ServerEntry } from '../launch/syncdeck-page.ts'
import { givePast, inList } from './give-past.ts'
import { tourJobs } from './jobs.ts'
import { tourNote } from './notes.ts'
import { inPseudo } from './pseudo-language.ts'

/**
 * Walks through the application as a new user would, against three simulated servers and a real keyring, and leaves a
 * numbered picture of each station in `out/tour/`, or in the folder that is named.
 */
const FOLDER = process.argv[2] ?? resolve(import.meta.dirname, '../../out/tour')
const WINDOW = { width: 1280, height: 800 }
const LARGE_WINDOW = { width: 1920, height: 1080 }

measureSlowness()
rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
const profile = mkdtempSync(join(tmpdir(), 'syncdeck-tour-'))
const keyring = await startKeyring()
const demo = await startDemo({ seed: 20, isDrifting: false })
let app = await launchSyncdeck({ userData: profile, env: keyring.env })
let ui = new SyncdeckPage(app.page)
let { page } = ui
page.setDefaultTimeout(patience(20_000))

/** Goes on in a window that has watched the servers for some days. */
async function skipDays(servers: readonly DemoServer[]): Promise<void> {
  const known = await inList(page, servers)
  await app.quit()
  await givePast(profile, known)
  app = await launchSyncdeck({ userData: profile, env: keyring.env })
  ui = new SyncdeckPage(app.page)
  page = ui.page
  page.setDefaultTimeout(patience(20_000))
  await page.setViewportSize(WINDOW)
  await ui.openTable()
}

let number = 0
async function picture(name: string, shows: string): Promise<void> {
  // The pointer is put where it highlights nothing, and short animations are waited for.
  await page.mouse.move(WINDOW.width - 2, WINDOW.height - 2)
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (animation) => animation.playState !== 'running' || animation.effect?.getComputedTiming().endTime === Infinity,
      ),
  )
  number += 1
  const file = `${String(number).padStart(2, '0')}-${name}.png`
  await page.screenshot({ path: join(FOLDER, file) })
  console.log(`${relative('', join(FOLDER, file))}  ${shows}`)
}

const [vienna, partner, munich] = demo.servers
const WORDS = { production: 'Production', test: 'Test', development: 'Development' } as const
const entry = (server: DemoServer): ServerEntry => ({
  address: server.jira.baseUrl,
  name: server.name,
  user: server.user,
  password: server.password,
  environment: WORDS[server.environment],
})

/** The life of a synchronization in its panel. */
async function edit(server: DemoServer): Promise<void> {
  const isEditable = [...server.jira.api.entries.values()].find(
    ({ integration, status }) => !integration.distributed && status.status === 'RUNNING',
  )
  const key = isEditable?.integration.integrationKey ?? ''
  await ui.at('filter').locator('input').fill(key)
  await ui.openRow(key, server.name)
  await ui.openTab('Overview')
  await ui.edit('summary', 'Agile Project ⇄ Project B (2026)')
  await ui.edit('description', 'Renamed for the new year; the partner keeps the old name.')
  await picture('edit', 'editing in place: changed fields are marked and reverted one by one')
  await ui.at('preview').click()
  await ui.at('request-body').waitFor()
  await picture('preview', 'the preview: what changes, and exactly what will be sent')
  server.jira.entry(key).integration.summary = 'Agile Project and Project B'
  await ui.at('apply').click()
  await ui.at('conflict-summary').waitFor()
  await ui.at('take-mine').click()
  await picture('conflict-of-edits', 'a colleague changed it meanwhile: all versions side by side, nothing overwritten')
  await ui.at('decide').click()
  await ui.at('apply').click()
  await ui.openTasks()
  await ui.waitForAttribute(ui.task('update', key), 'data-outcome', 'succeeded')
  await ui.at('close-tasks').click()
  await ui.at('undo-close').click()

  await ui.openTab('Connection')
  await picture('connection', 'the connection of both sides')
  await ui.at('change-connection').click()
  await ui.at('proxy-first').click()
  await ui.dialog.getByLabel('Proxy of first side').fill('proxy.example:3128')
  await picture(
    'connection-dialog',
    'changing the connection: addresses, sync users, passwords and proxies in one place',
  )
  await ui.at('cancel').click()
  await ui.openTab('Links')
  await ui.at('link').first().waitFor()
  await picture('links', 'the issues that are kept alike')
  await ui.chooseInPanelMenu('Resync')
  await ui.at('resync-status').click()
  await picture('resync', 'a resync: the direction in words, the status only after a warning')
  await ui.at('cancel').click()
  await ui.chooseInPanelMenu('Duplicate')
  await ui.dialog.getByLabel('Second side: Project key').fill('not a key')
  await picture('create', 'a new synchronization, begun from an existing one and checked while typing')
  await ui.at('cancel').click()
  await ui.at('filter').locator('input').fill('')
  await ui.at('pin-panel').click()
  await ui.rows().first().click()
  await page.waitForFunction(() => document.querySelectorAll('[data-test=panel]').length === 2)
  await page.setViewportSize(LARGE_WINDOW)
  await picture('panels', 'two panels side by side')
  await page.setViewportSize(WINDOW)
  await ui.at('pin-panel').first().click()
  await ui.chooseInPanelMenu('Delete')
  await picture('delete', 'deleting asks for the key, and says where it deletes')
  await ui.at('cancel').click()
  await ui.at('nav-activity').click()
  await ui.at('activity-entry').first().waitFor()
  await picture('activity', 'the audit trail of everything that was written')
  await page.getByRole('button', { name: /^Synchronizations/ }).click()
}

/** What Syncdeck watches on its own: conflicts, states over time, settings. */
async function watching(server: DemoServer): Promise<void> {
  await ui.at('nav-conflicts').click()
  await ui.at('conflict').first().waitFor()
  await ui.at('conflict').first().click()
  await ui.at('mark-one-seen').click()
  await ui.at('mark-one-seen').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.at('undo-close').click()
  await picture('conflicts', 'the conflicts of all servers, grouped; new ones stand out until they are marked as seen')
  await ui.at('conflict').first().click()
  await ui.dialog.getByText('Everything the server last reported').click()
  await picture('conflict', 'one conflict, with all that the server said')
  await ui.at('show-synchronization').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.openTab('Conflicts')
  await ui.panel.locator('[data-test=conflict]').first().waitFor()
  await picture('panel-conflicts', 'the same in the panel of its synchronization')
  await ui.openTab('History')
  await ui.at('timeline').waitFor()
  await picture('history', 'its states over time, its tasks, and what was sent')
  await page.locator('[data-test=close-panel]').first().click()
  await ui.chooseInServerMenu(server.name, 'History')
  await ui.at('timeline').waitFor()
  await picture('server-history', 'when a server answered')
  await page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await ui.chooseInServerMenu(server.name, 'Snooze')
  await ui.at('snooze-reason').locator('input').fill('Moved to new hardware on Thursday')
  await picture('snooze', 'a server is snoozed, with the reason')
  await ui.at('snooze').click()
  await ui.at('undo-close').click()
  await ui.at('nav-settings').click()
  await ui.at('data-care').waitFor()
  await picture('settings', 'the settings')
  await ui.at('support').click()
  await ui.at('support-text').getByText('## Log').waitFor()
  await picture('support', 'the support bundle is read before it is saved; nothing is sent')
  await page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: /^Synchronizations/ }).click()
}

/** The window in both sizes and themes, under names that begin so. */
async function windows(name: string, language: string, shows = 'table and panel'): Promise<void> {
  for (const [size, kind] of [
    [WINDOW, ''],
    [LARGE_WINDOW, '-large'],
  ] as const) {
    await page.setViewportSize(size)
    for (const brightness of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: brightness })
      await picture(`${name}${kind}-${brightness}`, `${shows} in ${language}, ${size.width} px wide, ${brightness}`)
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(WINDOW)
}

/** The main views in German, chosen in the settings; names are longer there. */
async function inGerman(server: DemoServer): Promise<void> {
  await ui.at('nav-settings').click()
  await ui.at('setting-language').getByText('Deutsch').click()
  await ui.at('nav-settings').getByText('Einstellungen').waitFor()
  await picture('german-settings', 'another language is chosen, and everything says it in that language at once')
  await ui.at('nav-overview').click()
  await ui.at('overview-needs').waitFor()
  await picture('german-overview', 'the start page in German')
  await ui.at('nav-conflicts').click()
  await ui.at('conflict').first().waitFor()
  await picture('german-conflicts', 'the conflicts in German')
  await ui.openTable()
  await ui.at('picture').waitFor()
  await windows('german', 'German')
  await ui.chooseInServerMenu(server.name, 'Bearbeiten')
  await ui.at('test-connection').waitFor()
  await picture('german-server', 'the form of a server in German')
  await ui.at('cancel').click()
  await ui.dialog.waitFor({ state: 'detached' })
}

async function walk(first: DemoServer, second: DemoServer, third: DemoServer): Promise<void> {
  await page.setViewportSize(WINDOW)
  await ui.at('first-add').waitFor()
  await picture('first-start', 'the first start: add a server, or explore simulated ones')

  await ui.at('first-add').click()
  await ui.fillServer({ ...entry(first), address: `${first.jira.baseUrl}/browse/AP-12`, password: 'not the password' })
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('login'), 'data-verdict', 'failed')
  await picture('connection-test-failing', 'adding a server: the connection test fails at the log-in and says why')

  await ui.dialog.getByLabel('Password', { exact: true }).fill(first.password)
  await ui.save()
  await ui.rows().first().waitFor()
  await ui.chooseInServerMenu(first.name, 'Edit')
  await ui.at('test-connection').click()
  await ui.waitForAttribute(ui.step('rights'), 'data-verdict', 'passed')
  await picture('connection-test-passing', 'with the right password, stored in the keychain, every step passes')
  await ui.at('cancel').click()
  await ui.dialog.waitFor({ state: 'detached' })

  await ui.addServer(entry(second))
  await ui.addServer(entry(third))
  await page.getByText('189 of 189').waitFor()
  await skipDays([first, second, third])
  await page.getByText('189 of 189').waitFor()
  await picture('table', 'one table over three servers, worst first')
  await ui.at('nav-overview').click()
  await ui.at('overview-needs').locator('.strip path').first().waitFor()
  await page.locator('.trend.health-error').waitFor()
  await picture('overview', 'the start page: what is broken, why, since when, and on which server')
  await page.emulateMedia({ colorScheme: 'dark' })
  await picture('overview-dark', 'the same in the dark theme')
  await page.emulateMedia({ colorScheme: 'light' })
  await ui.at('nav-synchronizations').click()

  await ui.at('filter').locator('input').fill('portal')
  await ui.table.locator('.row').first().waitFor()
  await ui.at('save-view').click()
  await ui.dialog.getByLabel('Name').fill('Portals')
  await ui.at('confirm-view').click()
  await ui.dialog.waitFor({ state: 'detached' })
  await picture('filter', 'filtering as you type, over all servers, and saved under a name')
  await ui.at('filter').locator('input').fill('')

  await ui.at('filter').locator('input').click()
  await page.keyboard.type('state:broken -server:munich par')
  await ui.at('offer').first().waitFor()
  await picture('tokens', 'tokens become chips, and the filter offers keys and values while you type')
  await ui.at('filter-clear').click()

  await page.keyboard.press('Control+k')
  await page.keyboard.type('stopped payroll')
  await ui.at('palette-entry').first().waitFor()
  await picture('palette', 'the palette finds synchronizations, servers and commands by any of their words')
  await page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })

  const stopped = page.locator('.row[data-health="stopped"]')
  await ui.at('filter-state').click()
  await ui.at('facet-option').filter({ hasText: 'Stopped' }).click()
  await page.keyboard.press('Escape')
  await stopped.nth(1).waitFor()
  const keys = await stopped.evaluateAll((rows) =>
    rows.slice(0, 2).map((row) => row.getAttribute('data-test')?.replace('row-', '') ?? ''),
  )
  for (const index of [0, 1]) await stopped.nth(index).locator('.check [role=checkbox]').click()
  await ui.at('bulk-start').click()
  await ui.at('confirm').waitFor()
  await picture('confirmation', 'starting two synchronizations: names are listed, production needs a deliberate yes')
  await ui.confirm()
  await ui.openTasks()
  for (const key of keys) await ui.waitForAttribute(ui.task('start', key).first(), 'data-state', 'running')
  await picture('tasks-running', 'both tasks run, watched live')
  for (const key of keys) await ui.waitForAttribute(ui.task('start', key).first(), 'data-state', 'ended')
  await page.getByText('Clear', { exact: true }).click()
  await picture('tasks-ended', 'both tasks have ended, and the table shows what the server says')
  // The offer to undo it would stand before the panel.
  await ui.at('undo-offer').waitFor({ state: 'hidden' })
  await ui.at('close-tasks').click()

  await page.locator('.row[data-health="error"]').first().click()
  await ui.at('picture').waitFor()
  await tourNote(ui, picture)
  await windows('panel', 'English')
  await inGerman(first)
  await inPseudo(ui, first.name, picture)
  await ui.openTab('Configuration')
  await picture('panel-configuration', 'its configuration as a tree')
  await ui.openTab('JSON')
  await picture('panel-json', 'its JSON, as the server sent it')
  await edit(first)
  await page.locator('[data-test=close-panel]').first().click()

  await watching(first)
  await tourJobs(ui, third, { picture, windows })

  await third.jira.goOffline()
  await ui.at('refresh-all').click()
  await ui.at('trouble').waitFor()
  await ui
    .at('filter')
    .locator('input')
    .fill(third.name.split(' ')[0] ?? '')
  await page.locator('.row.stale').first().waitFor()
  await picture('offline', 'one server has gone offline: its rows stay, grey, with their age')
  await ui.chooseInServerMenu(third.name, 'Diagnose')
  await ui.at('diagnose').click()
  // What could not be tested is reported last.
  await ui.dialog.locator('[data-verdict=skipped]').first().waitFor()
  await picture('diagnosis', 'what stands between Syncdeck and a server, step by step, and the recent connections')
  await page.keyboard.press('Escape')
  await ui.dialog.waitFor({ state: 'detached' })
  await page.context().setOffline(true)
  await ui.at('network-away').waitFor()
  await ui.rows().first().click()
  await ui.at('away').waitFor()
  await picture(
    'no-network',
    'the whole network is away: everything stays to be read, and what needs a server says why it waits',
  )
  await page.context().setOffline(false)
  await ui.at('network-away').waitFor({ state: 'detached' })
  await page.locator('[data-test=close-panel]').first().click()
  await ui.at('filter').locator('input').fill('')

  const before = second.jira.seen.length
  const refreshing = ui.chooseInServerMenu(second.name, 'Refresh')
  await until('the server is busy', () => second.jira.seen.length >= before + 10)
  second.jira.logIn.account(second.user).password = 'changed meanwhile'
  // The session outlives the password; the next log-in is the one that is refused.
  second.jira.cluster.endSessions()
  await refreshing
  await ui.at('trouble-line').getByText(`${second.name}: log-in refused`).waitFor()
  const refused = second.jira.failedLogIns(second.user)
  if (refused !== 1) throw new Error(`The server refused ${refused} log-ins, and not one`)
  await picture(
    'refused',
    'a password was changed on a server in the middle of a refresh: one refused attempt, then nothing is sent until you act',
  )

  first.jira.faults.add({
    path: '/',
    fault: { kind: 'answer', status: 200, body: '<html><form>Sign in to the guest network</form></html>' },
  })
  await ui.chooseInServerMenu(first.name, 'Refresh')
  await ui.at('trouble').getByText('2 servers need action').waitFor()
  await ui.at('filter').locator('input').fill(first.name)
  await ui.rows().first().click()
  await ui.at('away').waitFor()
  await picture('intercepted', 'a log-in page answers in place of a server: another picture than a refused password')
  await ui.at('filter').locator('input').fill('')
  await page.locator('[data-test=close-panel]').first().click()
  await ui.at('bell').click()
  await ui.at('notification').first().waitFor()
  await picture('notifications', 'what happened, newest first')
  await page.keyboard.press('Escape')

  await page.emulateMedia({ colorScheme: 'dark' })
  await page.locator('.row[data-health="error"]').first().click()
  await ui.openTab('Overview')
  await ui.at('picture').waitFor()
  await picture('dark', 'the dark theme')
  await page.emulateMedia({ colorScheme: 'light' })
}

try {
  console.log(`The tour runs on ${electronExecutable() === null ? 'the Chromium host' : 'Electron'}.`)
  if (vienna === undefined || partner === undefined || munich === undefined)
    throw new Error('The demonstration has three servers')
  await walk(vienna, partner, munich)
} finally {
  await app.quit().catch(() => undefined)
  await demo.stop()
  await keyring.stop()
  rmSync(profile, { recursive: true, force: true })
}
